from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import tracker
from tracker import Client
from tracker.entities import Dataset, DatasetInput, Metric, Param, RunTag
from tracker.errors import InvalidValue, NotFound, ParamConflict, StoreError


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def run_id(client: Client) -> str:
    return client.create_run("0").info.run_id


def test_it_has_mlflows_names() -> None:
    from tracker.tracking import MlflowClient

    assert Client is MlflowClient is tracker.MlflowClient


def test_it_speaks_to_the_store_it_is_given(client: Client, tmp_path: Path) -> None:
    other = Client(str(tmp_path / "other"))
    other.create_experiment("only there")
    assert client.get_experiment_by_name("only there") is None
    assert other.tracking_uri == f"sqlite:///{tmp_path}/other/tracker.db"


def test_a_run_is_made_filled_and_ended_without_being_active(client: Client) -> None:
    run = client.create_run("0", start_time=1000, tags={"a": 1}, run_name="explicit")
    assert tracker.active_run() is None
    run_id = run.info.run_id
    client.log_param(run_id, "lr", 0.1)
    client.log_metric(run_id, "loss", 0.5, timestamp=5, step=2)
    client.set_tag(run_id, "b", 2)
    client.set_terminated(run_id, "FAILED", end_time=2000)
    found = client.get_run(run_id)
    assert (found.info.start_time, found.info.end_time) == (1000, 2000)
    assert (found.info.status, found.info.run_name) == ("FAILED", "explicit")
    assert found.data.params == {"lr": "0.1"}
    assert found.data.tags == {"a": "1", "b": "2", "mlflow.runName": "explicit"}
    assert client.get_metric_history(run_id, "loss") == [Metric("loss", 0.5, 5, 2)]
    assert client.get_metric_history(run_id, "missing") == []


def test_a_batch_is_stored_together_or_not_at_all(client: Client, run_id: str) -> None:
    client.log_batch(
        run_id,
        metrics=[Metric("m", 1.0, 10, 0), Metric("m", 2.0, 11, 1)],
        params=[Param("p", "1")],
        tags=[RunTag("t", "x")],
    )
    with pytest.raises(ParamConflict):
        client.log_batch(run_id, params=[Param("q", "1"), Param("p", "2")])
    with pytest.raises(InvalidValue, match=r"Duplicate parameter keys.*\['d'\]"):
        client.log_batch(run_id, params=[Param("d", "1"), Param("d", "1")])
    found = client.get_run(run_id)
    assert found.data.params == {"p": "1"}
    assert found.data.metrics == {"m": 2.0}
    assert found.data.tags["t"] == "x"


def test_status_and_name_are_updated(client: Client, run_id: str) -> None:
    client.update_run(run_id, status="FINISHED", name="new")
    assert client.get_run(run_id).info.status == "FINISHED"
    assert client.get_run(run_id).info.run_name == "new"
    client.set_terminated(run_id)
    with pytest.raises(InvalidValue, match="no run status 'DONE'"):
        client.update_run(run_id, status="DONE")


def test_runs_and_experiments_are_searched_page_by_page(client: Client) -> None:
    experiment_id = client.create_experiment("many", tags={"a": "b"})
    for number in range(5):
        client.create_run(experiment_id, start_time=number)
    first = client.search_runs([experiment_id], max_results=3, order_by=["start_time ASC"])
    assert first.token is not None
    second = client.search_runs(
        [experiment_id], max_results=3, order_by=["start_time ASC"], page_token=first.token
    )
    assert [run.info.start_time for run in [*first, *second]] == [0, 1, 2, 3, 4]
    assert second.token is None
    assert len(client.search_experiments(max_results=1)) == 1
    assert [e.name for e in client.search_experiments(filter_string="tags.a = 'b'")] == ["many"]


def test_experiments_are_renamed_tagged_deleted_and_restored(client: Client) -> None:
    experiment_id = client.create_experiment("before")
    client.rename_experiment(experiment_id, "after")
    client.set_experiment_tag(experiment_id, "k", 1)
    client.set_experiment_tag(experiment_id, "gone", 1)
    client.delete_experiment_tag(experiment_id, "gone")
    client.delete_experiment(experiment_id)
    found = client.get_experiment(experiment_id)
    assert (found.name, found.lifecycle_stage, found.tags) == ("after", "deleted", {"k": "1"})
    client.restore_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "active"


def test_runs_are_deleted_and_restored(client: Client, run_id: str) -> None:
    client.delete_run(run_id)
    assert client.search_runs(["0"]) == []
    client.restore_run(run_id)
    assert len(client.search_runs(["0"])) == 1


def test_the_parent_is_found(client: Client, run_id: str) -> None:
    child = client.create_run("0", tags={"mlflow.parentRunId": run_id})
    parent = client.get_parent_run(child.info.run_id)
    assert parent is not None
    assert parent.info.run_id == run_id
    assert client.get_parent_run(run_id) is None


def test_tags_are_deleted(client: Client, run_id: str) -> None:
    client.set_tag(run_id, "t", 1)
    client.delete_tag(run_id, "t")
    with pytest.raises(NotFound, match="No tag with name: t"):
        client.delete_tag(run_id, "t")


def test_data_sets_are_recorded(client: Client, run_id: str) -> None:
    dataset = Dataset("d", "0123", "local", "{}")
    client.log_inputs(run_id, [DatasetInput(dataset, {"mlflow.data.context": "training"})])
    (found,) = client.get_run(run_id).inputs.dataset_inputs
    assert found.dataset == dataset
    assert found.tags == {"mlflow.data.context": "training"}


def test_artifacts_are_kept_listed_and_downloaded(
    client: Client, run_id: str, tmp_path: Path
) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "f.txt").write_text("1")
    client.log_artifact(run_id, tmp_path / "folder" / "deep" / "f.txt", "one")
    client.log_artifacts(run_id, tmp_path / "folder", "all")
    client.log_text(run_id, "text", "t.txt")
    client.log_dict(run_id, {"a": 1}, "d.json")
    assert [info.path for info in client.list_artifacts(run_id)] == [
        "all",
        "d.json",
        "one",
        "t.txt",
    ]
    assert [info.path for info in client.list_artifacts(run_id, "all/deep")] == ["all/deep/f.txt"]
    copy = client.download_artifacts(run_id, "all", str(tmp_path / "copy"))
    assert (Path(copy) / "deep" / "f.txt").read_text() == "1"
    with pytest.raises(InvalidValue):
        client.list_artifacts(run_id, "../..")


def test_what_is_not_there_is_not_found(client: Client) -> None:
    missing = "0123456789abcdef"
    for call in (client.get_run, client.delete_run, client.set_terminated, client.list_artifacts):
        with pytest.raises(NotFound):
            call(missing)
    with pytest.raises(NotFound):
        client.log_metric(missing, "m", 1.0)


def test_every_error_of_the_store_is_raised(client: Client, run_id: str) -> None:
    shutil.rmtree("store")
    Path("store").write_text("in the way")
    with pytest.raises(StoreError):
        client.log_param(run_id, "a", 1)
    with pytest.raises(StoreError):
        client.log_text(run_id, "a", "a.txt")
