"""What is kept of a cell's run as files: its source, outputs, figures, traceback, environment."""

from __future__ import annotations

import json
import threading

from tracker.artifacts import Artifacts
from tracker.capture import environment, tags
from tracker.capture.outputs import Output, figures

_ENVIRONMENT_AFTER = 1.0
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


class EnvironmentKeeper:
    """A job for the background: keeps what was imported until the run has ended.

    Done twice, once soon after the start (a run may die) and once at the end (cells import), the
    second time only if there is something new.
    """

    def __init__(self, artifacts: Artifacts, ended: threading.Event) -> None:
        self._artifacts = artifacts
        self._ended = ended
        self._kept: frozenset[str] = frozenset()

    def __call__(self) -> None:
        """Keep it now, or a moment later where the run has just begun. Raises StoreError."""
        self._ended.wait(_ENVIRONMENT_AFTER)
        modules = frozenset(environment.imported_modules())
        if modules == self._kept:
            return
        facts = environment.describe(modules)
        text = json.dumps(facts, indent=2)
        self._artifacts.put(tags.ENVIRONMENT_FILE, [text.encode("utf-8")])
        requirements = environment.requirements(facts)
        self._artifacts.put(tags.REQUIREMENTS_FILE, [requirements.encode("utf-8")])
        self._kept = modules
