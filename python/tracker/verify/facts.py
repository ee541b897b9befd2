"""What of a run can be compared: final metrics, figures, files, how it ended."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tracker.artifacts import Artifacts, open_artifacts
from tracker.artifacts.base import read_chunks, walk
from tracker.capture import tags
from tracker.entities import Run
from tracker.errors import TrackerError

LARGEST_FILE = 1_000_000_000
"""Bytes of a file beyond which its size alone is compared."""

_TIMES = re.compile(
    r"(?i)(?:^|[_./ -])(time|times|seconds|secs?|ms|millis\w*|minutes|duration|elapsed|latency"
    r"|timestamp|runtime|speed|per_sec(ond)?|throughput)(?:$|[_./ -])"
)
_SYSTEM = ("system/",)
_DRAWN = re.compile(r"figures/(?:in|cell)-\d+(?:-\d+)?\.png\Z")
_OWN = frozenset(
    value.partition("/")[0]
    for name, value in vars(tags).items()
    if name.endswith(("_FILE", "_FOLDER"))
) | {"project"}
"""Folders among a run's files that tracker itself fills."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its path in the run, its bytes, and their digest."""

    path: str
    content: bytes
    digest: str


@dataclass(slots=True)
class Facts:
    """What of one run is compared with another.

    `files` has digests by path, `times` the metrics that measure time and are not compared.
    """

    run: Run
    metrics: dict[str, float] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)
    figures: list[Picture] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


def read_facts(run: Run) -> Facts:
    """Read what can be compared. Raises StoreError."""
    facts = Facts(run)
    for key, value in run.data.metrics.items():
        if key.startswith(_SYSTEM):
            continue
        if _TIMES.search(key):
            facts.times.append(key)
        else:
            facts.metrics[key] = value
    if run.info.artifact_uri:
        _read_files(open_artifacts(run.info.artifact_uri), facts)
    return facts


def _read_files(artifacts: Artifacts, facts: Facts) -> None:
    shown: list[str] = []
    for info in walk(artifacts):
        if info.path.startswith(f"{tags.FIGURES_FOLDER}/") or _DRAWN.match(info.path):
            shown.append(info.path)
        elif info.path.partition("/")[0] not in _OWN:
            large = (info.file_size or 0) > LARGEST_FILE
            digest = f"{info.file_size} bytes" if large else _digest(artifacts, info.path)
            facts.files[info.path] = digest
    seen: set[str] = set()
    for path in sorted(shown, key=_natural):
        with artifacts.open(path) as file:
            content = file.read()
        digest = hashlib.sha256(content).hexdigest()
        # A figure that is also a cell's last value is shown twice.
        if digest not in seen:
            facts.figures.append(Picture(path, content, digest))
            seen.add(digest)


def _digest(artifacts: Artifacts, path: str) -> str:
    digest = hashlib.sha256()
    with artifacts.open(path) as file:
        for chunk in read_chunks(file):
            digest.update(chunk)
    return digest.hexdigest()


def _natural(path: str) -> list[tuple[int, str]]:
    return [(int(part or 0), text) for text, part in re.findall(r"(\D*)(\d*)", path)]


def environment_of(run: Run) -> Mapping[str, str]:
    """Versions of the distributions that the run had imported, and `python`; empty if unknown."""
    import json

    if not run.info.artifact_uri:
        return {}
    try:
        with open_artifacts(run.info.artifact_uri).open(tags.ENVIRONMENT_FILE) as file:
            known = json.load(file)
        versions = {_normal(name): str(each) for name, each in known["distributions"].items()}
        return {"python": str(known["python"]), **versions}
    except (TrackerError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def pinned(lines: Iterable[str]) -> Mapping[str, str]:
    """Versions that requirement lines name: `name==version`."""
    pairs = (line.partition("==") for line in lines)
    return {_normal(name): version.strip() for name, sign, version in pairs if sign}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
