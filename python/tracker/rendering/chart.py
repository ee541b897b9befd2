"""Curves as one SVG: what a notebook shows live, and keeps as a picture when nothing is live.

It has no script, no font and no file of its own, its colours are the theme's where there is one,
and hovering a point tells what it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from tracker.rendering.axis import Axis, Kind, axis
from tracker.rendering.wording import clean, number

WIDTH, HEIGHT = 680, 280
MOST_LINES = 20
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 12, 40
_LEGEND = 19
_MARKS = 50
"""Points of a line that tell their value."""
_FONT = "var(--jp-ui-font-family,system-ui,sans-serif)"
_INK = "var(--jp-ui-font-color1,#767676)"
_FAINT = "var(--jp-ui-font-color2,#808080)"
_GRID = "var(--jp-border-color2,rgba(128,128,128,.28))"


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: `xs` and `ys` of equal length. `about` stands beside its name in the legend.

    `raw` are the values before smoothing, drawn faint below the line; empty where it is not smooth.
    """

    name: str
    colour: str
    xs: Sequence[float]
    ys: Sequence[float]
    about: str = ""
    raw: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class _Frame:
    """The two axes on the picture."""

    x: Axis
    y: Axis

    def place(self, x: float, y: float) -> tuple[float, float] | None:
        across, up = self.x.share(x), self.y.share(y)
        if math.isnan(across) or math.isnan(up):
            return None
        wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
        return _LEFT + wide * across, _TOP + high * (1 - up)


def chart_svg(
    lines: Sequence[Line],
    *,
    title: str,
    x_title: str,
    x_kind: Kind = "number",
    is_log: bool = False,
) -> str:
    """Return the SVG of these curves, the first `MOST_LINES` of them, with a legend below.

    Values that are not finite, and on a logarithmic axis those of 0 and less, leave gaps. Every
    name in it is escaped.
    """
    shown = lines[:MOST_LINES]
    frame = _frame(shown, x_kind, is_log)
    rows = len(shown) + (len(lines) > MOST_LINES)
    height = HEIGHT + _LEGEND * rows
    if frame is None:
        body = _nothing(title, lines, is_log)
    else:
        body = "".join([_axes(frame, x_title), *(_line(line, frame) for line in shown)])
    legend = "".join(_legend(shown, len(lines) - len(shown)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="{_text(title, 120)}" '
        f'style="max-width:100%;height:auto;font-family:{_FONT};font-size:12px">'
        f"<title>{_text(title, 120)}</title>{body}{legend}</svg>"
    )


def _text(value: str, limit: int) -> str:
    return escape(clean(value, limit), quote=True)


def _frame(lines: Sequence[Line], x_kind: Kind, is_log: bool) -> _Frame | None:
    """Return axes that hold every point that can be drawn, None where there is none."""
    points = [
        (x, y)
        for line in lines
        for values in (line.ys, line.raw)
        for x, y in zip(line.xs, values, strict=False)
        if math.isfinite(x) and math.isfinite(y) and (y > 0 or not is_log)
    ]
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return _Frame(
        axis(min(xs), max(xs), kind=x_kind, about=7, is_wide=False),
        axis(min(ys), max(ys), is_log=is_log),
    )


def _axes(frame: _Frame, x_title: str) -> str:
    bottom = HEIGHT - _BOTTOM
    parts = []
    for value, word in frame.y.ticks:
        if place := frame.place(frame.x.low, value):
            y = place[1]
            parts.append(
                f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" style="stroke:{_GRID}"/>'
                f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" '
                f'style="fill:{_FAINT}">{escape(word)}</text>'
            )
    for value, word in frame.x.ticks:
        if place := frame.place(value, frame.y.low):
            x = place[0]
            parts.append(
                f'<path d="M{x:.1f} {bottom}v4" style="stroke:{_FAINT}"/>'
                f'<text x="{x:.1f}" y="{bottom + 17}" text-anchor="middle" '
                f'style="fill:{_FAINT}">{escape(word)}</text>'
            )
    parts.append(f'<path d="M{_LEFT} {bottom}H{WIDTH - _RIGHT}" style="stroke:{_FAINT}"/>')
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(
        f'<text x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle" '
        f'style="fill:{_FAINT}">{_text(x_title, 80)}</text>'
    )
    return "".join(parts)


def _line(line: Line, frame: _Frame) -> str:
    colour = escape(line.colour, quote=True)
    style = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'
    raw = _path(line.xs, line.raw, frame)
    faint = f'<path d="{raw}" {style} stroke="{colour}" stroke-opacity=".28"/>' if raw else ""
    path = _path(line.xs, line.ys, frame)
    solid = f'<path d="{path}" {style} stroke="{colour}" stroke-width="1.75"/>' if path else ""
    return f"<g>{faint}{solid}{''.join(_marks(line, frame))}</g>"


def _path(xs: Sequence[float], ys: Sequence[float], frame: _Frame) -> str:
    words: list[str] = []
    is_down = False
    for x, y in zip(xs, ys, strict=False):
        place = frame.place(x, y)
        if place is not None:
            # The empty stroke makes a dot of a point that stands alone.
            head, tail = ("L", "") if is_down else ("M", "l0 0")
            words.append(f"{head}{place[0]:.1f} {place[1]:.1f}{tail}")
        is_down = place is not None
    return "".join(words)


def _marks(line: Line, frame: _Frame) -> Iterable[str]:
    """Points to hover; one that is the only one is seen."""
    size = len(line.xs)
    chosen = sorted({round(at * (size - 1) / (_MARKS - 1)) for at in range(_MARKS)}) if size else []
    for at in chosen:
        if place := frame.place(line.xs[at], line.ys[at]):
            radius, opacity = ("3.5", "1") if size == 1 else ("6", "0")
            told = f"{_text(line.name, 60)}: {number(line.ys[at])}"
            yield (
                f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{radius}" '
                f'fill="{escape(line.colour, quote=True)}" fill-opacity="{opacity}">'
                f"<title>{told}</title></circle>"
            )


def _legend(lines: Sequence[Line], more: int) -> Iterable[str]:
    for row, line in enumerate(lines):
        y = HEIGHT + _LEGEND * row + 10
        last = next((value for value in reversed(line.ys) if not math.isnan(value)), None)
        value = "" if last is None else number(last)
        yield (
            f'<path d="M{_LEFT} {y - 4}h16" stroke="{escape(line.colour, quote=True)}" '
            'stroke-width="3" stroke-linecap="round"/>'
            f'<text x="{_LEFT + 24}" y="{y}" style="fill:{_INK}">{_text(line.name, 44)}'
            f'<tspan dx="8" font-weight="600">{escape(value)}</tspan>'
            f'<tspan dx="8" style="fill:{_FAINT}">{_text(line.about, 60)}</tspan></text>'
        )
    if more > 0:
        y = HEIGHT + _LEGEND * len(lines) + 10
        yield (
            f'<text x="{_LEFT + 24}" y="{y}" style="fill:{_FAINT}">'
            f"and {more} more that are not drawn</text>"
        )


def _nothing(title: str, lines: Sequence[Line], is_log: bool) -> str:
    reason = "no points yet" if lines else "no runs to draw"
    if is_log and any(math.isfinite(y) for line in lines for y in line.ys):
        reason = "a logarithmic axis has no place for values of 0 and less"
    return (
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT / 2:.0f}" text-anchor="middle" '
        f'style="fill:{_FAINT}">{_text(title, 60)}: {reason}</text>'
    )
