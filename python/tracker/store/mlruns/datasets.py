"""Data sets that a run read: `<run>/inputs/<id>/meta.yaml` and `<experiment>/datasets/<id>/`."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence

from tracker.entities import Dataset, DatasetInput
from tracker.errors import InvalidValue
from tracker.store import limits
from tracker.store.mlruns import meta
from tracker.store.mlruns.files import Unreadable
from tracker.store.mlruns.layout import META, below, folders_in

_ID = re.compile(r"[0-9A-Za-z_\-]{1,64}")
_TEXT_LIMITS = {"name": 500, "digest": 36, "schema": 1_048_575, "source": 65_535}


def read_inputs(
    experiment: str, run: str, seen: list[str], problems: list[str]
) -> list[DatasetInput]:
    """Return the data sets of a run; what was looked at goes to `seen`."""
    folder = below(run, "inputs")
    seen.append(folder)
    if os.path.islink(folder):  # noqa: PTH114
        problems.append(f"{folder} is a symbolic link, and is not followed")
        return []
    found = []
    for name in folders_in(folder):
        path = below(folder, name, META)
        seen.append(path)
        try:
            about = meta.load(path)
            if about.get("source_type") != "DATASET":
                continue
            dataset = _read_dataset(experiment, meta.text_of(about, "source_id"))
        except Unreadable as problem:
            problems.append(str(problem))
            continue
        tags = about.get("tags")
        pairs = tags.items() if isinstance(tags, dict) else ()
        found.append(DatasetInput(dataset, {str(key): str(value) for key, value in pairs}))
    return found


def _read_dataset(experiment: str, dataset_id: str) -> Dataset:
    if not _ID.fullmatch(dataset_id):
        raise Unreadable(f"{experiment}: {dataset_id[:80]!r} is no id of a data set")
    parts = ("datasets", dataset_id, META)
    path = below(experiment, *parts)
    if os.path.realpath(path) != below(os.path.realpath(experiment), *parts):
        raise Unreadable(f"{path} leads through a symbolic link, which is not followed")
    about = meta.load(path)
    return Dataset(
        name=meta.text_of(about, "name"),
        digest=meta.text_of(about, "digest"),
        source_type=meta.text_of(about, "source_type"),
        source=meta.text_of(about, "source"),
        schema=meta.text_of(about, "schema") or None,
        profile=meta.text_of(about, "profile") or None,
    )


def check_inputs(inputs: Sequence[DatasetInput]) -> None:
    """Refuse what cannot be kept, before any of it is written. Raises InvalidValue."""
    for given in inputs:
        limits.check_tags(given.tags)
        for name in ("name", "digest", "source_type", "source", "schema", "profile"):
            value = getattr(given.dataset, name)
            if value is None and name in ("schema", "profile"):
                continue
            limits.check_text(f"The {name} of a data set", value)
            if len(value) > _TEXT_LIMITS.get(name, 16_777_215):
                raise InvalidValue(
                    f"The {name} of data set {limits.shorten(given.dataset.name)} has "
                    f"{len(value)} characters; {_TEXT_LIMITS[name]} are allowed."
                )


def write_input(experiment: str, run: str, run_id: str, given: DatasetInput) -> None:
    """Record that a run read a data set; the same one again only adds its tags."""
    dataset = given.dataset
    dataset_id = _digest(dataset.name, dataset.digest)
    folder = below(experiment, "datasets", dataset_id)
    path = below(folder, META)
    if not os.path.exists(path):  # noqa: PTH110
        about = {
            "name": dataset.name,
            "digest": dataset.digest,
            "source_type": dataset.source_type,
            "source": dataset.source,
            "schema": dataset.schema,
            "profile": dataset.profile,
        }
        meta.save(path, about, experiment)
    input_path = below(run, "inputs", _digest(dataset_id, run_id), META)
    tags: dict[str, str] = {}
    if os.path.exists(input_path):  # noqa: PTH110
        known = meta.load(input_path).get("tags")
        tags = known if isinstance(known, dict) else {}
    link = {
        "source_type": "DATASET",
        "source_id": dataset_id,
        "destination_type": "RUN",
        "destination_id": dataset_id,  # as MLflow has it, which reads it nowhere
        "tags": tags | dict(given.tags),
    }
    meta.save(input_path, link, run)


def _digest(first: str, second: str) -> str:
    """Return MLflow's name for a pair: no secret, only an id."""
    return hashlib.md5((first + second).encode(), usedforsecurity=False).hexdigest()
