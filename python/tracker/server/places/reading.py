"""What may be read: the store of a folder, and the files of its runs. All readers come this way."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from tracker.artifacts import Artifacts, open_artifacts
from tracker.entities import Run
from tracker.errors import InvalidValue, NotFound
from tracker.locate import tracking_uri
from tracker.remote.address import is_remote
from tracker.server.places.folders import resolve_folder
from tracker.server.places.opened import OpenedStores, is_name
from tracker.server.places.opening import Place, check_artifacts, may_use
from tracker.server.places.switching import Switching
from tracker.server.rows import shown_uri
from tracker.store import open_store
from tracker.store.base import Store

ARTIFACT_SCHEMES = frozenset({"file", "s3", "gs", "gcs", "abfs", "abfss", "az", "mlflow-artifacts"})
"""What the server reads from: a store that somebody sent must not make it call other hosts. Of
tracking servers only those are asked that were opened as stores."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")


class Places:
    """The stores of the folders below `root`, and the files of their runs.

    In the place of a folder may stand the name of a store that was opened. Every method blocks and
    may be called from any thread.
    """

    def __init__(
        self,
        root: Path,
        *,
        allow_hidden: bool = False,
        home: str | None = None,
        beyond: Callable[[], bool] = lambda: False,
    ) -> None:
        """`home` is the store of `root` itself, where one is named; `beyond` says
        whether stores outside of the root, and servers, may be used."""
        self._home = home
        self.root = root
        self._allow_hidden = allow_hidden
        self._beyond = beyond
        self.opened = OpenedStores(lambda uri: may_use(uri, self._place()))

    @cached_property
    def switching(self) -> Switching:
        """What the store switcher asks is answered here."""
        return Switching(self.root, self.opened, self.store_uri, hidden=self._allow_hidden)

    def _place(self) -> Place:
        return Place(self.root, self._beyond(), self._allow_hidden)

    # -- stores -----------------------------------------------------------------------------

    def store_uri(self, folder: str) -> str:
        """Return the URI of the folder's store, there or not. Raises InvalidValue, NotFound."""
        if is_name(folder):
            return self.opened.uri_of(folder)
        if folder == "" and self._home is not None:
            return self._home
        path = resolve_folder(self.root, folder, allow_hidden=self._allow_hidden)
        uri = tracking_uri(path)
        # A relative folder in the environment counts from where the kernel runs.
        return uri if ":" in uri or is_remote(uri) else str(path / Path(uri).expanduser())

    def found(self, folder: str) -> tuple[str, Store | None]:
        """Return the folder's store and its URI; None where nothing was recorded yet."""
        uri = self.store_uri(folder)
        return uri, find_store(uri)

    def store(self, folder: str) -> Store:
        """Return the folder's store. Raises NotFound where nothing was recorded yet."""
        uri, store = self.found(folder)
        if store is None:
            raise NotFound(f"Nothing was recorded in {shown_uri(uri)} yet.")
        return store

    def run(self, folder: str, run_id: str) -> Run:
        """Return a run of the folder's store. Raises NotFound."""
        return self.store(folder).get_run(run_id)

    # -- files of runs ----------------------------------------------------------------------

    def files_of(self, folder: str, run_id: str) -> Artifacts:
        """Return the files of a run. Raises NotFound, and InvalidValue where none may be read."""
        return self.readable_files(folder, self.run(folder, run_id))

    def readable_files(self, folder: str, run: Run) -> Artifacts:
        """Return the files of a run, where the server may read them. Raises InvalidValue."""
        artifacts = _readable(run)
        if is_name(folder):
            check_artifacts(artifacts, self.opened.uri_of(folder), self._place())
        return artifacts


def find_store(uri: str) -> Store | None:
    """Return the store, None where nothing was recorded yet. Raises StoreError."""
    try:
        return open_store(uri, create=False)
    except NotFound:
        return None


def _readable(run: Run) -> Artifacts:
    """Return the files of a run, where the server may read them. Raises InvalidValue."""
    uri = run.info.artifact_uri
    scheme = _SCHEME.match(uri)
    if "::" in uri or (scheme is not None and scheme[1].lower() not in ARTIFACT_SCHEMES):
        raise InvalidValue(
            f"The artifacts of run {run.info.run_id} lie at {shown_uri(uri)}. The panel reads "
            "folders and object stores only; download them with tracker in a notebook."
        )
    return open_artifacts(uri)
