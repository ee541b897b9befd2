"""The options that choose runs, the same for every command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tracker.entities import ViewType

F = TypeVar("F", bound=Callable[..., Any])

VIEWS = {"active": ViewType.ACTIVE_ONLY, "deleted": ViewType.DELETED_ONLY, "all": ViewType.ALL}


def choosing(command: F) -> F:
    """Add the options that choose runs."""
    return _view(_order(experiments(command)))


def experiments(command: F) -> F:
    """Add the option that chooses experiments."""
    option = click.option(
        "-e",
        "--experiment",
        "experiment_refs",
        multiple=True,
        metavar="NAME",
        help="Only runs of this experiment (name or id). May be repeated.",
    )
    return option(command)


def filtering(command: F) -> F:
    """Add the option that filters runs."""
    option = click.option(
        "-f", "--filter", "filter_string", default="", help="Such as 'metrics.loss < 0.1'."
    )
    return option(command)


def _view(command: F) -> F:
    option = click.option(
        "--view",
        type=click.Choice(list(VIEWS)),
        default="active",
        show_default=True,
        help="Runs in use, in the bin, or both.",
    )
    return option(command)


def _order(command: F) -> F:
    option = click.option(
        "-o",
        "--order-by",
        multiple=True,
        metavar="COLUMN",
        help="Such as 'metrics.loss ASC'. May be repeated.",
    )
    return option(command)
