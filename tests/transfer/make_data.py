"""Make what is kept in `data/`, with the trackers themselves, each in an environment of its own.

    uv venv -p 3.11 new && uv pip install -p new/bin/python wandb==0.31.0 numpy pillow
    new/bin/python make_data.py wandb data/wandb-new
    uv venv -p 3.10 old && uv pip install -p old/bin/python wandb==0.15.12 "numpy<2" pillow \\
        "setuptools<70" "protobuf<5"
    old/bin/python make_data.py wandb data/wandb-old
    uv venv -p 3.11 tio && uv pip install -p tio/bin/python trackio==0.43.0
    tio/bin/python make_data.py trackio data/trackio

This file imports nothing of tracker's, so that it runs there. Logs and locks that the trackers
leave are removed, and so are links and lists of what was installed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

_LISTS = ("requirements.txt", "wandb-metadata.json")


def make_wandb(target: Path) -> None:
    """Two runs, offline: one that finished, one that failed."""
    folder = Path(tempfile.mkdtemp())
    os.environ.update(
        WANDB_MODE="offline", WANDB_DIR=str(folder), WANDB_SILENT="true", WANDB_HOST="host",
        WANDB_DISABLE_CODE="true", WANDB_DISABLE_GIT="true", WANDB_PROGRAM="train.py",
    )  # fmt: skip
    os.chdir(folder)
    wandb, np = import_module("wandb"), import_module("numpy")
    config = {"lr": 0.1, "net": {"depth": 3, "act": "relu"}, "layers": [1, 2], "none": None}
    run = wandb.init(
        project="vision", name="größe 1", config={**config, "=f": "=1+1"}, tags=["a", "b"],
        notes="a note", group="g1", job_type="train", settings=quiet(wandb),
    )  # fmt: skip
    for i in range(20):
        more = {"val": {"acc": i / 20}, "text": "hello", "sparse": i, "flag": i > 9}
        odd = {"odd": float("nan") if i % 2 else float("inf")}
        run.log({"loss": 1 / (i + 1), **odd, **(more if i % 5 == 0 else {})})
    run.log({"img": wandb.Image(np.zeros((4, 4, 3), dtype=np.uint8)), "long": "x" * 40_000})
    run.summary["best"] = 0.05
    run.finish()
    run = wandb.init(project="vision", name="failed", id="custom-id", settings=quiet(wandb))
    run.log({"loss": 3.0}, step=5)
    run.finish(exit_code=1)
    wandb.teardown()
    for log in sorted((folder / "wandb").glob("offline-run-*/*.wandb")):
        keep(log.parent, target / log.parent.name)


def quiet(wandb: Any) -> Any:
    """Settings that keep the machine out of the files."""
    for names in (
        {"x_disable_stats": True, "x_disable_meta": True, "x_save_requirements": False},
        {"_disable_stats": True, "_disable_meta": True},
    ):
        try:
            return wandb.Settings(console="off", **names)
        except Exception:  # the names of another version
            continue
    raise SystemExit("this wandb has other settings")


def make_trackio(target: Path) -> None:
    """One project with two runs."""
    folder = Path(tempfile.mkdtemp())
    os.environ["TRACKIO_DIR"] = str(folder)
    trackio = import_module("trackio")
    trackio.init(project="vision", name="one", config={"lr": 0.1, "net": {"depth": 3}})
    for i in range(10):
        values = {"loss": 1 / (i + 1), "nested": {"a": i}, "word": "w", "odd": float("nan")}
        trackio.log({**values, "large": float("-inf")}, step=i)
    trackio.finish()
    trackio.init(project="vision", name="two", config={"lr": 2})
    trackio.log({"loss": 5})
    trackio.finish()
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / "vision.db", target / "vision.db")
    sqlite3 = import_module("sqlite3")
    connection = sqlite3.connect(target / "vision.db")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA page_size = 512")
    connection.execute("VACUUM")
    connection.close()


def keep(source: Path, target: Path) -> None:
    """Copy a run without its logs, links and lists."""
    for path in source.rglob("*"):
        relative = path.relative_to(source)
        is_meant = relative.parts[0] != "logs" and relative.name not in _LISTS
        if is_meant and path.is_file() and not path.is_symlink():
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target / relative)


if __name__ == "__main__":
    {"wandb": make_wandb, "trackio": make_trackio}[sys.argv[1]](Path(sys.argv[2]).absolute())
