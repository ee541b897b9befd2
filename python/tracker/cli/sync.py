"""`tracker sync`: send what waits on this machine to its tracking servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.frame import Command, Settings, settings
from tracker.cli.output import print_json
from tracker.errors import InvalidValue, StoreError
from tracker.remote.address import is_remote

if TYPE_CHECKING:
    from tracker.store.rest.syncing import Report


@click.command(cls=Command)
@click.option(
    "--list", "only_list", is_flag=True, help="Only show what waits and what was refused."
)
@click.option(
    "--discard-refused",
    is_flag=True,
    help="Remove for good what a server refused, instead of asking again.",
)
@settings
def sync(asked: Settings, /, only_list: bool, discard_refused: bool) -> None:
    """Send what was logged while a tracking server did not answer.

    All servers for which something waits on this machine, or that of --store. What a server refused
    is asked again. Ends with 1 where something is left.
    """
    from tracker.store.rest import syncing

    if only_list and discard_refused:
        raise click.UsageError("--list changes nothing; leave out --discard-refused.")
    reports = []
    for uri, folder in _chosen(asked.store_uri):
        if only_list:
            report = syncing.look(uri, folder)
        else:
            report = _synced(asked.store_uri or uri, folder, discard_refused)
        reports.append(report)
        if not asked.as_json:
            _tell(report, only_list=only_list)
    if asked.as_json:
        print_json([asdict(report) for report in reports])
    elif not reports:
        click.echo("Nothing waits on this machine.")
    if not only_list and not all(report.is_clear for report in reports):
        raise click.exceptions.Exit(1)


def _synced(uri: str, folder: Path, discard_refused: bool) -> Report:
    """Return what became of one server's outbox; what fails there must not stop the others."""
    from tracker.store.rest import syncing

    try:
        return syncing.sync(uri, discard_refused=discard_refused)
    except StoreError as error:
        report = syncing.look(uri, folder)
        report.trouble = error.message
        return report


def _chosen(store_uri: str | None) -> list[tuple[str, Path]]:
    from tracker.remote import address
    from tracker.store.rest import places, syncing

    if store_uri is None:
        return list(syncing.servers())
    if not is_remote(store_uri):
        raise InvalidValue(f"{store_uri} is no tracking server: nothing waits to be sent there.")
    server = address.parse(store_uri)[0]
    return [(server.uri, places.outbox_folder(server.base))]


def _tell(report: Report, *, only_list: bool) -> None:
    from tracker.rendering.wording import clean

    if only_list:
        waiting = sum(1 for run in report.runs if run.waiting)
        click.echo(f"{report.server}: {f'{waiting} runs wait' if waiting else 'nothing waits'}.")
    else:
        click.echo(f"{report.server}: sent {_amounts(report.sent) or 'nothing'}.")
    for here, there in report.made.items():
        click.echo(f"  run {here} has the id {there} there")
    if report.discarded:
        click.echo(f"  discarded {report.discarded} entries that the server had refused")
    for run in report.runs:
        name = f"{run.run_id or run.local_id} {clean(run.run_name, 60)}"
        if run.waiting:
            click.echo(f"  waiting  {name}: {_amounts(run.waiting)}")
        if run.refused:
            click.echo(f"  refused  {name}: {_amounts(run.refused)}")
            for reason in run.reasons:
                click.echo(f"           {clean(reason, 1000)}")
    if report.trouble is not None:
        click.echo(f"  not all was sent: {clean(report.trouble, 1000)}", err=True)


def _amounts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{amount} {name}" for name, amount in sorted(counts.items()))
