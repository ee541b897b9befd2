"""What a notebook of the corpus is: what was executed, and what is right to say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EXACT = "reproduced exactly"
CLOSE = "within tolerance"
DIFFERS = "differs"


@dataclass(frozen=True)
class Cell:
    """One execution of a cell; two with one id are the same cell, perhaps edited in between."""

    source: str
    id: str | None = None
    fails: bool = False


@dataclass(frozen=True)
class Case:
    """A notebook, played from its first execution to its last.

    `needs` tells, for each run by its name, the prompts of the executions that it depends on,
    written down by hand. `verdict` is what a proof of the export is right to say of every run, or
    of those named in `verdicts`; `cause` begins the reason given. `parameters` are those that the
    export has. `export` names the run that is exported; None stands for the whole session. `files`
    are beside the notebook; `later` ones are written after the last run; `given` are variables of
    the kernel that no cell made. `remark` is a part of what the export says.
    """

    name: str
    cells: tuple[Cell | str, ...]
    needs: Mapping[str, tuple[int, ...]]
    parameters: tuple[str, ...] = ()
    verdict: str = EXACT
    verdicts: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""
    export: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, object] = field(default_factory=dict)
    remark: str = ""
    figures: int = 0

    @property
    def executions(self) -> list[Cell]:
        """The cells; a text alone is a cell of its own."""
        return [
            cell if isinstance(cell, Cell) else Cell(cell, f"{self.name[:8]}-{number}")
            for number, cell in enumerate(self.cells, start=1)
        ]
