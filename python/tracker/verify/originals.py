"""Which recorded runs an exported project stands for, and which of its runs stands for which."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.capture import tags
from tracker.entities import Run
from tracker.export import ExportResult
from tracker.store import Store
from tracker.tracking.runs import PARENT_RUN_ID

_MOST = 10_000


def original_runs(store: Store, session_id: str, export: ExportResult) -> list[Run]:
    """The runs that the exported cells of a session were or started, oldest first."""
    if not session_id:
        return []
    quoted = session_id.replace("'", "")
    found = store.search_runs(
        None, filter_string=f"tags.`{tags.SESSION_ID}` = '{quoted}'", max_results=_MOST
    )
    cells = set(export.cells)
    own = [run for run in found if f"In [{run.data.tags.get(tags.EXECUTION_COUNT)}]" in cells]
    return sorted(own, key=_begin)


def descendants(store: Store, run: Run) -> list[Run]:
    """The runs nested in a run, at any depth, oldest first."""
    found: list[Run] = []
    todo = [run.info.run_id]
    while todo:
        wanted = f"tags.`{PARENT_RUN_ID}` = '{todo.pop()}'"
        children = store.search_runs(None, filter_string=wanted, max_results=_MOST)
        found += children
        todo += [child.info.run_id for child in children]
    return sorted(found, key=_begin)


def paired(originals: Sequence[Run], launched: Run, nested: Sequence[Run]) -> dict[str, Run]:
    """For the id of each original the run that stands for it.

    A project with one run has logged it as the launcher's. Of several, those of one name belong
    together where the name is the only one of its kind, the others in the order they began.
    """
    if len(originals) == 1 and not nested:
        return {originals[0].info.run_id: launched}
    pairs: dict[str, Run] = {}
    left, names = list(nested), [run.info.run_name for run in originals]
    for original in originals:
        same = [run for run in left if run.info.run_name == original.info.run_name]
        if len(same) == 1 and names.count(original.info.run_name) == 1:
            pairs[original.info.run_id] = same[0]
            left.remove(same[0])
    rest = [run for run in originals if run.info.run_id not in pairs]
    pairs |= {run.info.run_id: again for run, again in zip(rest, left, strict=False)}
    return pairs


def _begin(run: Run) -> tuple[int, str]:
    return run.info.start_time, run.info.run_id
