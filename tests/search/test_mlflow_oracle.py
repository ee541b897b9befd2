"""The real MLflow, with its SQLite store, answers the same filters over the same runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from sqlite3 import Connection
from typing import Any

import pytest

from tests.mlflow_databases import new_database
from tests.search.generated import (
    NOW,
    make_experiment,
    make_run,
    mlflow_filter,
    mlflow_order,
)
from tests.search.rows import (
    add_experiments,
    add_runs,
    find_experiments,
    find_runs,
    new_tables,
)
from tracker.entities import Experiment, Run
from tracker.search import parse_order_by, parse_runs_filter, predicate, sort

RUNS = 300
FILTERS = 500


@dataclass
class Neighbours:
    """The same runs in MLflow's store, in our tables and as entities."""

    store: Any
    tables: Connection
    runs: list[Run]
    experiments: list[Experiment]

    @property
    def run_ids(self) -> list[str]:
        return [run.info.run_id for run in self.runs]

    def mlflow_finds(self, text: str, order_by: list[str]) -> list[str]:
        runs = self.store.search_runs(["0"], text, 1, 1000, order_by)
        return [run.info.run_id for run in runs]

    def python_finds(self, text: str, order_by: list[str]) -> list[str]:
        fits = predicate(parse_runs_filter(text), NOW)
        found = sort(filter(fits, self.runs), parse_order_by(order_by), NOW)
        return [run.info.run_id for run in found]


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    from sqlalchemy import event

    folder = tmp_path_factory.mktemp("mlflow")
    open_store: Any = SqlAlchemyStore
    store = open_store(new_database(folder / "mlflow.db"), str(folder / "artifacts"))
    # Some thousand commits need not reach the disk.
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda it, _: it.execute("PRAGMA synchronous = OFF"))
    runs = [_log(store, make_run(Random(f"run {number}"), number)) for number in range(RUNS)]
    random = Random("experiments")
    experiments = [_create(store, make_experiment(random, number)) for number in range(1, 30)]
    tables = new_tables()
    add_runs(tables, runs)
    add_experiments(tables, experiments)
    yield Neighbours(store, tables, runs, experiments)
    store.engine.dispose()


def _log(store: Any, run: Run) -> Run:
    """Log the run to MLflow and return it with the id and artifact folder it got there."""
    from mlflow.entities import Metric, Param, RunStatus, RunTag

    info, data = run.info, run.data
    created = store.create_run("0", info.user_id, info.start_time, [], info.run_name).info
    status = RunStatus.from_string(info.status)
    store.update_run_info(created.run_id, status, info.end_time, info.run_name)
    store.log_batch(
        created.run_id,
        [Metric(key, value, 1, 0) for key, value in data.metrics.items()],
        [Param(key, value) for key, value in data.params.items()],
        [RunTag(key, value) for key, value in data.tags.items()],
    )
    _log_inputs(store, created.run_id, run)
    known = replace(info, run_id=created.run_id, artifact_uri=created.artifact_uri)
    return replace(run, info=known)


def _log_inputs(store: Any, run_id: str, run: Run) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    inputs = [
        DatasetInput(
            Dataset(it.dataset.name, it.dataset.digest, it.dataset.source_type, it.dataset.source),
            [InputTag(key, value) for key, value in it.tags.items()],
        )
        for it in run.inputs.dataset_inputs
    ]
    if inputs:
        store.log_inputs(run_id, inputs)


def _create(store: Any, experiment: Experiment) -> Experiment:
    """Create the experiment in MLflow and return it with the id and times it got there."""
    from mlflow.entities import ExperimentTag

    tags = [ExperimentTag(key, value) for key, value in experiment.tags.items()]
    created = store.get_experiment(store.create_experiment(experiment.name, tags=tags))
    return replace(
        experiment,
        experiment_id=created.experiment_id,
        creation_time=created.creation_time,
        last_update_time=created.last_update_time,
    )


def test_500_filters_and_orders_find_the_runs_that_mlflow_finds(neighbours: Neighbours) -> None:
    random = Random("filters")
    found_some = found_all = 0
    for _ in range(FILTERS):
        text = mlflow_filter(random, neighbours.run_ids)
        order_by = mlflow_order(random)
        expected = neighbours.mlflow_finds(text, order_by)
        found_some += bool(expected)
        found_all += len(expected) == RUNS
        assert find_runs(neighbours.tables, text, order_by, now=NOW) == expected, text
        assert neighbours.python_finds(text, order_by) == expected, text
    assert found_some > FILTERS / 2
    assert found_all < FILTERS / 10


@pytest.mark.parametrize(
    "text",
    [
        "name LIKE 'brave%'",
        "name ILIKE 'BRAVE%' AND tags.kind IS NULL",
        "attribute.name != 'x' AND tag.`a b` != ''",
        "experiment_id IN ('1', '3', '99') ",
        "experiment_id NOT IN ('5')",
        "experiment_id = '07'",
        "creation_time > 5 AND last_update_time <= 99999999999999",
        "tags.kind IS NOT NULL AND tags.kind LIKE '%a%'",
    ],
)
@pytest.mark.parametrize("order_by", [[], ["name DESC"], ["creation_time", "name"]])
def test_filters_find_the_experiments_that_mlflow_finds(
    neighbours: Neighbours, text: str, order_by: list[str]
) -> None:
    asked = f"{text} AND name != 'Default'"
    found = neighbours.store.search_experiments(1, 1000, asked, order_by)
    expected = [experiment.experiment_id for experiment in found]
    assert find_experiments(neighbours.tables, asked, order_by, now=NOW) == expected
