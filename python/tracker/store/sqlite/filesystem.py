"""What kind of filesystem a folder is on, as far as shared mappings are concerned."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

_REMOTE = frozenset({"nfs", "nfs3", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "gfs2"})
"""Filesystems where a page stored by one host is seen late, or at a fault ends the process."""

MOUNTS = Path("/proc/self/mountinfo")
"""Where Linux tells what is mounted."""


def maps_reliably(folder: Path) -> bool:
    """Return whether files in `folder` may be written through shared mappings.

    Not on Windows, where a mapped file cannot be cut, and not on filesystems of other machines or
    of other processes (FUSE). A filesystem that nothing is known of passes.
    """
    if sys.platform == "win32":
        return False
    kind = _kind_of(folder.stat().st_dev)
    return kind not in _REMOTE and not kind.startswith("fuse")


@lru_cache
def _kind_of(device: int) -> str:
    """Return what a mounted device holds, or nothing where the system does not tell."""
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        place, _, kind = line.partition(" - ")
        if place.split()[2] == number:
            return kind.split()[0]
    return ""
