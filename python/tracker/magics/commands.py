"""The magics as IPython lists, completes and explains them."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand

from tracker.capture.notebook import notebook_path
from tracker.capture.session import SessionLog
from tracker.capture.trackline import track_help
from tracker.display.wording import clean
from tracker.errors import TrackerError
from tracker.magics.arguments import read_track_line
from tracker.tracking import session

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

    from tracker.export import ExportParameter, ExportResult


@magics_class
class TrackerMagics(Magics):
    """`%%track` and `%mlexport`."""

    def __init__(self, shell: InteractiveShell, log: SessionLog) -> None:
        super().__init__(shell)
        self._shell = shell
        self._log = log

    @no_var_expand
    @line_cell_magic
    def track(self, line: str, cell: str | None = None) -> None:
        """Record the cell as a run. `%%track --help` shows the options."""
        # A cell that begins with %%track does not come here: `magics.marker` takes the line out.
        # This is for code that calls the magic, and for `%track`, which has nothing to record.
        if cell is None or read_track_line(line).help:
            print(track_help())
            return
        result: ExecutionResult = self._shell.run_cell(  # type: ignore[no-untyped-call]
            f"%%track {line}\n{cell}"
        )
        result.raise_error()  # type: ignore[no-untyped-call]

    @no_var_expand
    @line_magic
    def mlexport(self, line: str) -> None:
        """Write the cells that this kernel executed as an MLproject into a folder.

        %mlexport [FOLDER] [--force] [--allow-secrets]
        """
        request = _export_request(line)
        if request.help:
            print(_EXPORT_PARSER.format_help())
            return
        from tracker.export import export_session

        path = notebook_path(self._shell.user_ns, session.get_tracking_uri())
        try:
            result = export_session(
                Path(request.folder) if request.folder else None,
                self._log.executed_cells(),
                notebook_name=Path(path).name if path else None,
                base_folder=Path.cwd(),
                namespace=self._shell.user_ns,
                force=request.force,
                allow_secrets=request.allow_secrets,
            )
        except TrackerError as error:
            raise UsageError(f"%mlexport: {error}") from None
        print(_described(result))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message} ({self.prog} --help shows how it is used)")


def _export_parser() -> _Parser:
    parser = _Parser(
        prog="%mlexport",
        description="Write the cells that this kernel executed as an MLproject.",
        add_help=False,
    )
    add = parser.add_argument
    add("folder", nargs="?", metavar="FOLDER", help="where to; by default named after the notebook")
    add("--force", action="store_true", help="replace what an earlier export wrote there")
    add("--allow-secrets", action="store_true", help="export code that seems to hold a password")
    add("-h", "--help", action="store_true", help="show this")
    return parser


_EXPORT_PARSER = _export_parser()


def _export_request(line: str) -> argparse.Namespace:
    try:
        return _EXPORT_PARSER.parse_args(shlex.split(line))
    except ValueError as error:  # an open quote
        raise UsageError(f"%mlexport: {str(error).lower()} in: {line}") from None


def _described(result: ExportResult) -> str:
    """Return what was written, how to run it, and what to know about it."""
    folder = _short(result.folder)
    lines = [f"Written to {folder}: {', '.join(result.files)}", "", "Run it with", ""]
    example = ""
    if result.parameters:
        first = result.parameters[0]
        example = f" -P {shlex.quote(f'{first.name}={first.text}')}"
    lines.append(f"    mlflow run {shlex.quote(folder)} --env-manager local{example}")
    if result.parameters:
        lines += ["", "Parameters", "", *_table(result.parameters)]
    if result.remarks:
        lines += ["", "To know", "", *(f"  - {remark}" for remark in result.remarks)]
    return "\n".join(lines)


def _table(parameters: Sequence[ExportParameter]) -> list[str]:
    rows = [(p.name, p.type, clean(p.text, 60), clean(p.help, 80)) for p in parameters]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = (map(str.ljust, row, widths) for row in rows)
    return ["    " + "  ".join(cells).rstrip() for cells in padded]


def _short(folder: Path) -> str:
    """Return the folder as one would type it from here."""
    try:
        return folder.resolve().relative_to(Path.cwd()).as_posix() or "."
    except ValueError:
        return str(folder)


def remove_magics(shell: InteractiveShell) -> None:
    """Take the magics out of the shell."""
    manager = shell.magics_manager
    for kind in ("line", "cell"):
        for name in ("track", "mlexport"):
            manager.magics[kind].pop(name, None)
    instance = manager.registry.pop(TrackerMagics.__name__, None)
    if instance in shell.configurables:  # where every instance of Magics puts itself
        shell.configurables.remove(instance)
