"""A run's code as a notebook again: as it was, or only what the run depends on, with outputs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from tracker.artifacts import Artifacts, open_artifacts
from tracker.capture import tags
from tracker.capture.code import RunCode, read_code
from tracker.capture.session import ExecutedCell
from tracker.entities import Run
from tracker.errors import InvalidValue, NotFound, StoreError, TrackerError
from tracker.store import Store
from tracker.tracking import active, session
from tracker.tracking.context import SOURCE_NAME

_LARGEST = 200_000_000


def open_run(
    run: Run | str,
    path: str | PurePath | None = None,
    *,
    slice_only: bool = False,
    store: Store | None = None,
    folder: PurePath | None = None,
) -> Path:
    """Write a run's code as a notebook and return the notebook's path.

    The notebook as it was saved when the run began, where a front end sent it; else the cells that
    the session had executed by then, each where it ran last. With `slice_only` the executions that
    the run depends on, in the order executed. The run's own cell has the outputs it had.

    A `path` that is there already is refused; without one a name is found that nothing has in the
    `folder`, by default the working directory. Raises NotFound if nothing was kept, InvalidValue,
    StoreError.
    """
    active.settle()
    from_store = store or session.current_store()
    found = run if isinstance(run, Run) else from_store.get_run(run)
    if not found.info.artifact_uri:
        raise NotFound(f"Nothing was kept of the code of the run {found.info.run_id}.")
    artifacts = open_artifacts(found.info.artifact_uri)
    code = read_code(artifacts)
    if code is None:
        raise NotFound(f"Nothing was kept of the code of the run {found.info.run_id}.")
    whole = None if slice_only else _saved(artifacts)
    content = whole or _notebook(_cells(code, slice_only=slice_only))
    _put_outputs(content, code, _outputs(artifacts))
    metadata = content.get("metadata")
    origin = {"run_id": found.info.run_id, "run_name": found.info.run_name, "slice": slice_only}
    content["metadata"] = {**(metadata if isinstance(metadata, dict) else {}), "tracker": origin}
    return _write(content, _place(found, path, Path(folder or ".")))


def _saved(artifacts: Artifacts) -> dict[str, Any] | None:
    """The notebook as it was saved; None where there is none that can be read."""
    content = _json(artifacts, tags.NOTEBOOK_FILE)
    is_notebook = isinstance(content, dict) and isinstance(content.get("cells"), list)
    if not is_notebook or not all(isinstance(cell, dict) for cell in content["cells"]):
        return None
    return content if content.get("nbformat") == 4 else None


def _cells(code: RunCode, *, slice_only: bool) -> list[ExecutedCell]:
    if slice_only:
        return code.sliced
    last = {cell.cell_id or cell.raw_source: cell.order for cell in code.cells}
    return [cell for cell in code.cells if cell.order in set(last.values())]


def _notebook(cells: Sequence[ExecutedCell]) -> dict[str, Any]:
    ids: dict[str, int] = {}
    made: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": _unique(cell.cell_id or f"cell-{cell.order + 1}", ids),
            "metadata": {},
            "execution_count": cell.execution_count,
            "outputs": [],
            "source": cell.raw_source,
        }
        for cell in cells
    ]
    return {
        "cells": made,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _unique(cell_id: str, ids: dict[str, int]) -> str:
    """A cell that is there twice cannot have its id twice."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in cell_id)[:50]
    ids[safe] = ids.get(safe, 0) + 1
    return safe if ids[safe] == 1 else f"{safe}-{ids[safe]}"


def _outputs(artifacts: Artifacts) -> list[dict[str, Any]]:
    """The outputs of the run's cell as they were kept."""
    found = _json(artifacts, tags.OUTPUTS_FILE)
    if not isinstance(found, list):
        return []
    return [each for each in found if isinstance(each, dict) and "output_type" in each]


def _put_outputs(content: dict[str, Any], code: RunCode, outputs: list[dict[str, Any]]) -> None:
    """Give the run's own cell, the last of them where it has several, the outputs it had."""
    targets = [cell for cell in code.cells if cell.order in code.targets]
    if not targets or not outputs:
        return
    for cell in reversed(content["cells"]):
        if cell.get("cell_type") == "code" and _is(cell, targets[-1]):
            cell["outputs"] = outputs
            cell["execution_count"] = targets[-1].execution_count
            return


def _is(cell: Mapping[str, Any], executed: ExecutedCell) -> bool:
    if executed.cell_id and cell.get("id") == executed.cell_id:
        return True
    source = cell.get("source")
    text = "".join(map(str, source)) if isinstance(source, list) else source
    return text == executed.raw_source


def _json(artifacts: Artifacts, path: str) -> Any:
    try:
        with artifacts.open(path) as file:
            return json.loads(file.read(_LARGEST))
    except StoreError:
        raise
    except (TrackerError, ValueError, RecursionError):
        return None


def _place(run: Run, path: str | PurePath | None, folder: Path) -> Path:
    if path is not None:
        file = Path(path).expanduser()
        return file if file.suffix == ".ipynb" else file.with_name(f"{file.name}.ipynb")
    told = PurePath(run.data.tags.get(SOURCE_NAME, ""))
    stem = told.stem if told.suffix == ".ipynb" else run.info.run_name
    safe = "".join(c if c.isalnum() or c in " -_." else "-" for c in stem).strip(". ") or "run"
    places = (folder / name for name in _names(safe, run.info.run_id))
    return next(place for place in places if not place.exists())


def _names(stem: str, run_id: str) -> Iterator[str]:
    base = f"{stem[:80]}-{run_id[:8]}"
    yield f"{base}.ipynb"
    for number in itertools.count(2):
        yield f"{base}-{number}.ipynb"


def _write(content: dict[str, Any], file: Path) -> Path:
    """Write a file that is not there: what is there may be somebody's work."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    try:
        with file.open("x", encoding="utf-8", errors="surrogatepass") as opened:
            opened.write(text)
    except FileExistsError:
        raise InvalidValue(f"{file} is there already. Name another file.") from None
    except OSError as error:
        raise StoreError(f"Cannot write {file}: {error.strerror}.") from error
    return file
