"""Which runs the cells of a notebook made, and how a cell differs from its run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.diff.conftest import executed, keep_run
from tests.server.conftest import Ask
from tests.server.test_wire import SHAPES, faults
from tracker.capture import tags
from tracker.entities import Run
from tracker.server.notebooks import cells
from tracker.store import Store

NOTEBOOK = "study/train.ipynb"
NAME = "mlflow.source.name"


def made_by(store: Store, cell_id: str, *sources: str, name: str = NOTEBOOK) -> Run:
    """A finished run of the last of these cells of a notebook."""
    run = keep_run(store, f"of {cell_id}", executed(*sources, ids=[cell_id] * len(sources)))
    own = {NAME: name, tags.CELL_ID: cell_id}
    store.log_batch(run.info.run_id, tags=own)
    return store.update_run(run.info.run_id, status="FINISHED")


async def marks(ask: Ask, *cell_ids: str, notebook: str = NOTEBOOK) -> Any:
    body = {"folder": "", "notebook": notebook, "cell_ids": list(cell_ids)}
    answer = await ask("cells", "runs", body=body)
    assert faults(answer, SHAPES["CellRunsAnswer"]) == []
    return answer


def told(answer: Any) -> dict[str, tuple[int, list[str]]]:
    return {
        row["cell_id"]: (row["count"], [run["run_id"] for run in row["runs"]])
        for row in answer["cells"]
    }


async def test_a_cell_tells_its_runs_and_what_it_was_for_the_latest(ask: Ask, store: Store) -> None:
    runs = [made_by(store, "a", f"rate = {n}") for n in range(3)]
    other = made_by(store, "b", "%%track\nfit()")
    store.create_run("0", tags={NAME: NOTEBOOK})
    answer = await marks(ask, "a", "nothing", "b")
    ids = [run.info.run_id for run in runs]
    assert told(answer) == {"a": (3, [ids[2], ids[1]]), "b": (1, [other.info.run_id])}
    assert [row["source"] for row in answer["cells"]] == ["rate = 2", "%%track\nfit()"]
    assert answer["exists"] and NOTEBOOK in answer["names"]


async def test_a_long_history_is_told_as_a_short_one(
    ask: Ask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: Sequence[Run] = [made_by(store, "a", "fit()") for _ in range(4)]
    made_by(store, "b", "fit()")
    short = await marks(ask, "a", "b", "c")
    monkeypatch.setattr(cells, "MOST_AT_ONCE", 2)
    assert await marks(ask, "a", "b", "c") == short
    assert told(short)["a"] == (4, [runs[3].info.run_id, runs[2].info.run_id])


async def test_deleted_runs_and_runs_of_other_notebooks_are_not_the_cells(
    ask: Ask, store: Store
) -> None:
    kept = made_by(store, "a", "fit()")
    gone = made_by(store, "a", "fit()")
    store.update_run(gone.info.run_id, lifecycle_stage="deleted")
    made_by(store, "a", "fit()", name="study/copy.ipynb")
    assert told(await marks(ask, "a")) == {"a": (1, [kept.info.run_id])}


async def test_a_renamed_notebook_keeps_its_runs_and_a_copy_has_none(
    ask: Ask, store: Store, jp_root_dir: Path
) -> None:
    run = made_by(store, "a", "fit()")
    answer = await marks(ask, "a", notebook="study/renamed.ipynb")
    assert told(answer) == {"a": (1, [run.info.run_id])}
    assert answer["names"][-1] == NOTEBOOK
    (jp_root_dir / "study").mkdir()
    (jp_root_dir / NOTEBOOK).write_text("{}")
    assert told(await marks(ask, "a", notebook="study/copy.ipynb")) == {}


async def test_what_was_not_kept_is_not_made_up(ask: Ask, store: Store) -> None:
    run = store.create_run("0", tags={NAME: NOTEBOOK, tags.CELL_ID: "a"})
    far = store.create_experiment("far", artifact_location="s3://bucket/x")
    store.create_run(far, tags={NAME: NOTEBOOK, tags.CELL_ID: "b"})
    answer = await marks(ask, "a", "b")
    assert [row["source"] for row in answer["cells"]] == [None, None]
    # It may come later: nothing remembers that it was not there.
    again = made_by(store, "a", "fit()")
    assert (await marks(ask, "a"))["cells"][0]["source"] == "fit()"
    assert {run.info.run_id, again.info.run_id} == set(told(await marks(ask, "a"))["a"][1])


async def test_no_store_is_no_error_and_makes_none(ask: Ask, jp_root_dir: Path) -> None:
    answer = await marks(ask, "a")
    assert (answer["exists"], answer["cells"]) == (False, [])
    assert not (jp_root_dir / ".tracker").exists()


async def test_a_cell_is_held_against_what_it_was(ask: Ask, store: Store) -> None:
    run = made_by(store, "a", "rate = 1\nfit(rate)")
    body = {"folder": "", "run_id": run.info.run_id, "cell_id": "a"}
    answer = await ask("cells", "changes", body={**body, "source": "rate = 2\nfit(rate)\n"})
    assert faults(answer, SHAPES["CellChangesAnswer"]) == []
    assert [line["kind"] for line in answer["lines"]] == ["changed", "equal"]
    assert answer["run_name"] == "of a"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"notebook": "../x.ipynb"}, 400, "leads out"),
        ({"notebook": "a/.."}, 400, "leads out"),
        ({"notebook": "a\\..\\b.ipynb"}, 400, "backslash"),
        ({"notebook": "/etc/passwd"}, 400, "absolute"),
        ({"notebook": 3}, 400, "notebook"),
        ({"cell_ids": "abc"}, 400, "cell_ids"),
        ({"cell_ids": ["a"] * 1001}, 400, "at most 1000"),
        ({"folder": "../.."}, 400, "leads out"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    refusal: Ask, store: Store, body: dict[str, object], status: int, words: str
) -> None:
    whole = {"folder": "", "notebook": NOTEBOOK, "cell_ids": ["a"], **body}
    code, answer = await refusal("cells", "runs", body=whole)
    assert code == status
    assert words in answer["message"]


async def test_hostile_ids_and_names_find_nothing_and_break_nothing(
    ask: Ask, refusal: Ask, store: Store
) -> None:
    made_by(store, "a", "fit()")
    hostile = ["' OR tags.x != '", '"', "'\"", "`", "%", "\x00", "a'b\"c"]
    assert told(await marks(ask, *hostile)) == {}
    assert told(await marks(ask, *hostile, notebook="""it's "here".ipynb""")) == {}
    body = {"folder": "", "run_id": "nobody", "cell_id": "a", "source": ""}
    assert (await refusal("cells", "changes", body=body))[0] == 404


async def test_a_notebook_outside_of_the_project_is_not_looked_for(ask: Ask, store: Store) -> None:
    """A store tells of any path: whether a file is there is nobody's business."""
    for name in ("../../etc/gone.ipynb", "/nowhere/gone.ipynb"):
        made_by(store, "z", "fit()", name=name)
        assert told(await marks(ask, "z", notebook="study/new.ipynb")) == {}
