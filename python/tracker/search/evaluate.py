"""The same trees evaluated in Python, for stores without SQL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias, TypeVar

from tracker.entities import Experiment, Run, RunStatus
from tracker.search.patterns import as_regex
from tracker.search.syntax import And, Comparison, Field, Kind, Node, Not, OrderKey, resolve
from tracker.search.vocabulary import DATASET_CONTEXT_TAG

Subject: TypeAlias = Run | Experiment
"""What a filter is asked about; a tree of the one kind never meets the other."""
Scalar: TypeAlias = str | int | float
_SubjectT = TypeVar("_SubjectT", bound=Subject)

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(node: Node | None, subject: Subject, now_ms: int) -> bool:
    """Whether a run (or an experiment) fits the filter. For many, make a `predicate` once."""
    return predicate(node, now_ms)(subject)


def predicate(node: Node | None, now_ms: int) -> Callable[[Subject], bool]:
    """Return the filter as a function of a run (or an experiment); everything fits None."""
    match node:
        case None:
            return lambda subject: True
        case Comparison():
            return _comparison(node, now_ms)
        case Not():
            inner = predicate(node.operand, now_ms)
            return lambda subject: not inner(subject)
    operands = [predicate(operand, now_ms) for operand in node.operands]
    if isinstance(node, And):
        return lambda subject: all(operand(subject) for operand in operands)
    return lambda subject: any(operand(subject) for operand in operands)


def sort(subjects: Iterable[_SubjectT], order: Sequence[OrderKey], now_ms: int) -> list[_SubjectT]:
    """Return runs (or experiments) sorted: NaN after all values, missing last either way."""
    result = list(subjects)
    for key in reversed(order):
        present: list[tuple[Any, _SubjectT]] = []
        nan: list[_SubjectT] = []
        missing: list[_SubjectT] = []
        for subject in result:
            value = next(iter(_values(key.field, subject, now_ms)), None)
            if value is None:
                missing.append(subject)
            elif value != value:
                nan.append(subject)
            else:
                present.append((_sortable(key.field, value), subject))
        present.sort(key=itemgetter(0), reverse=not key.ascending)
        result = [*(subject for _, subject in present), *nan, *missing]
    return result


def _sortable(field: Field, value: Scalar) -> Any:
    """Return the value, or for ids of experiments what sorts their digits as numbers."""
    is_id = field.kind is Kind.ATTRIBUTE and field.key == "experiment_id"
    return (len(str(value)), value) if is_id else value


def _comparison(node: Comparison, now_ms: int) -> Callable[[Subject], bool]:
    field = node.field
    if node.operator == "IS NULL":
        return lambda subject: not _values(field, subject, now_ms)
    holds = _test(node, now_ms)
    return lambda subject: any(holds(value) for value in _values(field, subject, now_ms))


def _test(node: Comparison, now_ms: int) -> Callable[[Any], bool]:
    """Return what an operator and its right side ask of a value that is there."""
    name, asked = node.operator, resolve(node.value, now_ms)
    if name == "IS NOT NULL":
        return lambda value: True
    if name.startswith("NOT "):
        positive = _test(Comparison(node.field, name.removeprefix("NOT "), asked), now_ms)
        return lambda value: not positive(value)
    if isinstance(asked, tuple):
        listed = frozenset(asked)
        return lambda value: value in listed
    if name.endswith("LIKE"):
        regex = as_regex(str(asked), ignore_case=name == "ILIKE")
        # As in SQLite, the text that a pattern is held against ends at its first NUL.
        return lambda value: regex.fullmatch(value.partition("\0")[0]) is not None
    compare = _COMPARE[name]
    return lambda value: compare(value, asked)


def _values(field: Field, subject: Subject, now_ms: int) -> tuple[Scalar, ...]:
    """Return what the field holds: nothing if missing, several only of data sets."""
    if isinstance(subject, Experiment):
        found = _of_experiment(field, subject)
    elif field.kind is Kind.DATASET:
        return _of_datasets(field, subject)
    else:
        found = _of_run(field, subject, now_ms)
    return () if found is None else (found,)


def _of_experiment(field: Field, experiment: Experiment) -> Scalar | None:
    if field.kind is Kind.EXPERIMENT_TAG:
        return experiment.tags.get(field.key)
    value: Scalar | None = getattr(experiment, field.key)
    return value


def _of_run(field: Field, run: Run, now_ms: int) -> Scalar | None:
    match field.kind:
        case Kind.PARAM:
            return run.data.params.get(field.key)
        case Kind.TAG:
            return run.data.tags.get(field.key)
        case Kind.METRIC if field.summary == "last":
            return run.data.metrics.get(field.key)
        case Kind.METRIC:
            summary = run.data.summaries.get(field.key)
            value: Scalar | None = None if summary is None else getattr(summary, field.summary)
            return value
    if field.key == "duration":
        return _duration(run, now_ms)
    attribute: Scalar | None = getattr(run.info, field.key)
    return attribute


def _duration(run: Run, now_ms: int) -> int | None:
    """Return ms from start to end, or to now while the run is running."""
    info = run.info
    end = now_ms if info.end_time is None and info.status == RunStatus.RUNNING else info.end_time
    return None if end is None else end - info.start_time


def _of_datasets(field: Field, run: Run) -> tuple[Scalar, ...]:
    inputs = run.inputs.dataset_inputs
    if field.key == "context":
        found = (given.tags.get(DATASET_CONTEXT_TAG) for given in inputs)
        return tuple(context for context in found if context is not None)
    return tuple(getattr(given.dataset, field.key) for given in inputs)
