"""What an import or export did, told to a person or a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from tracker.cli.frame import Settings
from tracker.cli.output import print_json
from tracker.cli.records import SHORT_ID
from tracker.rendering.wording import clean
from tracker.transfer.report import Item, Outcome, Report

_TOLD = (Outcome.UPDATED, Outcome.DIFFERS, Outcome.SKIPPED)
_LISTED = 20
_WIDEST = 300


def tell(asked: Settings, report: Report) -> None:
    """Print a report; end with 1 where not all of it could be taken along."""
    if asked.as_json:
        print_json(report.as_record())
    else:
        for line in _lines(report):
            click.echo(line)
    if not report.is_complete:
        raise click.exceptions.Exit(1)


def _lines(report: Report) -> Iterator[str]:
    told = [line for item in report.items for line in _of(item)]
    told += [
        f"not read  {clean(text, _WIDEST)}" for texts in report.problems.values() for text in texts
    ]
    yield from told[:_LISTED]
    if len(told) > _LISTED:
        yield f"... and {len(told) - _LISTED} more lines; --json tells all."
    notes = Counter(note for item in report.items for note in item.notes)
    for note, count in [*notes.most_common(_LISTED), *((it, 0) for it in report.notes)]:
        runs = f" ({count} runs)" if count > 1 else ""
        yield f"note      {clean(note, _WIDEST)}{runs}"
    yield report.sentence()
    if report.count(Outcome.DIFFERS):
        yield "What differs was left as it is; --update replaces it."


def _of(item: Item) -> Iterator[str]:
    who = f"{item.run_id[:SHORT_ID]} {clean(item.run_name, 60)}"
    if item.outcome in _TOLD:
        yield f"{item.outcome:<8}  {clean(who, 80)}: {clean(item.reason, _WIDEST)}"
    for left in item.left:
        yield f"left out  {clean(who, 80)}: {clean(left, _WIDEST)}"
