"""Plays a notebook of the corpus in a shell of IPython's own in this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline.backend_inline import configure_inline_support
from traitlets.config import Config

from tests.corpus.case import Case
from tracker.magics import load_ipython_extension, unload_ipython_extension
from tracker.magics.background import background


class NotebookShell(InteractiveShell):
    """A shell that, like a kernel's, may be told to show figures inline."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Inline figures need no event loop."""


@contextmanager
def shell_in(folder: Path) -> Iterator[InteractiveShell]:
    """A fresh shell, with what it imports from the folder forgotten afterwards."""
    config = Config(
        {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    )
    before = set(sys.modules)
    # Which of the classes holds the one instance depends on who asked first.
    NotebookShell.clear_instance()
    shell = NotebookShell.instance(config=config)
    # It remembers that it has set up a shell, and leaves the next one alone.
    vars(configure_inline_support)["current_backend"] = "unset"
    try:
        yield shell
    finally:
        unload_ipython_extension(shell)
        NotebookShell.clear_instance()
        for name in set(sys.modules) - before:
            place = getattr(sys.modules[name], "__file__", None)
            if place and Path(place).is_relative_to(folder):
                del sys.modules[name]


def play(case: Case, folder: Path, shell: InteractiveShell) -> None:
    """Execute the case's cells one after the other, as a notebook would."""
    for name, text in case.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    shell.user_ns.update(case.given)
    load_ipython_extension(shell)
    for cell in case.executions:
        result = shell.run_cell(  # type: ignore[no-untyped-call]
            cell.source, store_history=True, cell_id=cell.id
        )
        assert result.success is not cell.fails, cell.source
    assert background.wait(30)
    for name, text in case.later.items():
        (folder / name).write_text(text, encoding="utf-8")
