"""Runs logged anew, where the target gives ids of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.transfer.filling import fill, whole
from tracker.entities import Metric, ViewType
from tracker.errors import StoreError
from tracker.rest.serving import LoopbackServer
from tracker.store import Store, open_store
from tracker.transfer import Outcome, copy_runs, open_source, open_target
from tracker.transfer.relogging import SOURCE_ID_TAG, STATE_TAG, LoggingTarget


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / ".tracker")


@pytest.fixture
def target(tmp_path: Path) -> Store:
    return open_store(tmp_path / "there")


def by_old_id(store: Store) -> dict[str, dict[str, Any]]:
    """All of a store under the ids that its runs had, parents too."""
    found = whole(store)
    old = {run_id: it["tags"].pop(SOURCE_ID_TAG) for run_id, it in found.items()}
    for it in found.values():
        it["tags"].pop("mlflow.tracker.localRunId", None)  # by which our client knows its own runs
        if "mlflow.parentRunId" in it["tags"]:
            it["tags"]["mlflow.parentRunId"] = old[it["tags"]["mlflow.parentRunId"]]
    return {old[run_id]: it for run_id, it in found.items()}


def test_all_but_the_id_is_kept_and_a_second_time_nothing_happens(
    store: Store, target: Store, tmp_path: Path
) -> None:
    fill(store)
    report = copy_runs(open_source(tmp_path / ".tracker"), LoggingTarget(target, None))
    assert (report.is_complete, report.count(Outcome.COPIED)) == (True, 24)
    assert SOURCE_ID_TAG in report.notes[0]
    assert by_old_id(target) == whole(store)
    before = whole(target)
    report = copy_runs(open_source(tmp_path / ".tracker"), LoggingTarget(target, None))
    assert report.count(Outcome.EQUAL) == 24, [it.reason for it in report.items]
    assert whole(target) == before


def test_what_was_broken_off_is_finished_and_nothing_is_there_twice(
    store: Store, target: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = store.create_run("0", run_name="long").info.run_id
    store.log_batch(run_id, metrics=[Metric("loss", i * 0.5, i, i) for i in range(5000)])
    store.log_batch(run_id, params={"lr": "1"})
    store.update_run(run_id, status="FINISHED")
    log_batch, calls = target.log_batch, []

    def failing(*args: object, **kwargs: object) -> None:
        calls.append(kwargs)
        if len(calls) == 4:
            raise StoreError("The server went away.")
        log_batch(*args, **kwargs)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(target, "log_batch", failing)
    report = copy_runs(open_source(tmp_path / ".tracker"), LoggingTarget(target, None))
    (item,) = report.items
    assert (item.outcome, item.reason) == (Outcome.SKIPPED, "The server went away.")
    (half,) = target.search_runs(None)
    assert half.data.tags[STATE_TAG] == "unfinished"
    assert 0 < half.data.summaries["loss"].count < 5000
    report = copy_runs(open_source(tmp_path / ".tracker"), LoggingTarget(target, None))
    assert report.is_complete
    assert by_old_id(target) == whole(store)


def test_a_copy_that_differs_is_deleted_when_it_is_replaced(
    store: Store, target: Store, tmp_path: Path
) -> None:
    run_ids = fill(store, 3)
    copy_runs(open_source(tmp_path / ".tracker"), LoggingTarget(target, None))
    store.log_batch(run_ids[1], params={"new": "1"})
    source = open_source(tmp_path / ".tracker")
    assert copy_runs(source, LoggingTarget(target, None)).count(Outcome.DIFFERS) == 1
    report = copy_runs(source, LoggingTarget(target, None), update=True)
    assert report.count(Outcome.UPDATED) == 1
    old = [it for it in target.search_runs(None, view_type=ViewType.DELETED_ONLY)
           if SOURCE_ID_TAG not in it.data.tags]  # fmt: skip
    assert len(old) == 1
    assert copy_runs(source, LoggingTarget(target, None)).count(Outcome.EQUAL) == 3


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store]]:
    """A server's store, and our client of the server."""
    monkeypatch.setenv("TRACKER_OUTBOX", str(tmp_path / "outbox"))
    behind = open_store(tmp_path / "server")
    with LoopbackServer(behind) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        client = open_store(endpoint.uri)
        yield behind, client
        client.close()
    behind.close()


def test_runs_go_to_a_server_and_come_back(
    store: Store, server: tuple[Store, Store], tmp_path: Path
) -> None:
    fill(store, 12)
    behind, client = server
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(client))
    assert report.is_complete, report.as_record()
    assert report.count(Outcome.COPIED) == 12
    expected = whole(store)
    found = by_old_id(behind)
    assert found.keys() == expected.keys()
    for run_id, run in expected.items():
        for what, value in run.items():
            assert found[run_id][what] == value, (run["info"], what)
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(client))
    assert report.count(Outcome.EQUAL) == 12, [it.reason for it in report.items]
    back = open_store(tmp_path / "back")
    report = copy_runs(open_source(client.uri), open_target(back))
    assert report.is_complete, report.as_record()
    assert in_any_order(by_old_id(back)) == in_any_order(expected)  # MLflow's protocol sorts points


def in_any_order(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same with the points of each metric sorted, and 0.0 for -0.0."""
    return {
        run_id: {
            **run,
            "points": {
                key: sorted(points.replace("-0.0)", "0.0)").strip("[()]").split("), ("))
                for key, points in run["points"].items()
            },
        }
        for run_id, run in found.items()
    }
