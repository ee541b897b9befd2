"""What every store must do, as tests over a fixture `store`: an empty store of one's own.

A store's test file derives a class from `StoreContract` and brings the fixture:

    class TestSqliteStore(StoreContract):
        @pytest.fixture
        def store(self, tmp_path): ...

What a store can only do as far as somebody else's server does it, is said in `Abilities`: the class
sets to False what cannot be had, with the reason beside it.
"""

from tests.store.contract.experiments import ExperimentContract
from tests.store.contract.known import KnownContract
from tests.store.contract.metrics import MetricContract
from tests.store.contract.runs import RunContract
from tests.store.contract.search import SearchContract
from tests.store.contract.together import SharingContract

__all__ = ["StoreContract"]


class StoreContract(
    ExperimentContract, RunContract, MetricContract, SearchContract, SharingContract, KnownContract
):
    """All of it."""
