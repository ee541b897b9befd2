"""Long metrics: read page by page, and only their last page again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.store.rest.conftest import Ours
from tracker.entities import Metric
from tracker.errors import NotFound
from tracker.store import Store
from tracker.store.rest import histories


def log(store: Store, run_id: str, steps: Sequence[int]) -> None:
    store.log_batch(run_id, metrics=[Metric("loss", step / 3, step, step) for step in steps])


def asked(ours: Ours) -> int:
    """Return how many pages were asked for since the last time."""
    pages = sum("get-history" in path for path, _ in ours.front.seen)
    ours.front.seen.clear()
    return pages


def steps_of(store: Store, run_id: str) -> list[int]:
    found: list[int] = store.metric_history(run_id, "loss").steps.tolist()
    return found


def test_who_follows_a_long_metric_reads_its_last_page_only(
    ours: Ours, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "PAGE", 10)
    run_id = ours.behind.create_run("0").info.run_id
    log(ours.behind, run_id, range(100, 195))
    assert steps_of(store, run_id) == list(range(100, 195))
    assert asked(ours) == 10
    assert steps_of(store, run_id) == list(range(100, 195))
    assert asked(ours) == 1
    log(ours.behind, run_id, range(195, 220))
    assert steps_of(store, run_id) == list(range(100, 220))
    assert asked(ours) == 3
    assert store.sample_metric(run_id, "loss", max_points=20).total == 120
    assert asked(ours) == 1


def test_points_that_come_in_before_the_last_page_are_not_missed(
    ours: Ours, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "PAGE", 10)
    run_id = ours.behind.create_run("0").info.run_id
    log(ours.behind, run_id, range(100, 200))
    assert steps_of(store, run_id) == list(range(100, 200))
    for early in ([5], range(10, 20), range(20, 85)):
        log(ours.behind, run_id, early)
        expected = ours.behind.metric_history(run_id, "loss").steps.tolist()
        assert steps_of(store, run_id) == sorted(expected)


def test_a_run_that_was_removed_meanwhile_is_not_found(
    ours: Ours, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "PAGE", 10)
    run_id = ours.behind.create_run("0").info.run_id
    log(ours.behind, run_id, range(35))
    assert len(steps_of(store, run_id)) == 35
    ours.behind.delete_runs([run_id])
    with pytest.raises(NotFound):
        steps_of(store, run_id)
