"""What others change at the server is noticed."""

from __future__ import annotations

import pytest

from tests.store.rest.conftest import Ours
from tracker.store import Store
from tracker.store.rest import watching


@pytest.fixture(autouse=True)
def _look_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "INTERVAL", 0.0)


def test_runs_and_experiments_of_others_are_noticed(ours: Ours, store: Store) -> None:
    old = ours.behind.create_run("0").info.run_id
    start = store.changes().revision
    assert store.changes(start).run_ids == ()
    new = ours.behind.create_run("0").info.run_id
    assert store.changes(start).run_ids == (new,)
    ours.behind.log_metric(old, "loss", 1.0, 1, 1)
    ours.behind.get_run(old)
    changes = store.changes(start)
    assert set(changes.run_ids) == {old, new} and not changes.experiments_changed
    ours.behind.update_run(old, lifecycle_stage="deleted")
    assert store.changes(changes.revision).run_ids == (old,)
    ours.behind.create_experiment("new")
    assert store.changes(changes.revision).experiments_changed


def test_what_is_sent_from_here_is_told_at_most_twice(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    revision = store.changes().revision
    store.changes(revision)
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    store.get_run(run_id)
    told = 0
    for _ in range(5):
        changes = store.changes(revision)
        told += len(changes.run_ids)
        revision = changes.revision
    assert 1 <= told <= 2


def test_a_server_that_is_gone_is_no_change(ours: Ours, store: Store) -> None:
    start = store.changes().revision
    store.changes(start)
    ours.front.stop()
    assert store.changes(start).run_ids == ()
    ours.front.start()


def test_a_revision_of_another_process_means_everything(ours: Ours, store: Store) -> None:
    assert store.changes(7).experiments_changed
