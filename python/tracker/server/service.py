"""What the panel asks for, answered from stores. Knows stores and `wire`, nothing of tornado.

Every method blocks and may be called from any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast

from tracker.artifacts.paths import artifact_path
from tracker.diff import difference
from tracker.diff.plain import as_plain
from tracker.entities import Changes, Run, ViewType
from tracker.errors import NotFound
from tracker.server import rows
from tracker.server.places.describing import store_row
from tracker.server.places.reading import Places, find_store
from tracker.server.runs.completing import Completing
from tracker.server.runs.detail import run_detail
from tracker.server.runs.editing import edit_run
from tracker.server.runs.groups import NOTHING as NO_GROUPS
from tracker.server.runs.groups import answer_groups, parse_groups
from tracker.server.runs.history import history
from tracker.server.runs.nesting import Nesting
from tracker.server.runs.queries import (
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
)
from tracker.store.base import SEARCH_MAX_RESULTS, Store

CHANGED_RUNS_LIMIT = 200
"""More changed runs than this and the client searches again."""


class Service:
    """Answers for folders, each from the store that belongs to it."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._nesting = Nesting()

    @cached_property
    def completing(self) -> Completing:
        """What the filter box asks is answered here."""
        return Completing(self.places.found)

    # -- experiments and runs ---------------------------------------------------------------

    def experiments(self, folder: str) -> ExperimentsAnswer:
        """Return all experiments in use, none where nothing was recorded yet."""
        uri = self.places.store_uri(folder)
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
        store = find_store(self.places.store_uri(query.folder))
        if store is None:
            return {"runs": [], "next_page_token": None, "total": 0}
        nested = self._nesting.search(store, query)
        return rows.search_answer(nested.runs, nested.children)

    def groups(self, body: object) -> GroupsAnswer:
        """Answer a GroupsRequest. Raises InvalidValue, FilterError."""
        folder, query = parse_groups(body)
        store = find_store(self.places.store_uri(folder))
        return NO_GROUPS if store is None else answer_groups(store, query)

    def run_detail(self, folder: str, run_id: str) -> RunDetail:
        """Return one run and what belongs to it. Raises NotFound."""
        return run_detail(self.places.store(folder), run_id)

    def edit_runs(self, body: object) -> EditAnswer:
        """Answer an EditRequest. Raises NotFound, InvalidState, InvalidValue, StoreError."""
        folder, edits = parse_edits(body)
        store = self.places.store(folder)
        return {"runs": [rows.run_row(edit_run(store, edit)) for edit in edits]}

    # -- points -----------------------------------------------------------------------------

    def history(self, body: object) -> HistoryAnswer:
        """Answer a HistoryRequest; runs that are gone are left out. Raises InvalidValue."""
        query = parse_history(body)
        store = find_store(self.places.store_uri(query.folder))
        if store is None:
            return {"series": []}
        return history(store, query)

    def compare(self, body: object) -> CompareAnswer:
        """Answer a CompareRequest. Raises NotFound, InvalidValue."""
        folder, run_ids, parts = parse_compare(body)
        store = self.places.store(folder)
        runs = [store.get_run(run_id) for run_id in run_ids]
        found = difference(runs, lambda run: self.places.readable_files(folder, run), parts)
        return cast(CompareAnswer, as_plain(found))

    def importance(self, body: object) -> ImportanceAnswer:
        """Answer an ImportanceRequest. Raises NotFound, InvalidValue, InvalidState, StoreError."""
        from tracker.server.comparison.importance import importance, parse_importance

        folder, run_ids, metric = parse_importance(body)
        return importance(self.places.store(folder), run_ids, metric)

    # -- artifacts --------------------------------------------------------------------------

    def artifacts(self, folder: str, run_id: str, path: str) -> ArtifactsAnswer:
        """Return one folder of a run's files. Raises NotFound, InvalidValue."""
        files = self.places.files_of(folder, run_id).list(path)
        return {"path": artifact_path(path), "files": rows.file_rows(files)}

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
