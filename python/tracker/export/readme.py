"""The README of an export: what is in it, how to run it, what to know before."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tracker.export.cells import Piece
from tracker.export.imports import RUNTIME
from tracker.export.offers import ExportParameter


def readme(
    title: str,
    notebook_name: str | None,
    script: str,
    pieces: Sequence[Piece],
    parameters: Sequence[ExportParameter],
    files: Sequence[str],
    remarks: Sequence[str],
) -> str:
    """The text of `README.md`."""
    source = f"`{notebook_name}`" if notebook_name else "a notebook"
    parts = [
        f"# {title}",
        f"What was executed of {source}, in the order it was executed, as an MLproject.",
        _how_to_run(script, parameters),
        _table(parameters)
        if parameters
        else "This notebook has no parameters: no cell assigns a plain literal at its top level.",
        "## What is what\n\n" + "\n".join(_described(files, script)),
        "## Cells\n\n" + "\n".join(_cell(piece) for piece in pieces),
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
        f"    python {script}{option}\n\n"
        "The first logs into the run that MLflow opens (runs nested in it, where the notebook has "
        "several); without `--env-manager local` MLflow makes the environment of `python_env.yaml` "
        "first. The second logs through tracker, or through MLflow where that is what is installed."
    )


def _table(parameters: Sequence[ExportParameter]) -> str:
    rows = ["## Parameters", "", "| name | type | default | |", "|---|---|---|---|"]
    for parameter in parameters:
        default = json.dumps(parameter.default) if isinstance(parameter.default, str) else ""
        shown = (default or parameter.text).replace("|", "\\|").replace("`", "'")
        help_text = parameter.help.replace("|", "\\|")
        if not help_text and parameter.variable != parameter.name:
            help_text = f"`{parameter.variable}` in a later cell"
        rows.append(f"| `{parameter.name}` | {parameter.type} | `{shown}` | {help_text} |")
    return "\n".join(rows)


def _described(files: Sequence[str], script: str) -> list[str]:
    known = {
        script: "the cells as a script",
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
