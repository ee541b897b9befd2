"""Asking the front end for the notebook as it is when a run starts.

One comm for each cell that starts runs: it asks as it opens, and the answer comes when the kernel
has time for it, usually after the cell. A front end that knows nothing of this closes the comm, or
says nothing; then the session's own history is all there is, and enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tracker.capture.notebookfile import read_notebook
from tracker.configuration import Tracker
from tracker.magics.background import background
from tracker.magics.codes import CellCode

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

TARGET = "tracker.notebook"
"""The comm's name; `labextension/src/plugins/saving.ts` answers to it."""
_MOST_OPEN = 3
"""Questions that wait for an answer. Cells that run meanwhile share the last one's: nobody may be
there, and a program that runs notebooks may tell of every question that it does not know."""
_MOST_SHARING = 200
_MOST_REFUSALS = 3


class FrontEnd:
    """Whoever shows the notebook, as far as a kernel can speak to it."""

    def __init__(self, shell: InteractiveShell, config: Tracker) -> None:
        self._shell = shell
        self._config = config
        self._open: dict[str, list[CellCode]] = {}
        self._comms: dict[str, Any] = {}
        self._refusals = 0

    def ask(self, code: CellCode) -> None:
        """Ask for the notebook that the cell stands in. Returns at once."""
        is_kernel = getattr(self._shell, "kernel", None) is not None
        wanted = self._config.save_notebook and self._config.capture_code
        if not (is_kernel and wanted) or self._refusals >= _MOST_REFUSALS:
            return
        if len(self._open) >= _MOST_OPEN:
            sharing = list(self._open.values())[-1]
            sharing[_MOST_SHARING - 1 :] = [code]
            return
        from comm import create_comm

        comm = create_comm(target_name=TARGET, data={"limit": self._config.max_notebook_bytes})
        self._open[comm.comm_id] = [code]
        self._comms[comm.comm_id] = comm
        comm.on_msg(lambda message: self._answered(comm.comm_id, message))
        comm.on_close(lambda message: self._closed(comm.comm_id))

    def _answered(self, comm_id: str, message: Mapping[str, Any]) -> None:
        codes = self._open.pop(comm_id, [])
        self._refusals = 0
        data = message.get("content", {}).get("data", {})
        content = data.get("notebook") if isinstance(data, dict) else None
        limit = self._config.max_notebook_bytes

        def take() -> None:
            notebook = read_notebook(content, most=limit)
            if notebook is not None:
                for code in codes:
                    code.take_notebook(notebook)

        background.submit(take)

    def _closed(self, comm_id: str) -> None:
        self._comms.pop(comm_id, None)
        if self._open.pop(comm_id, None) is not None:
            self._refusals += 1
