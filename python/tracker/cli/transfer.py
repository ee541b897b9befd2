"""`tracker import` and `tracker export`: bring runs from elsewhere, take runs along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tracker.cli import records
from tracker.cli.choosing import VIEWS, choosing, experiments, filtering
from tracker.cli.frame import Command, Settings, settings
from tracker.errors import InvalidValue, NotFound
from tracker.store import Store
from tracker.transfer.source import Choice, Source
from tracker.transfer.targets import Target

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("mlruns", "csv", "parquet", "json")
_TABLES = ("csv", "json", "parquet")


def _carrying(command: F) -> F:
    """Add the options of whatever copies runs with their files."""
    for option in (
        click.option("-n", "--dry-run", is_flag=True, help="Only look; write nothing."),
        click.option(
            "--update", is_flag=True, help="Replace runs that are there and differ. Else they stay."
        ),
        click.option(
            "--artifacts",
            "take",
            type=click.Choice(["own", "all", "none"]),
            default="own",
            show_default=True,
            help="Copy files that lie in the source itself; also those elsewhere; or none.",
        ),
    ):
        command = option(command)
    return command


@click.command("import", cls=Command)
@click.argument("source")
@click.option("--into", metavar="STORE", help="Where the runs go. Where absent: the usual store.")
@click.option("--to-experiment", metavar="NAME", help="Put all runs into this one experiment.")
@experiments
@filtering
@_carrying
@settings
def import_runs(
    asked: Settings,
    /,
    source: str,
    into: str | None,
    to_experiment: str | None,
    experiment_refs: tuple[str, ...],
    filter_string: str,
    **how: Any,
) -> None:
    """Bring runs from SOURCE, with their ids, times, points and files.

    SOURCE is a store of tracker's, an mlruns folder, a database of MLflow's, an export, a server,
    TensorBoard's event files, W&B's offline runs, databases of trackio's, or a repository of Aim's.
    It is told by what lies there; files of other tools are never changed. Doing it again brings
    only what is missing, so an import that was broken off is finished by repeating it. Ends with 1
    where a run was skipped or differs from the one that is there.
    """
    from tracker.transfer import TakeFiles, open_source

    opened = open_source(source, take=TakeFiles(how.pop("take")))
    target = _target(into or asked.uri, to_experiment, only_look=how["dry_run"])
    _copy(asked, opened, target, Choice(experiment_refs, filter_string), **how)


def _target(uri: str, to_experiment: str | None, *, only_look: bool) -> Target:
    """Return the way into a store, which is made unless one is only to look."""
    from tracker.store import open_store
    from tracker.transfer import open_target
    from tracker.transfer.targets import Nowhere

    try:
        return open_target(open_store(uri, create=not only_look), to_experiment)
    except NotFound:
        return Nowhere(uri)


@click.command("export", cls=Command)
@click.argument("destination", metavar="[DEST]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--to", "kind", type=click.Choice(FORMATS), default=None,
    help="Where absent: what the name of DEST says, else CSV.",
)  # fmt: skip
@filtering
@choosing
@_carrying
@settings
def export_runs(
    asked: Settings,
    /,
    destination: Path | None,
    kind: str | None,
    filter_string: str,
    experiment_refs: tuple[str, ...],
    order_by: tuple[str, ...],
    view: str,
    **how: Any,
) -> None:
    """Take runs along: as MLflow's folders, as tables, or as JSON that can be imported again.

    DEST is a file (.csv, .json, .parquet) for one table with a row for each run, which is also what
    is printed where there is no DEST. Or it is a folder for everything: mlruns as MLflow reads it;
    json complete, with files; csv and parquet as tables of runs, params, tags, data sets and every
    point of every metric. In CSV an apostrophe stands before what a spreadsheet would run.
    """
    store = asked.open()
    choice = Choice(experiment_refs, filter_string, VIEWS[view], order_by)
    kind = kind or ("json" if asked.as_json and destination is None else _kind_of(destination))
    if kind in _TABLES and (destination is None or _is_table(destination, kind)):
        _write_table(store, choice, kind, destination)
        return
    destination = destination or Path("mlruns")
    _export_all(asked, store, choice, kind, destination, **how)


def _kind_of(destination: Path | None) -> str:
    name = destination.name.lower() if destination is not None else ""
    suffix = name.rpartition(".")[2]
    return suffix if suffix in FORMATS else "csv"


def _is_table(destination: Path, kind: str) -> bool:
    return destination.suffix.lower() == f".{kind}" and not destination.is_dir()


def _write_table(store: Store, choice: Choice, kind: str, destination: Path | None) -> None:
    from tracker.cli.table import write_runs

    names = records.experiment_names(store)
    ids = [records.find_experiment(store, it).experiment_id for it in choice.experiments]
    found = records.iter_runs(
        store,
        ids or None,
        filter_string=choice.filter_string,
        order_by=choice.order_by,
        view_type=choice.view_type,
    )
    rows = [records.run_record(run, names) for run in found]
    write_runs(rows, kind, destination)
    if destination is not None:
        click.echo(f"Wrote {len(rows)} runs to {destination}.", err=True)


def _export_all(
    asked: Settings, store: Store, choice: Choice, kind: str, destination: Path, **how: Any
) -> None:
    from tracker.cli.progress import shown
    from tracker.cli.transferred import tell
    from tracker.transfer import TakeFiles, open_source
    from tracker.transfer.folder import ExportFolder
    from tracker.transfer.mlruns_folder import open_mlruns
    from tracker.transfer.tables import export_tables
    from tracker.transfer.targets import Nowhere

    for it in choice.experiments:
        records.find_experiment(store, it)
    source = open_source(store.uri, take=TakeFiles(how.pop("take")))
    if kind == "mlruns":
        only_look = how["dry_run"] and not destination.exists()
        target = Nowhere(str(destination)) if only_look else open_mlruns(destination)
        _copy(asked, source, target, choice, **how)
    elif kind == "json":
        _copy(asked, source, ExportFolder(destination), choice, **how)
    elif how["dry_run"] or how["update"]:
        raise InvalidValue("Tables are written anew each time: there is no --dry-run or --update.")
    else:
        with shown(asked) as progress:
            report = export_tables(source, destination, kind, choice=choice, progress=progress)
        tell(asked, report)


def _copy(
    asked: Settings, source: Source, target: Target, choice: Choice, *, dry_run: bool, update: bool
) -> None:
    from tracker.cli.progress import shown
    from tracker.cli.transferred import tell
    from tracker.transfer import copy_runs

    if not asked.as_json:
        from tracker.rendering.wording import clean

        click.echo(f"Found {clean(source.description, 500)}.")
    with shown(asked) as progress:
        report = copy_runs(
            source, target, choice=choice, dry_run=dry_run, update=update, progress=progress
        )
    tell(asked, report)
