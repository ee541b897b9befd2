"""Runs beside one another as HTML that survives where it ends up, as `rendering.html` does.

What differs is marked by `<ins>` and `<del>` too, and said in words: colours only help the eye.
They are thin layers over whatever lies below, and so serve light and dark themes alike.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from tracker.diff.model import Difference, MetricRow, Outputs, Picture, Row, differing
from tracker.entities import MetricSummary, Run
from tracker.rendering.codediff import code_html, lines_html
from tracker.rendering.html import LINE, LINK, MUTED, text
from tracker.rendering.wording import number

MOST_ROWS = 200
"""Rows of a table that are shown."""
MOST_PICTURE_BYTES = 8_000_000
"""Bytes of figures that one comparison shows."""
_CELL = (
    "padding:1px 18px 1px 0;text-align:left;border:0;vertical-align:top;line-height:1.6;"
    "max-width:420px;overflow-wrap:anywhere"
)
_FIRST = f"{_CELL};white-space:nowrap"
_LINK_STYLE = "color:var(--jp-content-link-color,#1976d2);text-decoration:none"


def render(difference: Difference) -> str:
    """Return the comparison; every name and value in it is escaped."""
    runs = difference.runs
    sections = [
        _section("Params", "param", runs, difference.params),
        _metrics(difference),
        *_codes(difference),
        _findings(difference),
        _outputs(difference),
        _section("Data sets", "data set", runs, difference.datasets),
        _section("Packages", "package", runs, difference.packages),
        _section("Environment", "fact", runs, difference.environment),
        _section("Git", "fact", runs, difference.git),
    ]
    return (
        '<div class="tracker-comparison" style="box-sizing:border-box;overflow-x:auto;'
        f"margin:2px 0 6px;padding:8px 14px 9px;border:{LINE};border-radius:6px;"
        "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;"
        f'line-height:1.6;color:var(--jp-ui-font-color1,inherit)">{_heading(runs)}'
        f"{''.join(sections)}</div>"
    )


def _heading(runs: Sequence[Run]) -> str:
    links = [_name(run) for run in runs]
    return f"<div><strong>{links[0]}</strong> beside {', '.join(links[1:])}</div>"


def _name(run: Run) -> str:
    href = LINK + text(run.info.run_id, 64)
    name = text(run.info.run_name or run.info.run_id, 60)
    return f'<a href="{href}" style="{_LINK_STYLE}"><bdi>{name}</bdi></a>'


def _block(title: str, state: str, body: str, *, is_open: bool) -> str:
    if not body:
        return ""
    opened = " open" if is_open else ""
    return (
        f'<details{opened} style="margin-top:6px"><summary style="cursor:pointer">'
        f'<strong>{escape(title)}</strong> <span style="{MUTED}">{escape(state)}</span>'
        f"</summary>{body}</details>"
    )


def count(number_of: int, what: str) -> str:
    """Return `1 param`, `2 params`."""
    return f"{number_of:,} {what}{'' if number_of == 1 else 's'}"


def rows_state(differ: int, same: int, what: str) -> str:
    """Return how many of the rows differ, in words."""
    if not differ:
        return "the same" if same == 1 else f"all {count(same, what)} the same"
    rest = f", {same:,} the same" if same else ""
    return f"{count(differ, what)} differ{'s' if differ == 1 else ''}{rest}"


def _section(title: str, what: str, runs: Sequence[Run], rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    differ = differing(rows)
    body = _table(runs, [_row(row) for row in differ[:MOST_ROWS]]) if differ else ""
    if len(differ) > MOST_ROWS:
        body += f'<div style="{MUTED}">and {len(differ) - MOST_ROWS:,} more</div>'
    state = rows_state(len(differ), len(rows) - len(differ), what)
    if not body:
        return f'<div style="margin-top:6px"><strong>{escape(title)}</strong> {_muted(state)}</div>'
    return _block(title, state, body, is_open=title not in ("Packages", "Environment"))


def _muted(state: str) -> str:
    return f'<span style="{MUTED}">{escape(state)}</span>'


def _row(row: Row) -> list[str]:
    values = [_value(row.values[0]), *(_other(row.values[0], one) for one in row.values[1:])]
    return [f"<bdi>{text(row.name, 80)}</bdi>", *values]


def _value(value: str | None) -> str:
    if value is None:
        return f'<span style="{MUTED}">none</span>'
    return f'<span title="{text(value, 500)}"><bdi>{text(value, 120)}</bdi></span>'


def _other(first: str | None, value: str | None) -> str:
    shown = _value(value)
    return shown if value == first else f"<strong>{shown}</strong>"


def _metrics(difference: Difference) -> str:
    rows = difference.metrics
    if not rows:
        return ""
    shown = sorted(rows, key=lambda row: not row.differs)[:MOST_ROWS]
    body = _table(difference.runs, [_metric(row) for row in shown])
    differ = sum(row.differs for row in rows)
    return _block("Metrics", rows_state(differ, len(rows) - differ, "metric"), body, is_open=True)


def _metric(row: MetricRow) -> list[str]:
    first = row.values[0]
    return [
        f"<bdi>{text(row.name, 80)}</bdi>",
        *(_measured(value, first if index else None) for index, value in enumerate(row.values)),
    ]


def _measured(value: MetricSummary | None, first: MetricSummary | None) -> str:
    if value is None:
        return f'<span style="{MUTED}">none</span>'
    shown = f'<span title="{value.last!r}">{number(value.last)}</span>'
    change = metric_change(value, first)
    return f'{shown} <span style="{MUTED}">{change}</span>' if change else shown


def metric_change(value: MetricSummary, first: MetricSummary | None) -> str:
    """Return how far a metric's last value is from the first run's, "" where it is not."""
    if first is None or repr(value.last) == repr(first.last):
        return ""
    change = value.last - first.last
    if change != change:
        return ""
    return f"{'+' if change > 0 else '−'}{number(abs(change))}"


def _table(runs: Sequence[Run], rows: Iterable[Sequence[str]]) -> str:
    titles = ["", *(_name(run) for run in runs)]
    style = f"{_FIRST};font-weight:normal"
    heads = "".join(f'<th scope="col" style="{style}">{title}</th>' for title in titles)
    body = "".join(
        f'<tr style="background:none"><th scope="row" style="{style}">{row[0]}</th>'
        + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        '<table style="border-collapse:collapse;margin:2px 0 0;font-size:inherit;border:0">'
        f'<thead style="border:0"><tr style="background:none">{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _codes(difference: Difference) -> Iterable[str]:
    for run, code in zip(difference.runs[1:], difference.code, strict=True):
        title = "Code"
        if len(difference.runs) > 2:
            title = f"Code of {difference.runs[0].info.run_name} and {run.info.run_name}"
        state, body = code_html(code)
        if not body:
            yield f'<div style="margin-top:6px"><strong>{text(title, 120)}</strong> '
            yield f"{_muted(state)}</div>"
            continue
        yield _block(title, state, body, is_open=True)


def _findings(difference: Difference) -> str:
    parts = []
    for run, findings in zip(difference.runs, difference.findings, strict=True):
        items = "".join(f"<li>{text(finding.text, 300)}</li>" for finding in findings)
        if items:
            style = "margin:0;padding-left:22px"
            parts.append(f'<div>{_name(run)}</div><ul style="{style}">{items}</ul>')
    return _block("Findings", "what a run from top to bottom may differ by", "".join(parts),
                  is_open=True)  # fmt: skip


# -- outputs ------------------------------------------------------------------------------------


def _outputs(difference: Difference) -> str:
    body = "".join(_printed(difference)) + _pictures(difference.runs, difference.outputs)
    if not any(each.text or each.pictures for each in difference.outputs):
        return ""
    first = difference.outputs[0]
    is_same = all(each == first for each in difference.outputs)
    if is_same and not first.pictures:
        return f'<div style="margin-top:6px"><strong>Outputs</strong> {_muted("the same")}</div>'
    return _block("Outputs", "the same" if is_same else "differ", body, is_open=not is_same)


def _printed(difference: Difference) -> Iterable[str]:
    for run, lines in zip(difference.runs[1:], difference.texts, strict=True):
        if all(line.kind == "equal" for line in lines):
            continue
        yield f'<div style="{MUTED}">{_name(difference.runs[0])} and {_name(run)}</div>'
        yield lines_html(lines)


def _pictures(runs: Sequence[Run], outputs: Sequence[Outputs]) -> str:
    most = max((len(each.pictures) for each in outputs), default=0)
    room = MOST_PICTURE_BYTES
    rows = []
    for index in range(most):
        row = [f"figure {index + 1}"]
        for each in outputs:
            picture = each.pictures[index] if index < len(each.pictures) else None
            room -= len(picture.content) if picture else 0
            row.append(_picture(picture, index, room))
        rows.append(row)
    return _table(runs, rows) if rows else ""


def _picture(picture: Picture | None, index: int, room: int) -> str:
    if picture is None:
        return f'<span style="{MUTED}">none</span>'
    if room < 0:
        return f'<span style="{MUTED}">too large to be shown here</span>'
    content = base64.b64encode(picture.content).decode("ascii")
    # In an <img> nothing of a picture acts, whatever is in it.
    return (
        f'<img alt="figure {index + 1}" src="data:{escape(picture.mime, quote=True)};base64,'
        f'{content}" style="max-width:100%">'
    )
