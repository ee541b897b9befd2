"""A card as HTML that survives where it ends up.

Read by four kinds of viewer: JupyterLab (theme variables, light or dark), a saved notebook without
tracker, nbconvert's page, and code hosts that strip styles, attributes and SVG. So the words and
tables carry the meaning, inline styles only arrange them, colours are the theme's or the
surrounding text's, and the curve's block characters sit inside the SVG's title: a viewer that
drops the SVG keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

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
from tracker.rendering.sparkline import Curve
from tracker.rendering.wording import clean, duration, number, state_word

LINK = "#tracker-run="
"""What the panel recognises: a link to this plus a run id opens the run."""

CURVE_WIDTH, CURVE_HEIGHT = 132, 20
_MARGIN = 3
MUTED = "opacity:.65"
LINE = "1px solid var(--jp-border-color2,rgba(128,128,128,.3))"
_CELL = (
    "padding:1px 18px 1px 0;text-align:left;border:0;white-space:nowrap;vertical-align:middle;"
    "line-height:1.6"
)
_NUMBER = f"{_CELL};font-variant-numeric:tabular-nums;min-width:3.6em"
STATE_COLOURS = {
    "running": "var(--jp-info-color1,#1e88e5)",
    "finished": "var(--jp-success-color1,#2e9e4f)",
    "failed": "var(--jp-error-color1,#e0433a)",
    "killed": "var(--jp-warn-color1,#e08600)",
}


def render(card: Card, *, action: str = "", about: str = "", below: str = "") -> str:
    """Return the card; every name and value in it is escaped.

    `action` is HTML for the end of the heading, `about` for the line under it, `below` for the end.
    """
    parts = [_heading(card, action), about, _params(card), _metrics(card), _children(card)]
    parts += [_error(card), below]
    parts += [f'<div style="{MUTED}">{text(note, 300)}</div>' for note in card.notes]
    parts.append(_findings(card.findings))
    body = "".join(parts)
    return (
        f'<div class="tracker-card" data-run-id="{text(card.run.info.run_id, 64)}" style="'
        f"box-sizing:border-box;max-width:640px;overflow-x:auto;margin:2px 0 6px;"
        f"padding:8px 14px 9px;border:{LINE};border-radius:6px;"
        "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;"
        f'line-height:1.6;color:var(--jp-ui-font-color1,inherit)">{body}</div>'
    )


def text(value: str, limit: int) -> str:
    """Return a name or value for HTML, on one line."""
    return escape(clean(value, limit), quote=True)


def _state(status: str) -> str:
    word = state_word(status)
    colour = STATE_COLOURS.get(word, "inherit")
    dot = f'<span style="color:{colour}" aria-hidden="true">●</span>'
    return f'{dot} <span style="white-space:nowrap">{escape(word)}</span>'


def _heading(card: Card, action: str) -> str:
    info = card.run.info
    verb = "for" if card.is_running else "in"
    state = f"{_state(info.status)} {verb} {duration(card.milliseconds)}"
    where = f'<span style="{MUTED}">experiment <bdi>{text(card.experiment, 80)}</bdi></span>'
    link = f'<a href="{_href(info.run_id)}" style="{LINK_STYLE}">Open in panel</a>'
    name = f"<strong><bdi>{text(info.run_name, 80)}</bdi></strong>"
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:0 4px;align-items:baseline">'
        f'{name} &ensp;<span>{state}</span> &ensp;{where} &ensp;<span style="flex:1"></span>'
        f"{action}{link}</div>"
    )


LINK_STYLE = "color:var(--jp-content-link-color,#1976d2);text-decoration:none;white-space:nowrap"


def _href(run_id: str) -> str:
    return LINK + text(run_id, 64)


def _params(card: Card) -> str:
    rows, hidden = shown_params(card)
    if not rows:
        return ""
    pairs = [_param(key, value) for key, value in rows]
    if hidden:
        pairs.append(f'<span style="{MUTED}">and {hidden} more</span>')
    return f'<div style="margin:2px 0 0">{", ".join(pairs)}</div>'


def _param(key: str, value: str) -> str:
    return (
        f'<span title="{text(value, 500)}" style="display:inline-block">'
        f'<span style="{MUTED}"><bdi>{text(key, 40)}</bdi> =</span>'
        f" <bdi>{text(value, 40)}</bdi></span>"
    )


def _metrics(card: Card) -> str:
    metrics = main_metrics(card.run)
    if not metrics:
        return ""
    hidden = len(card.run.data.summaries) - len(metrics)
    more = f'<div style="{MUTED}">and {hidden} more metrics</div>' if hidden else ""
    if all(metric.count == 1 for metric in metrics):
        return _table([metric.key for metric in metrics], [_row(map(_last, metrics))]) + more
    rows = [_metric(metric, card.curves.get(metric.key)) for metric in metrics]
    return _table(["metric", "last", "curve", "min", "max"], rows) + more


def _last(metric: MetricSummary) -> str:
    exact = f'title="{metric.last!r}"'
    return f'<td style="{_NUMBER}" {exact}><strong>{number(metric.last)}</strong></td>'


def _metric(metric: MetricSummary, curve: Curve | None) -> str:
    points = f"{metric.count} point{'s' if metric.count != 1 else ''}"
    hint = f"{points}, last at step {metric.last_step}"
    cells = [
        f'<td style="{_CELL}" title="{hint}"><bdi>{text(metric.key, 50)}</bdi></td>',
        _last(metric),
        f'<td style="{_CELL}">{_curve(curve) if curve else ""}</td>',
    ]
    for value in (metric.min, metric.max):
        shown = number(value) if metric.count > 1 else ""
        cells.append(f'<td style="{_NUMBER};{MUTED}" title="{value!r}">{shown}</td>')
    return _row(cells)


def _curve(curve: Curve) -> str:
    width, height = CURVE_WIDTH - 2 * _MARGIN, CURVE_HEIGHT - 2 * _MARGIN
    path = sparkline.svg_path(curve, width, height)
    if not path:
        return ""
    x, y = sparkline.end_point(curve, width, height)
    colour = "var(--jp-brand-color1,#1976d2)"
    return (
        f'<svg width="{CURVE_WIDTH}" height="{CURVE_HEIGHT}" role="img" '
        f'style="vertical-align:middle;overflow:visible">'
        f"<title>{sparkline.blocks(curve)}</title>"
        f'<g transform="translate({_MARGIN} {_MARGIN})">'
        f'<path d="{path}" fill="none" stroke-width="1.5" '
        f'stroke-linejoin="round" stroke-linecap="round" style="stroke:{colour}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" style="fill:{colour}"/></g></svg>'
    )


def _children(card: Card) -> str:
    runs = shown_children(card)
    if not runs:
        return ""
    params, metrics = differing_params(runs), common_metrics(runs)
    rows = [_child(run, params, metrics, card.now) for run in runs]
    earlier = card.child_count - len(runs)
    if earlier > 0:
        told = f"{earlier} earlier run{'s' if earlier != 1 else ''} of this cell not shown"
        span = 3 + len(params) + len(metrics)
        rows.append(_row([f'<td colspan="{span}" style="{_CELL};{MUTED}">{told}</td>']))
    return _table(["run", "state", "time", *params, *metrics], rows)


def _child(run: Run, params: Sequence[str], metrics: Sequence[str], now: int) -> str:
    name = text(run.info.run_name, 40)
    link = f'<a href="{_href(run.info.run_id)}" style="{LINK_STYLE}"><bdi>{name}</bdi></a>'
    cells = [f'<td style="{_CELL}">{link}</td>']
    cells.append(f'<td style="{_CELL}">{_state(run.info.status)}</td>')
    cells.append(f'<td style="{_NUMBER};{MUTED}">{duration(elapsed(run, now))}</td>')
    for key in params:
        value = run.data.params.get(key, "")
        cells.append(f'<td style="{_NUMBER}"><bdi>{text(value, 24)}</bdi></td>')
    for key in metrics:
        summary = run.data.summaries.get(key)
        last = number(summary.last) if summary else ""
        cells.append(f'<td style="{_NUMBER}"><strong>{last}</strong></td>')
    return _row(cells)


def _error(card: Card) -> str:
    if not card.error:
        return ""
    line = f"border-left:3px solid {STATE_COLOURS['failed']}"
    style = f"margin-top:6px;padding-left:8px;{line};overflow-wrap:anywhere"
    return f'<div style="{style}">{text(card.error, 300)}</div>'


def _findings(findings: Sequence[str]) -> str:
    """One line, and below it what was found, where somebody wants to know."""
    if not findings:
        return ""
    dot = f'<span style="color:{STATE_COLOURS["killed"]}" aria-hidden="true">▲</span>'
    items = "".join(f"<li>{text(finding, 300)}</li>" for finding in findings)
    return (
        f'<details style="margin-top:4px"><summary style="cursor:pointer">{dot} '
        f"{escape(findings_line(len(findings)))}</summary>"
        f'<ul style="margin:2px 0 0;padding-left:22px">{items}</ul></details>'
    )


def _row(cells: Iterable[str]) -> str:
    return f'<tr style="background:none">{"".join(cells)}</tr>'


def _table(titles: Sequence[str], rows: Iterable[str]) -> str:
    style = f"{_CELL};{MUTED};font-weight:normal"
    heads = "".join(f'<th scope="col" style="{style}">{text(t, 30)}</th>' for t in titles)
    return (
        '<table style="border-collapse:collapse;margin:4px 0 0;font-size:inherit;border:0;'
        f'table-layout:auto"><thead style="border:0">{_row([heads])}</thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
