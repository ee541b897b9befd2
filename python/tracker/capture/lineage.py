"""Which executions of a session others depend on, found from their sources.

An execution needs the last one that bound a name it reads, and those that changed what it holds
since; and what those need. `slice_of` finds the part of a session that some of its executions may
depend on, and keeps whatever a static look cannot exclude.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.capture.dataflow import CellNames
from tracker.capture.effects import sets_up

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
    """Places of the targets and of the executions that gave them the names they read.

    `executions` are in the order of the session; `targets` are places of some of them. This is for
    targets that hold all cells of interest: only what certainly changed a name brings an earlier
    execution in. `slice_of` is the careful one.
    """
    certain = _Changes.certain(executions)
    return _closure(executions, set(targets), certain)


def slice_of(executions: Sequence[Execution], targets: Iterable[int]) -> set[int]:
    """Places of all that the targets may depend on; what was left out they cannot depend on.

    Beside what `needed` finds that is every call that may change one of the names or what shares
    state with it, and before the last target every cell that writes files, starts processes,
    changes the environment or a library's settings, or does what cannot be known.
    """
    chosen = set(targets)
    last = max(chosen, default=-1)
    modules = {name: to for execution in executions for name, to in execution.names.modules.items()}
    for execution in executions:
        if execution.place < last and _is_for_all(execution.names, modules):
            chosen.add(execution.place)
    return _closure(executions, chosen, _Changes.possible(executions, modules))


def _is_for_all(names: CellNames, modules: Mapping[str, str]) -> bool:
    """Whether a cell's effect may reach others by other ways than names."""
    if names.opaque or names.star or names.effects:
        return True
    if any(base in modules and sets_up(modules[base], name) for base, name in names.calls):
        return True
    return any(name in modules for name in names.changes)


def _closure(executions: Sequence[Execution], found: set[int], changes: _Changes) -> set[int]:
    at = {execution.place: execution for execution in executions}
    todo = [(place, name) for place in found for name in _wanted(at[place].names)]
    seen = set(todo)
    while todo:
        place, name = todo.pop()
        for source in _sources(executions, place, name, changes):
            names = at[source].names
            wanted = {(source, needs) for needs in _wanted(names)}
            if name in names.binds:
                # What a function of that cell reads is looked up when it is called: here.
                wanted |= {(place, needs) for needs in names.deferred - at[place].names.always}
            found.add(source)
            todo.extend(wanted - seen)
            seen |= wanted
    return found


@dataclass(frozen=True, slots=True)
class _Changes:
    """For each place the names whose values that execution changes in place."""

    at: Mapping[int, frozenset[str]]

    @classmethod
    def certain(cls, executions: Sequence[Execution]) -> _Changes:
        """Changes that surely happen."""
        refit_continues = any(_continues(execution.names) for execution in executions)
        return cls(
            {
                each.place: frozenset(
                    each.names.changes | (each.names.refits if refit_continues else set())
                )
                for each in executions
            }
        )

    @classmethod
    def possible(cls, executions: Sequence[Execution], modules: Mapping[str, str]) -> _Changes:
        """Changes that may happen, through any name that shares state."""
        scalars = _only_scalars(executions)
        given = scalars | set(modules)
        views = _groups(executions, given, views_only=True)
        aliases = _groups(executions, given, views_only=False)
        at = {}
        for execution in executions:
            names = execution.names
            # What is called of a library concerns all or none: `_is_for_all` has seen to it.
            own = names.changes | names.refits | (names.may_change - set(modules))
            near = {other for name in own for other in views.get(name, ())}
            far = {other for name in names.changes for other in aliases.get(name, ())}
            at[execution.place] = frozenset((own | near | far) - scalars)
        return cls(at)


def _only_scalars(executions: Sequence[Execution]) -> set[str]:
    scalars = {name for execution in executions for name in execution.names.scalars}
    made = {name for execution in executions for name, _ in execution.names.aliases}
    return scalars - made


def _groups(
    executions: Sequence[Execution], given: set[str], *, views_only: bool
) -> dict[str, set[str]]:
    """Names that may share state, each with all of its group."""
    groups: dict[str, set[str]] = {}
    for execution in executions:
        pairs = execution.names.views if views_only else execution.names.aliases
        for left, right in pairs:
            if right in given:
                continue
            joined = groups.get(left, {left}) | groups.get(right, {right})
            groups.update(dict.fromkeys(joined, joined))
    return groups


def unbound(executions: Sequence[Execution]) -> list[Unbound]:
    """Names read before anything bound them, in order; none after a cell that may bind any name."""
    bound: set[str] = set(_GIVEN)
    anywhere = {name for execution in executions for name in execution.names.binds}
    missing: list[Unbound] = []
    for execution in executions:
        names = execution.names
        # What a block of the cell binds may well be bound by the time it is read.
        reads = names.reads - (names.binds - names.always)
        absent = (reads - bound) | (names.deferred - bound - anywhere)
        missing.extend(Unbound(execution.place, name) for name in sorted(absent))
        if names.star or names.opaque:
            break
        bound |= names.binds
    return missing


def _continues(names: CellNames) -> bool:
    return any(module.partition(".")[0] in _CONTINUING for module in names.imports)


def _wanted(names: CellNames) -> set[str]:
    """Names whose value from before matters; changing a thing needs the thing."""
    wanted = names.reads | ((names.changes | names.refits) - names.always)
    # A cell that does more than define may call what it defines.
    return wanted if names.declares else wanted | (names.deferred - names.always)


def _sources(
    executions: Sequence[Execution], before: int, name: str, changes: _Changes
) -> Iterable[int]:
    """Places of those that gave `name` its value: changes back to the last sure binding."""
    for execution in reversed(executions):
        if execution.place >= before:
            continue
        if name in execution.names.binds or name in changes.at[execution.place]:
            yield execution.place
        if name in execution.names.always:
            return
