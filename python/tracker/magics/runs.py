"""`%runs [FILTER]`: the runs below the cell, to filter, sort and tick."""

from __future__ import annotations

import re
from typing import Any

from IPython.core.error import UsageError

from tracker.errors import TrackerError
from tracker.magics.exporting import LineParser


def _parser() -> LineParser:
    parser = LineParser(
        prog="%runs",
        usage="%%runs [OPTIONS] [FILTER], such as: %%runs metrics.loss < 0.3 and params.lr = '0.1'",
        description="Show runs as a table to filter, sort and tick. `_.selection` are the ticked.",
        add_help=False,
    )
    add = parser.add_argument
    add("-e", "--experiment", action="append", metavar="NAME", help="of this one; may be repeated")
    add("-a", "--all", action="store_true", help="of all experiments")
    add("-n", "--number", type=int, default=20, metavar="N", help="rows of a page, 1 to 200")
    add("-s", "--sort", default="", metavar="ORDER", help="such as: 'metrics.loss ASC'")
    add("-c", "--columns", default="", metavar="NAMES", help="such as: params.lr,metrics.loss")
    add("-h", "--help", action="store_true", help="show this")
    return parser


PARSER = _parser()
# The filter has quotes of its own, and is everything after the options as it was written.
_OPTIONS = re.compile(
    r"""(?: \s* (?: (?: -a | -h | --all | --help ) (?=\s|$)
        | (?: -[ensc] | --(?:experiment|number|sort|columns) ) (?: \s+ | = )
          (?: "[^"]*" | '[^']*' | \S+ ) ) )*""",
    re.VERBOSE,
)


def runs(line: str) -> Any:
    """Return the table that the line asks for; None for help. Raises UsageError."""
    options = _OPTIONS.match(line)
    end = options.end() if options else 0
    filter_string = line[end:].strip()
    request = PARSER.read(line if filter_string.startswith("-") else line[:end])
    if request.help:
        print(PARSER.format_help())
        return None
    from tracker.widgets.showing import table

    names = () if request.all else tuple(request.experiment or ()) or None
    try:
        return table(
            filter_string,
            order_by=request.sort,
            experiment_names=names,
            columns=tuple(filter(None, request.columns.split(","))),
            page_size=min(200, max(1, request.number)),
        )
    except TrackerError as error:
        raise UsageError(f"%runs: {error}") from None
