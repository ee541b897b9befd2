"""`tracker export-project`: a recorded run, or a notebook's file, as an MLproject."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.frame import Command, Settings, settings
from tracker.cli.output import print_json, print_table
from tracker.cli.records import find_run
from tracker.errors import InvalidValue, TrackerError

if TYPE_CHECKING:
    from tracker.export import ExportResult, Source
    from tracker.verify import Proof


@click.command("export-project", cls=Command)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--run", "run", metavar="RUN", help="A run: its id, how that begins, or its name.")
@click.option(
    "--notebook",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A notebook, executed or not.",
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["script", "notebook"]),
    default="script",
    show_default=True,
    help="Write a script, or a parametrised notebook.",
)
@click.option("--name", metavar="NAME", help="Name of the project; by default the notebook's.")
@click.option(
    "--entry", default="main", show_default=True, metavar="NAME", help="Name of the entry point."
)
@click.option(
    "--param",
    multiple=True,
    metavar="NAME",
    help="Make this value a parameter, such as alpha or model.n_estimators. May be repeated.",
)
@click.option(
    "--params",
    type=click.Choice(["auto", "none", "all"]),
    default="auto",
    show_default=True,
    help="What else becomes one: what is likely to be varied, nothing, or every value.",
)
@click.option("--verify", is_flag=True, help="Run the project and compare with the original runs.")
@click.option(
    "--env-manager",
    type=click.Choice(["uv", "local", "virtualenv", "conda"]),
    default="uv",
    show_default=True,
    help="What makes the environment that --verify runs in.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=1e-6,
    show_default=True,
    help="How far metrics may be apart for --verify, relative to their size.",
)
@click.option("--force", is_flag=True, help="Replace files there that no export wrote.")
@click.option("--allow-secrets", is_flag=True, help="Export code that seems to hold a password.")
@click.option("--yes", is_flag=True, help="Copy large files, and leave out unreadable cells.")
@settings
def export_project(asked: Settings, /, folder: Path | None, **options: Any) -> None:
    """Write a run's code, or a notebook, as an MLproject into FOLDER.

    The real `mlflow run` executes it, and so does `tracker run`. Without a FOLDER it is called
    after the notebook.
    """
    from tracker.export import to_mlproject
    from tracker.projects.trust import remember_folder

    source = _source(asked, options["run"], options["notebook"])
    result = to_mlproject(
        folder.absolute() if folder else None,
        source=source,
        name=options["name"],
        form=options["form"],
        entry=options["entry"],
        params=options["params"],
        param=options["param"],
        force=options["force"],
        allow_secrets=options["allow_secrets"],
        confirm=_confirm(options["yes"]),
    )
    if not asked.as_json:
        _tell(result)
    proof = None
    if options["verify"]:
        proof = _verify(asked, source, result, options["env_manager"], options["tolerance"])
        with suppress(TrackerError):  # it was run: who runs it again is not asked
            remember_folder(result.folder)
    if asked.as_json:
        print_json(_record(result, proof))
    elif proof is not None:
        click.echo("\n" + "\n".join(proof.lines()))


def _source(asked: Settings, run: str | None, notebook: Path | None) -> Source:
    from tracker.export import from_notebook, from_run

    if (run is None) == (notebook is None):
        raise InvalidValue("Say what to export: either --run RUN or --notebook FILE.")
    if notebook is not None:
        return from_notebook(notebook)
    store = asked.open()
    return from_run(store, find_run(store, run or "").info.run_id)


def _confirm(yes: bool) -> Callable[[str], bool]:
    def ask(question: str) -> bool:
        return sys.stdin.isatty() and click.confirm(question, err=True)

    return (lambda question: True) if yes else ask


def _verify(
    asked: Settings, source: Source, result: ExportResult, env_manager: str, tolerance: float
) -> Proof:
    from tracker.tracking import session
    from tracker.verify import original_runs, verify

    session.set_tracking_uri(asked.uri)
    store = session.current_store()
    return verify(
        result,
        original_runs(store, source.session_id, result),
        store,
        base_folder=source.base,
        env_manager=env_manager,
        tolerance=tolerance,
        wanted=source.run_id,
        tell=lambda line: click.echo(line, err=True),
    )


def _tell(result: ExportResult) -> None:
    click.echo(f"Written to {result.folder}: {', '.join(result.files)}")
    if result.parameters:
        click.echo()
        header = ["parameter", "type", "default", "description"]
        print_table(header, [[p.name, p.type, p.text, p.help] for p in result.parameters])
    for remark in result.remarks:
        click.echo(f"Note: {remark}", err=True)


def _record(result: ExportResult, proof: Proof | None) -> dict[str, object]:
    """The same for programs."""
    record: dict[str, object] = {
        "folder": str(result.folder),
        "entry_point": result.entry_point,
        "files": list(result.files),
        "remarks": list(result.remarks),
        "parameters": [_parameter(each) for each in result.parameters],
        "candidates": [_parameter(each) for each in result.candidates],
    }
    if proof is not None:
        record["proof"] = [
            {
                "run_id": each.original.info.run_id,
                "reproduced_by": each.again.info.run_id if each.again else None,
                "verdict": each.verdict.kind.value,
                "detail": each.verdict.detail,
                "cause": each.verdict.cause,
            }
            for each in proof.reproductions
        ]
    return record


def _parameter(parameter: Any) -> dict[str, object]:
    return {
        "name": parameter.name,
        "variable": parameter.variable,
        "type": parameter.type,
        "default": parameter.text,
        "description": parameter.help,
        "kind": parameter.kind,
        "likelihood": parameter.likelihood,
    }
