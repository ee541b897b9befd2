"""MLflow's file layout as a store: read as any MLflow wrote it, written as MLflow reads it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

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
from tracker.errors import InvalidState, NotFound, StoreError
from tracker.store import limits, points
from tracker.store.adopting import Adopter
from tracker.store.base import SEARCH_MAX_RESULTS
from tracker.store.mlruns import datasets, experiment_changes, removing, run_changes, writing
from tracker.store.mlruns.adopting import MlrunsAdopter
from tracker.store.mlruns.appending import Appender
from tracker.store.mlruns.files import Unreadable
from tracker.store.mlruns.index import Index
from tracker.store.mlruns.layout import ExperimentFolder, holds_experiments
from tracker.store.mlruns.library import Library
from tracker.store.mlruns.metrics import read_points
from tracker.store.mlruns.owners import Owners, is_running
from tracker.store.mlruns.watching import Watch
from tracker.store.sqlite import forking


class MlrunsStore:
    """A `tracker.store.base.Store` over an mlruns folder. Get it from `tracker.store.open_store`.

    A folder without experiments gets the default one.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        index = Index(str(root))
        self._library = Library(str(root), index)
        self._watch = Watch(self._library)
        self._owners = Owners(index)
        self._appender = Appender(lambda run_id: self._active(run_id)[1])
        self._writing = threading.RLock()
        self._known_keys: set[str] = set()
        forking.watch(self)
        if not holds_experiments(root):
            experiment_changes.begin(str(root))

    @property
    def uri(self) -> str:
        """The URI that opens this store again."""
        return self.root.as_uri()

    def is_there(self) -> bool:
        """Whether the folder is still where it was."""
        return self.root.is_dir()

    @property
    def adopter(self) -> Adopter:
        """What takes in runs of other stores as they are."""
        return MlrunsAdopter(str(self.root), self._library, self._writing)

    def problems(self, *, look: bool = True) -> Mapping[str, Sequence[str]]:
        """Return what cannot be read, in sentences, by the path of the run or experiment.

        It is left out of every answer, told in the log once, and never repaired. Without `look` it
        is what the latest reading met.
        """
        return self._library.problems(look=look)

    # -- experiments ------------------------------------------------------------------------

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Return the id of a new experiment. Raises AlreadyExists, InvalidValue."""
        with self._writing:
            known = self._library.experiments().values()
            return experiment_changes.create(
                str(self.root), known, name, artifact_location, tags or {}
            )

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return the experiment, active or deleted. Raises NotFound."""
        return self._experiment(experiment_id)[1]

    def find_experiment(self, name: str) -> Experiment | None:
        """Return the experiment of that name, active or deleted, or None."""
        known = self._library.experiments().values()
        return next((it for it in known if it.name == name), None)

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
        from tracker.store import entity_search

        query = entity_search.experiments_query(filter_string, order_by, max_results, page_token)
        stages = entity_search.STAGES[view_type]
        known = self._library.experiments().values()
        return query.page(it for it in known if it.lifecycle_stage in stages)

    def update_experiment(
        self, experiment_id: str, *, name: str | None = None, lifecycle_stage: str | None = None
    ) -> None:
        """Rename, delete or restore; the runs go along. Raises NotFound, AlreadyExists."""
        with self._writing:
            folder, experiment = self._experiment(experiment_id)
            if name is not None:
                known = self._library.experiments().values()
                experiment_changes.rename(folder, experiment, known, name)
            if lifecycle_stage is not None:
                experiment_changes.move(str(self.root), folder, lifecycle_stage)
                for run in self._library.runs(self._folders([experiment_id])):
                    self._library.touch(run.info.run_id)

    def set_experiment_tags(self, experiment_id: str, tags: Mapping[str, str | None]) -> None:
        """Set tags; a value of None deletes the tag. Raises NotFound, InvalidValue."""
        checked = limits.check_experiment_tags(tags)
        with self._writing:
            folder, _ = self._experiment(experiment_id)
            writing.write_tags(folder.path, checked)

    def count_runs(self, view_type: ViewType = ViewType.ACTIVE_ONLY) -> Mapping[str, int]:
        """Return the number of runs of each experiment id that has any."""
        found: dict[str, int] = {}
        for run in self._runs(None, view_type):
            found[run.info.experiment_id] = found.get(run.info.experiment_id, 0) + 1
        return found

    def _experiment(self, experiment_id: str) -> tuple[ExperimentFolder, Experiment]:
        for folder, experiment in self._library.experiments().items():
            if folder.experiment_id == experiment_id:
                return folder, experiment
        raise NotFound(f"No experiment with id={experiment_id} in {self.root}.")

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
        with self._writing:
            folder, experiment = self._experiment(experiment_id)
            run_id = run_changes.create(
                folder, experiment, run_name, user_id, start_time, tags or {}
            )
            self._owners.own(run_id)
            self._library.touch(run_id)
        return self._library.run(run_id)

    def get_run(self, run_id: str) -> Run:
        """Return the run, active or deleted. Raises NotFound."""
        self._end_dead_runs()
        return self._library.run(run_id)

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

        Raises FilterError, InvalidValue (max_results, page_token).
        """
        from tracker.store import entity_search

        query = entity_search.runs_query(filter_string, order_by, max_results, page_token)
        self._end_dead_runs()
        return query.page(self._runs(experiment_ids, view_type))

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

        RUNNING makes the run this process's own. Raises NotFound, InvalidValue.
        """
        changed = run_changes.changed_keys(status, end_time, run_name, lifecycle_stage)
        with self._writing:
            path = self._library.locate(run_id)[1]
            run_changes.write(path, changed)
            if status == RunStatus.RUNNING:
                self._owners.own(run_id)
            elif status is not None and RunStatus(status).is_terminated:
                self._owners.disown(run_id)
                self._appender.forget(run_id)
            self._library.touch(run_id)
        return self._library.run(run_id)

    def delete_runs(self, run_ids: Sequence[str]) -> None:
        """Remove runs for good: rows, points, not artifacts (the caller does). Unknown ids pass."""
        with self._writing:
            for run_id in dict.fromkeys(run_ids):
                try:
                    path = self._library.locate(run_id)[1]
                except NotFound:
                    continue
                self._appender.forget(run_id)
                removing.remove_run(path)
                self._owners.disown(run_id)
                self._library.touch(run_id)

    def _runs(self, experiment_ids: Sequence[str] | None, view_type: ViewType) -> list[Run]:
        from tracker.store.entity_search import STAGES

        stages = STAGES[view_type]
        found = self._library.runs(self._folders(experiment_ids))
        return [run for run in found if run.info.lifecycle_stage in stages]

    def _folders(self, experiment_ids: Sequence[str] | None) -> list[ExperimentFolder]:
        asked = None if experiment_ids is None else frozenset(experiment_ids)
        known = self._library.experiments()
        return [it for it in known if asked is None or it.experiment_id in asked]

    def _active(self, run_id: str) -> tuple[ExperimentFolder, str]:
        """Return where a run lies that may be logged to. Raises NotFound, InvalidState."""
        folder, path = self._library.locate(run_id)
        if run_changes.stage(folder, path) != LifecycleStage.ACTIVE:
            raise InvalidState(
                f"The run {run_id} must be in the 'active' state. Current state is deleted. "
                "Restore the run to log to it."
            )
        return folder, path

    def notice_dead_runs(self) -> None:
        """End the runs whose process is gone, without reading any others."""
        self._end_dead_runs()

    def _end_dead_runs(self) -> None:
        """Those of ours whose process is gone are KILLED at their last sign of life."""
        for run_id in self._owners.dead():
            with self._writing:
                try:
                    path = self._library.locate(run_id)[1]
                    if is_running(path):
                        run_changes.kill(path, self._library.last_change(run_id))
                        self._library.touch(run_id)
                except (NotFound, Unreadable):
                    pass
                except StoreError:
                    continue  # cannot be written now: it is found again
                self._owners.disown(run_id)

    # -- what is logged ---------------------------------------------------------------------

    def log_metric(self, run_id: str, key: str, value: float, timestamp: int, step: int) -> None:
        """Append one point: all arguments positional, on disk when it returns.

        Raises NotFound, InvalidState (deleted run), InvalidValue (key, step beyond 64 bits).
        """
        self._append(run_id, [Metric(key, value, timestamp, step)])

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
        found = list(metrics)
        self._check(found)
        checked_params = limits.check_params(params or {})
        checked_tags = limits.check_tags(tags or {})
        if checked_params or checked_tags or not found:
            with self._writing:
                _, path = self._active(run_id)
                run_changes.log(path, run_id, checked_params, checked_tags)
            self._library.touch(run_id)
        if found:
            self._append(run_id, found)

    def log_inputs(self, run_id: str, inputs: Sequence[DatasetInput]) -> None:
        """Record data sets that the run read; the same one again only adds its tags."""
        datasets.check_inputs(inputs)
        with self._writing:
            folder, path = self._active(run_id)
            for given in inputs:
                datasets.write_input(folder.path, path, run_id, given)
        self._library.touch(run_id)

    def _check(self, found: Sequence[Metric]) -> None:
        for key in {point.key for point in found} - self._known_keys:
            self._known_keys.add(limits.check_key("metric", key))
        limits.check_points(found)

    def _append(self, run_id: str, found: Sequence[Metric]) -> None:
        self._check(found)
        self._appender.append(run_id, found)
        self._library.touch(run_id)

    # -- reading points ---------------------------------------------------------------------

    def metric_history(self, run_id: str, key: str, *, since: int = 0) -> MetricHistory:
        """Return every point after the cursor `since`, in the order logged; empty if there is none.

        Raises NotFound for the run, never for the key.
        """
        return points.history(run_id, key, self._points(run_id, key), since)

    def sample_metric(
        self,
        run_id: str,
        key: str,
        *,
        max_points: int,
        start_step: int | None = None,
        end_step: int | None = None,
    ) -> MetricHistory:
        """Return at most `max_points` points in step order that keep the first, last and extremes.

        Bounds are inclusive. Where there are no more than `max_points`, all are returned.
        """
        found = self._points(run_id, key)
        return points.sample(run_id, key, found, max_points, start_step, end_step)

    def _points(self, run_id: str, key: str) -> points.Points:
        path = self._library.locate(run_id)[1]
        return read_points(path, key)

    def changes(self, since: int | None = None) -> Changes:
        """Return what changed after revision `since`; with None only the current revision."""
        return self._watch.changes(since)

    def close(self) -> None:
        """Let go of files. Runs stay as they are."""
        self._appender.close()

    # -- fork -------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Wait for writers, so that no lock is held that the child would inherit."""
        self._writing.acquire(timeout=5.0)

    def after_fork_in_parent(self) -> None:
        """Let writers go on."""
        with suppress(RuntimeError):  # not ours: the wait before was given up
            self._writing.release()

    def after_fork_in_child(self) -> None:
        """Begin anew with free locks."""
        self._writing = threading.RLock()
        self._appender.begin_anew()
        self._library.begin_anew()
