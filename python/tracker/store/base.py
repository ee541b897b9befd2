"""The one contract between people's runs and where they are kept.

Promises that every store keeps:

1. What a call has stored is there after the process is killed right after the call returned.
2. Any thread may call any method; several processes may use one store at once.
3. What is returned is a frozen snapshot: it never changes under the reader.
4. A call either does all it says or raises one of `tracker.errors` and changes nothing.
5. A run that is RUNNING belongs to the process that created it, or that last set it RUNNING. When
   that process is gone, whoever looks next finds the run KILLED at its last sign of life.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tracker.entities import (
    Changes,
    DatasetInput,
    Experiment,
    Metric,
    MetricHistory,
    PagedList,
    Run,
    ViewType,
)

SEARCH_MAX_RESULTS = 1000
"""Runs or experiments in a page where nobody says otherwise."""
SEARCH_MAX_RESULTS_LIMIT = 50_000
"""The largest page that may be asked for."""


class Store(Protocol):
    """Where experiments and runs are kept, under the module's promises."""

    @property
    def uri(self) -> str:
        """The URI that opens this store again."""

    # -- experiments ------------------------------------------------------------------------

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Return the id of a new experiment. Raises AlreadyExists, InvalidValue."""

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return the experiment, active or deleted. Raises NotFound."""

    def find_experiment(self, name: str) -> Experiment | None:
        """Return the experiment of that name, active or deleted, or None."""

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

    def update_experiment(
        self, experiment_id: str, *, name: str | None = None, lifecycle_stage: str | None = None
    ) -> None:
        """Rename, delete or restore; the runs go along. Raises NotFound, AlreadyExists."""

    def set_experiment_tags(self, experiment_id: str, tags: Mapping[str, str | None]) -> None:
        """Set tags; a value of None deletes the tag. Raises NotFound, InvalidValue."""

    def count_runs(self, view_type: ViewType = ViewType.ACTIVE_ONLY) -> Mapping[str, int]:
        """Return the number of runs of each experiment id that has any."""

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

        Without a name it gets a random one of the form adjective-animal-123. The tag
        `mlflow.runName` mirrors the name, both ways. Raises NotFound, InvalidState (deleted
        experiment), InvalidValue.
        """

    def get_run(self, run_id: str) -> Run:
        """Return the run, active or deleted. Raises NotFound."""

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

        Without `count` the page has a `total` only where it costs next to nothing. Raises
        FilterError, InvalidValue (max_results, page_token).
        """

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

    def delete_runs(self, run_ids: Sequence[str]) -> None:
        """Remove runs for good: rows, points, not artifacts (the caller does). Unknown ids pass."""

    # -- what is logged ---------------------------------------------------------------------

    def log_metric(self, run_id: str, key: str, value: float, timestamp: int, step: int) -> None:
        """Append one point: the hot path, all arguments positional, on disk when it returns.

        Raises NotFound, InvalidState (deleted run), InvalidValue (key, step beyond 64 bits).
        """

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

    def log_inputs(self, run_id: str, inputs: Sequence[DatasetInput]) -> None:
        """Record data sets that the run read; the same one again only adds its tags."""

    # -- reading points ---------------------------------------------------------------------

    def metric_history(self, run_id: str, key: str, *, since: int = 0) -> MetricHistory:
        """Return every point after the cursor `since`, in the order logged; empty if there is none.

        Of several writers, each one's points come in its own order. A cursor that the store does
        not know gives the whole metric, which the answer's `since` then says. Raises NotFound for
        the run, never for the key.
        """

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

    def changes(self, since: int | None = None) -> Changes:
        """Return what changed after revision `since`; with None only the current revision."""

    def close(self) -> None:
        """Finish what runs in the background and let go of files. Runs stay as they are."""
