"""`tracker gc`, `tracker doctor` and `tracker db`: keep a store in order."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import click

from tracker.cli.frame import Command, Group, Settings, settings
from tracker.cli.output import print_json
from tracker.errors import NotFound
from tracker.store.opening import database_path

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def _seconds(context: click.Context, parameter: click.Parameter, value: str) -> int:
    match = re.fullmatch(r"(\d{1,6})([smhdw])", value)
    if match is None:
        raise click.BadParameter(f"{value!r} is no span of time; write 30d, 12h or 2w.")
    return int(match[1]) * _UNITS[match[2]]


def _existing_file(asked: Settings) -> Path:
    path = database_path(asked.uri)
    if not path.is_file():
        raise NotFound(f"There is no store at {path}.")
    return path


def _is_neighbour(uri: str) -> bool:
    """Whether the store is a server's, or one of MLflow's on this machine."""
    from tracker.remote.address import is_remote
    from tracker.store.mlflow_db.connection import is_mlflow_database
    from tracker.store.mlruns.layout import holds_experiments

    if is_remote(uri):
        return True
    path = database_path(uri)
    if path.is_file():
        return is_mlflow_database(path)
    return not uri.startswith("sqlite:") and holds_experiments(path.parent)


@click.command(cls=Command)
@click.option("--fix", is_flag=True, help="Mend also what removes files or changes modes.")
@click.option("--deep", is_flag=True, help="Read all artifacts that are kept once, too.")
@settings
def doctor(asked: Settings, /, fix: bool, deep: bool) -> None:
    """Check the store, mend what can be mended, and say what was found.

    What processes that died left behind is always put in order. Runs in a folder of MLflow's that
    cannot be read are named, and left as they are. Ends with 1 where a problem stays.
    """
    from tracker.cli.checkup import Verdict, check_neighbour, check_store

    if _is_neighbour(asked.uri):
        findings = check_neighbour(asked.open())
    else:
        findings = check_store(_existing_file(asked), fix=fix, deep=deep)
    found = []
    for finding in findings:
        found.append(finding)
        if not asked.as_json:
            click.echo(f"{finding.verdict:<8} {finding.text}")
    if asked.as_json:
        print_json([{"verdict": str(one.verdict), "text": one.text} for one in found])
    if any(one.verdict is Verdict.PROBLEM for one in found):
        raise click.exceptions.Exit(1)


@click.command(cls=Command)
@click.option(
    "--older-than",
    metavar="AGE",
    callback=_seconds,
    default="30d",
    show_default=True,
    help="Only runs that were deleted longer ago, such as 12h, 30d or 8w.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Only say which runs would go.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@settings
def gc(asked: Settings, /, older_than: int, dry_run: bool, yes: bool) -> None:
    """Remove deleted runs for good, with their points and artifacts."""
    from tracker.cli.cleaning import remove_runs
    from tracker.store.sqlite.upkeep import runs_deleted_until

    path = _existing_file(asked)
    store = asked.open()
    run_ids = runs_deleted_until(path, time.time_ns() // 1_000_000 - older_than * 1000)
    if run_ids and not dry_run:
        _confirm(len(run_ids), yes)
        removed = remove_runs(store, path, run_ids)
    else:
        removed = None
    freed = removed.freed_bytes if removed else 0
    left = removed.left if removed else []
    if asked.as_json:
        print_json({"run_ids": run_ids, "dry_run": dry_run, "freed_bytes": freed, "left": left})
        return
    click.echo(_summary(len(run_ids), freed, dry_run=dry_run))
    for uri in left:
        click.echo(f"Left where it is, outside of the store: {uri}", err=True)


def _confirm(count: int, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody is there to ask. Add --yes, or --dry-run to only look.")
    click.confirm(f"Remove {count} deleted runs for good?", abort=True)


def _summary(count: int, freed: int, *, dry_run: bool) -> str:
    if count == 0:
        return "There is nothing to remove."
    if dry_run:
        return f"{count} deleted runs would be removed for good."
    return f"Removed {count} deleted runs for good; {freed} bytes of artifacts are free again."


@click.group(cls=Group)
def db() -> None:
    """Look after the store's database."""


@db.command("upgrade")
@settings
def upgrade(asked: Settings, /) -> None:
    """Carry a store that an earlier tracker wrote forward; a copy of it is kept."""
    from tracker.store.sqlite.upkeep import census

    path = _existing_file(asked)
    before = census(path).version
    asked.open()
    after = census(path).version
    if asked.as_json:
        print_json({"path": str(path), "from": before, "to": after})
    elif before == after:
        click.echo(f"{path} is up to date (schema {after}).")
    else:
        click.echo(f"Upgraded {path} from schema {before} to {after}.")
