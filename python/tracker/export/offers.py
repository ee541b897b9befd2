"""Which literals of the exported cells become the project's parameters, and under which names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.capture.bindings import accumulated_names
from tracker.capture.cellsource import parse, plain_python
from tracker.capture.parameters import Parameter, find_parameters
from tracker.capture.trackline import TrackRequest

LONGEST_CONTAINER = 100
"""Lists and the like whose text has more characters stay in the script, as tables do."""


@dataclass(frozen=True, slots=True)
class ExportParameter:
    """A parameter of the exported project.

    `name` is what `-P name=value` takes, `type` the word in the MLproject file, `default` the value
    that was executed, `help` the comment beside it. `variable` is the notebook's own name for it.
    """

    name: str
    type: str
    default: object
    help: str
    variable: str

    @property
    def text(self) -> str:
        """The default as `-P` takes it."""
        return self.default if isinstance(self.default, str) else repr(self.default)


@dataclass(frozen=True, slots=True)
class Offer:
    """A literal in one cell and the parameter that takes its place."""

    found: Parameter
    parameter: ExportParameter


def offers(sources: Sequence[str], tracks: Sequence[TrackRequest | None]) -> list[list[Offer]]:
    """For each cell its literals that become parameters.

    The same name with the same value in several cells is one parameter. Where a later cell gives
    the name another value, that is a parameter of its own, called after the cell's run
    (`steady_learning_rate`) or by number (`learning_rate_2`).
    """
    trees = [parse(plain_python(source)) for source in sources]
    state = {name for tree in trees if tree for name in accumulated_names(tree)}
    known: dict[str, ExportParameter] = {}
    result: list[list[Offer]] = []
    for source, track in zip(sources, tracks, strict=True):
        cell: dict[tuple[int, int], Offer] = {}
        for found in find_parameters(source):
            if found.name not in state and not _is_data(found):
                parameter = _parameter(found, track, known)
                # Of `a = b = 1` only the first name is offered: there is one literal.
                cell.setdefault((found.line, found.column), Offer(found, parameter))
                known.setdefault(parameter.name, parameter)
        result.append(list(cell.values()))
    return result


def _is_data(found: Parameter) -> bool:
    """Whether a container is a table, or too long for anyone to type on a command line."""
    value = found.value
    if not isinstance(value, list | tuple | set | dict):
        return False
    nested = not isinstance(value, dict) and any(isinstance(each, list | tuple) for each in value)
    return nested or len(found.text) > LONGEST_CONTAINER


def _parameter(
    found: Parameter, track: TrackRequest | None, known: dict[str, ExportParameter]
) -> ExportParameter:
    prefix = re.sub(r"\W+", "_", track.name).strip("_") if track and track.name else ""
    candidates = [found.name]
    if prefix and not prefix[0].isdigit():
        candidates.append(f"{prefix}_{found.name}")
    candidates += [f"{candidates[-1]}_{number}" for number in range(2, len(known) + 3)]
    for name in candidates:
        offered = known.get(name)
        if offered is None:
            return ExportParameter(name, found.type, found.value, found.help, found.name)
        if _same(offered, found):
            return offered
    raise AssertionError("there are more candidates than names taken")


def _same(offered: ExportParameter, found: Parameter) -> bool:
    value = offered.default
    return (
        offered.variable == found.name
        and type(value) is type(found.value)
        and repr(value) == repr(found.value)
    )
