"""What the routes answer about a store with runs, with one that is empty, and without any."""

from __future__ import annotations

import asyncio
import json
import math
from pathlib import Path

import pytest

from tests.server.conftest import Ask
from tracker.entities import Metric
from tracker.store import Store, open_store


def log_run(store: Store, name: str = "a run", *, losses: tuple[float, ...] = (3.0, 1.0)) -> str:
    run_id = store.create_run("0", run_name=name, user_id="ada", start_time=1000).info.run_id
    points = [Metric("loss", loss, 1000 + step, step) for step, loss in enumerate(losses)]
    store.log_batch(run_id, metrics=points, params={"lr": "0.1"}, tags={"kind": "test"})
    store.update_run(run_id, status="FINISHED", end_time=2000)
    return run_id


async def test_without_a_store_the_answers_are_empty_and_nothing_is_made(
    ask: Ask, jp_root_dir: Path
) -> None:
    answer = await ask("experiments", folder="")
    assert answer["store"]["exists"] is False
    assert answer["experiments"] == []
    found = await ask("runs", "search", body={"folder": ""})
    assert found == {"runs": [], "next_page_token": None, "total": 0}
    series = [{"run_id": "r", "key": "loss"}]
    assert await ask("metrics", "history", body={"folder": "", "series": series}) == {"series": []}
    assert not (jp_root_dir / ".tracker").exists()


async def test_a_run_without_a_store_is_not_found(refusal: Ask) -> None:
    status, error = await refusal("runs", "abc", folder="")
    assert (status, error["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert "Nothing was recorded" in error["message"]


async def test_experiments_count_their_runs(ask: Ask, store: Store) -> None:
    other = store.create_experiment("other")
    log_run(store)
    answer = await ask("experiments", folder="")
    assert answer["store"]["exists"] is True
    assert answer["store"]["revision"] == store.changes().revision
    counts = {row["name"]: row["run_count"] for row in answer["experiments"]}
    assert counts == {"Default": 1, "other": 0}
    store.update_experiment(other, lifecycle_stage="deleted")
    answer = await ask("experiments", folder="")
    assert [row["name"] for row in answer["experiments"]] == ["Default"]


async def test_a_search_answers_runs_with_all_that_was_logged(ask: Ask, store: Store) -> None:
    run_id = log_run(store, losses=(3.0, -1.0, 2.0))
    answer = await ask("runs", "search", body={"folder": ""})
    assert answer["total"] == 1
    (row,) = answer["runs"]
    assert (row["run_id"], row["run_name"], row["user_id"]) == (run_id, "a run", "ada")
    assert (row["status"], row["start_time"], row["end_time"]) == ("FINISHED", 1000, 2000)
    assert row["params"] == {"lr": "0.1"}
    assert row["tags"]["kind"] == "test"
    loss = row["metrics"]["loss"]
    assert (loss["last"], loss["min"], loss["max"]) == (2.0, -1.0, 3.0)
    assert (loss["count"], loss["last_step"], loss["last_timestamp"]) == (3, 2, 1002)


async def test_pages_follow_each_other(ask: Ask, store: Store) -> None:
    expected = {log_run(store, f"run {number}") for number in range(5)}
    seen: list[str] = []
    token = None
    while True:
        body = {"folder": "", "max_results": 2, "page_token": token}
        answer = await ask("runs", "search", body=body)
        assert answer["total"] == 5
        seen += [row["run_id"] for row in answer["runs"]]
        token = answer["next_page_token"]
        if token is None:
            break
    assert len(seen) == 5
    assert set(seen) == expected


async def test_any_place_of_a_list_is_read_at_once(ask: Ask, store: Store) -> None:
    for number in range(5):
        log_run(store, f"run {number}")
    body = {"folder": "", "order_by": ["attributes.run_name ASC"], "max_results": 2}
    answer = await ask("runs", "search", body={**body, "offset": 3})
    assert [row["run_name"] for row in answer["runs"]] == ["run 3", "run 4"]
    assert (answer["total"], answer["next_page_token"]) == (5, None)
    beyond = await ask("runs", "search", body={**body, "offset": 9})
    assert (beyond["runs"], beyond["next_page_token"]) == ([], None)


async def test_a_page_says_whether_more_follow_without_counting_them(
    ask: Ask, store: Store
) -> None:
    for number in range(5):
        log_run(store, f"run {number}", losses=(1.0, float(number)))
    body = {"folder": "", "filter": "metrics.loss > 0", "max_results": 3, "count": False}
    first = await ask("runs", "search", body=body)
    assert (len(first["runs"]), first["total"]) == (3, None)
    rest = await ask("runs", "search", body={**body, "page_token": first["next_page_token"]})
    assert (len(rest["runs"]), rest["next_page_token"], rest["total"]) == (1, None, None)


async def test_views_show_what_is_in_use_or_in_the_bin(ask: Ask, store: Store) -> None:
    kept, binned = log_run(store, "kept"), log_run(store, "binned")
    store.update_run(binned, lifecycle_stage="deleted")
    for view, expected in [
        ("active", {kept}),
        ("deleted", {binned}),
        ("all", {kept, binned}),
    ]:
        answer = await ask("runs", "search", body={"folder": "", "view": view})
        assert {row["run_id"] for row in answer["runs"]} == expected


async def test_a_filter_and_an_order_reach_the_store(ask: Ask, store: Store) -> None:
    for name, loss in [("a", 1.0), ("b", 3.0), ("c", 2.0)]:
        log_run(store, name, losses=(loss,))
    body = {"folder": "", "filter": "metrics.loss > 1.5", "order_by": ["metrics.loss DESC"]}
    answer = await ask("runs", "search", body=body)
    assert [row["run_name"] for row in answer["runs"]] == ["b", "c"]


async def test_a_filter_that_is_wrong_says_in_which_column(refusal: Ask, store: Store) -> None:
    body = {"folder": "", "filter": "metrics.loss > abc"}
    status, error = await refusal("runs", "search", body=body)
    assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert error["column"] == 16
    assert error["message"].startswith("column 16")


async def test_one_run_comes_with_its_experiment(ask: Ask, store: Store) -> None:
    run_id = log_run(store)
    answer = await ask("runs", run_id, folder="")
    assert answer["run"]["run_id"] == run_id
    assert (answer["experiment"]["name"], answer["experiment"]["run_count"]) == ("Default", 1)


async def test_an_unknown_run_is_not_found(refusal: Ask, store: Store) -> None:
    status, error = await refusal("runs", "0" * 32, folder="")
    assert (status, error["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


async def test_each_folder_has_the_store_that_a_kernel_there_would_use(
    ask: Ask, store: Store, jp_root_dir: Path
) -> None:
    (jp_root_dir / "own" / "deep").mkdir(parents=True)
    (jp_root_dir / "shared").mkdir()
    inner = open_store(jp_root_dir / "own" / ".tracker")
    log_run(store, "outer")
    log_run(inner, "inner")
    for folder, expected in [("", "outer"), ("shared", "outer"), ("own/deep", "inner")]:
        answer = await ask("runs", "search", body={"folder": folder})
        assert [row["run_name"] for row in answer["runs"]] == [expected]


async def test_a_relative_store_in_the_environment_counts_from_the_folder(
    ask: Ask, store: Store, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_run(open_store(jp_root_dir / "study" / "kept"), "kept")
    monkeypatch.setenv("TRACKER_TRACKING_URI", "kept")
    answer = await ask("runs", "search", body={"folder": "study"})
    assert [row["run_name"] for row in answer["runs"]] == ["kept"]


async def test_a_store_that_cannot_be_opened_says_why(
    refusal: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_TRACKING_URI", "mysql://somewhere/runs")
    status, error = await refusal("experiments", folder="")
    assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "mysql" in error["message"]


async def test_a_damaged_store_says_so_and_shows_no_traceback(
    refusal: Ask, jp_root_dir: Path
) -> None:
    (jp_root_dir / ".tracker").mkdir()
    (jp_root_dir / ".tracker" / "tracker.db").write_bytes(b"not a database at all" * 100)
    status, error = await refusal("experiments", folder="")
    assert status == 500
    assert "tracker.db" in error["message"]
    assert "Traceback" not in json.dumps(error)


async def test_special_floats_travel_as_text(ask: Ask, store: Store) -> None:
    run_id = log_run(store, losses=(math.nan, math.inf, -math.inf))
    answer = await ask("runs", "search", body={"folder": ""})
    loss = answer["runs"][0]["metrics"]["loss"]
    assert (loss["min"], loss["max"]) == ("-Infinity", "Infinity")
    series = [{"run_id": run_id, "key": "loss"}]
    answer = await ask("metrics", "history", body={"folder": "", "series": series})
    assert answer["series"][0]["values"] == ["NaN", "Infinity", "-Infinity"]


async def test_a_client_that_goes_away_leaves_no_error_in_the_log(
    ask: Ask,
    store: Store,
    jp_http_port: int,
    jp_base_url: str,
    jp_auth_header: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    log_run(store)
    head = f"GET {jp_base_url}tracker/api/experiments?folder= HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Authorization: {jp_auth_header['Authorization']}\r\n\r\n"
    for _ in range(10):
        _, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        writer.write(head.encode())
        await writer.drain()
        await asyncio.sleep(0)
        writer.transport.abort()
        await ask("experiments", folder="")
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
