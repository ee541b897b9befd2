"""The script of an export: a header that reads parameters, then the cells in their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tracker.errors import InvalidValue
from tracker.export.cellcode import Style
from tracker.export.imports import RUNTIME
from tracker.export.offers import ExportParameter
from tracker.export.program import Block, Program, default_text, parser
from tracker.export.translate import comment, literal


def script_text(program: Program, *, title: str, notes: Mapping[str, str] | None = None) -> str:
    """Write the program as one script; `title` is its docstring.

    `notes` are the notebook's words by the id of the cell that they stand above. Raises
    InvalidValue where Python could not read the result.
    """
    notes = notes or {}
    code = "\n\n".join(_block(block, notes) for block in program.blocks) + "\n"
    text = _header(title, program) + code
    if notes.get(""):
        text += f"\n{_words(notes[''])}\n"
    _check(text)
    return text


def _block(block: Block, notes: Mapping[str, str]) -> str:
    words = notes.get(block.piece.cell_id or "-", "")
    above = f"{_words(words)}\n\n" if words else ""
    return f"{above}# %% {block.piece.name}\n{block.code}"


def _words(words: str) -> str:
    """A cell of text, as editors that show a script as cells know them."""
    return f"# %% [markdown]\n{comment(words)}"


def _header(title: str, program: Program) -> str:
    modules = program.modules
    if program.parameters:
        modules = sorted({*modules, "argparse"})
    helpers = program.style.helpers
    lines = [_docstring(title), "", *program.futures]
    lines += [f"import {module}" for module in modules]
    lines += ["", f"import {RUNTIME}" + (f" as {helpers}" if helpers != RUNTIME else "")]
    if program.needs_display:
        lines.append(f"from {RUNTIME} import display")
    lines += ["", *_arguments(program.parameters, program.style), program.begin, "", ""]
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
    kind = parser(parameter, style)
    parts = [f'"--{parameter.name}"']
    if kind:
        parts.append(f"type={kind}")
    parts.append(f"default={default_text(parameter.default)}")
    if parameter.help:
        # argparse takes a percent sign for a placeholder of its own.
        parts.append(f"help={literal(parameter.help.replace('%', '%%'))}")
    return ", ".join(parts)


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
