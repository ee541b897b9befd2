"""A database of MLflow's as a store to read: every schema from 1.0 on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

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
from tracker.errors import NotFound, StoreReadOnly
from tracker.store import entity_search, points
from tracker.store.base import SEARCH_MAX_RESULTS
from tracker.store.mlflow_db import finding
from tracker.store.mlflow_db.connection import reading
from tracker.store.mlflow_db.points import read_points
from tracker.store.mlflow_db.revisions import Revisions
from tracker.store.mlflow_db.runs import RunReader, all_experiments
from tracker.store.mlflow_db.schema import Schema, read_schema


class MlflowDatabase:
    """A `tracker.store.base.Store` that refuses to write. Get it from `tracker.store.open_store`.

    Every call reads what the file holds at that moment.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = RunReader(path.parent)
        self._revisions = Revisions(path)

    @property
    def uri(self) -> str:
        """The URI that opens this store again."""
        return f"sqlite:///{self.path.as_posix()}"

    def is_there(self) -> bool:
        """Whether the file is still where it was."""
        return self.path.is_file()

    @contextmanager
    def _reading(self) -> Iterator[tuple[sqlite3.Connection, Schema]]:
        with reading(self.path) as connection:
            yield connection, read_schema(connection)

    # -- experiments ------------------------------------------------------------------------

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return the experiment, active or deleted. Raises NotFound."""
        for experiment in self._experiments():
            if experiment.experiment_id == experiment_id:
                return experiment
        raise NotFound(f"No experiment with id={experiment_id} in {self.path}.")

    def find_experiment(self, name: str) -> Experiment | None:
        """Return the experiment of that name, active or deleted, or None."""
        return next((it for it in self._experiments() if it.name == name), None)

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
        query = entity_search.experiments_query(filter_string, order_by, max_results, page_token)
        stages = entity_search.STAGES[view_type]
        return query.page(it for it in self._experiments() if it.lifecycle_stage in stages)

    def count_runs(self, view_type: ViewType = ViewType.ACTIVE_ONLY) -> Mapping[str, int]:
        """Return the number of runs of each experiment id that has any."""
        with self._reading() as (connection, schema):
            return finding.count_runs(connection, schema, view_type)

    def _experiments(self) -> list[Experiment]:
        with self._reading() as (connection, schema):
            return all_experiments(connection, schema, self.path.parent)

    # -- runs -------------------------------------------------------------------------------

    def get_run(self, run_id: str) -> Run:
        """Return the run, active or deleted. Raises NotFound."""
        with self._reading() as (connection, schema):
            found = self._reader.read(connection, schema, [run_id])
        if not found:
            raise NotFound(f"Run with id={run_id} not found in {self.path}.")
        return found[0]

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
        query = entity_search.runs_query(filter_string, order_by, max_results, page_token)
        with self._reading() as (connection, schema):
            candidates = finding.candidates(connection, schema, experiment_ids, view_type, query)
            if candidates.is_page:
                runs = self._reader.read(connection, schema, candidates.run_ids)
                return PagedList(runs, candidates.token, candidates.total)
            return query.page(self._reader.read(connection, schema, candidates.run_ids))

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
        with self._reading() as (connection, schema):
            if not finding.has_run(connection, run_id):
                raise NotFound(f"Run with id={run_id} not found in {self.path}.")
            return read_points(connection, schema, run_id, key)

    def changes(self, since: int | None = None) -> Changes:
        """Return what changed after revision `since`; with None only the current revision."""
        return self._revisions.changes(since)

    def close(self) -> None:
        """Nothing is held open between calls."""

    # -- what MLflow alone may do -----------------------------------------------------------

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Refused: the database is MLflow's. Raises StoreReadOnly, as all that follow."""
        self._refuse("make an experiment")

    def update_experiment(
        self, experiment_id: str, *, name: str | None = None, lifecycle_stage: str | None = None
    ) -> None:
        """Refused."""
        self._refuse("change an experiment")

    def set_experiment_tags(self, experiment_id: str, tags: Mapping[str, str | None]) -> None:
        """Refused."""
        self._refuse("change an experiment")

    def create_run(
        self,
        experiment_id: str,
        *,
        run_name: str | None = None,
        user_id: str = "",
        start_time: int | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Run:
        """Refused."""
        self._refuse("start a run")

    def update_run(
        self,
        run_id: str,
        *,
        status: str | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
        lifecycle_stage: str | None = None,
    ) -> Run:
        """Refused."""
        self._refuse("change a run")

    def delete_runs(self, run_ids: Sequence[str]) -> None:
        """Refused."""
        self._refuse("remove runs")

    def log_metric(self, run_id: str, key: str, value: float, timestamp: int, step: int) -> None:
        """Refused."""
        self._refuse("log")

    def log_batch(
        self,
        run_id: str,
        *,
        metrics: Iterable[Metric] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> None:
        """Refused."""
        self._refuse("log")

    def log_inputs(self, run_id: str, inputs: Sequence[DatasetInput]) -> None:
        """Refused."""
        self._refuse("log")

    def _refuse(self, what: str) -> NoReturn:
        raise StoreReadOnly(
            f"Cannot {what} in {self.path}: it is a database of MLflow's own, which tracker opens "
            "only to read. To record, set another tracking URI, such as "
            "tracker.set_tracking_uri('.tracker'); the runs in this one stay as they are."
        )
