"""Runs as a table, a row each: which columns say the most, and the table as HTML and as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from tracker.entities import Run
from tracker.rendering.card import SYSTEM_METRICS, elapsed
from tracker.rendering.html import LINE, LINK, LINK_STYLE, MUTED, STATE_COLOURS, text
from tracker.rendering.palette import colours
from tracker.rendering.wording import age, clean, duration, number, state_word

MOST_PARAMS, MOST_METRICS = 5, 4
ROW_HEIGHT = 28
"""Pixels of a row, for whoever puts something beside it."""
KINDS = ("params", "metrics", "tags", "attributes")
_ATTRIBUTES = ("state", "started", "duration")
_CELL = (
    f"height:{ROW_HEIGHT}px;box-sizing:border-box;padding:0 18px 0 0;border:0;text-align:left;"
    "white-space:nowrap;max-width:260px;overflow:hidden;text-overflow:ellipsis;line-height:1.3"
)
_NUMBER = f"{_CELL};font-variant-numeric:tabular-nums"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in filters and orders: `metrics.loss`, `params.lr`, `tags.team`."""

    kind: str
    key: str

    @property
    def name(self) -> str:
        """Its name in filters: keys that are no plain words stand in backquotes."""
        is_plain = self.key.replace("_", "a").replace("/", "a").replace(".", "a").isalnum()
        return f"{self.kind}.{self.key}" if is_plain else f"{self.kind}.`{self.key}`"

    def of(self, run: Run, now: int) -> str:
        """Return what stands in it for this run, `now` being ms since 1970 UTC; "" for nothing."""
        if self.kind == "metrics":
            metric = run.data.summaries.get(self.key)
            return "" if metric is None else number(metric.last)
        if self.kind == "attributes":
            return _attribute(run, self.key, now)
        values = run.data.params if self.kind == "params" else run.data.tags
        return clean(values.get(self.key, ""), 60)


def column(name: str) -> Column:
    """Return the column that a name such as `params.lr` means. Raises ValueError."""
    kind, dot, key = name.partition(".")
    key = key[1:-1] if len(key) > 1 and key[0] == key[-1] and key[0] in '`"' else key
    if not dot or not key or kind not in KINDS:
        raise ValueError(f"{name!r} is no column: write params.NAME, metrics.NAME or tags.NAME.")
    return Column(kind, key)


def telling_columns(runs: Sequence[Run]) -> list[Column]:
    """Return the columns that say the most of these runs: params that differ, frequent metrics."""
    params = list(dict.fromkeys(key for run in runs for key in run.data.params))
    differing = [key for key in params if len({run.data.params.get(key) for run in runs}) > 1]
    counts: dict[str, int] = {}
    for run in runs:
        for key in run.data.summaries:
            counts[key] = counts.get(key, 0) + (not key.startswith(SYSTEM_METRICS))
    metrics = sorted((key for key in counts if counts[key]), key=lambda key: -counts[key])
    return [
        *(Column("params", key) for key in (differing or params)[:MOST_PARAMS]),
        *(Column("metrics", key) for key in metrics[:MOST_METRICS]),
    ]


def table_html(
    runs: Sequence[Run],
    columns: Sequence[Column],
    *,
    now: int,
    colour: Mapping[str, str] | None = None,
) -> str:
    """Return the table; every name and value in it is escaped, every row has `ROW_HEIGHT`."""
    colour = colour if colour is not None else colours([run.info.run_id for run in runs])
    titles = ["run", *_ATTRIBUTES, *(one.key for one in columns)]
    heads = "".join(
        f'<th scope="col" style="{_CELL};{MUTED};font-weight:normal">{text(title, 40)}</th>'
        for title in titles
    )
    rows = "".join(_row(run, columns, now, colour.get(run.info.run_id, "inherit")) for run in runs)
    return (
        '<div class="tracker-runs" style="overflow-x:auto;font-size:13px;'
        "font-family:var(--jp-ui-font-family,system-ui,sans-serif);"
        'color:var(--jp-ui-font-color1,inherit)">'
        '<table style="border-collapse:collapse;border:0;margin:0;font-size:inherit">'
        f'<thead style="border:0"><tr style="background:none;border-bottom:{LINE}">{heads}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _row(run: Run, columns: Sequence[Column], now: int, colour: str) -> str:
    info = run.info
    name = text(info.run_name or info.run_id, 48)
    word = state_word(info.status)
    cells = [
        f'<th scope="row" style="{_CELL};font-weight:normal">'
        f'<span style="color:{escape(colour, quote=True)}" aria-hidden="true">■</span> '
        f'<a href="{LINK}{text(info.run_id, 64)}" style="{LINK_STYLE}"><bdi>{name}</bdi></a></th>',
        f'<td style="{_CELL}"><span style="color:{STATE_COLOURS.get(word, "inherit")}" '
        f'aria-hidden="true">●</span> {escape(word)}</td>',
        *(f'<td style="{_NUMBER};{MUTED}">{_attribute(run, key, now)}</td>'
          for key in _ATTRIBUTES[1:]),
        *(_cell(run, one, now) for one in columns),
    ]  # fmt: skip
    return f'<tr style="background:none">{"".join(cells)}</tr>'


def _cell(run: Run, one: Column, now: int) -> str:
    shown = one.of(run, now)
    exact = run.data.summaries[one.key].last if one.kind == "metrics" and shown else shown
    return (
        f'<td style="{_NUMBER}" title="{text(str(exact), 300)}"><bdi>{text(shown, 60)}</bdi></td>'
    )


def _attribute(run: Run, key: str, now: int) -> str:
    if key == "state":
        return state_word(run.info.status)
    if key == "started":
        return age(run.info.start_time, now)
    if key == "duration":
        return duration(elapsed(run, now))
    return clean(str(getattr(run.info, key, "") or ""), 60)


def table_text(runs: Sequence[Run], columns: Sequence[Column], *, now: int) -> str:
    """Return the table as aligned text without control characters."""
    attributes = [Column("attributes", key) for key in _ATTRIBUTES]
    rows = [["run", *_ATTRIBUTES, *(clean(one.key, 30) for one in columns)]]
    rows += [
        [
            clean(run.info.run_name or run.info.run_id, 40),
            *(one.of(run, now) for one in (*attributes, *columns)),
        ]
        for run in runs
    ]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
