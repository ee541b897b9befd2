"""Where a run comes from: another run that it repeats, a project, or cells."""

from __future__ import annotations

from typing import Final

from tracker.entities import Run
from tracker.errors import NotFound
from tracker.store.base import Store
from tracker.tracking.context import SOURCE_NAME, SOURCE_TYPE

AGAIN_OF: Final = "tracker.again.of"
"""On a run that was made by running another one again: the other one's id."""
_PROJECT: Final = "PROJECT"


def original_of(store: Store, run: Run) -> Run:
    """Return the run that another one was made of by running it again, or itself."""
    original = run.data.tags.get(AGAIN_OF)
    if original is None:
        return run
    try:
        return store.get_run(original)
    except NotFound:
        raise NotFound(
            f"The run {original} that {run.info.run_name!r} repeats is gone, and its code with it."
        ) from None


def is_project(run: Run) -> bool:
    """Whether the run is of a project that lies somewhere, rather than of cells."""
    found = run.data.tags
    return found.get(SOURCE_TYPE) == _PROJECT and bool(found.get(SOURCE_NAME))
