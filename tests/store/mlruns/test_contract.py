"""The mlruns store keeps the contract of every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.contract import StoreContract
from tracker.store import Store, open_store


class TestMlrunsStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = open_store(tmp_path / "mlruns")
        yield store
        store.close()
