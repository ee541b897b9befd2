"""Runs in a notebook without the panel: a table to filter and tick, a live chart, a comparison.

They are made of ipywidgets' own widgets alone, and so work wherever those do; where they do not,
and in a notebook that is opened again later, a picture or a table stands in their place.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tracker.errors import InvalidValue

_PLACES = {
    "CompareView": "compare_view",
    "LiveChart": "live_chart",
    "RunsTable": "runs_table",
}

__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name != "ipywidgets":
            raise
        raise InvalidValue(
            f"{name} needs ipywidgets: pip install ipywidgets. Without it tracker.display() and "
            "%runs show tables."
        ) from None
    globals()[name] = value
    return value
