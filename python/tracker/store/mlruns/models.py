"""Logged models of MLflow 3's, and which of them a run read and made.

    <experiment>/models/<model id>/meta.yaml, tags/<key>, params/<key>, metrics/<key>, artifacts/
    <run>/inputs/<id>/meta.yaml             of the source type MODEL
    <run>/outputs/<model id>/meta.yaml      with the step

A line of a model's metric is `timestamp value step run_id`, and the data set's name and digest
where there is one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tracker.store.mlruns import meta
from tracker.store.mlruns.files import Unreadable, read_bytes, read_text, walk, write_text
from tracker.store.mlruns.layout import META, below, folders_in

MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
STATUSES: Final = {
    "LOGGED_MODEL_PENDING": 1,
    "LOGGED_MODEL_READY": 2,
    "LOGGED_MODEL_UPLOAD_FAILED": 3,
}


@dataclass(frozen=True, slots=True)
class ModelLinks:
    """The ids of the models that a run read, and of those that it made with the step of each."""

    inputs: tuple[str, ...] = ()
    outputs: Mapping[str, int] = field(default_factory=dict)


def read_links(run: str) -> ModelLinks:
    """Return the models of the run in a folder; what cannot be read links to nothing."""
    inputs, outputs = [], {}
    for kind in ("inputs", "outputs"):
        for name in folders_in(below(run, kind)):
            try:
                about = meta.load(below(run, kind, name, META))
            except Unreadable:
                continue
            model_id = meta.text_of(about, "destination_id" if kind == "outputs" else "source_id")
            if not MODEL_ID.fullmatch(model_id):
                continue
            if about.get("source_type") == "MODEL":
                inputs.append(model_id)
            elif about.get("source_type") == "RUN_OUTPUT":
                outputs[model_id] = meta.time_of(about, "step") or 0
    return ModelLinks(tuple(inputs), outputs)


def write_links(run: str, run_id: str, links: ModelLinks) -> None:
    """Write which models a run read and made. Raises StoreError."""
    for model_id in links.inputs:
        name = hashlib.md5((model_id + run_id).encode(), usedforsecurity=False).hexdigest()
        about: dict[str, Any] = {"source_type": "MODEL", "destination_type": "RUN"}
        _write_link(below(run, "inputs", name), model_id, about, run)
    for model_id, step in links.outputs.items():
        about = {"source_type": "RUN_OUTPUT", "destination_type": "MODEL_OUTPUT", "step": step}
        _write_link(below(run, "outputs", model_id), model_id, about, run)


def _write_link(folder: str, model_id: str, about: Mapping[str, Any], run: str) -> None:
    ids = {"source_id": model_id, "destination_id": model_id}  # as MLflow has it, both the same
    meta.save(below(folder, META), {**about, **ids, "tags": {}}, run)


def read_model(folder: str) -> dict[str, Any]:
    """Return what the folder of a model tells: the keys of its meta.yaml, params, tags, metrics.

    Metrics are the last points. Raises Unreadable.
    """
    about = meta.load(below(folder, META))
    for name in ("params", "tags"):
        about[name] = {it.key: read_text(it.path) for it in walk(below(folder, name), [], [])}
    about["metrics"] = [
        point for it in walk(below(folder, "metrics"), [], []) for point in _points(it.key, it.path)
    ]
    return about


def _points(key: str, path: str) -> list[dict[str, Any]]:
    """Return the last point of each run and data set in a model's metric."""
    last: dict[tuple[str, ...], dict[str, Any]] = {}
    for line in read_bytes(path).decode("utf-8", "replace").splitlines():
        fields = line.split()
        try:
            timestamp, value, step = int(fields[0]), float(fields[1]), int(fields[2])
            run_id, *dataset = fields[3:]
        except (ValueError, IndexError):
            continue
        name, digest = dataset if len(dataset) == 2 else (None, None)
        last[run_id, *dataset] = {
            "key": key, "value": value, "timestamp": timestamp, "step": step,
            "dataset_name": name, "dataset_digest": digest, "run_id": run_id,
        }  # fmt: skip
    return list(last.values())


def place_model(folder: str, experiment_id: str, location: str) -> None:
    """Have the meta.yaml of a model that was copied here say where it is now.

    Raises Unreadable, StoreError.
    """
    about = meta.load(below(folder, META))
    here = {"experiment_id": experiment_id, "artifact_location": f"{location}/artifacts"}
    meta.save(below(folder, META), about | here, folder)


def write_model(folder: str, location: str, about: Mapping[str, Any]) -> None:
    """Write the meta.yaml, params, tags and metrics of a model, as `read_model` returns them."""
    for name in ("params", "tags"):
        for key, value in about[name].items():
            write_text(below(folder, name, *key.split("/")), value, folder)
    lines: dict[str, list[str]] = {}
    for it in about["metrics"]:
        words = [it["timestamp"], repr(float(it["value"])), it["step"], it["run_id"]]
        if it["dataset_name"] and it["dataset_digest"]:
            words += [it["dataset_name"], it["dataset_digest"]]
        lines.setdefault(it["key"], []).append(" ".join(map(str, words)) + "\n")
    for key, its in lines.items():
        write_text(below(folder, "metrics", *key.split("/")), "".join(its), folder)
    rest = {key: it for key, it in about.items() if key not in ("params", "tags", "metrics")}
    meta.save(below(folder, META), {**rest, "artifact_location": f"{location}/artifacts"}, folder)
