"""One run in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from tracker.cli.records import run_record, timestamp
from tracker.entities import MetricSummary, Run
from tracker.rendering.wording import clean, number, state_word
from tracker.rest.links import is_link

_WHOLE = 10_000


def description(run: Run, experiment: str) -> str:
    """Return the run as text, one fact a line, without control characters."""
    info, data = run.info, run.data
    facts = {
        "run": info.run_id,
        "name": info.run_name,
        "experiment": f"{experiment} ({info.experiment_id})",
        "state": state_word(info.status),
        "stage": info.lifecycle_stage,
        "user": info.user_id,
        "started": timestamp(info.start_time),
        "ended": timestamp(info.end_time) or "-",
        "artifacts": info.artifact_uri,
    }
    sections = [
        ("", facts.items()),
        ("params", sorted(data.params.items())),
        ("metrics", [(it.key, _summary(it)) for it in _sorted(data.summaries)]),
        ("tags", sorted(it for it in data.tags.items() if not is_link(it[0]))),
        ("data sets", [(it.dataset.name, _dataset(it.tags)) for it in run.inputs.dataset_inputs]),
    ]
    return "\n\n".join(_section(title, lines) for title, lines in sections if lines)


def description_record(run: Run, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what programs get: the record of a list, with summaries of metrics and data sets."""
    return {
        **run_record(run, names),
        "metric_summaries": {it.key: asdict(it) for it in _sorted(run.data.summaries)},
        "inputs": [
            {**asdict(it.dataset), "tags": dict(it.tags)} for it in run.inputs.dataset_inputs
        ],
    }


def _section(title: str, lines: Iterable[tuple[str, str]]) -> str:
    indent = "  " if title else ""
    cleaned = [(clean(key, _WHOLE), clean(str(value), _WHOLE)) for key, value in lines]
    width = max(len(key) for key, _ in cleaned)
    text = [f"{indent}{key.ljust(width)}  {value}".rstrip() for key, value in cleaned]
    return "\n".join([title, *text] if title else text)


def _summary(metric: MetricSummary) -> str:
    if metric.count == 1:
        return number(metric.last)
    return (
        f"{number(metric.last)} (min {number(metric.min)}, max {number(metric.max)}, "
        f"{metric.count} points to step {metric.last_step})"
    )


def _dataset(tags: Mapping[str, str]) -> str:
    return ", ".join(sorted(tags.values()))


def _sorted(summaries: Mapping[str, MetricSummary]) -> list[MetricSummary]:
    return [summaries[key] for key in sorted(summaries)]
