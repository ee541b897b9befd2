"""Checks of a store, and what can be mended of what they find."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tracker.artifacts.objects import Objects
from tracker.entities import ViewType
from tracker.errors import StoreError
from tracker.rendering.wording import clean
from tracker.store import Store, open_store
from tracker.store.sqlite import upkeep
from tracker.store.sqlite.upkeep import Census

_NAMED = 5
_LONGEST = 500
_LOOSE = stat.S_IRWXG | stat.S_IRWXO


class Verdict(StrEnum):
    """What a check came to."""

    GOOD = "good"
    MENDED = "mended"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, in words."""

    verdict: Verdict
    text: str


def check_store(path: Path, *, fix: bool, deep: bool) -> Iterator[Finding]:
    """Yield what is found in the store at `path`, mended where that loses nothing.

    What dead processes left is always brought in order, as any opening of a store does. Folders of
    runs that are not there are removed, and modes closed, only with `fix`. `deep` reads every byte
    of the artifacts that are kept once.
    """
    try:
        before = upkeep.census(path)
        faults = upkeep.integrity_faults(path)
    except StoreError as error:
        yield Finding(Verdict.PROBLEM, error.message)
        return
    yield from (Finding(Verdict.PROBLEM, f"SQLite: {fault}") for fault in faults)
    if faults:
        yield Finding(
            Verdict.PROBLEM,
            f"{path} is damaged. Keep a copy, then recover what is readable with the sqlite3 "
            "shell's command .recover.",
        )
        return
    yield Finding(Verdict.GOOD, f"The file is sound ({len(before.run_ids)} runs).")
    lost = before.open_journals - upkeep.journal_files(path)
    yield from _told(Verdict.PROBLEM, lost, "journals are gone, and the points in them")
    open_store(path.parent if path.name == "tracker.db" else f"sqlite:///{path.as_posix()}")
    after = upkeep.census(path)
    yield from _recovered(before, after, path)
    yield from _orphaned_artifacts(path, after, fix=fix)
    yield from _objects(path, deep=deep)
    yield from _modes(path.parent, fix=fix)


def check_neighbour(store: Store) -> Iterator[Finding]:
    """Yield what cannot be read in a store that is not tracker's own; nothing in it is mended."""
    count = sum(store.count_runs(ViewType.ALL).values())
    told = getattr(store, "problems", None)
    problems = {} if told is None else told()
    for texts in problems.values():
        yield from (Finding(Verdict.PROBLEM, clean(f"{text}.", _LONGEST)) for text in texts)
    yield Finding(Verdict.GOOD, f"{count} runs can be read.")


def _recovered(before: Census, after: Census, path: Path) -> Iterator[Finding]:
    if after.version != before.version:
        yield Finding(
            Verdict.MENDED,
            f"Upgraded from schema {before.version} to {after.version}; a copy is kept beside it.",
        )
    ended = before.running - after.running
    yield from _told(Verdict.MENDED, ended, "runs ended whose process is gone")
    packed = before.open_journals - after.open_journals
    yield from _told(Verdict.MENDED, packed, "journals of processes that are gone packed")
    if after.running:
        yield Finding(Verdict.GOOD, f"{len(after.running)} runs are running.")
    strangers = upkeep.journal_files(path) - after.open_journals
    yield from _told(Verdict.PROBLEM, strangers, "journals belong to no run here")


def _orphaned_artifacts(path: Path, after: Census, *, fix: bool) -> Iterator[Finding]:
    folders = [
        folder
        for folder in sorted((path.parent / "artifacts").glob("*/*"))
        if folder.name not in after.run_ids and folder.is_dir() and not folder.is_symlink()
    ]
    names = [str(folder.relative_to(path.parent)) for folder in folders]
    if not fix:
        what = "folders of artifacts belong to no run (--fix removes them)"
        yield from _told(Verdict.PROBLEM, names, what)
        return
    for folder in folders:
        shutil.rmtree(folder)
    yield from _told(Verdict.MENDED, names, "folders of artifacts without a run removed")


def _objects(path: Path, *, deep: bool) -> Iterator[Finding]:
    if deep:
        damaged = [file.name for file in Objects(path.parent / "objects").damaged()]
        yield from _told(Verdict.PROBLEM, damaged, "artifacts are not what was logged any more")
        if not damaged:
            yield Finding(Verdict.GOOD, "The artifacts that are kept once are what was logged.")


def _modes(folder: Path, *, fix: bool) -> Iterator[Finding]:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not mode & _LOOSE:
        yield Finding(Verdict.GOOD, "Nobody else may read the store.")
    elif fix:
        folder.chmod(mode & ~_LOOSE)
        yield Finding(Verdict.MENDED, f"Closed {folder} to others; its mode was {mode:o}.")
    elif mode & stat.S_IWOTH:
        yield Finding(
            Verdict.PROBLEM, f"Everybody may write to {folder} (mode {mode:o}; --fix closes it)."
        )
    else:
        yield Finding(Verdict.GOOD, f"Others may read the store (mode {mode:o}; --fix closes it).")


def _told(verdict: Verdict, names: Iterator[str] | list[str] | frozenset[str], what: str) -> (
    Iterator[Finding]
):  # fmt: skip
    found = sorted(names)
    if found:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        yield Finding(verdict, f"{len(found)} {what}: {', '.join(found[:_NAMED])}{more}.")
