"""MLflow's own parser beside ours: what both accept means the same, what it rejects we reject."""

from __future__ import annotations

import re
from random import Random
from typing import Any, TypeAlias

import pytest

from tests.search.generated import mlflow_filter
from tracker.errors import FilterError
from tracker.search import parse_order_by, parse_runs_filter
from tracker.search.syntax import And, Comparison

_Condition: TypeAlias = tuple[str, str, str, object]

_GARBAGE = (
    "'", '"', "`", "(", ")", ",", " ", ".", "-", "1", "AND", "NOT", "IN", "IS", "NULL", "=", "LIKE",
    ">", "!", "a", "\\", "metrics", "params", "%", "\n", ";", "''", '""', "1e5",
)  # fmt: skip


def _mlflow_reads(text: str) -> list[_Condition] | None:
    """Return the conditions that MLflow's own parser finds, None if it or a store refuses."""
    from mlflow.exceptions import MlflowException
    from mlflow.utils.search_utils import SearchUtils

    utils: Any = SearchUtils
    conditions: list[_Condition] = []
    try:
        for it in utils.parse_search_filter(text):
            kind, key, operator = it["type"], it["key"], it["comparator"].upper()
            for check in ("is_metric", "is_param", "is_tag", "is_dataset"):
                getattr(utils, check)(kind, operator)
            utils.is_attribute(kind, key, operator)
            value = float(it["value"]) if kind == "metric" else it["value"]
            if kind == "attribute":
                key = utils.translate_key_alias(key)
            conditions.append(("param" if kind == "parameter" else kind, key, operator, value))
    except MlflowException:
        return None
    return conditions


def _mlflow_sorts_by(key: str) -> bool:
    from mlflow.exceptions import MlflowException
    from mlflow.utils.search_utils import SearchUtils

    utils: Any = SearchUtils
    try:
        utils.parse_order_by_for_search_runs(key)
    except MlflowException:
        return False
    return True


def _we_read(text: str) -> list[_Condition] | None:
    """Return the conditions that ours finds, None if it refuses or the filter goes beyond."""
    try:
        node = parse_runs_filter(text)
    except FilterError:
        return None
    conditions: list[_Condition] = []
    for it in node.operands if isinstance(node, And) else (node,):
        if not isinstance(it, Comparison) or it.field.summary != "last":
            return None
        conditions.append((str(it.field.kind), it.field.key, it.operator, it.value))
    return conditions


def test_a_garbled_filter_that_both_understand_means_the_same_to_both() -> None:
    random = Random("garbled")
    compared = 0
    for _ in range(1_500):
        parts = re.findall(r"\w+|\s+|.", mlflow_filter(random, ["0a", "1b"]), re.DOTALL)
        for _ in range(random.randint(1, 2)):
            place = random.randrange(len(parts))
            parts[place : place + random.randint(0, 1)] = random.choice(
                ([], [random.choice(_GARBAGE)])
            )
        text = "".join(parts)
        ours = _we_read(text) if parts else None
        theirs = _mlflow_reads(text) if ours else None
        if ours is not None and theirs is not None:
            compared += 1
            assert ours == theirs, text
    assert compared > 150


REJECTED_BY_BOTH = [
    "   ", "metrics.a", "metrics.a >", "> 1", "metrics.a > '1'", "metrics.a > nan", "metrics.a > b",
    "metrics.a > metrics.b", "metrics.a > 0x1F", "metrics.a > 1_000", "metrics.a > +1",
    "metrics.a > - 1", "metrics.a > --1", "metrics.a > 1,2", "metrics.a > 1.2.3", "metrics.a > ²",
    "metrics.a LIKE '1'", "metrics.a IS NULL", "metrics.a IN (1, 2)", "metrics.a == 1",
    "metrics.a <> 1", "metrics.a => 1", "metrics.a > = 1", "metrics.a-b > 1", "metrics.a/b > 1",
    "metrics.my metric > 1", "metrics.a > 1;", "metrics.a > 1 -- c", "metrics.a > 1 /* c */",
    "metrics.a > 1 && metrics.b > 1", "1 < metrics.a", "params.a = b", "params.a = 1",
    "params.a = `b`", "params.a > 'b'", "params.a IN ('b')", "params.a NOT IN ('b')",
    "params.a RLIKE 'b'", "params.a = 'b", "params.a IS", "params.a NULL", "params.a = 'b' 'c'",
    "params.a = 'C:\\' AND params.b = 'x'", "lr = 'b'", "Metrics.a > 1", '"metrics".a > 1',
    "'start_time' > 1", "experiment_id = '1'", "lifecycle_stage = 'active'", "run_uuid = 'x'",
    "run name = 'x'", "user_id IN ('a')", "artifact_uri IN ('a')", "run_id IN ()",
    "run_id IN ['a']", "run_id IN (1)", "run_id IN 'a'", "status IS NULL",
    "end_time IS NULL",
    "start_time LIKE '1'", "start_time IN ('1')", "dataset.foo = 'a'", "dataset.name IS NULL",
    "dataset.name > 'a'", "name = 'x'", "metrics . a > 1", "foo.a = 'b'", "metrics.a ! = 1",
]  # fmt: skip


@pytest.mark.parametrize("text", REJECTED_BY_BOTH)
def test_what_mlflow_rejects_is_rejected(text: str) -> None:
    assert _mlflow_reads(text) is None
    with pytest.raises(FilterError):
        parse_runs_filter(text)


@pytest.mark.parametrize(
    "key",
    ["", " ", "metrics.a ASC, metrics.b", "metrics.a b", "metrics.a-b", "metrics.a ASC NULLS LAST",
     "experiment_id", "lifecycle_stage", "run name", "metrics.a;", "foo.a", "'a'"],
)  # fmt: skip
def test_an_order_that_mlflow_rejects_is_rejected(key: str) -> None:
    assert not _mlflow_sorts_by(key)
    with pytest.raises(FilterError):
        parse_order_by([key])
