"""How many points of `METRIC` a tool has stored in a folder, found as its own readers find them."""

from __future__ import annotations

import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.peers import EXPERIMENT, METRIC

_BLOCK = 32_768
_BLOCK_HEADER = struct.Struct("<IHB")
_FILE_HEADER = 7


def look(name: str) -> tuple[int, str]:
    """Return the number of points and the run's status, "" where the tool keeps none.

    The store is in the working directory.
    """
    return _LOOKERS[name](Path.cwd())


def _of_tracker(folder: Path) -> tuple[int, str]:
    from tracker.store import open_store

    store = open_store(folder / "store")
    (run,) = store.search_runs(None)
    history = store.metric_history(run.info.run_id, METRIC)
    return history.total, str(run.info.status)


def _of_mlflow(uri: str) -> tuple[int, str]:
    client: Any = import_module("mlflow").MlflowClient(uri)
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    (run,) = client.search_runs([experiment])
    return len(client.get_metric_history(run.info.run_id, METRIC)), str(run.info.status)


def _of_trackio(folder: Path) -> tuple[int, str]:
    count = 0
    for path in (folder / "trackio").glob(f"{EXPERIMENT}*.db"):
        with closing(sqlite3.connect(path)) as connection:
            count += connection.execute("SELECT count(*) FROM metrics").fetchone()[0]
    return count, ""


def _of_wandb(folder: Path) -> tuple[int, str]:
    protocol: Any = import_module("wandb.proto.wandb_internal_pb2")
    count = 0
    for path in folder.glob("wandb/*run-*/*.wandb"):
        for data in _records(path.read_bytes()):
            count += protocol.Record.FromString(data).WhichOneof("record_type") == "history"
    return count, ""


def _records(data: bytes) -> Iterator[bytes]:
    """Yield the records of a log of blocks in LevelDB's way, to the first that is not whole."""
    position, parts = _FILE_HEADER, b""
    while position + _BLOCK_HEADER.size <= len(data):
        left = _BLOCK - position % _BLOCK
        if left < _BLOCK_HEADER.size:
            position += left
            continue
        _, length, kind = _BLOCK_HEADER.unpack_from(data, position)
        position += _BLOCK_HEADER.size
        if kind == 0 or position + length > len(data):
            return
        parts += data[position : position + length]
        position += length
        if kind in (1, 4):  # full, last
            yield parts
            parts = b""


def _of_aim(folder: Path) -> tuple[int, str]:
    index_aim(folder)
    repo: Any = import_module("aim").Repo(str(folder))
    count = 0
    for run in repo.query_metrics(f"metric.name == '{METRIC}'").iter_runs():
        for metric in run:
            count += len(metric.values.sparse_numpy()[0])
    return count, ""


def index_aim(folder: Path) -> None:
    """Do what Aim's own server does in the background: queries see only what is indexed."""
    aim = Path(sys.executable).with_name("aim")
    command: list[str | Path] = [aim, "storage", "--repo", folder, "reindex", "--yes"]
    subprocess.run(command, check=True, capture_output=True)


_LOOKERS = {
    "tracker": _of_tracker,
    "MLflow SQLite": lambda folder: _of_mlflow(f"sqlite:///{folder / 'mlflow.db'}"),
    "MLflow files": lambda folder: _of_mlflow((folder / "mlruns").as_uri()),
    "trackio": _of_trackio,
    "W&B offline": _of_wandb,
    "Aim": _of_aim,
}
