"""The embedded store: one SQLite file, journals of live points beside it, artifacts beside both."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tracker.entities import (
    Changes,
    DatasetInput,
    Experiment,
    LifecycleStage,
    Metric,
    PagedList,
    Run,
    ViewType,
)
from tracker.store import limits, paging
from tracker.store.base import SEARCH_MAX_RESULTS
from tracker.store.sqlite import experiments, facts, opening, reading, revision, runs
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.journal_format import JournalClosed
from tracker.store.sqlite.journals import OpenJournals
from tracker.store.sqlite.locations import Locations

_STAGES = {
    ViewType.ACTIVE_ONLY: (str(LifecycleStage.ACTIVE),),
    ViewType.DELETED_ONLY: (str(LifecycleStage.DELETED),),
    ViewType.ALL: (str(LifecycleStage.ACTIVE), str(LifecycleStage.DELETED)),
}


class SqliteStore:
    """A `tracker.store.base.Store` in one file. Get it from `tracker.store.open_store`."""

    def __init__(self, path: Path) -> None:
        opening.prepare(path)
        self.path = path
        self._database = Database(path)
        self._locations = Locations(path.parent)
        self._journals = OpenJournals(self._database, path.parent / "journals")
        self._writers = self._journals.writers
        self._known_keys: set[str] = set()

    @property
    def uri(self) -> str:
        """The URI that opens this store again."""
        return f"sqlite:///{self.path.as_posix()}"

    def is_there(self) -> bool:
        """Whether the file that was opened is still where it was."""
        return self._database.is_there()

    # -- experiments ------------------------------------------------------------------------

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Return the id of a new experiment. Raises AlreadyExists, InvalidValue."""
        with self._database.atomic() as connection:
            return experiments.insert(
                connection, self._locations, name, artifact_location, tags or {}
            )

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return the experiment, active or deleted. Raises NotFound."""
        with self._database.reading() as connection:
            return experiments.get(connection, self._locations, experiment_id)

    def find_experiment(self, name: str) -> Experiment | None:
        """Return the experiment of that name, active or deleted, or None."""
        with self._database.reading() as connection:
            return experiments.find(connection, self._locations, name)

    def search_experiments(
        self,
        *,
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        filter_string: str = "",
        order_by: Sequence[str] = (),
        max_results: int = SEARCH_MAX_RESULTS,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        """Return a page of experiments, newest first by default. Raises FilterError."""
        limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
        stages = _STAGES[view_type]
        with self._database.reading() as connection:
            marks = ",".join("?" * len(stages))
            rows = connection.execute(
                f"SELECT {experiments.COLUMNS} FROM experiments WHERE lifecycle_stage IN ({marks}) "
                "ORDER BY creation_time DESC, id LIMIT ? OFFSET ?",
                (*stages, limit, offset),
            ).fetchall()
            (total,) = connection.execute(
                f"SELECT count(*) FROM experiments WHERE lifecycle_stage IN ({marks})", stages
            ).fetchone()
            found = experiments.from_rows(connection, self._locations, rows)
        return PagedList(found, paging.next_token(offset, len(found), total), total)

    def update_experiment(
        self, experiment_id: str, *, name: str | None = None, lifecycle_stage: str | None = None
    ) -> None:
        """Rename, delete or restore, the latter two with the runs. Raises NotFound, AlreadyExists."""
        with self._database.atomic() as connection:
            if name is not None:
                experiments.rename(connection, experiment_id, name)
            if lifecycle_stage is not None:
                experiments.move(connection, experiment_id, lifecycle_stage)

    def set_experiment_tags(self, experiment_id: str, tags: Mapping[str, str | None]) -> None:
        """Set tags; a value of None deletes the tag. Raises NotFound, InvalidValue."""
        with self._database.atomic() as connection:
            experiments.set_tags(connection, experiment_id, tags)

    def count_runs(self, view_type: ViewType = ViewType.ACTIVE_ONLY) -> Mapping[str, int]:
        """Return the number of runs of each experiment id that has any."""
        with self._database.reading() as connection:
            return experiments.count_runs(connection, _STAGES[view_type])

    # -- runs -------------------------------------------------------------------------------

    def create_run(
        self,
        experiment_id: str,
        *,
        run_name: str | None = None,
        user_id: str = "",
        start_time: int | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Run:
        """Return a new RUNNING run that belongs to this process.

        Raises NotFound, InvalidState (deleted experiment), InvalidValue.
        """
        with self._database.atomic() as connection:
            run = runs.insert(
                connection,
                self._locations,
                experiment_id,
                run_name=run_name,
                user_id=user_id,
                start_time=start_time,
                tags=tags or {},
            )
            return self._run(connection, run)

    def get_run(self, run_id: str) -> Run:
        """Return the run, active or deleted. Raises NotFound."""
        with self._database.reading() as connection:
            return self._run(connection, runs.row_id(connection, run_id))

    def search_runs(
        self,
        experiment_ids: Sequence[str] | None,
        *,
        filter_string: str = "",
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        order_by: Sequence[str] = (),
        max_results: int = SEARCH_MAX_RESULTS,
        page_token: str | None = None,
    ) -> PagedList[Run]:
        """Return a page of runs of these experiments (None: of all), newest first by default.

        Raises FilterError, InvalidValue (max_results, page_token).
        """
        limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
        stages = _STAGES[view_type]
        marks = ",".join("?" * len(stages))
        where = f"lifecycle_stage IN ({marks})"
        values: tuple[object, ...] = stages
        if experiment_ids is not None:
            where += f" AND experiment IN ({','.join('?' * len(experiment_ids))})"
            values += tuple(map(int, experiment_ids))
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT id FROM runs WHERE {where} ORDER BY start_time DESC, run_id "
                "LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
            (total,) = connection.execute(
                f"SELECT count(*) FROM runs WHERE {where}", values
            ).fetchone()
            found = reading.runs_of(connection, self._locations, [row[0] for row in rows])
        return PagedList(found, paging.next_token(offset, len(found), total), total)

    def update_run(
        self,
        run_id: str,
        *,
        status: str | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
        lifecycle_stage: str | None = None,
    ) -> Run:
        """Change what is given and return the run. A final status without `end_time` ends it now.

        A final status closes and packs what this process has open of the run; RUNNING makes the run
        this process's own. Raises NotFound, InvalidValue.
        """
        with self._database.atomic() as connection:
            run = runs.row_id(connection, run_id)
            runs.update(
                connection,
                run,
                status=status,
                end_time=end_time,
                run_name=run_name,
                lifecycle_stage=lifecycle_stage,
            )
            return self._run(connection, run)

    def delete_runs(self, run_ids: Sequence[str]) -> None:
        """Remove runs for good: rows, points, never artifacts. Unknown ids pass."""
        with self._database.atomic() as connection:
            runs.delete(connection, run_ids)

    # -- what is logged ---------------------------------------------------------------------

    def log_metric(self, run_id: str, key: str, value: float, timestamp: int, step: int) -> None:
        """Append one point: the hot path, all arguments positional, on disk when it returns.

        Raises NotFound, InvalidState (deleted run), InvalidValue (key, step beyond 64 bits).
        """
        if key not in self._known_keys:
            self._known_keys.add(limits.check_key("metric", key))
        try:
            self._writers[run_id].log(key, value, timestamp, step)
        except (KeyError, JournalClosed):
            self._journals.open(run_id).log(key, value, timestamp, step)

    def log_batch(
        self,
        run_id: str,
        *,
        metrics: Iterable[Metric] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> None:
        """Store all or nothing of params and tags, then the points. A tag of None is deleted.

        Raises NotFound, InvalidState, ParamConflict, InvalidValue.
        """
        points = list(metrics)
        for key in {point.key for point in points} - self._known_keys:
            self._known_keys.add(limits.check_key("metric", key))
        checked_params = limits.check_params(params or {})
        checked_tags = limits.check_tags(tags or {})
        if checked_params or checked_tags or not points:
            self._log_facts(run_id, checked_params, checked_tags)
        if points:
            self._journals.open(run_id).extend(points)

    def _log_facts(
        self, run_id: str, params: Mapping[str, str], tags: Mapping[str, str | None]
    ) -> None:
        with self._database.atomic() as connection:
            run = runs.active_row_id(connection, run_id)
            facts.write_params(connection, run_id, run, params)
            facts.write_tags(connection, run, tags)
            name = tags.get(runs.NAME_TAG)
            runs.write(connection, run, {} if name is None else {"run_name": name})

    def log_inputs(self, run_id: str, inputs: Sequence[DatasetInput]) -> None:
        """Record data sets that the run read; the same one again only adds its tags."""
        with self._database.atomic() as connection:
            run = runs.active_row_id(connection, run_id)
            facts.write_inputs(connection, run, inputs)
            runs.touch(connection, run)

    # -- reading ----------------------------------------------------------------------------

    def changes(self, since: int | None = None) -> Changes:
        """Return what changed after revision `since`; with None only the current revision."""
        with self._database.reading() as connection:
            return revision.changes(connection, since)

    def close(self) -> None:
        """Finish what runs in the background and let go of files. Runs stay as they are."""
        self._database.close()

    def _run(self, connection: sqlite3.Connection, run: int) -> Run:
        return reading.runs_of(connection, self._locations, [run])[0]
