"""A card as plain text, for terminals and for viewers that show no HTML."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.entities import MetricSummary, Run
from tracker.rendering import sparkline
from tracker.rendering.card import (
    Card,
    common_metrics,
    differing_params,
    elapsed,
    findings_line,
    main_metrics,
    shown_children,
    shown_params,
)
from tracker.rendering.wording import clean, duration, number, state_word


def render(card: Card) -> str:
    """Return the card as lines of text without control characters."""
    lines = [_heading(card)]
    rows, hidden = shown_params(card)
    if rows:
        pairs = [f"{clean(key, 40)} = {clean(value, 40)}" for key, value in rows]
        lines.append("  " + ", ".join(pairs + ([f"and {hidden} more"] if hidden else [])))
    metrics = main_metrics(card.run)
    lines += _aligned([_metric(metric, card) for metric in metrics])
    lines += _more(len(card.run.data.summaries) - len(metrics), "more metrics")
    lines += _children(card)
    lines += ["  " + clean(text, 300) for text in (card.error, *card.notes) if text]
    if card.findings:
        lines.append(f"  {findings_line(len(card.findings))}")
        lines += [f"    - {clean(finding, 300)}" for finding in card.findings]
    return "\n".join(lines)


def _heading(card: Card) -> str:
    info = card.run.info
    verb = "for" if card.is_running else "in"
    state = f"{state_word(info.status)} {verb} {duration(card.milliseconds)}"
    return f"● {clean(info.run_name, 80)}  {state}, experiment {clean(card.experiment, 80)}"


def _metric(metric: MetricSummary, card: Card) -> list[str]:
    cells = [clean(metric.key, 50), number(metric.last)]
    if metric.count > 1:
        curve = card.curves.get(metric.key)
        cells.append(sparkline.blocks(curve) if curve else "")
        cells.append(f"min {number(metric.min)}, max {number(metric.max)}, {metric.count} points")
    return cells


def _children(card: Card) -> list[str]:
    runs = shown_children(card)
    params, metrics = differing_params(runs), common_metrics(runs)
    table = [_child(run, params, metrics, card.now) for run in runs]
    return _aligned(table) + _more(card.child_count - len(runs), "earlier runs of this cell")


def _child(run: Run, params: Sequence[str], metrics: Sequence[str], now: int) -> list[str]:
    state = f"{state_word(run.info.status)} in {duration(elapsed(run, now))}"
    cells = ["● " + clean(run.info.run_name, 40), state]
    cells += [f"{clean(key, 30)} = {clean(run.data.params.get(key, ''), 24)}" for key in params]
    summaries = [(key, run.data.summaries.get(key)) for key in metrics]
    return cells + [f"{clean(key, 30)} {number(found.last)}" for key, found in summaries if found]


def _more(count: int, what: str) -> list[str]:
    return [f"  and {count} {what}"] if count > 0 else []


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines whose columns stand under one another."""
    columns = max(map(len, rows), default=0)
    widths = [max((len(row[i]) for row in rows if i < len(row)), default=0) for i in range(columns)]
    lines = []
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        lines.append("  " + "  ".join(padded).rstrip())
    return lines
