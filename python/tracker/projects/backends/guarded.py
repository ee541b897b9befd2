"""A job as a process that ends, with all that it started, when whoever started it is gone.

Started by a Dask worker: `python -m tracker.projects.backends.guarded`. Its first line of stdin is
JSON with `line`, `folder` and `variables`; the end of stdin, which comes with the worker's end too,
cancels the job. The job's output is its stdout. What it writes last, to the file that `report`
names, is JSON with `status` and `reason`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from tracker.errors import TrackerError
from tracker.projects import processes
from tracker.projects.child import Child


def main() -> int:
    """Run the job; return 0 where it could be run, whatever became of it."""
    processes.adopt_orphans()
    asked = json.loads(sys.stdin.buffer.readline())
    output = sys.stdout.buffer

    def write(piece: str) -> None:
        output.write(piece.encode("utf-8", "replace"))
        output.flush()

    try:
        child = Child(["bash", "-c", asked["line"]], asked["folder"], asked["variables"], write)
    except TrackerError as error:
        _report(asked["report"], "FAILED", error.message)
        return 0
    threading.Thread(target=_watch, args=(sys.stdin.fileno(), child), daemon=True).start()
    status = child.wait()
    processes.end_descendants(os.getpid(), grace=1.0)
    _report(asked["report"], str(status), child.reason())
    return 0


def _watch(stdin: int, child: Child) -> None:
    while os.read(stdin, 1000):  # not through a file object, which Python locks as it ends
        pass
    child.cancel()


def _report(file: str, status: str, reason: str | None) -> None:
    Path(file).write_text(json.dumps({"status": status, "reason": reason}), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
