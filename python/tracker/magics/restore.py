"""`%restore RUN`: a run's code as a notebook beside this one."""

from __future__ import annotations

from IPython.core.error import UsageError

from tracker.errors import TrackerError
from tracker.magics.exporting import LineParser
from tracker.tracking import session


def _parser() -> LineParser:
    parser = LineParser(
        prog="%restore",
        description="Write a run's code as a notebook, never over a file that is there.",
        add_help=False,
    )
    add = parser.add_argument
    add("run", nargs="?", metavar="RUN", help="its id, how that begins, or its name")
    add("file", nargs="?", metavar="FILE", help="where to; by default a name that is free here")
    add(
        "--slice",
        action="store_true",
        help="only the cells that the run depends on, in the order executed",
    )
    add("-h", "--help", action="store_true", help="show this")
    return parser


PARSER = _parser()


def restore(line: str) -> None:
    """Do what `%restore` with this line asks for, and tell. Raises UsageError."""
    request = PARSER.read(line)
    if request.help or request.run is None:
        print(PARSER.format_help())
        return
    from tracker.export.restoring import open_run
    from tracker.export.runs import find_run

    try:
        store = session.current_store()
        run = find_run(store, request.run)
        file = open_run(run, request.file, slice_only=request.slice, store=store)
    except TrackerError as error:
        raise UsageError(f"%restore: {error}") from None
    print(f"The code of {run.info.run_name} is in {file}")
