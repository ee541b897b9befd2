"""The machine that was measured: what matters for the figures, nothing that names it."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path

from tests.benchmarks.peers import versions


def describe(folder: Path) -> dict[str, str]:
    """Return the facts by name; `folder` lies on the file system that was written to."""
    import numpy
    import pandas

    python = f"{platform.python_implementation()} {platform.python_version()}"
    facts = {
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "Memory": f"{_memory():.0f} GiB",
        "System": f"{_system()}, {platform.system()} {platform.release()}",
        "File system": _file_system(folder),
        "Python": f"{python}, SQLite {sqlite3.sqlite_version}",
        "NumPy, pandas": f"{numpy.__version__}, {pandas.__version__}",
    }
    found = versions()
    facts["Peers"] = ", ".join(f"{name} {version}" for name, version in found.items()) or "none"
    facts["Load when it began"] = f"{os.getloadavg()[0]:.1f}"
    return facts


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform(terse=True)


def _file_system(folder: Path) -> str:
    """Return the type of the file system that `folder` is on, "unknown" where nobody tells."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "unknown"
    at = folder.resolve()
    kinds = {Path(point): kind for _, point, kind, *_ in mounts if at.is_relative_to(point)}
    return kinds[max(kinds, key=lambda point: len(point.parts))] if kinds else "unknown"
