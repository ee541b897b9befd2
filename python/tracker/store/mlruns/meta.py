"""`meta.yaml` of every generation of MLflow -> what it says; and what we write into it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from tracker.entities import LifecycleStage, RunStatus
from tracker.store.mlruns.files import Unreadable, read_text, write_text

_NUMBERS: Final = {
    1: RunStatus.RUNNING,
    2: RunStatus.SCHEDULED,
    3: RunStatus.FINISHED,
    4: RunStatus.FAILED,
    5: RunStatus.KILLED,
}
DEEPEST: Final = 100
"""Mappings and lists inside each other that are read; MLflow writes three."""
STATUS_NUMBERS: Final = {status: number for number, status in _NUMBERS.items()}
"""What MLflow writes for a status."""


def load(path: str) -> dict[str, Any]:
    """Return the mapping in a YAML file. Raises Unreadable, also where tags ask for objects."""
    import yaml

    text = read_text(path)
    try:
        _refuse_depth(text, path)
        found = yaml.load(text, Loader=_loader())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = "" if place is None else f" at line {place.line + 1}"
        raise Unreadable(f"{path} is not the YAML that MLflow writes{where}") from error
    if found is None:
        raise Unreadable(f"{path} is empty")
    if not isinstance(found, dict):
        raise Unreadable(f"{path} holds no keys and values")
    return found


def save(path: str, content: Mapping[str, Any], folder: str) -> None:
    """Write a YAML file at once, in MLflow's form. Raises StoreError."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(
        dict(content), Dumper=dumper, default_flow_style=False, allow_unicode=True, sort_keys=True
    )
    write_text(path, text, folder)


def text_of(meta: Mapping[str, Any], *keys: str) -> str:
    """Return the first of `keys` that says something, as text; "" where none does."""
    for key in keys:
        value = meta.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def time_of(meta: Mapping[str, Any], key: str) -> int | None:
    """Return a time in ms, None where there is none."""
    value = meta.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def status_of(meta: Mapping[str, Any]) -> RunStatus:
    """Return the status, a number or a word, RUNNING where 0.x wrote none. Raises Unreadable."""
    value = meta.get("status")
    if value is None:
        return RunStatus.RUNNING
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    try:
        return RunStatus(value) if isinstance(value, str) else _NUMBERS[value]
    except (ValueError, KeyError, TypeError):
        raise Unreadable(f"its status {value!r} is none that MLflow knows") from None


def stage_of(meta: Mapping[str, Any]) -> LifecycleStage:
    """Return the lifecycle stage, active where 0.x wrote none."""
    is_deleted = meta.get("lifecycle_stage") == LifecycleStage.DELETED
    return LifecycleStage.DELETED if is_deleted else LifecycleStage.ACTIVE


def _refuse_depth(text: str, path: str) -> None:
    """Raises Unreadable for what is nested so deeply that the loader in C would crash on it.

    Most files have too few of the characters that nest to need a closer look.
    """
    if sum(map(text.count, "[{-?\n")) <= DEEPEST:
        return
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=_loader()):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unreadable(f"{path} is not the YAML that MLflow writes: it is nested too deeply")


@lru_cache(maxsize=1)
def _loader() -> Any:
    """Return the safe loader, in C where there is one: it is ten times as fast."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
