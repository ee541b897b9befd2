"""The stores that take in runs as they are keep the contract of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.contract.adopting import INFO, RUN, AdoptionContract, history
from tests.store.contract.filling import log, new_run
from tracker.errors import InvalidState
from tracker.store import Store, open_store
from tracker.store.adopting import Adopter


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class TestSqliteStore(AdoptionContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = open_store(tmp_path / ".tracker")
        yield store
        store.close()

    def test_a_run_that_is_being_logged_to_is_not_replaced(
        self, store: Store, adopter: Adopter
    ) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [1.0, 2.0])
        other = replace(RUN, info=replace(INFO, run_id=run_id))
        with pytest.raises(InvalidState, match="being logged to"):
            adopter.adopt_run(other, [history("loss", (0, 0, 4.0))], replace=True)
        assert store.metric_history(run_id, "loss").values.tolist() == [1.0, 2.0]
        store.update_run(run_id, status="FINISHED")
        adopter.adopt_run(other, replace=True)
        assert store.get_run(run_id).data.metrics == {}


class TestMlrunsStore(AdoptionContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = open_store(tmp_path / "mlruns")
        yield store
        store.close()
