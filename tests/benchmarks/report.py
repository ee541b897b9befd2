"""The findings as text for the terminal, and as the page BENCHMARKS.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.benchmarks.figures import Figure, Findings, Growth, Row

_HEAD = ("what", "promise", "ours", "beside", "theirs", "ours / theirs", "holds")
_COMMANDS = """\
```
make bench                       # print the tables
make bench ARGS=--write          # and write this page
make bench ARGS="panel --write"  # and write one chapter of this page, measured apart
make bench ARGS="disk --quick"   # one promise, small: does it work?
```"""


def as_text(findings: Sequence[Findings]) -> str:
    """Return all tables, columns aligned, the notes and the summary."""
    lines = [*_aligned([_HEAD, *map(_cells, _rows(findings))])]
    for growth in _growths(findings):
        lines += ["", f"{growth.title}:", *_aligned(_growth_cells(growth))]
    lines += ["", *(note for found in findings for note in found.notes), "", summary(findings)]
    return "\n".join(lines)


def as_page(findings: Sequence[Findings], machine: Mapping[str, str]) -> str:
    """Return the whole page BENCHMARKS.md."""
    return "\n\n".join(_sections(findings, machine)) + "\n"


def with_chapter(page: str, found: Findings, machine: Mapping[str, str]) -> str:
    """Return the page with a chapter of what was measured apart, in place of an older one."""
    begin, end = f"<!-- {found.title} -->", f"<!-- end of {found.title} -->"
    before, _, after = page.partition(begin)
    facts = "; ".join(f"{name}: {fact}" for name, fact in machine.items())
    growths = [
        text
        for growth in found.growth
        for text in (f"{growth.title}:", _markdown(_growth_cells(growth)))
    ]
    chapter = [
        begin,
        f"## Measured apart: {found.title}",
        f"{summary([found])} On {facts}.",
        _markdown([_HEAD, *map(_cells, found.rows)]),
        *growths,
        "\n".join(f"- {note}" for note in found.notes),
        end,
    ]
    return "\n\n".join([before.rstrip(), *filter(None, chapter)]) + (
        after.partition(end)[2] or "\n"
    )


def _sections(findings: Sequence[Findings], machine: Mapping[str, str]) -> Iterator[str]:
    yield "# Benchmarks"
    yield (
        "What tracker promises in time and space, beside the floor and beside its peers. Every "
        "figure is the median of its rounds, with the least and the greatest; ours and theirs had "
        "their turns in one run, in fresh processes. The absolute figures are this machine's; the "
        "ratios should be yours too. This page is written by the command:"
    )
    yield _COMMANDS
    yield "## The machine"
    yield "\n".join(f"- {name}: {fact}" for name, fact in machine.items())
    yield "## Promises"
    yield summary(findings)
    yield _markdown([_HEAD, *map(_cells, _rows(findings))])
    yield "## How cost grows"
    for growth in _growths(findings):
        yield f"{growth.title}:"
        yield _markdown(_growth_cells(growth))
    yield "## How it was measured"
    yield "\n".join(f"- {note}" for found in findings for note in found.notes)


def summary(findings: Sequence[Findings]) -> str:
    """Return how many of the promises hold, and which do not."""
    judged = [row for row in _rows(findings) if row.holds is not None]
    broken = [row.failure for row in judged if not row.holds]
    text = f"{len(judged) - len(broken)} of {len(judged)} promises hold."
    return text + (" Not held: " + "; ".join(broken) + "." if broken else "")


def _rows(findings: Iterable[Findings]) -> list[Row]:
    return [row for found in findings for row in found.rows]


def _growths(findings: Iterable[Findings]) -> list[Growth]:
    return [growth for found in findings for growth in found.growth]


def _cells(row: Row) -> tuple[str, ...]:
    theirs = "" if row.theirs is None else str(row.theirs)
    return (row.what, row.promise, str(row.ours), row.beside, theirs, row.ratio, row.verdict)


def _growth_cells(growth: Growth) -> list[tuple[str, ...]]:
    def text(figure: Figure | None) -> str:
        return "-" if figure is None else str(figure)

    head = ("", *growth.sizes)
    return [head, *((name, *map(text, figures)) for name, figures in growth.rows.items())]


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])
