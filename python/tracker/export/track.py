"""The arguments of a `%%track` line, read as the magic reads them."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass, field
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class TrackLine:
    """`%%track [NAME] [-e EXPERIMENT] [-p NAME=VALUE]... [-t KEY=VALUE]...`."""

    name: str | None = None
    experiment: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def read_track_line(arguments: str) -> TrackLine:
    """What the line asks for. It was executed, so what this does not know is left alone."""
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("name", nargs="?")
    parser.add_argument("-e", "--experiment")
    parser.add_argument("-p", "--param", action="append", default=[])
    parser.add_argument("-t", "--tag", action="append", default=[])
    try:
        found, _ = parser.parse_known_args(shlex.split(arguments))
    except ValueError:
        return TrackLine()
    return TrackLine(found.name, found.experiment, _pairs(found.param), _pairs(found.tag))


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = (text.partition("=") for text in texts)
    return {key.strip(): value for key, _, value in pairs}
