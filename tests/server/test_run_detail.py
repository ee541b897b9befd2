"""What the page of a run is told of the run's family and data."""

from __future__ import annotations

from tests.server.conftest import Ask
from tests.server.test_routes import log_run
from tracker.entities import Dataset, DatasetInput
from tracker.store import Store


async def test_a_run_knows_its_parent_and_children(ask: Ask, store: Store) -> None:
    parent = log_run(store, "sweep")
    tags = {"mlflow.parentRunId": parent}
    children = [
        store.create_run("0", run_name=f"trial {i}", start_time=i, tags=tags).info.run_id
        for i in range(103)
    ]
    answer = await ask("runs", parent, folder="")
    assert answer["parent"] is None
    assert [child["run_id"] for child in answer["children"]] == children[:100]
    assert answer["children_total"] == 103
    assert answer["experiment"]["name"] == "Default"
    assert answer["artifact_uri"].endswith("artifacts")
    answer = await ask("runs", children[0], folder="")
    assert (answer["parent"]["run_id"], answer["parent"]["run_name"]) == (parent, "sweep")
    assert answer["children"] == []


async def test_a_parent_that_is_gone_or_itself_is_none(ask: Ask, store: Store) -> None:
    run_id = log_run(store)
    for parent in ("0" * 32, run_id, "' OR 1=1 --"):
        store.log_batch(run_id, tags={"mlflow.parentRunId": parent})
        assert (await ask("runs", run_id, folder=""))["parent"] is None


async def test_the_data_that_a_run_read_is_told(ask: Ask, store: Store) -> None:
    run_id = log_run(store)
    data = Dataset("iris", "0a1b2c", "local", '{"uri": "iris.csv"}', None, '{"num_rows": 150}')
    store.log_inputs(run_id, [DatasetInput(data, {"mlflow.data.context": "training"})])
    [row] = (await ask("runs", run_id, folder=""))["datasets"]
    assert (row["name"], row["digest"], row["context"]) == ("iris", "0a1b2c", "training")
    assert row["profile"] == '{"num_rows": 150}'
