"""What is odd in a project's file: keys that nobody reads, words that were meant otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from tracker.projects.model import Remark
from tracker.projects.yamlfile import Entry

PROJECT_KEYS: Final = (
    "name",
    "entry_points",
    "conda_env",
    "python_env",
    "docker_env",
    "databricks_spark_job",
)
ENTRY_POINT_KEYS: Final = ("parameters", "command")
PARAMETER_KEYS: Final = ("type", "default", "description")
DOCKER_KEYS: Final = ("image", "volumes", "environment")

CHECKED_TYPES: Final = {
    "int": "int",
    "integer": "int",
    "float": "float",
    "double": "float",
    "number": "float",
    "bool": "bool",
    "boolean": "bool",
}
"""Types that people write and MLflow passes unseen -> what a value of them must look like."""
TYPES: Final = ("string", "str", "path", "uri", *CHECKED_TYPES)

_SHORTEST_PREFIX: Final = 3
_HOMES: Final = (
    (PROJECT_KEYS, "at the top of the file"),
    (ENTRY_POINT_KEYS, "inside an entry point"),
    (PARAMETER_KEYS, "inside a parameter"),
    (DOCKER_KEYS, "inside docker_env"),
)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that was probably meant by `word`, None if there is none."""
    candidates = list(known)
    plain = word.lower().replace("-", "_")
    if plain in candidates and plain != word:
        return plain
    close = get_close_matches(plain, candidates, n=1, cutoff=0.7)
    if close:
        return close[0]
    if len(plain) < _SHORTEST_PREFIX:
        return None
    return next((name for name in candidates if name.startswith(plain)), None)


def unknown_keys(entry: Entry, known: Sequence[str], where: str) -> Iterator[Remark]:
    """Yield a remark for every key of a mapping that is not read, and for every repeated one."""
    for key, child in entry.entries.items():
        if key not in known:
            yield Remark(f"unknown key '{key}' {where}{_advice(key, known)}", line=child.line)
    yield from repeated_keys(entry, where)


def repeated_keys(entry: Entry, where: str) -> Iterator[Remark]:
    """Yield a remark for every key that stands in a mapping more than once."""
    for key, line in entry.repeated:
        yield Remark(f"'{key}' stands {where} more than once: the last one counts", line=line)


def odd_type(name: str, kind: str, line: int) -> Remark | None:
    """Return a remark where nobody knows the type of a parameter."""
    if kind in TYPES:
        return None
    meant = nearest(kind, TYPES)
    advice = f"did you mean '{meant}'?" if meant else f"known are {', '.join(TYPES)}"
    return Remark(
        f"parameter '{name}' has the unknown type '{kind}', its values are passed as they are; "
        f"{advice}",
        line=line,
    )


def surprising_value(name: str, entry: Entry) -> Remark | None:
    """Return a remark where YAML 1.1 reads a default as something else than it seems to say."""
    value = entry.value
    if value is None or isinstance(value, str | list | dict) or _says(entry.written, value):
        return None
    return Remark(
        f"the default of '{name}' is written {entry.written} and means {value} in YAML; "
        "put it into quotes if it is meant as written",
        line=entry.line,
    )


def _says(written: str, value: object) -> bool:
    if str(value).lower() == written.lower():
        return True
    try:
        number = _float(written) if isinstance(value, float) else int(written)
    except ValueError:
        return False
    return not isinstance(value, bool) and (number == value or number != number)


def _float(written: str) -> float:
    return float(written.lower().replace(".inf", "inf").replace(".nan", "nan"))


def _advice(key: str, known: Sequence[str]) -> str:
    meant = nearest(key, known)
    if meant is not None:
        return f", did you mean '{meant}'?"
    for keys, place in _HOMES:
        if key in keys:
            return f": it belongs {place} and is not read here"
    return ": it is not read"
