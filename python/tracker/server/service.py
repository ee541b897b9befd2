"""What the panel asks for, answered from stores. Knows stores and `wire`, nothing of tornado.

Every method blocks and may be called from any thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import cast

from tracker.artifacts import Artifacts, open_artifacts
from tracker.artifacts.paths import artifact_path
from tracker.diff import difference
from tracker.diff.plain import as_plain
from tracker.entities import Changes, LifecycleStage, MetricHistory, Run, ViewType
from tracker.errors import InvalidValue, NotFound
from tracker.locate import tracking_uri
from tracker.remote.address import is_remote
from tracker.server import rows
from tracker.server.completing import Completing
from tracker.server.detail import run_detail
from tracker.server.groups import NOTHING as NO_GROUPS
from tracker.server.groups import answer_groups, parse_groups
from tracker.server.nesting import Nesting
from tracker.server.places.describing import store_row
from tracker.server.places.folders import resolve_folder
from tracker.server.places.opened import OpenedStores, is_name
from tracker.server.places.opening import Place, check_artifacts, may_use
from tracker.server.places.switching import Switching
from tracker.server.queries import (
    EditQuery,
    SeriesQuery,
    parse_compare,
    parse_edits,
    parse_history,
    parse_search,
)
from tracker.server.wire import (
    ArtifactsAnswer,
    CompareAnswer,
    EditAnswer,
    ExperimentRow,
    ExperimentsAnswer,
    GroupsAnswer,
    HistoryAnswer,
    ImportanceAnswer,
    LiveMessage,
    RunDetail,
    SearchAnswer,
    SeriesRow,
)
from tracker.store import open_store
from tracker.store.base import SEARCH_MAX_RESULTS, Store

POINTS_BUDGET = 100_000
"""Points in one answer, shared by its series."""
NEW_POINTS_LIMIT = 20_000
"""More new points than this are better drawn as a fresh sample."""
ARTIFACT_SCHEMES = frozenset({"file", "s3", "gs", "gcs", "abfs", "abfss", "az", "mlflow-artifacts"})
"""What the server reads from: a store that somebody sent must not make it call other hosts. Of
tracking servers only those are asked that were opened as stores."""
CHANGED_RUNS_LIMIT = 200
"""More changed runs than this and the client searches again."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")


class Service:
    """Answers for the folders below `root`, each from the store that belongs to it.

    In the place of a folder may stand the name of a store that was opened.
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
        self._nesting = Nesting()
        self.opened = OpenedStores(lambda uri: may_use(uri, self._place()))

    @cached_property
    def switching(self) -> Switching:
        """What the store switcher asks is answered here."""
        return Switching(self.root, self.opened, self.store_uri, hidden=self._allow_hidden)

    @cached_property
    def completing(self) -> Completing:
        """What the filter box asks is answered here."""
        return Completing(self)

    def _place(self) -> Place:
        return Place(self.root, self._beyond(), self._allow_hidden)

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

    # -- experiments and runs ---------------------------------------------------------------

    def experiments(self, folder: str) -> ExperimentsAnswer:
        """Return all experiments in use, none where nothing was recorded yet."""
        uri = self.store_uri(folder)
        store = find_store(uri)
        if store is None:
            return {"store": store_row(uri, None, 0), "experiments": []}
        # Read before the rows: what changes meanwhile is then told by the live socket.
        revision = store.changes().revision
        return {
            "store": store_row(uri, store, revision),
            "experiments": _all_experiments(store),
        }

    def search_runs(self, body: object) -> SearchAnswer:
        """Answer a SearchRequest. Raises InvalidValue, FilterError."""
        query = parse_search(body)
        store = find_store(self.store_uri(query.folder))
        if store is None:
            return {"runs": [], "next_page_token": None, "total": 0}
        nested = self._nesting.search(store, query)
        return rows.search_answer(nested.runs, nested.children)

    def groups(self, body: object) -> GroupsAnswer:
        """Answer a GroupsRequest. Raises InvalidValue, FilterError."""
        folder, query = parse_groups(body)
        store = find_store(self.store_uri(folder))
        return NO_GROUPS if store is None else answer_groups(store, query)

    def run_detail(self, folder: str, run_id: str) -> RunDetail:
        """Return one run and what belongs to it. Raises NotFound."""
        return run_detail(self._store(folder), run_id)

    def edit_runs(self, body: object) -> EditAnswer:
        """Answer an EditRequest. Raises NotFound, InvalidState, InvalidValue, StoreError."""
        folder, edits = parse_edits(body)
        store = self._store(folder)
        return {"runs": [rows.run_row(_edit_run(store, edit)) for edit in edits]}

    def found(self, folder: str) -> tuple[str, Store | None]:
        """Return the folder's store and its URI; None where nothing was recorded yet."""
        uri = self.store_uri(folder)
        return uri, find_store(uri)

    def run_of(self, folder: str, run_id: str) -> Run:
        """Return a run of the folder's store. Raises NotFound."""
        return self._store(folder).get_run(run_id)

    def _store(self, folder: str) -> Store:
        uri = self.store_uri(folder)
        store = find_store(uri)
        if store is None:
            raise NotFound(f"Nothing was recorded in {rows.shown_uri(uri)} yet.")
        return store

    # -- points -----------------------------------------------------------------------------

    def history(self, body: object) -> HistoryAnswer:
        """Answer a HistoryRequest; runs that are gone are left out. Raises InvalidValue."""
        query = parse_history(body)
        store = find_store(self.store_uri(query.folder))
        if store is None:
            return {"series": []}
        share = POINTS_BUDGET // max(1, len(query.series))
        max_points = min(query.max_points, share)
        series = (_series(store, one, max_points, share) for one in query.series)
        return {"series": [one for one in series if one is not None]}

    def compare(self, body: object) -> CompareAnswer:
        """Answer a CompareRequest. Raises NotFound, InvalidValue."""
        folder, run_ids, parts = parse_compare(body)
        store = self._store(folder)
        runs = [store.get_run(run_id) for run_id in run_ids]
        found = difference(runs, lambda run: self.readable_files(folder, run), parts)
        return cast(CompareAnswer, as_plain(found))

    def importance(self, body: object) -> ImportanceAnswer:
        """Answer an ImportanceRequest. Raises NotFound, InvalidValue, InvalidState, StoreError."""
        from tracker.server.importance import importance, parse_importance

        folder, run_ids, metric = parse_importance(body)
        return importance(self._store(folder), run_ids, metric)

    # -- artifacts --------------------------------------------------------------------------

    def artifacts(self, folder: str, run_id: str, path: str) -> ArtifactsAnswer:
        """Return one folder of a run's files. Raises NotFound, InvalidValue."""
        files = self.artifacts_of(folder, run_id).list(path)
        return {"path": artifact_path(path), "files": rows.file_rows(files)}

    def artifacts_of(self, folder: str, run_id: str) -> Artifacts:
        """Return the files of a run. Raises NotFound, and InvalidValue where none may be read."""
        return self.readable_files(folder, self._store(folder).get_run(run_id))

    def readable_files(self, folder: str, run: Run) -> Artifacts:
        """Return the files of a run, where the server may read them. Raises InvalidValue."""
        artifacts = readable(run)
        if is_name(folder):
            check_artifacts(artifacts, self.opened.uri_of(folder), self._place())
        return artifacts

    def run(self, folder: str, run_id: str) -> Run:
        """Return a run. Raises NotFound."""
        return self._store(folder).get_run(run_id)

    # -- what changed -----------------------------------------------------------------------

    def changes(self, uri: str, since: int | None) -> tuple[int | None, LiveMessage | None]:
        """Return the store's revision, and what changed since that one or None if nothing did.

        A revision of None is that of a store that is not there. Where a store came, went or was
        replaced the message asks to read again.
        """
        store = find_store(uri)
        if store is None:
            return None, None if since is None else rows.read_again(0)
        changes = store.changes(since)
        if since is None or changes.revision < since:
            return changes.revision, rows.read_again(changes.revision)
        if changes.revision == since:
            return since, None
        return changes.revision, _message(store, changes)

    def revision(self, uri: str) -> int | None:
        """Return the store's revision, None where there is no store."""
        store = find_store(uri)
        return None if store is None else store.changes().revision

    def notice_dead_runs(self, uri: str) -> None:
        """Have the store look at its running runs: those whose process is gone end there."""
        store = find_store(uri)
        notice = getattr(store, "notice_dead_runs", None)  # where listing runs would read files
        if notice is not None:
            notice()
        elif store is not None:
            store.search_runs(None, filter_string="attributes.status = 'RUNNING'", max_results=1)


def readable(run: Run) -> Artifacts:
    """Return the files of a run, where the server may read them. Raises InvalidValue."""
    uri = run.info.artifact_uri
    scheme = _SCHEME.match(uri)
    if "::" in uri or (scheme is not None and scheme[1].lower() not in ARTIFACT_SCHEMES):
        raise InvalidValue(
            f"The artifacts of run {run.info.run_id} lie at {rows.shown_uri(uri)}. The panel reads "
            "folders and object stores only; download them with tracker in a notebook."
        )
    return open_artifacts(uri)


def find_store(uri: str) -> Store | None:
    """Return the store, None where nothing was recorded yet. Raises StoreError."""
    try:
        return open_store(uri, create=False)
    except NotFound:
        return None


def _all_experiments(store: Store) -> list[ExperimentRow]:
    counts = store.count_runs()
    found: list[ExperimentRow] = []
    token: str | None = None
    while True:
        page = store.search_experiments(
            view_type=ViewType.ACTIVE_ONLY, max_results=SEARCH_MAX_RESULTS, page_token=token
        )
        found.extend(rows.experiment_row(experiment, counts) for experiment in page)
        token = page.token
        if token is None:
            return found


def _edit_run(store: Store, edit: EditQuery) -> Run:
    """Change a run: back from the bin first, into it last, as a deleted run takes no tags."""
    if edit.lifecycle_stage == LifecycleStage.ACTIVE:
        store.update_run(edit.run_id, lifecycle_stage=edit.lifecycle_stage)
    if edit.run_name is not None:
        store.update_run(edit.run_id, run_name=edit.run_name)
    if edit.tags:
        store.log_batch(edit.run_id, tags=edit.tags)
    if edit.lifecycle_stage == LifecycleStage.DELETED:
        store.update_run(edit.run_id, lifecycle_stage=edit.lifecycle_stage)
    return store.get_run(edit.run_id)


def _series(store: Store, query: SeriesQuery, max_points: int, share: int) -> SeriesRow | None:
    try:
        if query.since:
            new = store.metric_history(query.run_id, query.key, since=query.since)
            if _extends(new, query.since) and len(new.steps) <= min(share, NEW_POINTS_LIMIT):
                return rows.series_row(new, since=query.since)
        sample = store.sample_metric(
            query.run_id,
            query.key,
            max_points=max_points,
            start_step=query.start_step,
            end_step=query.end_step,
        )
        return rows.series_row(sample, since=0)
    except NotFound:
        return None


def _extends(history: MetricHistory, since: int) -> bool:
    """Whether these points follow the cursor.

    They do not where the store no longer knows it and sent all there is, nor where it lies beyond
    the end because the store was replaced.
    """
    return history.cursor >= since and len(history.steps) < history.total


def _message(store: Store, changes: Changes) -> LiveMessage:
    runs = _changed_runs(store, changes.run_ids)
    return {
        "type": "changes",
        "revision": changes.revision,
        "runs": [rows.run_row(run) for run in runs or ()],
        "experiments_changed": changes.experiments_changed,
        "truncated": runs is None,
    }


def _changed_runs(store: Store, run_ids: Sequence[str]) -> list[Run] | None:
    """Return the runs, None where rows alone cannot tell what changed."""
    if len(run_ids) > CHANGED_RUNS_LIMIT:
        return None
    try:
        return [store.get_run(run_id) for run_id in run_ids]
    except NotFound:
        return None
