"""A plan in words: where the project comes from, what it would execute, what it would install."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tracker.errors import InvalidValue
from tracker.projects.model import EnvironmentKind, EnvironmentSpec, Plan
from tracker.projects.sources import root_of
from tracker.projects.spec import told
from tracker.projects.yamlfile import parse, read_text

MOST_PACKAGES: Final = 40
"""Packages that are listed one by one."""

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


def packages(environment: EnvironmentSpec) -> list[str]:
    """Return what an environment's file asks to be installed, as it is written there.

    Raises InvalidValue where the file cannot be read.
    """
    if environment.file is None:
        return []
    try:
        text = read_text(environment.file)
    except OSError as error:
        raise InvalidValue(f"{environment.file} cannot be read: {error.strerror}.") from error
    if environment.kind is EnvironmentKind.REQUIREMENTS:
        lines = (line.strip() for line in text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]
    top = parse(text, str(environment.file))
    found = top.value if top is not None and top.is_mapping else {}
    return [
        str(item)
        for key in ("build_dependencies", "dependencies")
        for item in _flat(found.get(key))
        if item is not None
    ]


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
    named = "" if spec.file is None else f", from {_relative(spec.file, root_of(plan.checkout))}"
    yield "environment", f"{plan.env_manager}{named}"
    try:
        listed = packages(spec)
    except InvalidValue as error:
        yield "packages", str(error)
    else:
        more = len(listed) - MOST_PACKAGES
        if listed:
            tail = f", and {more} more" if more > 0 else ""
            yield "packages", ", ".join(listed[:MOST_PACKAGES]) + tail
    if spec.docker is not None:
        yield "image", spec.docker.image
        for volume in spec.docker.volumes:
            yield "volume", f"{volume} (a folder of this machine that it gets)"
        for name, value in spec.docker.environment:
            copied = "(its value here is given to it)"
            yield "variable", f"{name} {copied}" if value is None else f"{name}={value}"


def _relative(file: Path, root: Path) -> str:
    return str(file.relative_to(root)) if file.is_relative_to(root) else f"{file} (outside of it)"


def _flat(items: object) -> Iterator[object]:
    """Yield the packages of a list, also those in conda's `pip:` inside it."""
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            for inner in item.values():
                yield from _flat(inner)
        else:
            yield item
