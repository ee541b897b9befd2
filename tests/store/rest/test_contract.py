"""The REST store keeps the contract of every store, with a real MLflow server and with ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.contract import StoreContract
from tests.store.rest.conftest import Mlflow
from tracker.rest.serving import LoopbackServer
from tracker.store import Store, open_store


class _RestContract(StoreContract):
    tells_totals = False  # a page of the API holds results and the token of the next, no count
    keeps_the_order_logged = False  # get-history answers by time, step and value
    removes_for_good = False  # there is no request for it; `mlflow gc` works on the database


class TestRestStoreAtMlflow(_RestContract):
    keeps_every_float = False  # its database has neither infinities nor a negative zero
    merges_tags_of_inputs = False  # log-inputs leaves an input alone that is there already

    @pytest.fixture
    def store(self, mlflow: Mlflow) -> Iterator[Store]:
        store = open_store(mlflow.uri)
        yield store
        store.close()


class TestRestStoreAtTracker(_RestContract):
    finds_by_artifact_uri = False  # it compares with where the files really are

    @pytest.fixture
    def store(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
        behind = open_store(tmp_path / ".tracker")
        with LoopbackServer(behind) as endpoint:
            for name, value in endpoint.environment.items():
                monkeypatch.setenv(name, value)
            store = open_store(endpoint.uri)
            yield store
            store.close()
        behind.close()
