"""How far a copying is, drawn for a person who waits for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.cli.frame import Settings
from tracker.entities import Run
from tracker.rendering.wording import clean
from tracker.transfer.copying import Progress, Silent
from tracker.transfer.report import Item

_NAME = 30


@contextmanager
def shown(asked: Settings) -> Iterator[Progress]:
    """Yield what draws a bar, on a terminal; in a pipe and for programs it draws nothing."""
    if asked.as_json or not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Drawn

    columns = (
        # Names are other people's text: rich must not read markup in them.
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Drawn(*columns, console=Console(stderr=True), transient=True) as drawn:
        yield _Bar(drawn)


class _Bar:
    def __init__(self, drawn: object) -> None:
        from rich.progress import Progress as Drawn

        assert isinstance(drawn, Drawn)
        self._drawn = drawn
        self._task = drawn.add_task("Looking", total=None)

    def begin(self, total: int | None) -> None:
        """Set the length of the bar."""
        self._drawn.update(self._task, total=total)

    def next_run(self, run: Run) -> None:
        """Name the run."""
        name = clean(run.info.run_name or run.info.run_id, _NAME)
        self._drawn.update(self._task, description=name.ljust(_NAME))

    def done(self, item: Item) -> None:
        """Go on by one."""
        self._drawn.advance(self._task)
