"""How runs differ, as the panel asks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.diff.conftest import executed, keep_run
from tests.server.conftest import Ask
from tracker.store import Store


async def test_runs_are_compared_cell_by_cell(ask: Ask, store: Store) -> None:
    outputs = [{"output_type": "display_data", "data": {"image/png": "iVBORw0="}, "metadata": {}}]
    first = keep_run(store, "first", executed("rate = 1", "fit(rate)"), outputs=outputs)
    second = keep_run(store, "second", executed("rate = 2", "fit(rate)"), params={"rate": "2"})
    ids = [first.info.run_id, second.info.run_id]
    answer: Any = await ask("runs", "compare", body={"folder": "", "run_ids": ids})
    assert answer["run_names"] == ["first", "second"]
    assert answer["params"] == [{"name": "rate", "values": [None, "2"], "differs": True}]
    (code,) = answer["code"]
    assert [cell["kind"] for cell in code["cells"]] == ["changed", "equal"]
    assert answer["outputs"][0]["figures"] == ["cell/figures/figure_1.png"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"folder": "", "run_ids": ["a"]}, 400, "list of 2 to 20"),
        ({"folder": "", "run_ids": ["a"] * 21}, 400, "list of at most 20"),
        ({"folder": "", "run_ids": "ab"}, 400, "list"),
        ({"folder": "", "run_ids": ["nobody", "nobody"]}, 404, "nobody"),
        ({"folder": "../..", "run_ids": ["a", "b"]}, 400, ""),
    ],
)
async def test_a_comparison_that_cannot_be_is_refused(
    refusal: Ask, store: Store, body: dict[str, object], status: int, words: str
) -> None:
    code, answer = await refusal("runs", "compare", body=body)
    assert code == status
    assert words in answer["message"]


async def test_files_of_other_hosts_are_not_fetched(ask: Ask, store: Store) -> None:
    experiment = store.create_experiment("far", artifact_location="http://127.0.0.1:9/x")
    ids = [store.create_run(experiment, run_name=name).info.run_id for name in "ab"]
    answer: Any = await ask("runs", "compare", body={"folder": "", "run_ids": ids})
    assert answer["code"] == [{"is_known": False, "is_equal": False, "cells": []}]
