"""The README of an export: what is in it, how to run it, what to know before."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tracker.export.cells import Piece
from tracker.export.imports import RUNTIME
from tracker.export.offers import ExportParameter
from tracker.export.program import Program

_SHOWN = 20


def readme(
    title: str,
    notebook_name: str | None,
    script: str,
    program: Program,
    files: Sequence[str],
    remarks: Sequence[str],
    *,
    is_file: bool = False,
) -> str:
    """The text of `README.md`."""
    source = f"`{notebook_name}`" if notebook_name else "a notebook"
    parameters = program.parameters
    parts = [
        f"# {title}",
        f"The cells of {source}, in the order of the file, as an MLproject."
        if is_file
        else f"What was executed of {source}, in the order it was executed, as an MLproject.",
        _how_to_run(script, parameters),
        _table(parameters) if parameters else "This project has no parameters.",
        *_could_be(program),
        "## What is what\n\n" + "\n".join(_described(files, script)),
        "## Cells\n\n" + "\n".join(_cell(piece) for piece in program.pieces),
    ]
    if remarks:
        parts.append(
            "## To know\n\n" + "\n".join(f"- {remark}" for remark in dict.fromkeys(remarks))
        )
    return "\n\n".join(parts) + "\n"


def _how_to_run(script: str, parameters: Sequence[ExportParameter]) -> str:
    given = f" -P {parameters[0].name}=VALUE" if parameters else ""
    option = f" --{parameters[0].name}=VALUE" if parameters else ""
    return (
        "## Run it\n\n"
        "    mlflow run . --env-manager local" + given + "\n"
        f"{_by_hand(script, option)}\n\n"
        "The first logs into the run that MLflow opens (runs nested in it, where the notebook has "
        "several); without `--env-manager local` MLflow makes the environment of `python_env.yaml` "
        "first. The second logs through tracker, or through MLflow where that is what is installed."
    )


def _by_hand(script: str, option: str) -> str:
    if script.endswith(".ipynb"):
        given = option.replace(" --", " -p ").replace("=", " ")
        return f"    papermill {script} executed.ipynb{given}"
    return f"    python {script}{option}"


def _table(parameters: Sequence[ExportParameter]) -> str:
    rows = ["## Parameters", "", "| name | type | default | |", "|---|---|---|---|"]
    for parameter in parameters:
        default = json.dumps(parameter.default) if isinstance(parameter.default, str) else ""
        shown = (default or parameter.text).replace("|", "\\|").replace("`", "'")
        help_text = parameter.help.replace("|", "\\|")
        if not help_text and parameter.variable != parameter.name:
            later = "" if "." in parameter.variable else " in a later cell"
            help_text = f"`{parameter.variable}`{later}"
        if parameter.kind == "path":
            help_text = f"{help_text} (a path)".lstrip()
        rows.append(f"| `{parameter.name}` | {parameter.type} | `{shown}` | {help_text} |")
    return "\n".join(rows)


def _could_be(program: Program) -> list[str]:
    """Values that stayed in the code, likely ones first."""
    taken = {parameter.name for parameter in program.parameters}
    rest = [each for each in program.candidates if each.name not in taken]
    if not rest:
        return []
    shown = ", ".join(f"`{each.variable}` ({clean(each.text)})" for each in rest[:_SHOWN])
    more = f" and {len(rest) - _SHOWN} more" if len(rest) > _SHOWN else ""
    return [
        f"Values that stayed in the code, and could be parameters (`--param NAME`): {shown}{more}."
    ]


def clean(text: str) -> str:
    """A value on one line, short, without what Markdown reads as its own."""
    line = " ".join(text.split()).replace("`", "'")
    return line if len(line) <= 40 else f"{line[:39]}…"


def _described(files: Sequence[str], script: str) -> list[str]:
    known = {
        script: "the cells",
        f"{RUNTIME}.py": "what the cells find around them: runs, `display`, shell lines",
        "MLproject": "the entry point and its parameters",
        "python_env.yaml": "the environment, with the versions that ran",
        "conda.yaml": "the same for conda",
        "requirements.txt": "the same for pip",
    }
    return [
        f"- `{name}`: {known.get(name, 'taken along from beside the notebook')}" for name in files
    ]


def _cell(piece: Piece) -> str:
    lines = (line.strip() for line in piece.source.split("\n"))
    first = next((line for line in lines if line), "").replace("`", "'")[:60]
    run = " (a run)" if piece.track else ""
    return f"- {piece.name}{run}: `{first}`"
