"""The line after `%%track`: what it may say, and what it means."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from tracker.errors import InvalidValue

_DESCRIPTION = """\
Run the cell and record it as a run: its source, params, metrics, outputs, figures,
environment, and how it ended. What the cell logs goes to this run.
"""
_EPILOG = """\
examples:
  %%track
  %%track baseline -e diabetes -p alpha=0.1 -t purpose=docs
  %%track "a name with blanks" -p title='in quotes'
"""


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """What a `%%track` line asks for."""

    name: str | None = None
    experiment: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    help: bool = False


class _Parser(argparse.ArgumentParser):
    """Raises what is wrong, instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise InvalidValue(f"{self.prog}: {message} ({self.prog} --help shows how it is used)")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got '{text}'")
    return name.strip(), value


def _parser() -> _Parser:
    parser = _Parser(
        prog="%%track",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    add = parser.add_argument
    add("name", nargs="?", metavar="NAME", help="name of the run; a random one if left out")
    add(
        "-e",
        "--experiment",
        metavar="EXPERIMENT",
        help="experiment of the run; created where there is none of that name",
    )
    add(
        "-p",
        "--param",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        dest="params",
        help="run the cell with VALUE where it assigns a literal to NAME; may be repeated",
    )
    add(
        "-t",
        "--tag",
        action="append",
        default=[],
        type=_pair,
        metavar="KEY=VALUE",
        dest="tags",
        help="set a tag on the run; may be repeated",
    )
    add("-h", "--help", action="store_true", help="show this and do not run the cell")
    return parser


_PARSER = _parser()


def track_help() -> str:
    """Return how `%%track` is used."""
    return _PARSER.format_help()


def parse_track_line(line: str) -> TrackRequest:
    """Return what the line after `%%track` asks for. Raises InvalidValue, one line long."""
    try:
        words = shlex.split(line)
    except ValueError as error:  # an open quote, a lone backslash
        raise InvalidValue(f"%%track: {str(error).lower()} in: {line}") from None
    parsed = _PARSER.parse_args(words)
    return TrackRequest(
        parsed.name,
        parsed.experiment,
        _as_dict("-p", parsed.params),
        _as_dict("-t", parsed.tags),
        parsed.help,
    )


def _as_dict(option: str, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in pairs:
        if values.setdefault(name, value) != value:
            raise InvalidValue(f"%%track: {option} gives '{name}' two values.")
    return values
