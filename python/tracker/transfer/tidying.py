"""Names as no store of ours could hold them -> names that it can, the same ones every time."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tracker.entities import Run
from tracker.errors import InvalidValue
from tracker.store import limits

_FORBIDDEN = re.compile(r"[^/\w.\- :]")
_SLASHES = re.compile(r"/+")


def tidy_keys(kind: str, keys: Iterable[str]) -> dict[str, str]:
    """Return for each key the one that it gets: itself where it may be kept.

    Characters that are not allowed become "_", too long ones are cut; what then would mean two
    things gets a number, in the order of the keys.
    """
    given = list(dict.fromkeys(keys))
    kept = {key: key for key in given if _is_allowed(kind, key)}
    taken = set(kept)
    for key in given:
        if key not in kept:
            kept[key] = new = _free(_allowed(key), taken)
            taken.add(new)
    return kept


def tidy_run(run: Run) -> tuple[Run, dict[str, str], list[str]]:
    """Return the run with keys that can be kept, the metrics' new keys, and what was renamed."""
    data, notes = run.data, []
    params = tidy_keys("param", data.params)
    tags = tidy_keys("tag", data.tags)
    metrics = tidy_keys("metric", data.metrics)
    for kind, names in (("param", params), ("tag", tags), ("metric", metrics)):
        notes += [
            f"the {kind} {limits.shorten(old)} is called '{new}' there"
            for old, new in names.items()
            if old != new
        ]
    if not notes:
        return run, metrics, []
    tidied = replace(
        data,
        params=_renamed(data.params, params),
        tags=_renamed(data.tags, tags),
        metrics={metrics[key]: value for key, value in data.metrics.items()},
        summaries={
            metrics[key]: replace(it, key=metrics[key]) for key, it in data.summaries.items()
        },
    )
    return replace(run, data=tidied), metrics, notes


def _renamed(values: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {names[key]: value for key, value in values.items()}


def _is_allowed(kind: str, key: str) -> bool:
    try:
        limits.check_key(kind, key)
    except InvalidValue:
        return False
    return True


def _allowed(key: str) -> str:
    plain = _FORBIDDEN.sub("_", key)
    plain = _SLASHES.sub("/", plain).strip("/")
    parts = ["_" if part in (".", "..") else part for part in plain.split("/")]
    cut = posixpath.join(*parts)[: limits.KEY_LENGTH].rstrip("/")
    return cut or "_"


def _free(key: str, taken: set[str]) -> str:
    found, number = key, 2
    while found in taken:
        end = f"_{number}"
        found = key[: limits.KEY_LENGTH - len(end)].rstrip("/") + end
        number += 1
    return found
