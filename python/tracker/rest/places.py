"""Where files are for a client, and where they really are.

A client is told `mlflow-artifacts:/<experiment>/<run>/artifacts`, which its library turns into
requests to this server; the store keeps the real folder or URI. Only places of the server's own
are served: the store's folder, and the destination it was started with. Whatever else a run's
location says, perhaps because a client chose it, is handed to clients and never opened here.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tracker.artifacts import Artifacts, open_artifacts
from tracker.artifacts.paths import artifact_path
from tracker.entities import Experiment, RunInfo
from tracker.errors import NotFound
from tracker.rest.failures import invalid, not_found
from tracker.store.base import Store

SCHEME = "mlflow-artifacts:/"
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_PLAIN = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[^/]+)+") if os.sep == "/" else re.compile(r"(?!)")
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")


class Places:
    """Translates between the two for one store."""

    def __init__(self, store: Store, destination: str | None = None) -> None:
        self._store = store
        self._destination = destination and _plain(destination)
        roots = [_store_folder(store.uri), self._destination]
        self._roots = tuple(f"{root.rstrip('/')}/" for root in roots if root)

    # -- what clients are told ---------------------------------------------------------------

    def of_run(self, info: RunInfo) -> str:
        """Return where the files of a run are for a client."""
        if not self._is_ours(info.artifact_uri):
            return info.artifact_uri
        return f"{SCHEME}{info.experiment_id}/{info.run_id}/artifacts"

    def of_experiment(self, experiment: Experiment) -> str:
        """Return where the files of an experiment's runs are for a client."""
        if not self._is_ours(experiment.artifact_location):
            return experiment.artifact_location
        return f"{SCHEME}{experiment.experiment_id}"

    def of_model(self, experiment: Experiment, model_id: str) -> str:
        """Return where the files of a logged model are for a client."""
        return f"{self.of_experiment(experiment)}/models/{model_id}/artifacts"

    def for_new_experiment(self, asked: str | None) -> str | None:
        """Return the location to give the store for an experiment. Raises ProtocolError.

        None leaves it to the store: where no destination was given, or none was asked for.
        """
        if asked:
            if asked.startswith(SCHEME.rstrip("/")):
                raise invalid(
                    "This server chooses where the artifacts that it serves are kept. Leave "
                    "artifact_location out, or give the folder or URI that clients write to."
                )
            return asked
        return self._destination and f"{self._destination}/{os.urandom(8).hex()}"

    # -- what is really there ----------------------------------------------------------------

    def files_of_run(self, run_id: str) -> Artifacts:
        """Return the files of a run. Raises NotFound, ProtocolError where they are not ours."""
        return self._open(self._store.get_run(run_id).info.artifact_uri)

    def files_of_model(self, experiment: Experiment, model_id: str) -> Artifacts:
        """Return the files of a logged model. Raises ProtocolError where they are not ours."""
        return self._open(f"{experiment.artifact_location}/models/{model_id}/artifacts")

    def records_of_models(self, experiment: Experiment) -> Artifacts | None:
        """Return the folder in which an experiment's models are; None where it is not ours."""
        location = experiment.artifact_location
        is_served = self._is_ours(location) and self._stays_inside(f"{location}/models")
        return self._open(f"{location}/models") if is_served else None

    def resolve(self, path: str) -> tuple[Artifacts, str]:
        """Return the files that a path of the proxy leads into, and the path in them.

        Raises InvalidValue for what is no artifact path, NotFound for what leads nowhere.
        """
        plain = artifact_path(path)
        experiment_id, _, rest = plain.partition("/")
        owner, _, inside = rest.partition("/")
        if owner == "models":
            owner, _, inside = inside.partition("/")
            files = self._model_files(experiment_id, owner, path)
        else:
            files = self._run_files(experiment_id, owner, path)
        folder, _, name = inside.partition("/")
        if folder != "artifacts":
            raise _nothing(path)
        return files, name

    def _run_files(self, experiment_id: str, run_id: str, path: str) -> Artifacts:
        try:
            info = self._store.get_run(run_id).info
        except NotFound:
            raise _nothing(path) from None
        if info.experiment_id != experiment_id:
            raise _nothing(path)
        return self._open(info.artifact_uri)

    def _model_files(self, experiment_id: str, model_id: str, path: str) -> Artifacts:
        if not _MODEL_ID.fullmatch(model_id):
            raise _nothing(path)
        return self.files_of_model(self._store.get_experiment(experiment_id), model_id)

    def _open(self, uri: str) -> Artifacts:
        if not self._is_ours(uri) or not self._stays_inside(uri):
            raise invalid(
                "The artifacts of this run lie outside of the store and of the server's "
                "--artifacts-destination, so they are not served. Read them where they are."
            )
        return open_artifacts(uri)

    def _stays_inside(self, uri: str) -> bool:
        """Whether links on the way lead nowhere else: a store may come from anybody."""
        plain = _plain(uri)
        if _URI.match(plain):
            return True
        real = Path(plain).resolve()
        roots = (root for root in self._roots if not _URI.match(root))
        return any(real.is_relative_to(Path(root).resolve()) for root in roots)

    def _is_ours(self, uri: str) -> bool:
        plain = _plain(uri)
        return ".." not in plain.split("/") and f"{plain}/".startswith(self._roots)


def _nothing(path: str) -> Exception:
    return not_found(
        f"There are no artifacts at '{path[:200]}'. Paths begin with <experiment>/<run>/artifacts, "
        "as in the artifact_uri of a run."
    )


def _store_folder(uri: str) -> str | None:
    """Return the folder in which a store keeps runs' files, None where that is nowhere near."""
    scheme = _URI.match(uri)
    if scheme is not None and scheme[1] == "sqlite":
        return Path(uri.removeprefix("sqlite:///")).parent.as_posix()
    if scheme is not None and scheme[1] != "file":
        return None
    return _plain(uri)


def _plain(uri: str) -> str:
    """Return a folder as an absolute posix path; another URI as it is."""
    if uri.startswith("file:"):
        uri = unquote(urlsplit(uri).path)
    elif _PLAIN.fullmatch(uri):  # as most are; for thousands of runs this counts
        return uri
    elif _URI.match(uri):
        return uri.rstrip("/")
    return Path(uri).absolute().as_posix()
