"""Which executions of a session others depend on, found from their sources.

`needed(executions, targets)` gives the targets and every execution they need, directly or through
others: the last one that bound a name they read, and those that changed what it holds since. Where
a static look cannot tell, an execution counts as needed.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.capture.dataflow import CellNames

_GIVEN = frozenset(dir(builtins)) | {
    *("display", "get_ipython", "exit", "quit", "In", "Out", "_", "__", "___", "_ih", "_oh", "_dh"),
    *("__name__", "__file__", "__doc__", "__builtins__"),
}
# Libraries whose `fit` goes on from where the last one ended.
_CONTINUING = frozenset(
    {"keras", "tensorflow", "torch", "fastai", "lightning", "pytorch_lightning"}
)


@dataclass(frozen=True, slots=True)
class Execution:
    """One successful execution: its place in the session and the names of its source."""

    place: int
    names: CellNames


@dataclass(frozen=True, slots=True)
class Unbound:
    """A name that the execution at `place` reads and that nothing before it binds."""

    place: int
    name: str


def needed(executions: Sequence[Execution], targets: Iterable[int]) -> set[int]:
    """Places of the targets and of all executions they depend on.

    `executions` are in the order of the session; `targets` are places of some of them. Changes by
    calls that are only made for their effect do not bring their cell in by themselves.
    """
    refit_continues = any(_continues(execution.names) for execution in executions)
    at = {execution.place: execution for execution in executions}
    found = set(targets)
    todo = [(place, name) for place in found for name in _wanted(at[place].names)]
    seen = set(todo)
    while todo:
        place, name = todo.pop()
        for source in _sources(executions, place, name, refit_continues):
            names = at[source].names
            wanted = {(source, needs) for needs in _wanted(names)}
            if name in names.binds:
                # What a function of that cell reads is looked up when it is called: here.
                wanted |= {(place, needs) for needs in names.deferred - at[place].names.always}
            found.add(source)
            todo.extend(wanted - seen)
            seen |= wanted
    return found


def unbound(executions: Sequence[Execution]) -> list[Unbound]:
    """Names read before anything bound them, in order; none after a cell that may bind any name."""
    bound: set[str] = set(_GIVEN)
    anywhere = {name for execution in executions for name in execution.names.binds}
    missing: list[Unbound] = []
    for execution in executions:
        names = execution.names
        absent = (names.reads - bound) | (names.deferred - bound - anywhere)
        missing.extend(Unbound(execution.place, name) for name in sorted(absent))
        if names.star or names.opaque:
            break
        bound |= names.binds
    return missing


def _continues(names: CellNames) -> bool:
    return any(module.partition(".")[0] in _CONTINUING for module in names.imports)


def _wanted(names: CellNames) -> set[str]:
    """Names whose value from before matters; changing a thing needs the thing."""
    return names.reads | ((names.changes | names.refits) - names.always)


def _sources(
    executions: Sequence[Execution], before: int, name: str, refit_continues: bool
) -> Iterable[int]:
    """Places of those that gave `name` its value: changes back to the last sure binding."""
    for execution in reversed(executions):
        if execution.place >= before:
            continue
        names = execution.names
        changed = name in names.changes or (refit_continues and name in names.refits)
        if name in names.binds or changed:
            yield execution.place
        if name in names.always:
            return
