"""What the filter box is offered: names, operators, values."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Ask
from tests.server.test_routes import log_run
from tests.server.test_stores import mlruns_at, opened_as
from tracker.entities import Metric
from tracker.store import Store


async def values(ask: Ask, field: str, typed: str = "", folder: str = "") -> list[str]:
    answer = await ask("fields", "values", folder=folder, field=field, typed=typed)
    return [row["value"] for row in answer["values"]]


async def by_name(ask: Ask, folder: str = "") -> dict[str, Any]:
    return {row["field"]: row for row in (await ask("fields", folder=folder))["fields"]}


async def test_names_come_with_what_can_follow_them(ask: Ask, store: Store) -> None:
    run_id = log_run(store, losses=(1.0,))
    store.log_batch(run_id, params={"l1 ratio": "0.5"}, tags={"stage": "dev"})
    rows = await by_name(ask)
    assert rows["params.`l1 ratio`"]["runs"] == 1
    assert "IS NULL" in rows["params.`l1 ratio`"]["operators"]
    assert "<" in rows["metrics.loss"]["operators"]
    assert rows["attributes.start_time"]["type"] == "time"
    assert rows["tags.stage"]["kind"] == "tags"
    assert "IN" in rows["attributes.status"]["operators"]
    assert "datasets.name" in rows


async def test_what_is_offered_can_be_searched_for(ask: Ask, store: Store) -> None:
    run_id = log_run(store, losses=(1.0,))
    odd = {"l1 ratio": "0.5", "x-y": "a 'b'", "both": "'\"", "loss.max": "x"}
    store.log_batch(run_id, params=odd, metrics=[Metric("loss.max", 2.0, 1, 0)])
    rows = await by_name(ask)
    for field, row in rows.items():
        for value in await values(ask, field):
            for operator in row["operators"]:
                right = f"({value})" if operator.endswith("IN") else value
                text = f"{field} {operator} {'' if operator.endswith('NULL') else right}"
                # The answer counts, not what it finds: a filter that is wrong would be an error.
                if not (operator.endswith("IN") and "'" in value[1:-1]):
                    await ask("runs", "search", body={"folder": "", "filter": text})


async def test_values_that_runs_have_are_offered(ask: Ask, store: Store) -> None:
    for number, model in enumerate(("ridge", "lasso", "ridge", "it's")):
        run_id = log_run(store, losses=(float(number),))
        store.log_batch(run_id, params={"model": model})
        store.update_run(run_id, status="FINISHED")
    assert await values(ask, "params.model") == ["'ridge'", '"it\'s"', "'lasso'"]
    assert await values(ask, "params.model", "ID") == ["'ridge'"]
    assert await values(ask, "attributes.status", "f") == ["'FINISHED'", "'FAILED'"]
    assert await values(ask, "attributes.start_time") != []
    assert await values(ask, "metrics.loss") == ["0", "1", "2", "3"]
    assert await values(ask, "no field") == []


async def test_a_folder_without_a_store_offers_what_every_run_has(ask: Ask) -> None:
    assert "attributes.run_name" in await by_name(ask)
    assert await values(ask, "params.model") == []


async def test_stores_of_others_tell_from_their_newest_runs(
    ask: Ask, store: Store, jp_root_dir: Any
) -> None:
    from tracker.store import open_store

    run_id = mlruns_at(jp_root_dir / "old" / "mlruns")
    open_store(jp_root_dir / "old" / "mlruns").log_batch(run_id, params={"model": "ridge"})
    folder = (await opened_as(ask, "old"))["folder"]
    assert "params.model" in await by_name(ask, folder)
    assert await values(ask, "params.model", folder=folder) == ["'ridge'"]
