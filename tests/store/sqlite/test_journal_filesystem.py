"""Shared mappings are used only on filesystems that keep them coherent."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.store.sqlite import filesystem
from tracker.store.sqlite.filesystem import maps_reliably
from tracker.store.sqlite.journal import create_journal
from tracker.store.sqlite.journal_writer import AppendWriter, MappedWriter

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="never maps there")


@pytest.fixture(autouse=True)
def _forget_mounts() -> Iterator[None]:
    filesystem._kind_of.cache_clear()
    yield
    filesystem._kind_of.cache_clear()


def mount(monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str) -> None:
    """Let the system say that `folder` is on a filesystem of that kind."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts = folder / "mountinfo"
    mounts.write_text(
        "22 27 0:0 / /other rw,relatime - ext4 other rw\n"
        f"23 27 {number} / /a\\040name rw,relatime shared:7 - {kind} host:/export rw\n"
    )
    monkeypatch.setattr(filesystem, "MOUNTS", mounts)


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "9p", "fuse", "fuse.sshfs", "fuseblk"])
def test_points_are_appended_on_filesystems_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    mount(monkeypatch, tmp_path, kind)
    assert not maps_reliably(tmp_path)
    assert isinstance(create_journal(tmp_path, "run"), AppendWriter)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "of-tomorrow"])
def test_points_are_mapped_on_filesystems_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    mount(monkeypatch, tmp_path, kind)
    assert maps_reliably(tmp_path)
    assert isinstance(create_journal(tmp_path, "run"), MappedWriter)


def test_a_system_that_tells_nothing_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filesystem, "MOUNTS", tmp_path / "missing")
    assert maps_reliably(tmp_path)
