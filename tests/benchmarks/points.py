"""Stores that hold one finished run with many points of one metric: filled, read."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from math import nan
from pathlib import Path
from statistics import median
from time import perf_counter, time_ns
from typing import Any

from tests.benchmarks import stored
from tests.benchmarks.bench import Bench, Prepared
from tests.benchmarks.peers import EXPERIMENT, METRIC, Mlflow, make_tool
from tests.benchmarks.processes import in_new_process

FLOOR = "numpy.fromfile of as many bytes"
_FLOOR_FILE = "columns"
_BATCH = 1_000
"""Points that MLflow takes in one call."""
_TIMED = 2_000
"""Calls at the end whose median is reported, where the tool takes points one by one."""
_TIMED_BESIDE_BATCHES = 50


def values() -> Iterator[float]:
    """Yield a falling loss with noise: its last bits are random, as those of real losses are."""
    noise = random.Random(0)
    step = 0
    while True:
        yield 1.0 / (1 + step / 1000) + noise.gauss(0.0, 0.01)
        step += 1


def store_of_points(bench: Bench, name: str, count: int) -> Prepared:
    """Return a tool's store with `count` points, and `fill`'s facts; filled once for all.

    The facts have its `bytes` too: all files, once the run had ended and its process was gone.
    """

    def make(folder: Path) -> dict[str, float]:
        facts = in_new_process(folder, fill, name, count)
        facts["bytes"] = sum(it.lstat().st_size for it in folder.rglob("*") if not it.is_dir())
        found, _ = in_new_process(folder, stored.look, name)
        if found != count:
            raise AssertionError(f"{name} has {found} points of {count}")
        return facts

    return bench.prepared(f"{count}-points-{name.replace(' ', '-')}", make)


# -- in the fresh process ---------------------------------------------------------------------


def fill(name: str, count: int) -> dict[str, float]:
    """Log the points and end the run; MLflow gets all but the last ones in batches.

    Returns the seconds of `end`, the median seconds of the last calls of `log`.
    """
    tool = make_tool(name, Path.cwd())
    tool.start()
    source = enumerate(islice(values(), count))
    timed = _TIMED
    if isinstance(tool, Mlflow):
        timed = _TIMED_BESIDE_BATCHES
        _log_batches(tool.api, islice(source, count - timed))
    else:
        log = tool.point_logger()
        for step, value in islice(source, count - timed):
            log(value, step)
    times = _time_each(tool.point_logger(), source)
    begin = perf_counter()
    tool.end()
    return {"log": median(times), "end": perf_counter() - begin}


def _time_each(
    log: Callable[[float, int], object], points: Iterator[tuple[int, float]]
) -> list[float]:
    times = []
    for step, value in points:
        begin = perf_counter()
        log(value, step)
        times.append(perf_counter() - begin)
    return times


def _log_batches(mlflow: Any, points: Iterator[tuple[int, float]]) -> None:
    client, run_id = mlflow.MlflowClient(), mlflow.active_run().info.run_id
    while batch := list(islice(points, _BATCH)):
        now = time_ns() // 1_000_000
        metrics = [mlflow.entities.Metric(METRIC, value, now, step) for step, value in batch]
        client.log_batch(run_id, metrics=metrics)


def read(name: str, times: int) -> dict[str, float]:
    """Return the seconds in which the points of an open store become NumPy arrays.

    Of the `first` time, and the median of those `again`, which is NaN where there are none.
    """
    reader = _READERS[name](Path.cwd())
    taken = []
    for _ in range(times):
        begin = perf_counter()
        reader()
        taken.append(perf_counter() - begin)
    return {"first": taken[0], "again": median(taken[1:]) if times > 1 else nan}


def sample() -> float:
    """Return the median seconds in which our store chooses 1,000 points for a chart."""
    from tracker.store import open_store

    store = open_store(Path("store"))
    (run,) = store.search_runs(None)
    taken = []
    for _ in range(5):
        begin = perf_counter()
        store.sample_metric(run.info.run_id, METRIC, max_points=1000)
        taken.append(perf_counter() - begin)
    return median(taken[1:])


def write_floor(count: int) -> None:
    """Write as many bytes as the three columns of the points have."""
    import numpy as np

    np.zeros(3 * count).tofile(_FLOOR_FILE)


def _read_floor(folder: Path) -> Callable[[], object]:
    import numpy as np

    return lambda: np.fromfile(folder / _FLOOR_FILE)


def _read_ours(folder: Path) -> Callable[[], object]:
    import_module("numpy")
    from tracker.store import open_store

    store = open_store(folder / "store")
    (run,) = store.search_runs(None)
    return lambda: store.metric_history(run.info.run_id, METRIC).values


def _read_mlflow(uri: str) -> Callable[[], object]:
    import numpy as np

    client: Any = import_module("mlflow").MlflowClient(uri)
    (run,) = client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id])

    def read_values() -> object:
        return np.array([it.value for it in client.get_metric_history(run.info.run_id, METRIC)])

    return read_values


def _read_trackio(folder: Path) -> Callable[[], object]:
    import numpy as np

    storage: Any = import_module("trackio.sqlite_storage").SQLiteStorage
    (run,) = storage.get_runs(EXPERIMENT)

    def read_values() -> object:
        return np.array([it["value"] for it in storage.get_metric_values(EXPERIMENT, run, METRIC)])

    return read_values


def _read_aim(folder: Path) -> Callable[[], object]:
    repo: Any = import_module("aim").Repo(str(folder))

    def read_values() -> object:
        found = repo.query_metrics(f"metric.name == '{METRIC}'").iter_runs()
        return [metric.values.sparse_numpy() for run in found for metric in run]

    return read_values


_READERS: dict[str, Callable[[Path], Callable[[], object]]] = {
    FLOOR: _read_floor,
    "tracker": _read_ours,
    "MLflow SQLite": lambda folder: _read_mlflow(f"sqlite:///{folder / 'mlflow.db'}"),
    "MLflow files": lambda folder: _read_mlflow((folder / "mlruns").as_uri()),
    "trackio": _read_trackio,
    "Aim": _read_aim,
}
