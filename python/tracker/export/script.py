"""The script of an export: a header that reads parameters, then the cells in their order."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tracker.capture.cellsource import find_specials, parse, plain_python
from tracker.capture.parameters import find_parameters
from tracker.capture.trackline import TrackRequest
from tracker.errors import InvalidValue
from tracker.export.cellcode import CellCode, Style, cell_code, python_body
from tracker.export.cells import Piece
from tracker.export.edits import indent
from tracker.export.imports import RUNTIME
from tracker.export.offers import ExportParameter, Offer, offers
from tracker.export.track import read_track_line
from tracker.export.translate import literal

_DRAWS = re.compile(
    r"\bplt\b|\bpyplot\b|\bsns\b|\bsubplots\b|\bfig(ure)?\b|\.plot\b|\.hist\(|Display\b"
)
_LOGS = re.compile(r"^(log_|set_tag|register_model)")


@dataclass(slots=True)
class Script:
    """The script's text and what was learned while writing it.

    `trees` are the syntax trees of the cells as they were; `installs` the requirements that install
    commands named; `pieces` the cells that left something in the text.
    """

    text: str
    parameters: list[ExportParameter] = field(default_factory=list)
    trees: list[ast.Module] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    installs: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def write_script(pieces: Sequence[Piece], *, title: str) -> Script:
    """Write the chosen executions as one script; `title` is its docstring."""
    tracks = [read_track_line(piece.track.arguments) if piece.track else None for piece in pieces]
    bodies = [python_body(piece.source) for piece in pieces]
    offered = offers(bodies, tracks)
    style = _style(bodies)
    cells = [
        cell_code(body, mine, style, _figure_name(piece))
        for piece, body, mine in zip(pieces, bodies, offered, strict=True)
    ]
    script = Script("", list(_distinct(offered)))
    blocks = []
    for piece, track, body, mine, cell in zip(pieces, tracks, bodies, offered, cells, strict=True):
        script.installs += cell.installs
        script.remarks += [f"{piece.name} {remark}" for remark in cell.remarks]
        if cell.tree is not None:
            script.trees.append(cell.tree)
        code = _wrapped(cell, body, track, mine, style, piece)
        if code and not _only_comfort(body, cell):
            script.pieces.append(piece)
            blocks.append(f"# %% {piece.name}\n{code}")
    code = "\n\n".join(blocks) + "\n"
    begin = _begin(runs_opened(tracks, cells), code, style)
    script.text = _header(title, cells, script.parameters, style, begin) + code
    _check(script.text)
    return script


def _begin(runs: int, code: str, style: Style) -> str:
    """The call that takes a launcher's run over, or nothing for a script that logs nothing."""
    if "autolog(" in code:
        return f"{style.helpers}.begin(alone=False, autolog=True)"
    if runs or f"{style.helpers}.figures(" in code or f"from {RUNTIME} import" in code:
        return f"{style.helpers}.begin(alone={runs == 1})"
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


def _style(bodies: Sequence[str]) -> Style:
    """Names for the script's own use that no cell uses."""
    trees = [tree for tree in (parse(plain_python(body)) for body in bodies) if tree]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {alias.asname or alias.name for node in nodes for alias in _aliases(node)}
    used |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    helpers = next(name for name in _candidates("notebook") if name not in used)
    arguments = next(name for name in _candidates("args") if name not in used)
    silent = {node.name for node in nodes if isinstance(node, ast.FunctionDef) and _is_mute(node)}
    return Style(helpers, arguments, frozenset(silent))


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


def _distinct(offered: Sequence[Sequence[Offer]]) -> Iterable[ExportParameter]:
    return {offer.parameter.name: offer.parameter for cell in offered for offer in cell}.values()


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
    if _DRAWS.search(body) and cell.tree is not None and not code.endswith(f"\n{ending}"):
        code += f"\n{ending}"
    if track is None:
        return code
    if not _has_statements(code):
        code = f"{code}\npass".lstrip("\n")
    arguments = _track_arguments(body, track, offered, style)
    return f"with {style.helpers}.tracked({_call(arguments)}):\n{indent(code)}"


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
    names = {(offer.found.line, offer.found.column): offer.parameter.name for offer in offered}
    params = []
    for found in find_parameters(body):
        name = names.get((found.line, found.column))
        value = f"{style.arguments}.{name}" if name else _default(found.value)
        params.append(f"{literal(found.name)}: {value}")
    if params:
        arguments.append("params={" + ", ".join(params) + "}")
    if track.tags:
        pairs = (f"{literal(key)}: {literal(value)}" for key, value in track.tags.items())
        arguments.append("tags={" + ", ".join(pairs) + "}")
    return arguments


def _header(
    title: str,
    cells: Sequence[CellCode],
    parameters: Sequence[ExportParameter],
    style: Style,
    begin: str,
) -> str:
    futures = sorted({line for cell in cells for line in cell.futures})
    modules = sorted({module for cell in cells for module in cell.modules})
    lines = [_docstring(title), "", *futures]
    if parameters:
        modules = sorted({*modules, "argparse"})
    lines += [f"import {module}" for module in modules]
    lines += [
        "",
        f"import {RUNTIME}" + (f" as {style.helpers}" if style.helpers != RUNTIME else ""),
    ]
    if any(cell.needs_display for cell in cells):
        lines.append(f"from {RUNTIME} import display")
    lines += ["", *_arguments(parameters, style), begin, "", ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _docstring(title: str) -> str:
    escaped = title.replace("\\", "\\\\").replace('"', "'")
    return f'"""{escaped}\n"""' if "\n" in escaped else f'"""{escaped}"""'


def _arguments(parameters: Sequence[ExportParameter], style: Style) -> list[str]:
    if not parameters:
        return []
    help_too = any(parameter.name == "help" for parameter in parameters)
    options = "description=__doc__, allow_abbrev=False" + (", add_help=False" if help_too else "")
    lines = [f"parser = argparse.ArgumentParser({options})"]
    for parameter in parameters:
        lines.append(f"parser.add_argument({_argument(parameter, style)})")
    return [*lines, f"{style.arguments} = parser.parse_args()", ""]


def _argument(parameter: ExportParameter, style: Style) -> str:
    ours = {bool: "boolean", int: "integer", complex: "number", type(None): "anything"}
    kinds = {kind: f"{style.helpers}.{name}" for kind, name in ours.items()}
    kinds |= {float: "float", str: ""}
    kind = kinds.get(type(parameter.default), f"{style.helpers}.container")
    parts = [f'"--{parameter.name}"']
    if kind:
        parts.append(f"type={kind}")
    parts.append(f"default={_default(parameter.default)}")
    if parameter.help:
        # argparse takes a percent sign for a placeholder of its own.
        parts.append(f"help={literal(parameter.help.replace('%', '%%'))}")
    return ", ".join(parts)


def _default(value: object) -> str:
    if isinstance(value, str):
        return literal(value)
    text = repr(value)
    return f'float("{text}")' if text in ("inf", "-inf", "nan") else text


def _check(text: str) -> None:
    """A script that Python cannot read would be a fault of ours: better to say so than to write."""
    try:
        compile(text, "main.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise InvalidValue(
            f"The cells could not be written as a script: line {error.lineno} would be {line!r} "
            f"({error.msg}). Leave out what IPython alone understands there and export again."
        ) from error
