"""The stores that the panel is measured with: the largest is kept from one run to the next."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from math import exp
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from tests.benchmarks.bench import Bench
from tests.benchmarks.peers import OURS
from tests.benchmarks.processes import ROOT, in_new_process
from tests.benchmarks.runs import fill
from tracker.store import open_store
from tracker.store.sqlite.schema import VERSION

RUNS = 100_000
PARAMS = 20
CURVES = 20
POINTS = 100_000
KEY = "loss"
_KEPT = ROOT / ".cache" / "benchmarks"


def put_runs(folder: Path, count: int) -> None:
    """Give the folder a store of `count` runs with 20 params and 10 metrics."""
    _put(folder, f"{count}-runs-of-{PARAMS}-params-v{VERSION}", lambda it: _fill_runs(it, count))


def put_curves(folder: Path, points: int) -> None:
    """Give the folder a store of 20 runs with so many points of one metric each."""
    _put(folder, f"{CURVES}-curves-of-{points}-v{VERSION}", lambda it: _fill_curves(it, points))


def points_of(bench: Bench) -> int:
    """Return how many points a curve has."""
    return bench.size(POINTS, POINTS // 10)


def _put(folder: Path, name: str, make: Callable[[Path], None]) -> None:
    kept = _KEPT / name
    if not kept.exists():
        _KEPT.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(dir=_KEPT, prefix="draft-"))
        make(draft / "made")
        (draft / "made" / "store").rename(kept)
        shutil.rmtree(draft)
    shutil.copytree(kept, folder / ".tracker")


def _fill_runs(draft: Path, count: int) -> None:
    in_new_process(draft, fill, OURS, count, PARAMS)


def _fill_curves(draft: Path, points: int) -> None:
    in_new_process(draft, log_curves, points)


# -- in the fresh process ---------------------------------------------------------------------


def log_curves(points: int) -> None:
    """Log noisy falling losses, one run each."""
    with closing(open_store("store")) as store:
        for number in range(CURVES):
            chance = Random(number)
            run_id = store.create_run("0", run_name=f"curve {number}").info.run_id
            for step in range(points):
                value = exp(-3 * step / points) + chance.gauss(0, 0.05)
                store.log_metric(run_id, KEY, value, step, step)
            store.update_run(run_id, status="FINISHED")
