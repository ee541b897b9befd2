"""Which literals of the exported cells become the project's parameters, and under which names."""

from __future__ import annotations

import ast
import difflib
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tracker.capture.bindings import accumulated_names
from tracker.capture.cellsource import parse, plain_python, split_lines
from tracker.capture.parameters import Parameter, find_parameters
from tracker.capture.trackline import TrackRequest
from tracker.errors import InvalidValue
from tracker.export.descriptions import Descriptions
from tracker.export.hyperparameters import Signatures, find_hyperparameters
from tracker.export.likelihood import OFFERED, is_counter, is_path, likelihood

LONGEST_CONTAINER = 100
"""Lists and the like whose text has more characters stay in the script, as tables do."""
_PATHS_LIKELIHOOD = 0.2
_OF_TRAINING = 0.75
"""How likely arguments of the notebook's own training functions are varied, at the least."""
_SHOWN = 30

# What a sample and what is to be learned of it are called in this field.
_DATA_NAME = re.compile(r"([XxYy]s?|labels|targets?)(_\w+)?\Z")

Mode = Literal["auto", "none", "all"]
MODES: tuple[Mode, ...] = ("auto", "none", "all")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the values found become parameters.

    `auto` takes what cells assign at their top level and what is likely to be varied, `all` takes
    all, `none` none; `names` are taken as well (`alpha`, `model.n_estimators`).
    """

    mode: Mode = "auto"
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportParameter:
    """A parameter of the exported project, or one that it could have.

    `name` is what `-P name=value` takes, `type` the word in the MLproject file, `default` the value
    that was executed, `help` the comment beside it. `variable` is the notebook's own name for it,
    such as `alpha` or `model.n_estimators`. `likelihood` (0 to 1) tells how likely somebody would
    vary it, `kind` whether it is a plain `value` or a `path`.
    """

    name: str
    type: str
    default: object
    help: str
    variable: str
    likelihood: float = 1.0
    kind: Literal["value", "path"] = "value"

    @property
    def text(self) -> str:
        """The default as `-P` takes it."""
        return self.default if isinstance(self.default, str) else repr(self.default)


@dataclass(frozen=True, slots=True)
class Offer:
    """A literal in one cell and the parameter that takes its place."""

    found: Parameter
    parameter: ExportParameter

    @property
    def span(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Where the literal starts and ends: line and column each."""
        found = self.found
        return (found.line, found.column), (found.end_line, found.end_column)

    def contains(self, other: Offer) -> bool:
        """Whether the other literal is a part of this one."""
        (start, end), (inner_start, inner_end) = self.span, other.span
        return start <= inner_start and inner_end <= end and self is not other


@dataclass(slots=True)
class Offered:
    """For each cell the literals that become parameters; and all that could, likely ones first."""

    cells: list[list[Offer]] = field(default_factory=list)
    candidates: list[ExportParameter] = field(default_factory=list)

    @property
    def parameters(self) -> list[ExportParameter]:
        """The parameters, each once, in the order of the code."""
        chosen = {offer.parameter.name: offer.parameter for cell in self.cells for offer in cell}
        return list(chosen.values())


def offers(
    sources: Sequence[str],
    tracks: Sequence[TrackRequest | None],
    selection: Selection | None = None,
) -> Offered:
    """Choose the literals of the cells that become parameters.

    The same name with the same value in several cells is one parameter. Where a later cell gives
    the name another value, that is a parameter of its own, called after the cell's run
    (`steady_learning_rate`) or by number (`learning_rate_2`). Raises InvalidValue for a name in the
    selection that the code does not have.
    """
    selection = selection or Selection()
    found = _Candidates(sources, tracks)
    wanted = _wanted(found.parameters, selection)
    cells = [_without_wholes([o for o in cell if o.parameter.name in wanted]) for cell in found]
    ranked = sorted(found.parameters, key=lambda each: -each.likelihood)
    return Offered(cells, ranked)


class _Candidates(list[list[Offer]]):
    """Every literal that could be a parameter, cell by cell, under the name it would have."""

    def __init__(self, sources: Sequence[str], tracks: Sequence[TrackRequest | None]) -> None:
        super().__init__()
        self._known: dict[str, ExportParameter] = {}
        plain = [plain_python(source) for source in sources]
        trees = [parse(text) for text in plain]
        parsed = [tree for tree in trees if tree]
        nodes = (node for tree in parsed for node in ast.walk(tree))
        self._used = {node.id for node in nodes if isinstance(node, ast.Name)}
        state = {name for tree in parsed for name in accumulated_names(tree)}
        signatures, described = Signatures.of(parsed), Descriptions.of_code(parsed)
        for source, text, tree, track in zip(sources, plain, trees, tracks, strict=True):
            cell: dict[tuple[int, int], Offer] = {}
            for found in find_parameters(source):
                if found.name not in state and not _is_data(found) and not is_counter(found):
                    # Of `a = b = 1` only the first name is offered: there is one literal.
                    self._add(cell, found, found.name, track, least=OFFERED, top=True)
            if tree is not None:
                lines = split_lines(text)
                for inner in find_hyperparameters(tree, lines, signatures, described):
                    if not _is_data(inner.parameter) and not is_counter(inner.parameter):
                        least = _OF_TRAINING if inner.trains else 0.0
                        self._add(cell, inner.parameter, inner.path, track, least=least)
            self.append(sorted(cell.values(), key=lambda offer: offer.span))

    @property
    def parameters(self) -> list[ExportParameter]:
        """The parameters that there could be."""
        return list(self._known.values())

    def _add(
        self,
        cell: dict[tuple[int, int], Offer],
        found: Parameter,
        path: str,
        track: TrackRequest | None,
        *,
        least: float,
        top: bool = False,
    ) -> None:
        place = (found.line, found.column)
        if place not in cell:
            likely = max(likelihood(found), least)
            kind: Literal["value", "path"] = "path" if is_path(found) else "value"
            if kind == "path":
                likely = _PATHS_LIKELIHOOD
            name = re.sub(r"\W", "_", path)
            if keyword.iskeyword(name) or (not top and name in self._used):
                name += "_value"
            wished = ExportParameter(name, found.type, found.value, found.help, path, likely, kind)
            parameter = _named(wished, track, self._known)
            self._known.setdefault(parameter.name, parameter)
            cell[place] = Offer(found, parameter)


def _wanted(candidates: Sequence[ExportParameter], selection: Selection) -> set[str]:
    named = {each.name for name in selection.names for each in _called(name, candidates)}
    if selection.mode == "none":
        return named
    if selection.mode == "all":
        return {each.name for each in candidates}
    likely = {
        each.name
        for each in candidates
        if each.likelihood >= OFFERED or (each.kind == "path" and "." not in each.variable)
    }
    return likely | named


def _called(name: str, candidates: Sequence[ExportParameter]) -> list[ExportParameter]:
    """The candidates that a person means by a name: its own, the code's, or the end of that."""
    exact = [each for each in candidates if each.name == name]
    same = [each for each in candidates if each.variable == name]
    ending = [each for each in candidates if each.variable.rpartition(".")[2] == name]
    found = exact or same or ending
    if found:
        return found
    known = [each.variable for each in sorted(candidates, key=lambda each: -each.likelihood)]
    known = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    there = ", ".join(known[:_SHOWN]) + (" ..." if len(known) > _SHOWN else "")
    raise InvalidValue(
        f"No value called {name!r} can become a parameter.{hint} "
        + (f"There are: {there}." if known else "The code has no literal that could.")
    )


def _without_wholes(chosen: Iterable[Offer]) -> list[Offer]:
    """Without dicts of which entries are chosen themselves."""
    chosen = list(chosen)
    return [offer for offer in chosen if not any(offer.contains(other) for other in chosen)]


def _is_data(found: Parameter) -> bool:
    """Whether a container is a table, or too long for anyone to type on a command line."""
    value = found.value
    if not isinstance(value, list | tuple | set | dict):
        return False
    nested = not isinstance(value, dict) and any(isinstance(each, list | tuple) for each in value)
    is_long = len(found.text) > LONGEST_CONTAINER
    return nested or is_long or _DATA_NAME.match(found.name) is not None


def _named(
    wished: ExportParameter, track: TrackRequest | None, known: dict[str, ExportParameter]
) -> ExportParameter:
    """The parameter under a name that is free, or the one that it is the same as."""
    prefix = re.sub(r"\W+", "_", track.name).strip("_") if track and track.name else ""
    candidates = [wished.name]
    if prefix and not prefix[0].isdigit():
        candidates.append(f"{prefix}_{wished.name}")
    candidates += [f"{candidates[-1]}_{number}" for number in range(2, len(known) + 3)]
    for name in candidates:
        offered = known.get(name)
        if offered is None:
            return replace(wished, name=name)
        if _same(offered, wished):
            return offered
    raise AssertionError("there are more candidates than names taken")


def _same(offered: ExportParameter, wished: ExportParameter) -> bool:
    value = offered.default
    return (
        offered.variable == wished.variable
        and type(value) is type(wished.default)
        and repr(value) == repr(wished.default)
    )
