"""What all commands share: where the store is, how to answer, and how errors look."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from tracker.errors import InvalidValue, TrackerError
from tracker.store import Store, open_store

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Settings:
    """What was asked for in the options that every command has."""

    store_uri: str | None = None
    as_json: bool = False

    @property
    def uri(self) -> str:
        """The URI of the store: as asked for, else as found from the working directory."""
        from tracker.locate import tracking_uri

        return self.store_uri or tracking_uri()

    def open(self, *, create: bool = False) -> Store:
        """Return the store. Raises NotFound where there is none, StoreError."""
        return open_store(self.uri, create=create)


settings = click.make_pass_decorator(Settings, ensure=True)


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is not None and parameter.name is not None:
        setattr(context.ensure_object(Settings), parameter.name, value)


def _shared_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--store", "store_uri"],
            metavar="URI",
            expose_value=False,
            callback=_remember,
            help="The store: a folder, or sqlite:///path/to/tracker.db.",
        ),
        click.Option(
            ["--json", "as_json"],
            is_flag=True,
            default=None,
            expose_value=False,
            callback=_remember,
            help="Answer in JSON, for programs.",
        ),
    ]


class SharedOptions:
    """Adds the shared options, so that they may stand before and after any command's name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params: list[click.Parameter] = [*getattr(self, "params", []), *_shared_options()]


class Command(SharedOptions, click.Command):
    """A command with the shared options."""


class Group(SharedOptions, click.Group):
    """A group of commands with the shared options."""

    command_class = Command
    group_class = type


class Root(Group):
    """The whole command line: turns our errors into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except InvalidValue as error:
            raise Mistake(error) from error
        except TrackerError as error:
            raise Failure(error) from error


class Failure(click.ClickException):
    """An error of tracker as the command line tells it: one line, no traceback."""

    def __init__(self, error: TrackerError) -> None:
        super().__init__(" ".join(error.message.split()))


class Mistake(Failure):
    """An error in what was asked."""

    exit_code = 2


def show_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    """Print the installed version and end."""
    if value and not context.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"tracker {version('jupyterlab-tracker')}")
        except PackageNotFoundError:
            click.echo("tracker, not installed but run from its sources")
        context.exit()


def is_terminal() -> bool:
    """Whether a person reads the answer, not a file or another program."""
    return sys.stdout.isatty()
