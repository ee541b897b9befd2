"""A plan in words: where the project comes from, what it would execute, what it would install."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tracker.errors import InvalidValue
from tracker.projects.environments.describing import describe
from tracker.projects.model import EnvManager, Plan
from tracker.projects.sources import root_of
from tracker.projects.spec import told

_WIDTH: Final = 13


def description(plan: Plan) -> str:
    """Return what somebody must know who is asked whether to run this, as lines of plain text.

    What the project says is shown with its control characters made visible, since they could make
    a terminal show something else than what is run.
    """
    lines = ["This project has not been run from here as it is now:"]
    for title, text in _facts(plan):
        first, *rest = visible(text).splitlines() or [""]
        lines.append(f"  {title:<{_WIDTH}}{first}")
        lines += [f"  {'':<{_WIDTH}}{line}" for line in rest]
    lines.append("It will be able to do on this machine whatever you can do.")
    return "\n".join(lines)


def visible(text: str) -> str:
    """Return text with everything but newlines and what can be seen written as an escape."""
    return "".join(
        letter if letter == "\n" or letter.isprintable() else ascii(letter)[1:-1] for letter in text
    )


def _facts(plan: Plan) -> Iterator[tuple[str, str]]:
    checkout, command = plan.checkout, plan.command
    yield "from", checkout.origin
    if checkout.subfolder:
        yield "subfolder", checkout.subfolder
    if checkout.version:
        yield "version", checkout.version
    if checkout.commit:
        yield "commit", checkout.commit
    yield "entry point", command.entry_point
    if command.notebook is not None:
        yield "notebook", command.notebook.name
    yield "command", command.line
    yield from _environment(plan)
    for remark in plan.project.remarks:
        yield "note", told(remark)
    for text in command.remarks:
        yield "note", text


def _environment(plan: Plan) -> Iterator[tuple[str, str]]:
    spec = plan.project.environment
    if plan.env_manager is EnvManager.LOCAL and spec.docker is None:
        yield "environment", "the one that is in use: nothing is installed"
        return
    named = "" if spec.file is None else f", from {_relative(spec.file, root_of(plan.checkout))}"
    yield "environment", f"{plan.env_manager}{named}"
    try:
        lines = describe(plan.project)
    except InvalidValue as error:
        lines = [str(error)]
    for line in lines:
        yield "", line


def _relative(file: Path, root: Path) -> str:
    return str(file.relative_to(root)) if file.is_relative_to(root) else f"{file} (outside of it)"
