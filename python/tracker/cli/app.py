"""The commands, put together."""

from __future__ import annotations

import click

from tracker.cli.artifacts import artifacts
from tracker.cli.experiments import experiments
from tracker.cli.exporting import export_project
from tracker.cli.frame import Root, Settings, show_version
from tracker.cli.maintenance import db, doctor, gc
from tracker.cli.run import run
from tracker.cli.runs import runs
from tracker.cli.server import server
from tracker.cli.sync import sync
from tracker.cli.transfer import export_runs, import_runs
from tracker.cli.ui import ui


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version)
@click.pass_context
def cli(context: click.Context) -> None:
    """Experiment tracking born inside JupyterLab, from the command line.

    The store is found as in a notebook: the environment variable TRACKER_TRACKING_URI, else the
    nearest .tracker in this folder or above it.
    """
    context.ensure_object(Settings)


for command in (
    runs,
    run,
    experiments,
    artifacts,
    import_runs,
    export_runs,
    export_project,
    ui,
    server,
    sync,
    gc,
    doctor,
    db,
):
    cli.add_command(command)
