"""Which executions of a session others depend on, found from their sources.

An execution needs the last one that bound a name it reads, and those that changed what it holds
since; and what those need. `slice_of` finds the part of a session that some of its executions may
depend on, and keeps whatever a static look cannot exclude.
"""

from __future__ import annotations

import builtins
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from tracker.capture.cellnames import CellNames
from tracker.capture.reach import Reach

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
    """One execution: its place in the session and the names of its source."""

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
    refit_continues = any(_continues(execution.names) for execution in executions)
    changed = {
        each.place: each.names.changes | (each.names.refits if refit_continues else set())
        for each in executions
    }
    return _closure(executions, set(targets), changed)


def slice_of(executions: Sequence[Execution], targets: Iterable[int]) -> set[int]:
    """Places of all that the targets may depend on; what was left out they cannot depend on.

    Beside what `needed` finds that is every call that may change one of the names or what shares
    state with it, and before the last target every cell that writes files, starts processes,
    changes the environment or a library's settings, draws from a generator of random numbers that
    was seeded, or does what cannot be known.
    """
    chosen = set(targets)
    reach = Reach(executions)
    last = max(chosen, default=-1)
    is_seeded = is_unknown = False
    for execution in executions:
        if execution.place >= last:
            break
        is_seeded |= execution.names.seeds
        names = execution.names
        if reach.is_for_all(names) or (is_seeded and reach.draws(names)):
            chosen.add(execution.place)
        elif is_unknown and reach.may_change(names):
            # Any name may stand for any object by now.
            chosen.add(execution.place)
        is_unknown |= names.opaque
    changed = {each.place: reach.may_change(each.names) for each in executions}
    return _closure(executions, chosen, changed)


def _closure(
    executions: Sequence[Execution], found: set[int], changed: Mapping[int, Set[str]]
) -> set[int]:
    """Places of the `found` and of those that gave their names the values they had."""
    at = {execution.place: execution.names for execution in executions}
    givers = _givers(executions, changed)
    # What may read anything needs all that there is.
    every = set(givers)
    todo = [(place, name) for place in found for name in _wanted(at[place], every)]
    seen = set(todo)
    while todo:
        place, name = todo.pop()
        for source in _sources(givers.get(name, []), place):
            names = at[source]
            wanted = {(source, needs) for needs in _wanted(names, every)}
            if name in names.binds:
                # What a function of that cell reads is looked up when it is called: here.
                deferred = every if names.reads_any else names.deferred
                wanted |= {(place, needs) for needs in deferred - at[place].always}
            found.add(source)
            todo.extend(wanted - seen)
            seen |= wanted
    return found


_Givers = dict[str, list[tuple[int, bool]]]


def _givers(executions: Sequence[Execution], changed: Mapping[int, Set[str]]) -> _Givers:
    """For each name the places that bind or change it, in order, and whether they surely bind."""
    givers: _Givers = {}
    for execution in executions:
        names = execution.names
        for name in names.binds | names.always | changed[execution.place]:
            givers.setdefault(name, []).append((execution.place, name in names.always))
    return givers


def _sources(givers: list[tuple[int, bool]], before: int) -> Iterator[int]:
    """Places of those that gave a name its value: changes back to the last sure binding."""
    for index in range(bisect_left(givers, (before, False)) - 1, -1, -1):
        place, is_sure = givers[index]
        yield place
        if is_sure:
            return


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


def _wanted(names: CellNames, every: set[str]) -> set[str]:
    """Names whose value from before matters; changing a thing needs the thing."""
    if names.reads_any:
        return every
    wanted = names.reads | ((names.changes | names.refits) - names.always)
    # A cell that does more than define may call what it defines.
    return wanted if names.declares else wanted | (names.deferred - names.always)
