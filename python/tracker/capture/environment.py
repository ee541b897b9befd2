"""On what a run ran: Python, the machine, and the distributions that were really imported.

Looking distributions up reads a file of each one installed, which takes a fraction of a second, so
it belongs into a background thread; the answer is remembered for the life of the process.
"""

from __future__ import annotations

import inspect
import os
import platform
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable
from importlib.metadata import Distribution, distributions
from typing import TypedDict

_TOP_LEVEL = re.compile(r'^"?([^\s/,".][^/,"]*)[/,]', re.M)
_PAUSE = 0.0002
"""Seconds to let other threads run between two distributions: user code goes first."""


class Environment(TypedDict, total=False):
    """What is known; a part that could not be found out is missing."""

    python: str
    implementation: str
    platform: str
    machine: str
    cpu_count: int
    memory_bytes: int
    distributions: dict[str, str]


class _Index:
    """Which distributions provide which top-level module."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._providers: dict[str, list[Distribution]] = {}
        self._read: set[str] = set()
        self._unknown: set[str] = set()

    def lookup(self, modules: Iterable[str]) -> list[Distribution]:
        """Return the distributions of these top-level modules, each once."""
        wanted = set(modules) - sys.stdlib_module_names
        with self._lock:
            if not wanted <= (self._providers.keys() | self._unknown):
                self._read_new()
                self._unknown |= wanted - self._providers.keys()
            found = {id(d): d for name in wanted for d in self._providers.get(name, ())}
        return list(found.values())

    def _read_new(self) -> None:
        for distribution in distributions():
            place = str(getattr(distribution, "_path", id(distribution)))
            if place in self._read:
                continue
            self._read.add(place)
            for name in top_level_modules(distribution):
                self._providers.setdefault(name, []).append(distribution)
            time.sleep(_PAUSE)


_index = _Index()


def top_level_modules(distribution: Distribution) -> set[str]:
    """Return the names that can be imported because the distribution is installed."""
    try:
        declared = distribution.read_text("top_level.txt")
        if declared and declared.strip():
            return set(declared.split())
        record = distribution.read_text("RECORD") or ""
    except (OSError, UnicodeDecodeError):
        return set()
    files = set(_TOP_LEVEL.findall(record))
    names = {inspect.getmodulename(file) or file for file in files}
    return {name for name in names if name.isidentifier()}


def imported_modules() -> list[str]:
    """Return the top-level names of the modules imported so far. Cheap."""
    return list({name.partition(".")[0] for name in list(sys.modules)})


def imported_distributions(modules: Iterable[str]) -> dict[str, str]:
    """Return name -> version of the distributions that provide these modules, sorted by name."""
    versions: dict[str, str] = {}
    for distribution in _index.lookup(modules):
        try:
            versions[distribution.metadata["Name"]] = distribution.version
        except (OSError, KeyError, ValueError):
            continue
    return dict(sorted(versions.items(), key=lambda item: item[0].lower()))


def describe(modules: Iterable[str]) -> Environment:
    """Return the environment, given the modules that were imported. Every part fails alone."""
    parts: dict[str, Callable[[], object]] = {
        "python": platform.python_version,
        "implementation": platform.python_implementation,
        "platform": platform.platform,
        "machine": platform.machine,
        "cpu_count": os.cpu_count,
        "memory_bytes": lambda: os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "distributions": lambda: imported_distributions(modules),
    }
    known: Environment = {}
    for name, find_out in parts.items():
        try:
            value = find_out()
        except Exception:  # a machine that hides one fact shall still tell the others
            continue
        if value is not None:
            known[name] = value  # type: ignore[literal-required]  # the keys above are its keys
    return known


def requirements(environment: Environment) -> str:
    """Return the distributions as lines of a requirements file."""
    versions = environment.get("distributions", {})
    return "".join(f"{name}=={version}\n" for name, version in versions.items())
