"""A store as the source of runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from tracker.artifacts import open_artifacts
from tracker.entities import Experiment, MetricHistory, PagedList, Run, ViewType
from tracker.store import Store
from tracker.store.moved_artifacts import local_path
from tracker.transfer.models import models_at, with_links
from tracker.transfer.source import PAGE, Choice, Files, Readable


class TakeFiles(StrEnum):
    """Which artifacts are copied. Those that are not stay where they are, and are found there.

    What a store says of the place of a run's files is not believed blindly: a store from somebody
    else may name any folder of yours.
    """

    OWN = "own"
    """Those that lie in the source itself."""
    ALL = "all"
    """Also those elsewhere: in other folders, in buckets."""
    NONE = "none"
    """None."""


class StoreSource:
    """A `tracker.transfer.source.Source` over any store."""

    def __init__(self, store: Store, name: str, take: TakeFiles = TakeFiles.OWN) -> None:
        self._store = store
        self._take = take
        self._root = _folder_of(store.uri)
        self.uri = store.uri
        self.description = f"{name} {_shown(store.uri)}"

    def experiments(self) -> list[Experiment]:
        """Return all experiments, deleted ones too. Raises StoreError."""
        found: list[Experiment] = []
        token = None
        while True:
            page = self._store.search_experiments(view_type=ViewType.ALL, page_token=token)
            found += page
            token = page.token
            if token is None:
                return found

    def count(self, choice: Choice) -> int | None:
        """Return how many runs there are to come, None where that is not known before."""
        return self._page(choice, None, 1).total

    def runs(self, choice: Choice) -> Iterator[Run]:
        """Yield the chosen runs, the oldest first unless another order was asked for."""
        token = None
        while True:
            page = self._page(choice, token, PAGE)
            for run in page:
                yield with_links(self._store, run)
            token = page.token
            if token is None:
                return

    def _page(self, choice: Choice, token: str | None, limit: int) -> PagedList[Run]:
        ids = None
        if choice.experiments:
            ids = [it.experiment_id for it in self.experiments() if choice.wants(it)]
        return self._store.search_runs(
            ids,
            filter_string=choice.filter_string,
            view_type=choice.view_type,
            order_by=choice.order_by or ["attributes.start_time ASC"],
            max_results=limit,
            page_token=token,
        )

    def histories(self, run: Run) -> Iterator[MetricHistory]:
        """Yield all points of the run, one metric at a time. Raises StoreError."""
        for key in run.data.metrics:
            yield self._store.metric_history(run.info.run_id, key)

    def files(self, run: Run) -> Files:
        """Return the files of the run, as far as they are to be copied."""
        uri = run.info.artifact_uri
        if self._take is TakeFiles.NONE:
            return Files(None, f"its files stay at {uri}")
        if self._take is TakeFiles.ALL or self._is_own(uri, run.info.run_id):
            return Files(open_artifacts(uri))
        return Files(None, f"its files stay at {uri}, which is outside of the source")

    def _is_own(self, uri: str, run_id: str) -> bool:
        """Whether a place is a folder of this run in the source, and no other of its folders."""
        path = local_path(uri)
        if path is None:
            return uri.startswith("mlflow-artifacts:") and self._root is None
        if self._root is None or path.parts[-2:] != (run_id, "artifacts"):
            return False
        try:
            real = path.resolve()
            return real.parts[-2:] == path.parts[-2:] and real.is_relative_to(self._root.resolve())
        except (OSError, RuntimeError, ValueError):
            return False

    def models(self, experiment: Experiment) -> Iterator[tuple[str, Readable]]:
        """Yield id and files of the logged models of an experiment."""
        if self._take is not TakeFiles.NONE:
            yield from models_at(experiment.artifact_location, self._root)

    def problems(self) -> Mapping[str, tuple[str, ...]]:
        """Return what the store could not read."""
        told = getattr(self._store, "problems", None)
        return {} if told is None else {place: tuple(texts) for place, texts in told().items()}


def _folder_of(uri: str) -> Path | None:
    """Return the folder that a store on this machine lies in."""
    if uri.startswith("sqlite:///"):
        return Path(uri.removeprefix("sqlite:///")).parent
    return local_path(uri)


def _shown(uri: str) -> str:
    path = uri.removeprefix("sqlite:///")
    if path == uri and (found := local_path(uri)) is not None:
        path = str(found)
    return os.path.normpath(path) if "://" not in path else path
