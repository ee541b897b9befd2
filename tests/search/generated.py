"""Runs and filters made at random, full of the texts and numbers that go wrong.

Everything draws from a `random.Random`: a seeded one for the comparison with MLflow, hypothesis's
own for the properties, which then shrink.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf, isnan, nan
from random import Random

from tracker.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    MetricSummary,
    Run,
    RunData,
    RunInfo,
    RunInputs,
)

NOW = 1_000_000
METRICS = ("loss", "acc", "loss.min", "a b", "größe")
PARAMS = ("lr", "a b", "model/depth", "it.is.dotted", "größe")
TAGS = ("kind", "mlflow.source.name", "a b")
TEXTS = (
    "", "a", "A", "ab", "aB", "abc", "x%y", "a_b", "a*b", "*", "?", "[a]", "]", "a-c", "it's", "Ä",
    'say "hi"', "0.1", "0.01", "back\\slash", "new\nline", "日本", "a" * 30, " a ", "NULL", "`",
)  # fmt: skip
PATTERNS = (
    "%", "a%", "A%", "%b", "%B%", "_", "__", "a_b", "%[%", "*", "?%", "%a%b%", "a%c", "", "0.%",
    "%_", "%]", "日_", "%\n%", "%\\%", "[a-z]", "^%", "%%a%%",
)  # fmt: skip
NUMBERS = (-1.5, -0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 1e-3, 1e10, inf, -inf, nan)
ASKED_NUMBERS = ("-1.5", "0", "-0", "0.25", ".5", "1", "2.", "1e-3", "1E10", "1e308", "00012")
STATUSES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
NAMES = ("brave-fox-1", "Brave-Fox-2", "calm_owl", "trial", "it's", "größe")
USERS = ("ada", "Ada", "")
CONTEXTS = ("training", "validation", "Training")
_BARE = re.compile(r"[^\W\d][\w.]*")


def make_run(random: Random, number: int) -> Run:
    """Return a run with some of everything and some of it missing."""
    status = random.choice(STATUSES)
    start = NOW - random.choice((0, 1_000, 5_000, 600_000, 900_000))
    end = start + random.choice((0, 500, 1_000, 600_000)) if status != "RUNNING" else None
    summaries = {key: _summary(random, key) for key in METRICS if random.random() < 0.6}
    return Run(
        RunInfo(
            run_id=f"{number:032x}",
            experiment_id="0",
            run_name=random.choice(NAMES),
            user_id=random.choice(USERS),
            status=status,
            start_time=start,
            end_time=end if random.random() < 0.9 else None,
            artifact_uri=f"/artifacts/{number}",
        ),
        RunData(
            metrics={key: summary.last for key, summary in summaries.items()},
            params={key: random.choice(TEXTS) for key in PARAMS if random.random() < 0.6},
            tags={key: random.choice(TEXTS) for key in TAGS if random.random() < 0.6},
            summaries=summaries,
        ),
        RunInputs(_inputs(random)),
    )


def make_experiment(random: Random, number: int) -> Experiment:
    """Return an experiment; its name is unique by the number."""
    return Experiment(
        experiment_id=str(number),
        name=f"{random.choice(NAMES)} {number}",
        artifact_location=f"/artifacts/{number}",
        creation_time=random.choice((1_000, 2_000, 3_000)),
        last_update_time=random.choice((1_000, 2_000, 3_000)),
        tags={key: random.choice(TEXTS) for key in TAGS if random.random() < 0.6},
    )


def _summary(random: Random, key: str) -> MetricSummary:
    values = [random.choice(NUMBERS) for _ in range(random.randint(1, 3))]
    numbers = [value for value in values if not isnan(value)]
    return MetricSummary(
        key=key,
        last=values[-1],
        min=min(numbers, default=nan),
        max=max(numbers, default=nan),
        count=len(values),
        last_step=random.choice((0, 1, 10, -5, 2**63 - 1)),
        last_timestamp=NOW - random.choice((0, 1_000, 60_000)),
    )


def _inputs(random: Random) -> tuple[DatasetInput, ...]:
    chosen = random.sample([("iris", "1a"), ("iris", "2b"), ("Digits", "1a")], random.randint(0, 2))
    return tuple(
        DatasetInput(
            Dataset(name, digest, "local", "{}"),
            {"mlflow.data.context": random.choice(CONTEXTS)} if random.random() < 0.8 else {},
        )
        for name, digest in chosen
    )


def quote(random: Random, text: str) -> str:
    """Return the text between quotes that it does not hold."""
    fitting = [mark for mark in "'\"" if mark not in text]
    return (mark := random.choice(fitting)) + text + mark


def _key(random: Random, key: str, marks: str = '`"') -> str:
    if _BARE.fullmatch(key) and not key.endswith(".min") and random.random() < 0.7:
        return key
    return (mark := random.choice(marks)) + key + mark


def _word(random: Random, word: str) -> str:
    return random.choice((word, word.lower(), word.capitalize()))


def _ordered(random: Random) -> str:
    space = random.choice(("", " ", "\n\t"))
    return space + random.choice((">", ">=", "=", "!=", "<", "<=")) + space


def _metric(random: Random) -> str:
    prefix = random.choice(("metrics", "metric", "`metrics`"))
    key = _key(random, random.choice(METRICS))
    return f"{prefix}.{key}{_ordered(random)}{random.choice(ASKED_NUMBERS)}"


def _textual(random: Random, texts: Sequence[str]) -> str:
    operator = random.choice(("=", "!=", "LIKE", "ILIKE"))
    if operator in ("=", "!="):
        return f" {operator} {quote(random, random.choice(texts))}"
    return f" {_word(random, operator)} {quote(random, random.choice(PATTERNS))}"


def _keyed(random: Random) -> str:
    prefix, keys = random.choice(
        [(word, PARAMS) for word in ("param", "params", "parameter", "parameters")]
        + [(word, TAGS) for word in ("tag", "tags")]
    )
    name = f"{prefix}.{_key(random, random.choice(keys))}"
    if random.random() < 0.3:
        return name + random.choice((" IS NULL", " is not null", " IS NOT NULL"))
    return name + _textual(random, TEXTS)


def _attribute(random: Random) -> str:
    prefix = random.choice(("", "", "attribute.", "attributes.", "attr.", "run."))
    name, texts = random.choice(
        (
            ("status", (*STATUSES, "running")),
            ("run_name", NAMES),
            ("`Run name`", NAMES),
            ("user_id", USERS),
            ("artifact_uri", ("/artifacts/1", "x")),
        )
    )
    return prefix + name + _textual(random, texts)


def _time(random: Random) -> str:
    name = random.choice(("start_time", "end_time", "created", "attributes.Created"))
    return f"{name}{_ordered(random)}{NOW - random.choice((0, 1_000, 5_000, 600_000))}"


def _listed(random: Random, name: str, texts: Sequence[str]) -> str:
    chosen = random.sample(texts, random.randint(1, min(4, len(texts))))
    listed = random.choice((", ", ",")).join(quote(random, text) for text in chosen)
    return f"{name} {random.choice(('IN', 'NOT IN', 'in'))} ({listed}{random.choice(('', ','))})"


def _dataset(random: Random) -> str:
    prefix = random.choice(("dataset", "datasets"))
    key, texts = random.choice(
        (("name", ("iris", "Digits", "x")), ("digest", ("1a", "2b")), ("context", CONTEXTS))
    )
    if random.random() < 0.3:
        return _listed(random, f"{prefix}.{key}", texts)
    return f"{prefix}.{key}" + _textual(random, texts)


def mlflow_condition(random: Random, run_ids: Sequence[str]) -> str:
    """Return one condition that MLflow knows."""
    kind = random.choice((_metric, _metric, _keyed, _keyed, _attribute, _time, _dataset, None))
    return kind(random) if kind else _listed(random, "attributes.run_id", run_ids)


def mlflow_filter(random: Random, run_ids: Sequence[str]) -> str:
    """Return a filter that MLflow accepts."""
    count = random.choice((1, 1, 2, 2, 3, 4))
    text = f" {_word(random, 'AND')} ".join(mlflow_condition(random, run_ids) for _ in range(count))
    return random.choice(("", " ")) + text


def mlflow_order(random: Random) -> list[str]:
    """Return keys to order runs by that MLflow accepts."""
    keys = (
        [f"metrics.{_key(random, key)}" for key in METRICS]
        + [f"params.{_key(random, key)}" for key in PARAMS]
        + [f"tags.{_key(random, key)}" for key in TAGS]
        + ["start_time", "end_time", "status", "attributes.run_name", "run_id", "user_id"]
    )
    chosen = random.sample(keys, random.choice((0, 1, 1, 2, 3)))
    return [key + random.choice(("", " ASC", " DESC", " desc")) for key in chosen]


def own_condition(random: Random, run_ids: Sequence[str]) -> str:
    """Return one condition that only this grammar knows."""
    number = random.randint(0, 5)
    if number == 0:
        summary = random.choice(("min", "max", "count", "last_step"))
        asked = random.choice((*ASKED_NUMBERS, "9223372036854775807", "9" * 30))
        return f"metrics.{_key(random, random.choice(METRICS))}.{summary}{_ordered(random)}{asked}"
    if number == 1:
        name = random.choice(("start_time", "end_time", "metrics.loss.last_timestamp"))
        asked = random.choice(("now", "now - 1s", "now-10m", "NOW + 1w", "'1970-01-01T00:16:40Z'"))
        return f"{name}{_ordered(random)}{asked}"
    if number == 2:
        return f"duration{_ordered(random)}{random.choice(('0s', '1s', '500ms', '10m', '1m30s'))}"
    if number == 3:
        return _listed(random, "status", STATUSES)
    if number == 4:
        return _listed(random, "run_name", NAMES)
    name = f"{random.choice(('params', 'tags'))}.{_key(random, random.choice(PARAMS))}"
    return f"{name} NOT {random.choice(('LIKE', 'ilike'))} {quote(random, random.choice(PATTERNS))}"


def own_filter(random: Random, run_ids: Sequence[str], depth: int = 3) -> str:
    """Return a filter with everything this grammar has."""
    kind = random.choice(("one", "one", "and", "or", "not")) if depth else "one"
    if kind == "one":
        make = random.choice((mlflow_condition, own_condition))
        return make(random, run_ids)
    if kind == "not":
        return f"{_word(random, 'NOT')} ({own_filter(random, run_ids, depth - 1)})"
    parts = [own_filter(random, run_ids, depth - 1) for _ in range(random.randint(2, 3))]
    if random.random() < 0.5:
        parts = [f"({part})" for part in parts]
    return f" {_word(random, kind)} ".join(parts)
