"""`%mlexport`: what its line may say, and what it answers."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from IPython.core.error import UsageError

from tracker.capture.notebook import notebook_path
from tracker.capture.session import SessionLog
from tracker.errors import TrackerError
from tracker.rendering.wording import clean
from tracker.tracking import session

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from tracker.export import ExportParameter, ExportResult, Source

_SHOWN_CANDIDATES = 8


class LineParser(argparse.ArgumentParser):
    """Tells what is wrong with a magic's line as IPython tells it, in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{self.prog}: {message} ({self.prog} --help shows how it is used)")

    def read(self, line: str) -> argparse.Namespace:
        """Return what the line says. Raises UsageError."""
        try:
            return self.parse_args(shlex.split(line))
        except ValueError as error:  # an open quote
            raise UsageError(f"{self.prog}: {str(error).lower()} in: {line}") from None


def _parser() -> LineParser:
    parser = LineParser(
        prog="%mlexport",
        description="Write what this kernel executed, a run, or a notebook's file as an MLproject.",
        add_help=False,
    )
    add = parser.add_argument
    add("folder", nargs="?", metavar="FOLDER", help="where to; by default named after the notebook")
    add("--run", metavar="RUN", help="only what this run depends on (its id, or how that begins)")
    add("--notebook", metavar="FILE", help="the cells of this file, executed or not")
    add(
        "--as",
        dest="form",
        default="script",
        choices=("script", "notebook"),
        help="write a script (the default) or a parametrised notebook",
    )
    add("--entry", default="main", metavar="NAME", help="name of the entry point; main")
    add(
        "--param",
        action="append",
        default=[],
        metavar="NAME",
        help="make this value a parameter, such as alpha or model.n_estimators; may be repeated",
    )
    add(
        "--params",
        default="auto",
        choices=("auto", "none", "all"),
        help="what else becomes one: what is likely to be varied, nothing, or every value",
    )
    _add_proof(parser)
    add("--force", action="store_true", help="replace files there that no export wrote")
    add("--allow-secrets", action="store_true", help="export code that seems to hold a password")
    add("--yes", action="store_true", help="copy large files, and leave out unreadable cells")
    add("-h", "--help", action="store_true", help="show this")
    return parser


def _add_proof(parser: LineParser) -> None:
    add = parser.add_argument
    add("--verify", action="store_true", help="run the project and compare with the original runs")
    add(
        "--env-manager",
        default="uv",
        choices=("uv", "local", "virtualenv", "conda"),
        help="what makes the environment that --verify runs in; uv",
    )
    add(
        "--tolerance",
        type=float,
        default=1e-6,
        metavar="X",
        help="how far metrics may be apart for --verify, relative to their size; 1e-6",
    )


PARSER = _parser()


def export(shell: InteractiveShell, log: SessionLog, line: str) -> None:
    """Do what `%mlexport` with this line asks for, and tell. Raises UsageError."""
    request = PARSER.read(line)
    if request.help:
        print(PARSER.format_help())
        return
    from tracker.export import to_mlproject
    from tracker.projects.trust import remember_folder

    try:
        source = _source(shell, log, request)
        result = to_mlproject(
            request.folder,
            source=source,
            form=request.form,
            entry=request.entry,
            params=request.params,
            param=request.param,
            force=request.force,
            allow_secrets=request.allow_secrets,
            confirm=_confirm(shell, request.yes),
        )
        print(described(result))
        if request.verify:
            _verify(result, source, request)
        if request.verify or source.session_id == log.session_id:
            # Of what was executed here anyway, nobody needs to be asked whether to run it.
            with suppress(TrackerError):  # else one is asked
                remember_folder(result.folder)
    except TrackerError as error:
        raise UsageError(f"%mlexport: {error}") from None


def _verify(result: ExportResult, source: Source, request: argparse.Namespace) -> None:
    """Run the project and tell whether it gave the same. Raises TrackerError."""
    from tracker.verify import original_runs, verify

    store = session.current_store()
    proof = verify(
        result,
        original_runs(store, source.session_id, result),
        store,
        base_folder=source.base,
        env_manager=request.env_manager,
        tolerance=request.tolerance,
        wanted=source.run_id,
        tell=lambda line: print(f"\n{line}", flush=True),
    )
    print("\n".join(["", "Verified", "", *(f"  - {line}" for line in proof.lines())]))


def _source(shell: InteractiveShell, log: SessionLog, request: argparse.Namespace) -> Source:
    from tracker.export import from_notebook, from_run, from_session
    from tracker.export.runs import find_run

    if request.notebook and request.run:
        raise UsageError("%mlexport: give either --run or --notebook, not both.")
    if request.notebook:
        return from_notebook(Path(request.notebook).expanduser())
    if request.run:
        store = session.current_store()
        return from_run(store, find_run(store, request.run).info.run_id, base_folder=Path.cwd())
    path = notebook_path(shell.user_ns, session.get_tracking_uri())
    return from_session(
        log.executed_cells(),
        base_folder=Path.cwd(),
        notebook_name=Path(path).name if path else None,
        namespace=shell.user_ns,
        session_id=log.session_id,
    )


def _confirm(shell: InteractiveShell, yes: bool) -> Callable[[str], bool]:
    """Return what answers questions: the option, else whoever sits before the notebook."""

    def ask(question: str) -> bool:
        try:
            return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
        except (EOFError, RuntimeError, NotImplementedError, OSError):
            return False  # nobody sits there: a kernel without a front end

    return (lambda question: True) if yes else ask


def described(result: ExportResult) -> str:
    """Return what was written, how to run it, and what to know about it."""
    folder = _short(result.folder)
    lines = [f"Written to {folder}: {', '.join(result.files)}", "", "Run it with", ""]
    lines.append(f"    mlflow run {shlex.quote(folder)} --env-manager local{_example(result)}")
    if result.parameters:
        lines += ["", "Parameters", "", *_table(result.parameters)]
    taken = {parameter.name for parameter in result.parameters}
    rest = [each.variable for each in result.candidates if each.name not in taken]
    if rest:
        shown = ", ".join(rest[:_SHOWN_CANDIDATES]) + (" ..." if rest[_SHOWN_CANDIDATES:] else "")
        lines += ["", f"Could be parameters too (--param NAME): {shown}"]
    if result.remarks:
        lines += ["", "To know", "", *(f"  - {remark}" for remark in result.remarks)]
    return "\n".join(lines)


def _example(result: ExportResult) -> str:
    entry = f" -e {result.entry_point}" if result.entry_point != "main" else ""
    if not result.parameters:
        return entry
    first = result.parameters[0]
    return f"{entry} -P {shlex.quote(f'{first.name}={first.text}')}"


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
