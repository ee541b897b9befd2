"""`tracker runs`: list, search, describe, compare, delete, restore."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from tracker.cli import records
from tracker.cli.choosing import VIEWS, choosing, filtering
from tracker.cli.frame import Group, Settings, is_terminal, settings
from tracker.cli.output import print_json, print_table
from tracker.entities import LifecycleStage, Run, RunInfo
from tracker.store import Store

F = TypeVar("F", bound=Callable[..., Any])

_SHOWN_METRICS = 3
_NAMED = 3


@click.group(cls=Group)
def runs() -> None:
    """List, search, describe, compare, delete and restore runs."""


def _limiting(command: F) -> F:
    option = click.option(
        "-n",
        "--limit",
        type=click.IntRange(min=1),
        default=50,
        show_default=True,
        help="The most runs to show.",
    )
    return option(command)


@runs.command("list")
@_limiting
@filtering
@choosing
@settings
def list_runs(asked: Settings, /, limit: int, filter_string: str, **chosen: Any) -> None:
    """List runs, newest first."""
    _show_runs(asked, filter_string, limit, **chosen)


@runs.command("search")
@click.argument("filter_string", metavar="FILTER")
@_limiting
@choosing
@settings
def search_runs(asked: Settings, /, filter_string: str, limit: int, **chosen: Any) -> None:
    """List the runs that match FILTER, such as "metrics.loss < 0.1 AND params.lr = '0.01'"."""
    _show_runs(asked, filter_string, limit, **chosen)


def _show_runs(asked: Settings, filter_string: str, limit: int, **chosen: Any) -> None:
    store = asked.open()
    found = _chosen(store, filter_string, limit=limit, **chosen)
    names = records.experiment_names(store)
    if asked.as_json:
        print_json([records.run_record(run, names) for run in found])
        return
    header = ["run", "name", "experiment", "state", "started", "duration", "metrics"]
    print_table(header, [_row(run, names.get(run.info.experiment_id, "")) for run in found])
    _tell_unreadable(store)
    if not found:
        click.echo("No runs match.", err=True)
    elif is_terminal() and len(found) == limit:
        click.echo(f"The {limit} first; --limit shows more.", err=True)


def _tell_unreadable(store: Store) -> None:
    """Say in one line that some runs of a folder of MLflow's are missing from the list."""
    told = getattr(store, "problems", None)
    problems = {} if told is None else told(look=False)
    if problems:
        from tracker.rendering.wording import clean

        names = [clean(Path(path).name, records.SHORT_ID + 1) for path in sorted(problems)]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        what = "1 run" if len(names) == 1 else f"{len(names)} runs"
        click.echo(
            f"{what} could not be read, or not in full: {', '.join(names[:_NAMED])}{more}; see "
            "`tracker doctor`.",
            err=True,
        )


def _chosen(
    store: Store,
    filter_string: str,
    *,
    experiment_refs: Sequence[str],
    order_by: Sequence[str],
    view: str,
    limit: int | None = None,
) -> list[Run]:
    ids = [records.find_experiment(store, one).experiment_id for one in experiment_refs]
    return list(
        records.iter_runs(
            store,
            ids or None,
            filter_string=filter_string,
            order_by=order_by,
            view_type=VIEWS[view],
            limit=limit,
        )
    )


def _row(run: Run, experiment: str) -> list[str]:
    from tracker.rendering.wording import age, duration, number, state_word

    info, metrics = run.info, sorted(run.data.metrics.items())
    now = time.time_ns() // 1_000_000
    run_id, started = info.run_id, records.timestamp(info.start_time)
    if is_terminal():
        metrics = metrics[:_SHOWN_METRICS]
        run_id, started = run_id[: records.SHORT_ID], age(info.start_time, now)
    return [
        run_id,
        info.run_name,
        experiment,
        _bin_mark(info) + state_word(info.status),
        started,
        duration((now if info.end_time is None else info.end_time) - info.start_time),
        " ".join(f"{key}={number(value)}" for key, value in metrics),
    ]


def _bin_mark(info: RunInfo) -> str:
    return "deleted, " if info.lifecycle_stage == LifecycleStage.DELETED else ""


@runs.command("describe")
@click.argument("run_ref", metavar="RUN")
@settings
def describe_run(asked: Settings, /, run_ref: str) -> None:
    """Show all that was recorded of RUN: its id, the beginning of it, or its name."""
    from tracker.cli.description import description, description_record

    store = asked.open()
    run = records.find_run(store, run_ref)
    names = records.experiment_names(store)
    if asked.as_json:
        print_json(description_record(run, names))
    else:
        click.echo(description(run, names.get(run.info.experiment_id, "")))


@runs.command("compare")
@click.argument("run_refs", metavar="RUN RUN...", nargs=-1, required=True)
@click.option("--all", "show_all", is_flag=True, help="Also what is the same in all of them.")
@settings
def compare_runs(asked: Settings, /, run_refs: tuple[str, ...], show_all: bool) -> None:
    """Show in which params and metrics runs differ."""
    from tracker.cli.comparison import comparison, comparison_record

    if len(run_refs) < 2:
        raise click.UsageError("Give two runs or more.")
    store = asked.open()
    found = [records.find_run(store, reference) for reference in run_refs]
    if asked.as_json:
        print_json(comparison_record(found, show_all=show_all))
        return
    header, rows = comparison(found, show_all=show_all)
    print_table(header, rows)
    if not rows:
        click.echo("No params or metrics differ.", err=True)


@runs.command("delete")
@click.argument("run_refs", metavar="RUN...", nargs=-1, required=True)
@settings
def delete_runs(asked: Settings, /, run_refs: tuple[str, ...]) -> None:
    """Move runs to the bin. `tracker runs restore` takes them out, `tracker gc` empties it."""
    _move(asked, run_refs, LifecycleStage.DELETED, "Deleted")


@runs.command("restore")
@click.argument("run_refs", metavar="RUN...", nargs=-1, required=True)
@settings
def restore_runs(asked: Settings, /, run_refs: tuple[str, ...]) -> None:
    """Take runs out of the bin."""
    _move(asked, run_refs, LifecycleStage.ACTIVE, "Restored")


def _move(asked: Settings, run_refs: Sequence[str], stage: LifecycleStage, done: str) -> None:
    store = asked.open()
    # All are looked up before the first is moved: a typing error changes nothing.
    found = [records.find_run(store, reference) for reference in run_refs]
    for run in found:
        store.update_run(run.info.run_id, lifecycle_stage=stage)
    if asked.as_json:
        print_json([run.info.run_id for run in found])
        return
    from tracker.rendering.wording import clean

    for run in found:
        click.echo(f"{done} {run.info.run_id} {clean(run.info.run_name, 60)}")
