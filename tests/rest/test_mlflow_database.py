"""A database of MLflow's behind our server: read as MLflow's own server reads it, never written."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

from tests.rest.both import Both, Pair
from tests.rest.servers import mlflow_server, tracker_server

RUNS = 6


def fill(client: MlflowClient) -> None:
    """Log something of every kind with MLflow's own client to its own server."""
    experiment = client.create_experiment("history", tags={"team": "vision"})
    client.delete_experiment(client.create_experiment("binned"))
    for number in range(RUNS):
        run = client.create_run(experiment, start_time=1_000 + number, run_name=f"run {number}")
        run_id = run.info.run_id
        values = [number / 7, math.nan, math.inf, -math.inf, 1e-300]
        points = [Metric("loss", value, 10 + step, step) for step, value in enumerate(values)]
        points.append(Metric("acc", math.nan if number == 3 else number, 1, 0))
        tags = [RunTag("colour", "red")] if number % 2 else []
        client.log_batch(run_id, points, [Param("lr", str(number / 10))], tags)
        context = [InputTag("mlflow.data.context", "training")]
        client.log_inputs(run_id, [DatasetInput(Dataset("iris", "d", "local", "{}"), context)])
        if number < 4:
            client.set_terminated(run_id, "FAILED" if number == 2 else "FINISHED", 5_000)
    client.delete_run(run_id)


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve one database by both servers, the other's a copy; yield both addresses."""
    theirs, ours = tmp_path_factory.mktemp("theirs"), tmp_path_factory.mktemp("ours")
    with mlflow_server(theirs) as their_uri:
        fill(MlflowClient(their_uri))
        shutil.copy(theirs / "mlflow.db", ours / "mlflow.db")
        store = f"sqlite:///{ours / 'mlflow.db'}"
        with tracker_server(store) as server:
            yield server.uri, their_uri


@pytest.fixture
def both(
    same: tuple[str, str], client_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Both]:
    for name in client_environment:
        monkeypatch.delenv(name, raising=False)
    yield Both(*map(MlflowClient, same))
    mlflow.set_tracking_uri("")


def test_what_mlflow_recorded_is_answered_as_mlflow_answers_it(both: Both) -> None:
    for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL):
        both.search_experiments(view, order_by=["name"])
    both.search_experiments(filter_string="tags.team = 'vision'")
    experiment = both.get_experiment_by_name("history")
    both.get_experiment(experiment.experiment_id)
    for filter_string in (
        "", "metrics.loss < 0.5", "metrics.acc > 1", "params.lr = '0.1'", "tags.colour = 'red'",
        "attributes.status = 'FAILED'", "run_name LIKE 'run%'", "dataset.name = 'iris'", "nonsense",
    ):  # fmt: skip
        both.search_runs([experiment.experiment_id], filter_string=filter_string)
    for order in ("metrics.acc", "params.lr DESC", "attributes.end_time", "run_name"):
        both.search_runs([experiment.experiment_id], "", ViewType.ALL, order_by=[order])
    runs = both.search_runs([experiment.experiment_id], "", ViewType.ALL, RUNS - 2)
    token = Pair(runs.ours.token, runs.theirs.token)
    both.search_runs([experiment.experiment_id], "", ViewType.ALL, RUNS - 2, page_token=token)
    for number in range(len(runs.ours)):
        run_id = runs[number].info.run_id
        both.get_run(run_id)
        for key in ("loss", "acc", "absent"):
            both.get_metric_history(run_id, key)


CHANGES: list[tuple[str, Callable[[MlflowClient, str, str], Any]]] = [
    ("create_experiment", lambda it, experiment, run: it.create_experiment("new")),
    ("rename_experiment", lambda it, experiment, run: it.rename_experiment(experiment, "new")),
    ("delete_experiment", lambda it, experiment, run: it.delete_experiment(experiment)),
    ("set_experiment_tag", lambda it, experiment, run: it.set_experiment_tag(experiment, "a", "b")),
    ("create_run", lambda it, experiment, run: it.create_run(experiment)),
    ("update_run", lambda it, experiment, run: it.update_run(run, name="new")),
    ("delete_run", lambda it, experiment, run: it.delete_run(run)),
    ("log_metric", lambda it, experiment, run: it.log_metric(run, "m", 1.0)),
    ("log_param", lambda it, experiment, run: it.log_param(run, "p", 1)),
    ("set_tag", lambda it, experiment, run: it.set_tag(run, "t", 1)),
]


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=[name for name, _ in CHANGES])
def test_a_change_is_refused_for_good(
    same: tuple[str, str],
    both: Both,
    name: str,
    change: Callable[[MlflowClient, str, str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a status that the client does not take for a reason to try again for minutes."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "7")
    client = MlflowClient(same[0])
    [found] = client.search_experiments(filter_string="name = 'history'")
    experiment = found.experiment_id
    run = client.search_runs([experiment])[0].info.run_id
    with pytest.raises(MlflowException, match="only to read") as refused:
        change(client, experiment, run)
    assert refused.value.error_code == "PERMISSION_DENIED"
