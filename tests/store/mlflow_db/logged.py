"""What is logged to the databases of several MLflows: made once, kept in `logged.json`.

python -m tests.store.mlflow_db.logged > tests/store/mlflow_db/logged.json
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from tests.store.neighbours import Plan, make_plan

LOGGED = Path(__file__).with_name("logged.json")
RUNS = 40
EXPERIMENTS = [
    {"name": "Default", "deleted": False, "tags": {}},
    {"name": "vision <1>", "deleted": False, "tags": {"team": "größe"}},
    {"name": "gone", "deleted": True, "tags": {}},
]


def plans() -> dict[str, Any]:
    """Return the content of the file; numbers are texts, for JSON knows no NaN."""
    return {"experiments": EXPERIMENTS, "runs": [_run(number) for number in range(RUNS)]}


def _run(number: int) -> dict[str, Any]:
    plan, random = make_plan(number), Random(f"logged {number}")
    return {
        "experiment": EXPERIMENTS[number % 3]["name"],
        "start_time": plan.start_time,
        "end_time": plan.end_time,
        "status": plan.status,
        "deleted": random.random() < 0.2,
        "tags": {"mlflow.user": "ada", "number": str(number)},
        "more_tags": {**plan.tags, **({"mlflow.parentRunId": "x" * 32} if number % 4 else {})},
        "params": {key: value for key, value in plan.params.items() if value},
        "long_params": {"long": "é" * 6000} if number % 8 == 0 else {},
        "metrics": {key: _distinct(points) for key, points in plan.metrics.items()},
        "inputs": _inputs(plan),
    }


def _distinct(points: list[tuple[float, int, int]]) -> list[tuple[str, int, int]]:
    """MLflow's databases hold no point twice, and NaN as 0 in the key."""
    found = {(0.0 if math.isnan(value) else value + 0.0, at, step): value + 0.0
             for value, at, step in points}  # fmt: skip
    return [(repr(value), at, step) for (_, at, step), value in found.items()]


def _inputs(plan: Plan) -> list[dict[str, Any]]:
    return [{"dataset": asdict(it.dataset), "tags": dict(it.tags)} for it in plan.inputs]


if __name__ == "__main__":
    print(json.dumps(plans(), ensure_ascii=False, indent=0))
