"""What ran in a shell before tracker was loaded, and the cell that loads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell


@dataclass(frozen=True, slots=True)
class _Info:
    """As much of IPython's ExecutionInfo as is known of a cell in the middle of which we begin."""

    raw_cell: str
    cell_id: str | None
    store_history: bool = True


def history(shell: InteractiveShell) -> list[tuple[int, str, bool]]:
    """Return what ran before, without the cell that is running now: count, source, success."""
    manager = shell.history_manager
    if manager is None:
        return []
    failed = getattr(manager, "exceptions", {})
    return [
        (count, source, count not in failed)
        for count, source in enumerate(manager.input_hist_raw)
        if source.strip() and (count < shell.execution_count - 1 or count == _ended(shell))
    ]


def loading_cell(shell: InteractiveShell) -> ExecutionInfo | None:
    """Return the cell that is running now, None between cells and where it is not remembered."""
    sources = [] if shell.history_manager is None else shell.history_manager.input_hist_raw
    count = shell.execution_count - 1
    if not 0 < count < len(sources) or count == _ended(shell) or not sources[count].strip():
        return None
    return cast("ExecutionInfo", _Info(sources[count], _cell_id(shell)))


def _ended(shell: InteractiveShell) -> int:
    """Return the count of the last cell that ended."""
    last = getattr(shell, "last_execution_result", None)
    return getattr(last, "execution_count", None) or 0


def _cell_id(shell: InteractiveShell) -> str | None:
    """Return the notebook's id of the running cell, where this is a kernel that was told."""
    parent: Mapping[str, Any] = getattr(shell, "get_parent", dict)()
    cell_id = parent.get("metadata", {}).get("cellId")
    return cell_id if isinstance(cell_id, str) else None
