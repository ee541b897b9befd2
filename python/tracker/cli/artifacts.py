"""`tracker artifacts`: list and download the files of a run."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli import records
from tracker.cli.frame import Group, Settings, settings
from tracker.cli.output import print_json, print_table


@click.group(cls=Group)
def artifacts() -> None:
    """List and download the files of a run."""


@artifacts.command("list")
@click.argument("run_ref", metavar="RUN")
@click.argument("path", default="")
@click.option("-r", "--recursive", is_flag=True, help="Every file below, folder by folder.")
@settings
def list_artifacts(asked: Settings, /, run_ref: str, path: str, recursive: bool) -> None:
    """List the files of RUN (id, beginning of it, or name), or those in its folder PATH."""
    from tracker.artifacts import open_artifacts, walk

    files = open_artifacts(records.find_run(asked.open(), run_ref).info.artifact_uri)
    found = list(walk(files, path)) if recursive else files.list(path)
    if asked.as_json:
        print_json(
            [{"path": it.path, "is_dir": it.is_dir, "file_size": it.file_size} for it in found]
        )
        return
    rows = [[it.path + "/" * it.is_dir, _size(it.file_size)] for it in found]
    print_table(["path", "bytes"], rows)


def _size(size: int | None) -> str:
    return "" if size is None else str(size)


@artifacts.command("download")
@click.argument("run_ref", metavar="RUN")
@click.argument("path", default="")
@click.option(
    "-t",
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="Where absent: into this folder. Files of the same name are replaced.",
)
@settings
def download_artifacts(asked: Settings, /, run_ref: str, path: str, folder: Path) -> None:
    """Copy the files of RUN, or one file or folder PATH of it."""
    from tracker.artifacts import open_artifacts
    from tracker.artifacts.access import copy_to

    files = open_artifacts(records.find_run(asked.open(), run_ref).info.artifact_uri)
    target = str(copy_to(files, path, folder))
    if asked.as_json:
        print_json({"path": target})
    else:
        click.echo(target)
