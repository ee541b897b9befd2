"""`tracker.display`: runs shown below a cell, by the widget that suits."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tracker.entities import Run
from tracker.rendering import html, text
from tracker.tracking import session
from tracker.widgets.composer import CardComposer
from tracker.widgets.references import run_ids

if TYPE_CHECKING:
    from tracker.rendering.card import Card


class Shown:
    """A run as a card. What else is shown is a widget, or a table where there are none."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def _repr_html_(self) -> str:
        return html.render(self._card)

    def __repr__(self) -> str:
        return text.render(self._card)


def display(
    *runs: str | Run,
    filter: str = "",
    order_by: str = "",
    experiment_names: Sequence[str] | None = None,
    columns: Sequence[str] = (),
) -> Any:
    """Return runs as a notebook shows them: put it at the end of a cell.

    Without `runs` it is a table of those that match `filter`, to sort and tick, as `RunsTable` has
    it; of one run it is the card, of several the comparison, as `CompareView` has it. Runs are
    named by id, the beginning of an id, name, `latest` or `previous`, or given as `Run`. Where
    ipywidgets is not installed, a table that stays as it is takes the widget's place. Raises
    FilterError, NotFound, InvalidValue.
    """
    if not runs:
        return table(
            filter, order_by=order_by, experiment_names=experiment_names, columns=tuple(columns)
        )
    store = session.current_store()
    found = run_ids(store, runs)
    if len(found) == 1:
        return Shown(CardComposer(store, found[0]).compose())
    if has_widgets():
        from tracker.widgets.compare_view import CompareView

        return CompareView(found)
    from tracker.comparing import compare

    return compare(found)


def table(filter_string: str, **options: Any) -> Any:
    """Return the table that there can be here. Raises FilterError, InvalidValue."""
    if has_widgets():
        from tracker.widgets.runs_table import RunsTable

        return RunsTable(filter_string, **options)
    from tracker.widgets.static_table import StaticTable

    return StaticTable(filter_string, **options)


def has_widgets() -> bool:
    """Whether ipywidgets is installed here, and this is a kernel that has somebody to show them."""
    if find_spec("ipywidgets") is None or find_spec("IPython") is None:
        return False
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return getattr(shell, "kernel", None) is not None
