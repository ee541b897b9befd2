"""Runs as a table that stays as it is, where there are no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.entities import Run
from tracker.rendering.html import MUTED
from tracker.rendering.palette import colours
from tracker.rendering.runtable import Column, table_html, table_text
from tracker.tracking import active, session
from tracker.widgets.page import columns_of, read_page


class StaticTable:
    """The same table where there are no widgets. Raises FilterError, InvalidValue."""

    def __init__(self, filter: str = "", *, columns: Sequence[str] = (), **options: Any) -> None:
        active.settle()
        options = {"page_size": 20, "order_by": "", "experiment_names": None, **options}
        page = read_page(
            session.current_store(),
            filter_string=filter,
            size=options.pop("page_size"),
            **options,
        )
        self._runs, self._columns = page.runs, columns_of(page.runs, columns)

    def _repr_html_(self) -> str:
        return runs_html(self._runs, self._columns)

    def __repr__(self) -> str:
        return runs_text(self._runs, self._columns)


def runs_html(runs: Sequence[Run], columns: Sequence[Column]) -> str:
    """Return the table as HTML, or a word where there is nothing."""
    if not runs:
        return f'<div style="{MUTED};padding:6px 0">No runs here yet, or none that match.</div>'
    colour = colours([run.info.run_id for run in runs])
    return table_html(runs, columns, now=session.now(), colour=colour)


def runs_text(runs: Sequence[Run], columns: Sequence[Column]) -> str:
    """Return the table as text, or a word where there is nothing."""
    return table_text(runs, columns, now=session.now()) if runs else "No runs."
