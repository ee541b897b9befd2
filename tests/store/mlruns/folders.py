"""mlruns folders as they are met: written line by line, of any age."""

from __future__ import annotations

import os
import textwrap
import time
from pathlib import Path

RUN = "a" * 32
EXPERIMENT = "artifact_location: {location}\nexperiment_id: '{id}'\nname: {name}\n"
NEWEST = """
artifact_uri: file:///somewhere/mlruns/0/{id}/artifacts
end_time: 200
entry_point_name: ''
experiment_id: '0'
lifecycle_stage: active
run_id: {id}
run_name: calm-owl-1
source_name: ''
source_type: 4
source_version: ''
start_time: 100
status: 3
tags: []
user_id: ada
"""


def make_experiment(
    root: Path, experiment_id: str = "0", name: str = "Default", location: str = ""
) -> Path:
    folder = root / experiment_id
    folder.mkdir(parents=True)
    location = location or f"file:///somewhere/mlruns/{experiment_id}"
    text = EXPERIMENT.format(location=location, id=experiment_id, name=name)
    (folder / "meta.yaml").write_text(text, encoding="utf-8")
    return folder


def make_run(root: Path, run_id: str = RUN, meta: str = NEWEST, experiment_id: str = "0") -> Path:
    """Make a run with its usual folders; `{id}` in `meta` stands for its id."""
    folder = root / experiment_id / run_id
    for name in ("metrics", "params", "tags", "artifacts"):
        (folder / name).mkdir(parents=True)
    text = textwrap.dedent(meta).lstrip().replace("{id}", run_id)
    (folder / "meta.yaml").write_text(text, encoding="utf-8")
    return folder


def age(root: Path, seconds: float = 3600) -> None:
    """Have everything below a folder look as if it had been written long ago."""
    at = time.time() - seconds
    for folder, _, files in os.walk(root):
        for name in files:
            os.utime(Path(folder, name), (at, at), follow_symlinks=False)
        os.utime(folder, (at, at))
