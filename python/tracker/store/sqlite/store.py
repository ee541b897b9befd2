"""The embedded store: one SQLite file, journals of live points beside it, artifacts beside both."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.entities import (
    Changes,
    DatasetInput,
    Experiment,
    LifecycleStage,
    Metric,
    MetricHistory,
    PagedList,
    Run,
    RunStatus,
    ViewType,
)
from tracker.errors import StoreError
from tracker.store import limits
from tracker.store.base import SEARCH_MAX_RESULTS
from tracker.store.sqlite import (
    experiments,
    facts,
    finding,
    forking,
    opening,
    packing,
    reading,
    recovery,
    revision,
    runs,
)
from tracker.store.sqlite.background import Background
from tracker.store.sqlite.connection import Database
from tracker.store.sqlite.journal import JournalClosed
from tracker.store.sqlite.journals import LiveJournals
from tracker.store.sqlite.locations import Locations
from tracker.store.sqlite.recovery import Recovery

if TYPE_CHECKING:
    from tracker.store.adopting import Adopter
    from tracker.store.sqlite.grouping import SqliteGrouper
    from tracker.store.sqlite.history import Histories
    from tracker.store.sqlite.known import StoredNames

_ACTIVE, _DELETED = map(str, LifecycleStage)
_STAGES = dict(zip(ViewType, ((_ACTIVE,), (_DELETED,), (_ACTIVE, _DELETED)), strict=True))


class SqliteStore:
    """A `tracker.store.base.Store` in one file. Get it from `tracker.store.open_store`."""

    def __init__(self, path: Path) -> None:
        opening.prepare(path)
        self.path = path
        self._database = Database(path)
        self._locations = Locations(path.parent)
        folder = path.parent / "journals"
        self._journals = LiveJournals(self._database, folder)
        self._writers = self._journals.writers
        self._known_keys: set[str] = set()
        self._recovery = Recovery(self._database, folder)
        self._background = Background(self._journals.fold, self._beat)
        forking.watch(self)
        self._recovery.sweep()
        self._recovery.recover()

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
        query = finding.experiments_query(filter_string, order_by, max_results, page_token)
        with self._database.reading() as connection:
            page = finding.find(connection, query, _STAGES[view_type], finding.anywhere())
            found = experiments.of_ids(connection, self._locations, page.ids)
        return PagedList(found, page.token, page.total)

    def update_experiment(
        self, experiment_id: str, *, name: str | None = None, lifecycle_stage: str | None = None
    ) -> None:
        """Rename, delete or restore; the runs go along. Raises NotFound, AlreadyExists."""
        with self._database.atomic() as connection:
            if name is not None:
                experiments.rename(connection, experiment_id, name)
            if lifecycle_stage is not None:
                experiments.move(connection, experiment_id, lifecycle_stage)
        self._journals.drop_inactive()

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
        """Return a new RUNNING run that belongs to this process, see `Store.create_run`."""
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
            found = self._run(connection, run)
        self._background.wake()
        return found

    def get_run(self, run_id: str) -> Run:
        """Return the run, active or deleted. Raises NotFound."""
        self._catch_up([run_id])
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
        count: bool = True,
    ) -> PagedList[Run]:
        """Return a page of runs of these experiments (None: of all), newest first by default.

        Without `count` it has no `total` of a filter. Raises FilterError, InvalidValue.
        """
        query = finding.runs_query(
            filter_string, order_by, max_results, page_token, self._locations.root
        )
        self._catch_up()
        with self._database.reading() as connection:
            among = finding.in_experiments(connection, experiment_ids)
            page = finding.find(connection, query, _STAGES[view_type], among, count=count)
            found = reading.runs_of(connection, self._locations, page.ids)
        return PagedList(found, page.token, page.total)

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
        changed = runs.changed_columns(status, end_time, run_name, lifecycle_stage)
        ends = status is not None and RunStatus(status).is_terminated
        is_over = ends or lifecycle_stage == LifecycleStage.DELETED
        packed = self._journals.close(run_id) if is_over else None
        with self._database.atomic() as connection:
            run = runs.row_id(connection, run_id)
            runs.write(connection, run, changed)
            if packed is not None:
                packing.write(connection, run, packed)
            found = self._run(connection, run)
        if packed is not None:
            packing.remove(packed.path)
        if status == RunStatus.RUNNING:
            self._background.wake()
        return found

    def disown_run(self, run_id: str) -> None:
        """Make the run nobody's: a client elsewhere goes on with it, and says when it ends.

        Raises NotFound.
        """
        with self._database.atomic() as connection:
            runs.disown(connection, runs.row_id(connection, run_id))

    def delete_runs(self, run_ids: Sequence[str]) -> None:
        """Remove runs for good: rows, points, not artifacts (the caller does). Unknown ids pass."""
        for run_id in run_ids:
            self._journals.discard(run_id)
        with self._database.atomic() as connection:
            left = runs.delete(connection, run_ids)
        for run_id, journal_id in left:
            packing.remove(packing.journal_path(self._journals.folder, run_id, journal_id))

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
            self._log_to_journal(run_id, [Metric(key, value, timestamp, step)])
        except OSError as error:
            raise self._journals.failure(run_id, error) from error

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
        limits.check_points(points)
        checked_params = limits.check_params(params or {})
        checked_tags = limits.check_tags(tags or {})
        if checked_params or checked_tags or not points:
            with self._database.atomic() as connection:
                runs.write_facts(connection, run_id, checked_params, checked_tags)
        if points:
            self._log_to_journal(run_id, points)

    def log_inputs(self, run_id: str, inputs: Sequence[DatasetInput]) -> None:
        """Record data sets that the run read; the same one again only adds its tags."""
        with self._database.atomic() as connection:
            run = runs.active_row_id(connection, run_id)
            facts.write_inputs(connection, run, inputs)
            runs.touch(connection, run)

    # -- reading points ---------------------------------------------------------------------

    def metric_history(self, run_id: str, key: str, *, since: int = 0) -> MetricHistory:
        """Return every point after the cursor `since`, see `Store.metric_history`."""
        return self._histories.history(run_id, key, since)

    def sample_metric(
        self,
        run_id: str,
        key: str,
        *,
        max_points: int,
        start_step: int | None = None,
        end_step: int | None = None,
    ) -> MetricHistory:
        """Return at most `max_points` points in step order, see `Store.sample_metric`."""
        return self._histories.sample(run_id, key, max_points, start_step, end_step)

    def changes(self, since: int | None = None) -> Changes:
        """Return what changed after revision `since`; with None only the current revision."""
        with self._database.reading() as connection:
            return revision.changes(connection, since)

    def close(self) -> None:
        """Finish what runs in the background and let go of files. Runs stay as they are.

        Whoever uses the store after that opens what it needs anew.
        """
        self._background.stop()
        self._background = Background(self._journals.fold, self._beat)
        self._journals.close_all()
        self._database.close()

    @cached_property
    def adopter(self) -> Adopter:
        """What takes in runs of other stores as they are."""
        from tracker.store.sqlite.adopting import SqliteAdopter

        return SqliteAdopter(self._database, self._locations)

    @cached_property
    def grouper(self) -> SqliteGrouper:
        """What groups runs without reading them."""
        from tracker.store.sqlite.grouping import SqliteGrouper

        return SqliteGrouper(self._database, self._locations.root, _STAGES, self._catch_up)

    @cached_property
    def known_names(self) -> StoredNames:
        """What names and values runs have."""
        from tracker.store.sqlite.known import StoredNames

        return StoredNames(self._database)

    @cached_property
    def _histories(self) -> Histories:
        """What reads points; imported by those who do, for recording a run goes without."""
        from tracker.store.sqlite.history import Histories

        return Histories(self._database, self._journals.folder)

    def _log_to_journal(self, run_id: str, points: Sequence[Metric]) -> None:
        while True:
            writer = self._journals.open(run_id)
            self._background.wake()
            try:
                return writer.extend(points)
            except JournalClosed:
                continue  # the run ended between the two lines; its next journal takes them
            except OSError as error:
                raise self._journals.failure(run_id, error) from error

    def _catch_up(self, run_ids: Sequence[str] | None = None) -> None:
        """Let readers see what dead processes left, and what this one logged just now."""
        self._recovery.recover()
        with suppress(StoreError):  # full or read-only: what is there can still be looked at
            self._journals.fold(run_ids)

    def _beat(self) -> bool:
        self._journals.tidy()
        with self._database.atomic() as connection:
            return recovery.beat(connection)

    def _run(self, connection: sqlite3.Connection, run: int) -> Run:
        return reading.runs_of(connection, self._locations, [run])[0]

    # -- fork -------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Wait for writers, so that no lock is held that the child would inherit."""
        self._database.before_fork()

    def after_fork_in_parent(self) -> None:
        """Let writers go on."""
        self._database.after_fork_in_parent()

    def after_fork_in_child(self) -> None:
        """Begin anew: files, threads and locks of the parent are not used here."""
        self._database.after_fork_in_child()
        self._journals.after_fork_in_child()
        self.__dict__.pop("_histories", None)
        self._recovery.after_fork_in_child()
        self._background = Background(self._journals.fold, self._beat)
