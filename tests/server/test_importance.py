"""How much params matter for a metric, as a forest tells."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from tests.server.conftest import Ask
from tracker.entities import Metric
from tracker.server.comparison import importance
from tracker.store import Store


def log_runs(store: Store, count: int) -> list[str]:
    """Runs whose score follows the rate alone; the model is a word, the seed is chance."""
    ids = []
    for i in range(count):
        run_id = store.create_run("0", run_name=f"run {i}").info.run_id
        params = {"rate": str(i % 7), "model": "ab"[i % 2], "seed": str(i * 37 % 11), "epochs": "5"}
        store.log_batch(run_id, params=params, metrics=[Metric("score", float(i % 7), 1, 0)])
        ids.append(run_id)
    return ids


def question(ids: Sequence[str], metric: str = "score") -> dict[str, object]:
    return {"folder": "", "run_ids": list(ids), "metric": metric}


async def test_the_param_that_the_metric_follows_matters_most(ask: Ask, store: Store) -> None:
    answer: Any = await ask("runs", "importance", body=question(log_runs(store, 42)))
    assert answer["state"] == "computed"
    assert [row["key"] for row in answer["params"]][0] == "rate"
    assert {row["key"] for row in answer["params"]} == {"rate", "model", "seed"}
    best, *others = answer["params"]
    assert best["importance"] > 10 * max(row["importance"] for row in others)
    assert answer["score"] > 0.8
    assert (answer["runs"], answer["left_out"]) == (42, 0)


async def test_what_cannot_be_told_is_said(
    ask: Ask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = log_runs(store, 12)
    few: Any = await ask("runs", "importance", body=question(ids[:9]))
    assert (few["state"], few["runs"]) == ("too_few_runs", 9)
    unknown: Any = await ask("runs", "importance", body=question(ids, "nothing"))
    assert (unknown["state"], unknown["runs"]) == ("too_few_runs", 0)
    monkeypatch.setattr(importance, "find_spec", lambda name: None)
    missing: Any = await ask("runs", "importance", body=question(ids))
    assert (missing["state"], missing["params"], missing["score"]) == ("not_installed", [], None)


async def test_a_forest_that_takes_too_long_is_felled(
    refusal: Ask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = log_runs(store, 12)
    monkeypatch.setattr(importance, "SECONDS_LIMIT", 0.01)
    status, answer = await refusal("runs", "importance", body=question(ids))
    assert (status, "longer than" in answer["message"]) == (500, True)
    assert importance._BUSY.acquire(blocking=False)
    try:
        status, answer = await refusal("runs", "importance", body=question(ids))
    finally:
        importance._BUSY.release()
    assert (status, "moment" in answer["message"]) == (400, True)


@pytest.mark.parametrize(
    "body",
    [
        {"folder": "", "metric": "score", "run_ids": ["a"] * 1001},
        {"folder": "", "metric": 3, "run_ids": []},
        {"folder": "../..", "metric": "score", "run_ids": []},
        [],
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    refusal: Ask, store: Store, body: object
) -> None:
    assert (await refusal("runs", "importance", body=body))[0] == 400


def test_the_server_does_not_load_scikit_learn() -> None:
    code = (
        "import sys, tracker.server.handlers, tracker.server.service\n"
        "import tracker.server.comparison.importance\n"
        "print([name for name in ('sklearn', 'numpy', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_numbers_stay_numbers_and_words_words(store: Store) -> None:
    runs = [store.get_run(run_id) for run_id in log_runs(store, 4)]
    assert importance.param_columns(runs) == {
        "model": ["a", "b", "a", "b"],
        "rate": [0.0, 1.0, 2.0, 3.0],
        "seed": [0.0, 4.0, 8.0, 1.0],
    }
