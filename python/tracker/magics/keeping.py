"""What is kept of a cell's run as files: its source, outputs, figures, traceback, environment."""

from __future__ import annotations

import functools
import json

from tracker.artifacts import Artifacts
from tracker.capture import environment, tags
from tracker.capture.outputs import Output, figures
from tracker.errors import TrackerError

ENVIRONMENT_AFTER = 1.0
"""Seconds after which the environment is kept although the cell still runs."""


def keep_source(artifacts: Artifacts, source: str) -> None:
    """Keep what runs. Raises StoreError."""
    artifacts.put(tags.SOURCE_FILE, [source.encode("utf-8", "replace")])


def keep_traceback(artifacts: Artifacts, text: str) -> None:
    """Keep the traceback of the exception that ended the cell. Raises StoreError."""
    artifacts.put(tags.TRACEBACK_FILE, [text.encode("utf-8", "replace")])


def keep_outputs(artifacts: Artifacts, outputs: list[Output]) -> None:
    """Keep the outputs as one list, and every picture among them as a file. Raises StoreError."""
    artifacts.put(tags.OUTPUTS_FILE, [json.dumps(outputs).encode("ascii")])
    for figure in figures(outputs):
        artifacts.put(f"{tags.FIGURES_FOLDER}/{figure.name}", [figure.content])


def kept_outputs(artifacts: Artifacts) -> list[Output]:
    """Return the outputs that were kept before; none where there are none that can be read."""
    try:
        with artifacts.open(tags.OUTPUTS_FILE) as file:
            outputs = json.loads(file.read())
    except (TrackerError, ValueError, RecursionError):
        return []
    return outputs if isinstance(outputs, list) else []


class EnvironmentKeeper:
    """A job for the background: keeps what is imported, if there is something new.

    Done twice, once soon after the start (a run may die) and once at the end (cells import).
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._kept: frozenset[str] = frozenset()

    def __call__(self) -> None:
        """Keep it now. Raises StoreError."""
        modules = frozenset(environment.imported_modules())
        if modules == self._kept:
            return
        described, requirements = _described(modules)
        self._artifacts.put(tags.ENVIRONMENT_FILE, [described])
        self._artifacts.put(tags.REQUIREMENTS_FILE, [requirements])
        self._kept = modules


@functools.lru_cache(maxsize=4)
def _described(modules: frozenset[str]) -> tuple[bytes, bytes]:
    facts = environment.describe(modules)
    return json.dumps(facts, indent=2).encode(), environment.requirements(facts).encode()
