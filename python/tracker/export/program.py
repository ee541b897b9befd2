"""The chosen executions as blocks of code: translated, parameters lifted, inside their runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tracker.capture.cellsource import find_specials, parse, plain_python
from tracker.capture.parameters import Parameter, find_parameters
from tracker.capture.trackline import TrackRequest
from tracker.export.cellcode import CellCode, Style, cell_code, python_body
from tracker.export.cells import Piece
from tracker.export.edits import Edit, Places, apply, indent
from tracker.export.imports import RUNTIME
from tracker.export.offers import ExportParameter, Offer, Selection, offers
from tracker.export.track import read_track_line
from tracker.export.translate import literal

_DRAWS = re.compile(
    r"\bplt\b|\bpyplot\b|\bsns\b|\bsubplots\b|\bfig(ure)?\b|\.plot\b|\.hist\(|Display\b"
)
_LOGS = re.compile(r"^(log_|set_tag|register_model)")


@dataclass(frozen=True, slots=True)
class Block:
    """The code of one piece as it stands in the export."""

    piece: Piece
    code: str


@dataclass(slots=True)
class Program:
    """What the pieces became, and what was learned on the way.

    `begin` is the call that takes a launcher's run over, or "". `trees` are the syntax trees of the
    cells as they were; `installs` the requirements that install commands named; `files` those of
    Python that `%run` names; `candidates` all values that could be parameters, likely ones first.
    """

    blocks: list[Block]
    style: Style
    parameters: list[ExportParameter]
    candidates: list[ExportParameter]
    begin: str = ""
    needs_display: bool = False
    futures: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    trees: list[ast.Module] = field(default_factory=list)
    installs: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def pieces(self) -> list[Piece]:
        """The pieces that left something."""
        return [block.piece for block in self.blocks]


def write_program(
    pieces: Sequence[Piece], selection: Selection | None = None, *, as_notebook: bool = False
) -> Program:
    """Translate the chosen executions. Raises InvalidValue for a name the selection does not find.

    `as_notebook` keeps what a notebook has and a script has not: top-level await, shown values,
    parameters as variables.
    """
    tracks = [read_track_line(piece.track.arguments) if piece.track else None for piece in pieces]
    bodies = [python_body(piece.source) for piece in pieces]
    offered = offers(bodies, tracks, selection)
    style = _style(bodies, as_notebook=as_notebook)
    cells = [
        cell_code(body, mine, style, _figure_name(piece))
        for piece, body, mine in zip(pieces, bodies, offered.cells, strict=True)
    ]
    program = Program([], style, offered.parameters, offered.candidates)
    for piece, track, body, mine, cell in zip(
        pieces, tracks, bodies, offered.cells, cells, strict=True
    ):
        _note(cell, piece, program)
        code = _wrapped(cell, body, track, mine, style, piece)
        if piece.failed:
            code = f"with contextlib.suppress(Exception):\n{indent(code)}"
            cell.modules.add("contextlib")
        if code and not _only_comfort(body, cell):
            program.blocks.append(Block(piece, code))
    program.futures = sorted({line for cell in cells for line in cell.futures})
    program.modules = sorted({module for cell in cells for module in cell.modules})
    whole = "\n".join(block.code for block in program.blocks)
    program.begin = _begin(runs_opened(tracks, cells), whole, style)
    return program


def _note(cell: CellCode, piece: Piece, program: Program) -> None:
    program.installs += cell.installs
    program.files += cell.files
    program.remarks += [f"{piece.name} {remark}" for remark in cell.remarks]
    program.needs_display = program.needs_display or cell.needs_display
    if cell.tree is not None:
        program.trees.append(cell.tree)


def _begin(runs: int, code: str, style: Style) -> str:
    """The call that takes a launcher's run over, or nothing for a script that logs nothing."""
    if "autolog(" in code:
        return f"{style.helpers}.begin(alone=False, autolog=True)"
    if runs or f"{style.helpers}.figures(" in code or f"from {RUNTIME} import" in code:
        tracker_too = (
            f"from {RUNTIME} import tracker" in code or f"{style.helpers}.tracked(" in code
        )
        mlflow_only = f"from {RUNTIME} import mlflow" in code and not tracker_too
        library = ', library="mlflow"' if mlflow_only else ""
        return f"{style.helpers}.begin(alone={runs == 1}{library})"
    return ""


def runs_opened(tracks: Sequence[TrackRequest | None], cells: Sequence[CellCode]) -> int:
    """How many runs the cells open, where 2 also stands for "more than one is possible"."""
    count = sum(track is not None for track in tracks)
    for track, cell in zip(tracks, cells, strict=True):
        if cell.tree is None:
            continue
        starts = _starts(cell.tree)
        count += starts
        if track is None and not starts and _logs(cell.tree):
            count += 1
    return count


def _starts(tree: ast.Module) -> int:
    """Calls of `start_run`; one in a loop or a function may be many."""
    count = 0
    todo: list[tuple[ast.AST, bool]] = [(tree, False)]
    repeating = (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    while todo:
        node, repeated = todo.pop()
        if isinstance(node, ast.Call) and _called(node) == "start_run":
            count += 2 if repeated else 1
        repeated = repeated or isinstance(node, (*repeating, ast.AsyncFor, ast.comprehension))
        todo.extend((child, repeated) for child in ast.iter_child_nodes(node))
    return count


def _logs(tree: ast.Module) -> bool:
    """Whether a cell logs by itself, outside of functions that others may call in their runs."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call) and _LOGS.match(_called(node)):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            todo.extend(ast.iter_child_nodes(node))
    return False


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _style(bodies: Sequence[str], *, as_notebook: bool) -> Style:
    """Names for the export's own use that no cell uses."""
    trees = [tree for tree in (parse(plain_python(body)) for body in bodies) if tree]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {alias.asname or alias.name for node in nodes for alias in _aliases(node)}
    used |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    helpers = next(name for name in _candidates("notebook") if name not in used)
    arguments = next(name for name in _candidates("args") if name not in used)
    silent = {node.name for node in nodes if isinstance(node, ast.FunctionDef) and _is_mute(node)}
    return Style(helpers, arguments, frozenset(silent), as_notebook)


def _candidates(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


def _is_mute(function: ast.FunctionDef) -> bool:
    """Whether a function returns nothing, so that a call of it has nothing to show."""
    telling = (ast.Yield, ast.YieldFrom)
    for node in ast.walk(function):
        if isinstance(node, telling) or (isinstance(node, ast.Return) and node.value is not None):
            return False
    return not function.decorator_list


def _wrapped(
    cell: CellCode,
    body: str,
    track: TrackRequest | None,
    offered: Sequence[Offer],
    style: Style,
    piece: Piece,
) -> str:
    """The cell's code inside its run, if it was one, its figures kept at the end."""
    code = cell.code
    ending = f"{style.helpers}.figures({literal(_figure_name(piece))})"
    if _may_draw(body, cell) and not code.endswith(f"\n{ending}"):
        code += f"\n{ending}"
    if track is None:
        return code
    if not _has_statements(code):
        code = f"{code}\npass".lstrip("\n")
    arguments = _track_arguments(body, track, offered, style)
    return f"with {style.helpers}.tracked({_call(arguments)}):\n{indent(code)}"


def _may_draw(body: str, cell: CellCode) -> bool:
    """Whether there may be figures after the cell; importing what draws makes none."""
    statements = cell.tree.body if cell.tree is not None else []
    idle = (ast.Import, ast.ImportFrom, ast.Pass)
    return _DRAWS.search(body) is not None and not all(isinstance(s, idle) for s in statements)


def _figure_name(piece: Piece) -> str:
    return re.sub(r"\W+", "-", piece.name).strip("-").lower()


def _call(arguments: list[str]) -> str:
    """Arguments on one line, or on a line each where that would be long."""
    line = ", ".join(arguments)
    return line if len(line) <= 70 else "".join(f"\n    {part}," for part in arguments) + "\n"


def _only_comfort(body: str, cell: CellCode) -> bool:
    """Whether the cell held nothing but magics that a script has no use for."""
    specials = find_specials(body)
    covered = sum(special.end_line - special.line + 1 for special in specials)
    lines = sum(bool(line.strip()) for line in body.split("\n"))
    return bool(specials) and covered >= lines and not _has_statements(cell.code)


def _has_statements(code: str) -> bool:
    tree = parse(code)
    return tree is None or bool(tree.body)


def _track_arguments(
    body: str, track: TrackRequest, offered: Sequence[Offer], style: Style
) -> list[str]:
    arguments = [literal(track.name)] if track.name else []
    if track.experiment:
        arguments.append(f"experiment={literal(track.experiment)}")
    places = Places(plain_python(body))
    params = [
        f"{literal(found.name)}: {_lifted(found, offered, places, style)}"
        for found in find_parameters(body)
    ]
    if params:
        arguments.append("params={" + ", ".join(params) + "}")
    if track.tags:
        pairs = (f"{literal(key)}: {literal(value)}" for key, value in track.tags.items())
        arguments.append("tags={" + ", ".join(pairs) + "}")
    return arguments


def _lifted(found: Parameter, offered: Sequence[Offer], places: Places, style: Style) -> str:
    """The text of a literal, or of a dict of which entries are parameters."""
    start, end = places.at(found.line, found.column), places.at(found.end_line, found.end_column)
    edits = []
    for offer in offered:
        inner = offer.found
        first = places.at(inner.line, inner.column)
        last = places.at(inner.end_line, inner.end_column)
        if start <= first and last <= end:
            edits.append(Edit(first - start, last - start, style.argument(offer.parameter.name)))
    return apply(places.text[start:end], edits) if edits else default_text(found.value)


def default_text(value: object) -> str:
    """A literal of the value for the export."""
    if isinstance(value, str):
        return literal(value)
    text = repr(value)
    return f'float("{text}")' if text in ("inf", "-inf", "nan") else text


def parser(parameter: ExportParameter, style: Style) -> str:
    """The function that makes a parameter's value of a text; "" where it is one."""
    ours = {bool: "boolean", int: "integer", complex: "number", type(None): "anything"}
    kinds = {kind: f"{style.helpers}.{name}" for kind, name in ours.items()}
    kinds |= {float: "float", str: ""}
    return kinds.get(type(parameter.default), f"{style.helpers}.container")
