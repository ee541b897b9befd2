"""`tracker.compare`: runs beside one another, as tables, as data and to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tracker.diff import Difference, difference, find_runs
from tracker.entities import Run
from tracker.errors import InvalidValue
from tracker.tracking import active, session

if TYPE_CHECKING:
    import pandas as pd

    from tracker.diff.model import Row


class Comparison:
    """Runs beside one another; a notebook shows it, and `print` does.

    `difference` is all of it as plain data, `to_dict()` the same as JSON has it. The tables have a
    column for each run, named by its id, and a last one that says whether the runs differ.
    """

    def __init__(self, found: Difference) -> None:
        self.difference = found

    @property
    def runs(self) -> list[Run]:
        """The runs in the order asked for; the others are held against the first."""
        return list(self.difference.runs)

    @property
    def params(self) -> pd.DataFrame:
        """A row for each param."""
        return self._table(self.difference.params)

    @property
    def metrics(self) -> pd.DataFrame:
        """A row for each metric: the last values, NaN where a run has none."""
        import pandas as pd

        rows = self.difference.metrics
        values = [[v.last if v else float("nan") for v in row.values] for row in rows]
        frame = pd.DataFrame(
            values, index=pd.Index([row.name for row in rows], name="name"),
            columns=self._ids, dtype="float64",
        )  # fmt: skip
        frame["differs"] = [row.differs for row in rows]
        return frame

    @property
    def packages(self) -> pd.DataFrame:
        """A row for each distribution that a run imported: its versions, None where it is not."""
        return self._table(self.difference.packages)

    @property
    def environment(self) -> pd.DataFrame:
        """A row for each fact about the machine and its Python."""
        return self._table(self.difference.environment)

    @property
    def git(self) -> pd.DataFrame:
        """A row for the commit, the branch, and whether there were uncommitted changes."""
        return self._table(self.difference.git)

    @property
    def datasets(self) -> pd.DataFrame:
        """A row for each data set: its digest and size."""
        return self._table(self.difference.datasets)

    @property
    def code(self) -> pd.DataFrame:
        """A row for each cell of each run but the first.

        `run_id`, `kind` (equal, changed, added, removed), `is_moved`, `cell_id`, and what ran in
        the first run (`left`) and in this one (`right`).
        """
        import pandas as pd

        rows = [
            {
                "run_id": run.info.run_id,
                "kind": cell.kind,
                "is_moved": cell.is_moved,
                "cell_id": next((one.cell_id for one in (cell.right, cell.left) if one), None),
                "left": cell.left.source if cell.left else None,
                "right": cell.right.source if cell.right else None,
            }
            for run, code in zip(self.difference.runs[1:], self.difference.code, strict=True)
            for cell in code.cells
        ]
        names = ["run_id", "kind", "is_moved", "cell_id", "left", "right"]
        return pd.DataFrame(rows, columns=names)

    @property
    def is_code_equal(self) -> bool:
        """Whether all runs ran the same code."""
        return self.difference.is_code_equal

    def to_dict(self) -> dict[str, Any]:
        """Return the whole comparison as JSON can hold it."""
        from tracker.diff.plain import as_plain

        return as_plain(self.difference)

    @property
    def _ids(self) -> list[str]:
        return [run.info.run_id for run in self.difference.runs]

    def _table(self, rows: Sequence[Row]) -> pd.DataFrame:
        import pandas as pd

        index = pd.Index([row.name for row in rows], name="name", dtype="object")
        columns = {
            run_id: pd.Series([row.values[at] for row in rows], index=index, dtype="object")
            for at, run_id in enumerate(self._ids)
        }
        frame = pd.DataFrame(columns, index=index)
        frame["differs"] = [row.differs for row in rows]
        return frame

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, str]:
        from tracker.rendering import comparison

        return {"text/html": comparison.render(self.difference), "text/plain": str(self)}

    def _repr_html_(self) -> str:
        return self._repr_mimebundle_()["text/html"]

    def __str__(self) -> str:
        from tracker.rendering import comparison_text

        return comparison_text.render(self.difference)

    def __repr__(self) -> str:
        names = ", ".join(run.info.run_name for run in self.difference.runs)
        return f"<Comparison of {names}>"


def compare(runs: Sequence[str | Run]) -> Comparison:
    """Hold runs beside the first of them: params, metrics, packages, git, data, code, outputs.

    Runs are named by id, the beginning of an id, name, `latest` or `previous`; or given as `Run`.
    Raises NotFound, InvalidValue (fewer than two; a name that several runs have).
    """
    if isinstance(runs, str):
        raise InvalidValue("compare takes a list of runs, such as ['previous', 'latest'].")
    active.settle()
    store = session.current_store()
    found = [run if isinstance(run, Run) else find_runs(store, [run])[0] for run in runs]
    return Comparison(difference([store.get_run(run.info.run_id) for run in found]))
