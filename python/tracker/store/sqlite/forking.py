"""`os.fork`, as notebooks do it through multiprocessing: what each store must do around it."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forkable(Protocol):
    """Something with files, threads or locks that must not cross a fork."""

    def before_fork(self) -> None:
        """Bring about a moment in which no lock is held that the child would inherit."""

    def after_fork_in_parent(self) -> None:
        """Go on."""

    def after_fork_in_child(self) -> None:
        """Begin anew, using nothing of the parent's."""


_forkables: weakref.WeakSet[Forkable] = weakref.WeakSet()


def watch(forkable: Forkable) -> None:
    """Call the methods of `forkable` around every fork for as long as it lives."""
    _forkables.add(forkable)


def _before() -> None:
    for forkable in list(_forkables):
        forkable.before_fork()


def _in_parent() -> None:
    for forkable in list(_forkables):
        forkable.after_fork_in_parent()


def _in_child() -> None:
    for forkable in list(_forkables):
        forkable.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
