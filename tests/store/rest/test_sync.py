"""`tracker sync`: what is sent, what waits, what the server refused and why."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.store.contract.filling import log
from tests.store.rest.conftest import Ours
from tests.store.rest.scripted import says, scripted
from tracker.cli.app import cli
from tracker.entities import Metric
from tracker.store import Store, open_store


def sync(*words: str, exit_code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["sync", *words])
    assert result.exit_code == exit_code, result.output
    return result.output


def sync_json(*words: str, exit_code: int = 0) -> Any:
    return json.loads(sync("--json", *words, exit_code=exit_code))


def test_nothing_to_send_is_said(store: Store) -> None:
    store.create_run("0")
    assert "sent nothing" in sync()
    assert "nothing waits" in sync("--list")


def test_a_machine_without_outboxes_has_nothing_to_send() -> None:
    assert "Nothing waits" in sync()


def test_what_waits_is_listed_without_asking_the_server(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0", run_name="waits").info.run_id
    ours.front.stop()
    log(store, run_id, "loss", [1.0, 2.0, 3.0])
    store.log_batch(run_id, params={"lr": "0.1"}, tags={"a": "1"})
    listed = sync("--list")
    assert f"{ours.uri}: 1 runs wait" in listed
    assert f"waiting  {run_id} waits: 1 params, 3 points, 1 tags" in listed
    failed = sync(exit_code=1)
    assert "does not answer" in failed and "3 points" in failed
    ours.front.start()
    (report,) = sync_json()
    assert report["sent"] == {"points": 3, "params": 1, "tags": 1}
    assert (report["runs"], report["trouble"]) == ([], None)


def test_a_param_that_somebody_else_logged_otherwise_is_refused_and_kept(
    ours: Ours, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = store.create_run("0", run_name="mine").info.run_id
    ours.front.stop()
    store.log_batch(run_id, params={"lr": "0.1"})
    log(store, run_id, "loss", [1.0, 2.0])
    store.log_batch(run_id, params={"depth": "3"})
    ours.behind.log_batch(run_id, params={"lr": "0.2"})
    ours.front.start()
    assert store.get_run(run_id).data.params == {"lr": "0.2", "depth": "3"}
    assert store.metric_history(run_id, "loss").total == 2
    assert "refused" in caplog.text and "Changing param values" in caplog.text
    listed = sync("--list")
    assert f"refused  {run_id} mine: 1 params" in listed and "Changing param values" in listed
    (report,) = sync_json(exit_code=1)
    assert report["runs"][0]["refused"] == {"params": 1}
    assert "discarded 1 entries" in sync("--discard-refused")
    assert ours.behind.get_run(run_id).data.params == {"lr": "0.2", "depth": "3"}
    assert "sent nothing" in sync()


def test_one_refused_word_among_many_costs_few_requests(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    ours.front.stop()
    log(store, run_id, "loss", [1.0] * 400)
    store.log_batch(run_id, params={"lr": "0.1"})
    log(store, run_id, "loss", [1.0] * 400, first_step=400)
    ours.behind.log_batch(run_id, params={"lr": "0.2"})
    ours.front.start()
    ours.front.seen.clear()
    assert store.metric_history(run_id, "loss").total == 800
    assert sum("log-batch" in path for path, _ in ours.front.seen) < 30
    assert sync_json(exit_code=1)[0]["runs"][0]["refused"] == {"params": 1}


def test_what_a_deleted_run_was_told_is_sent_when_it_is_restored(ours: Ours, store: Store) -> None:
    run_id, other = (store.create_run("0").info.run_id for _ in range(2))
    ours.front.stop()
    log(store, run_id, "loss", [1.0] * 1500)
    store.log_metric(other, "loss", 1.0, 1, 1)
    ours.behind.update_run(run_id, lifecycle_stage="deleted")
    ours.front.start()
    (report,) = sync_json(exit_code=1)
    assert report["sent"] == {"points": 1}
    assert report["runs"][0]["refused"] == {"points": 1500}
    ours.behind.update_run(run_id, lifecycle_stage="active")
    (report,) = sync_json()
    assert report["sent"] == {"points": 1500}
    assert ours.behind.metric_history(run_id, "loss").total == 1500
    assert ours.behind.metric_history(other, "loss").total == 1


def test_a_run_that_fails_at_the_server_does_not_keep_others_waiting(
    ours: Ours, store: Store
) -> None:
    first, second = (store.create_run("0").info.run_id for _ in range(2))
    ours.front.stop()
    store.log_metric(first, "loss", 1.0, 1, 1)
    store.log_metric(second, "loss", 1.0, 1, 1)
    ours.front.start()
    ours.front.fails = lambda path, body: first.encode() in body
    (report,) = sync_json(exit_code=1)
    assert report["sent"] == {"points": 1} and "500" in report["trouble"]
    assert ours.behind.metric_history(second, "loss").total == 1
    ours.front.fails = lambda path, body: False
    assert sync_json()[0]["sent"] == {"points": 1}


def test_requests_stay_within_mlflows_limits(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    points = [Metric(f"metric {i % 7} {'x' * 200}", float(i), i, i) for i in range(2500)]
    store.log_batch(
        run_id,
        metrics=points,
        params={f"p{i}": "ß" * 600 for i in range(150)},
        tags={f"t{i}": "x" * 8000 for i in range(120)},
    )
    for i in range(5):
        store.log_batch(run_id, params={f"q{i}": "🦊" * 5000}, tags={"same": str(i)})
    store.search_runs([])
    run = ours.behind.get_run(run_id)
    assert len(run.data.params) == 155 and run.data.tags["same"] == "4"
    assert sum(it.count for it in run.data.summaries.values()) == 2500
    sizes = [int(headers.get("Content-Length", 0)) for _, headers in ours.front.seen]
    assert 100_000 < max(sizes) <= 1_000_000


def test_one_outbox_that_cannot_be_used_does_not_hide_the_others(
    ours: Ours,
    store: Store,
    outbox: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "https://adb.example")
    open_store("databricks")
    monkeypatch.delenv("DATABRICKS_HOST")
    (outbox / "0broken").mkdir()
    (outbox / "0broken" / "outbox.db").write_bytes(b"no database" * 100)
    ours.front.stop()
    store.create_run("0")
    ours.front.start()
    told = sync(exit_code=1)
    assert "1 new runs" in told and "There is no host of Databricks" in told
    assert "0broken" in caplog.text


def test_one_server_is_chosen_by_its_uri_and_its_credentials(ours: Ours, store: Store) -> None:
    ours.front.stop()
    store.create_run("0")
    with scripted(says({})) as other:
        open_store(other.uri).close()
        assert "sent nothing" in sync("--store", other.uri)
    ours.front.start()
    password = os.environ.pop("MLFLOW_TRACKING_TOKEN")
    assert "1 new runs" in sync("--store", ours.uri.replace("//", f"//ada:{password}@"))
    assert sync("--store", "somewhere", exit_code=2)
    assert ours.front.seen[-1][1]["Authorization"].startswith("Basic ")
