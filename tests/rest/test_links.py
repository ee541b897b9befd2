"""The tags by which a run names its logged models: kept in the store, shown to nobody as tags."""

from __future__ import annotations

from tests.rest.conftest import Site
from tests.rest.servers import JSON, ask
from tracker.cli.description import description
from tracker.cli.records import run_record
from tracker.rest.links import INPUT_MODEL, OUTPUT_MODEL
from tracker.server.rows import run_row
from tracker.store import Store

MODEL = "m-" + "1" * 32


def test_links_to_models_are_outputs_and_no_tags(store: Store, ours: Site) -> None:
    run_id = store.create_run("0", tags={"colour": "red"}).info.run_id
    headers = {**JSON, "Authorization": f"Bearer {ours.environment['MLFLOW_TRACKING_TOKEN']}"}
    api = "/api/2.0/mlflow/runs"
    models = {"run_id": run_id, "models": [{"model_id": MODEL, "step": 3}]}
    assert ask(ours.uri, "POST", f"{api}/outputs", models, headers).status == 200
    assert ask(ours.uri, "POST", f"{api}/log-inputs", models, headers).status == 200
    run = store.get_run(run_id)
    assert {INPUT_MODEL + MODEL, OUTPUT_MODEL + MODEL} <= set(run.data.tags)
    shown = ask(ours.uri, "GET", f"{api}/get?run_id={run_id}", None, headers).json["run"]
    assert shown["outputs"] == {"model_outputs": [{"model_id": MODEL, "step": 3}]}
    assert shown["inputs"] == {"model_inputs": [{"model_id": MODEL}]}
    tags = {"colour", "mlflow.runName"}
    assert {tag["key"] for tag in shown["data"]["tags"]} == tags
    assert set(run_record(run, {})["tags"]) == tags
    assert set(run_row(run)["tags"]) == tags
    assert MODEL not in description(run, "Default")


def test_a_client_can_neither_set_a_link_as_a_tag_nor_remove_one(store: Store, ours: Site) -> None:
    run_id = store.create_run("0", tags={OUTPUT_MODEL + MODEL: "0"}).info.run_id
    headers = {**JSON, "Authorization": f"Bearer {ours.environment['MLFLOW_TRACKING_TOKEN']}"}
    api, key = "/api/2.0/mlflow/runs", OUTPUT_MODEL + "m-" + "2" * 32
    for path in ("set-tag", "delete-tag"):
        for name in (key, OUTPUT_MODEL + MODEL):
            body = {"run_id": run_id, "key": name, "value": "7"}
            ask(ours.uri, "POST", f"{api}/{path}", body, headers)
    tags = store.get_run(run_id).data.tags
    assert (tags[OUTPUT_MODEL + MODEL], key in tags) == ("0", False)
