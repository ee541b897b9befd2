"""How runs differ: what they were given, measured, ran on, read, showed, and their code.

`difference(runs)` reads what the runs kept and answers with plain data (`diff.model`); it needs no
store but their artifacts. The first run is the one that the others are held against.
"""

from tracker.diff.model import Difference
from tracker.diff.runs import difference, find_runs

__all__ = ["Difference", "difference", "find_runs"]
