"""Nested runs: which stand at the top of a list, and how many are below each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import Ask
from tests.server.test_wire import SHAPES, faults
from tracker.server.runs.nesting import PARENT, Nesting
from tracker.server.runs.queries import parse_search
from tracker.store import Store, open_store


@pytest.fixture(params=["sqlite", "mlruns"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store that finds strays by itself, and one whose runs are read for it."""
    kinds = {"sqlite": str(tmp_path / ".tracker"), "mlruns": f"file://{tmp_path / 'mlruns'}"}
    return open_store(kinds[request.param])


def make(store: Store, name: str, parent: str | None = None, experiment: str = "0") -> str:
    make.clock += 1  # type: ignore[attr-defined]  # a later run is a newer one
    tags = {} if parent is None else {PARENT: parent}
    start = 1000 + make.clock  # type: ignore[attr-defined]  # see above
    run = store.create_run(experiment, run_name=name, start_time=start, tags=tags)
    store.update_run(run.info.run_id, status="FINISHED", end_time=start)
    return run.info.run_id


make.clock = 0  # type: ignore[attr-defined]  # counts for all tests


def listed(store: Store, **change: object) -> tuple[list[str], dict[str, int] | None]:
    """The names of a page, and how many are below each of them."""
    query = parse_search({"folder": "", "parent": "", **change})
    page = Nesting().search(store, query)
    names = {run.info.run_id: run.info.run_name for run in page.runs}
    children = page.children
    if children is not None:
        children = {names[run_id]: count for run_id, count in children.items()}
    return list(names.values()), children


def test_children_stand_below_their_parents_and_are_counted(store: Store) -> None:
    sweep = make(store, "sweep")
    inner = make(store, "inner", sweep)
    make(store, "trial", sweep)
    make(store, "leaf", inner)
    make(store, "alone")
    assert listed(store) == (["alone", "sweep"], {"sweep": 2})
    assert listed(store, parent=sweep) == (["trial", "inner"], {"inner": 1})
    assert listed(store, parent=inner) == (["leaf"], {})


def test_a_run_whose_parent_is_not_in_the_list_stands_at_the_top(store: Store) -> None:
    other = store.create_experiment("other")
    gone, sweep = make(store, "gone"), make(store, "sweep")
    make(store, "orphan", gone)
    make(store, "never", "0" * 32)
    make(store, "abroad", sweep, other)
    make(store, "child", sweep)
    store.update_run(gone, lifecycle_stage="deleted")
    assert listed(store) == (["never", "orphan", "sweep"], {"sweep": 2})
    assert listed(store, experiment_ids=[other]) == (["abroad"], {})
    assert listed(store, experiment_ids=["0"]) == (["never", "orphan", "sweep"], {"sweep": 1})
    assert listed(store, view="deleted") == (["gone"], {})
    assert listed(store, filter="run_name = 'child' OR run_name = 'gone'") == (["child"], {})


def test_pages_go_on_where_the_last_one_ended(store: Store) -> None:
    sweep = make(store, "sweep")
    for number in range(5):
        make(store, f"top {number}")
        make(store, f"child {number}", sweep)
    names: list[str] = []
    token: str | None = None
    while True:
        query = parse_search({"folder": "", "parent": "", "max_results": 2, "page_token": token})
        page = Nesting().search(store, query).runs
        names += [run.info.run_name for run in page]
        token = page.token
        assert page.total == 6
        if token is None:
            break
    assert names == [*(f"top {number}" for number in reversed(range(5))), "sweep"]


def test_a_list_without_nested_runs_is_searched_as_ever(store: Store) -> None:
    nesting = Nesting()
    query = parse_search({"folder": "", "parent": ""})
    run_id = make(store, "first")
    for _ in range(2):
        page = nesting.search(store, query)
        assert ([run.info.run_name for run in page.runs], page.children) == (["first"], {})
    make(store, "child", run_id)
    assert nesting.search(store, query).children == {run_id: 1}


def test_so_many_strays_that_no_filter_names_them_make_the_list_flat(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.server.runs.nesting.STRAYS_LIMIT", 2)
    monkeypatch.setattr("tracker.store.grouping.SCAN_LIMIT", 3)
    monkeypatch.setattr("tracker.store.grouping._SCAN_PAGE", 3)
    for number in range(4):
        make(store, f"run {number}", "f" * 32)
    assert listed(store) == ([f"run {number}" for number in reversed(range(4))], None)


async def test_the_route_tells_children_only_where_parents_matter(
    ask: Ask, refusal: Ask, jp_root_dir: Path
) -> None:
    own = open_store(jp_root_dir / ".tracker")
    make(own, "child", make(own, "sweep"))
    body: dict[str, Any] = {"folder": ""}
    assert "children" not in await ask("runs", "search", body=body)
    answer = await ask("runs", "search", body={**body, "parent": ""})
    assert faults(answer, SHAPES["SearchAnswer"], "answer") == []
    assert (answer["total"], list(answer["children"].values())) == (1, [1])
    for wrong in ("x' OR '1' = '1", 3, "a" * 257):
        status, error = await refusal("runs", "search", body={**body, "parent": wrong})
        assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    status, error = await refusal("runs", "search", body={**body, "parent": "", "filter": "x ="})
    assert (status, error["column"]) == (400, 1)
