"""What a person changes of runs in the panel: names, tags, notes, the bin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.server.conftest import Ask
from tests.server.test_routes import log_run
from tracker.store import Store


async def edit(ask: Ask, *edits: Mapping[str, object]) -> Any:
    return await ask("runs", "edit", body={"folder": "", "edits": list(edits)})


async def test_a_run_is_renamed_described_and_tagged_at_once(ask: Ask, store: Store) -> None:
    run_id = log_run(store)
    tags = {"mlflow.note.content": "For the **paper**.", "kind": None, "stage": "final"}
    answer = await edit(ask, {"run_id": run_id, "run_name": "the best", "tags": tags})
    [row] = answer["runs"]
    assert row["run_name"] == "the best"
    data = store.get_run(run_id).data
    assert data.tags["mlflow.runName"] == "the best"
    assert data.tags["mlflow.note.content"] == "For the **paper**."
    assert data.tags["stage"] == "final"
    assert "kind" not in data.tags
    assert row["tags"] == dict(data.tags)


async def test_runs_go_into_the_bin_and_come_back_with_all_they_had(ask: Ask, store: Store) -> None:
    ids = [log_run(store, name) for name in ("one", "two", "three")]
    before = [store.get_run(run_id).data for run_id in ids]
    await edit(ask, *({"run_id": run_id, "lifecycle_stage": "deleted"} for run_id in ids[:2]))
    found = await ask("runs", "search", body={"folder": ""})
    assert [row["run_name"] for row in found["runs"]] == ["three"]
    deleted = await ask("runs", "search", body={"folder": "", "view": "deleted"})
    assert {row["run_id"] for row in deleted["runs"]} == set(ids[:2])
    await edit(ask, *({"run_id": run_id, "lifecycle_stage": "active"} for run_id in ids[:2]))
    assert [store.get_run(run_id).data for run_id in ids] == before


async def test_a_run_is_tagged_on_its_way_into_the_bin_and_out_of_it(
    ask: Ask, store: Store
) -> None:
    run_id = log_run(store)
    into = {"run_id": run_id, "lifecycle_stage": "deleted", "tags": {"why": "a typo"}}
    await edit(ask, into)
    await edit(ask, {"run_id": run_id, "lifecycle_stage": "active", "tags": {"why": None}})
    assert "why" not in store.get_run(run_id).data.tags


async def test_those_before_a_failing_edit_are_changed(
    ask: Ask, refusal: Ask, store: Store
) -> None:
    run_id = log_run(store)
    edits = [{"run_id": run_id, "run_name": "changed"}, {"run_id": "0" * 32, "run_name": "x"}]
    status, error = await refusal("runs", "edit", body={"folder": "", "edits": edits})
    assert (status, error["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert store.get_run(run_id).info.run_name == "changed"


@pytest.mark.parametrize(
    ("edits", "field"),
    [
        ("all", "edits"),
        ([{"run_id": 3}], "run_id"),
        ([{"run_id": "a", "run_name": 3}], "run_name"),
        ([{"run_id": "a", "lifecycle_stage": "gone"}], "lifecycle_stage"),
        ([{"run_id": "a", "lifecycle_stage": []}], "lifecycle_stage"),
        ([{"run_id": "a", "tags": ["x"]}], "tags"),
        ([{"run_id": "a", "tags": {"x": 1}}], "x"),
        ([{"run_id": "a", "tags": dict.fromkeys(map(str, range(101)), "")}], "tags"),
        ([{"run_id": "a"}] * 1001, "edits"),
    ],
)
async def test_what_is_no_edit_is_refused_by_its_field(
    refusal: Ask, store: Store, edits: object, field: str
) -> None:
    log_run(store)
    status, error = await refusal("runs", "edit", body={"folder": "", "edits": edits})
    assert status == 400
    assert f"'{field}'" in error["message"]
