"""How far what a cell does may reach, given all cells of the session.

One cell's source tells what it does to names; other cells tell what those names are: modules,
functions that change what they find, objects that share state with others.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from tracker.capture.calls import KNOWN_LIBRARIES, Touch, is_harmless, is_harmless_fit, may_hold
from tracker.capture.cellnames import CellNames, Inner
from tracker.capture.effects import sets_up


class _Execution(Protocol):
    @property
    def names(self) -> CellNames:
        """The names of its source."""


class Reach:
    """What a cell of this session may change by any way that is known of."""

    def __init__(self, executions: Sequence[_Execution]) -> None:
        self._cells = list({id(each.names): each.names for each in executions}.values())
        self._modules = {name: to for cell in self._cells for name, to in cell.modules.items()}
        self._bound = frozenset(name for cell in self._cells for name in cell.binds)
        self._assigned = {name for cell in self._cells for name, _ in (*cell.aliases, *cell.handed)}
        rebound = {name for cell in self._cells for name in cell.inner.changes}
        scalars = {name for cell in self._cells for name in cell.scalars}
        self._scalars = scalars - self._assigned - rebound
        self._found: dict[int, frozenset[str]] = {}

    def is_for_all(self, names: CellNames) -> bool:
        """Whether a cell's effect may reach others by other ways than names."""
        if names.opaque or names.star or names.effects:
            return True
        if any(self._sets_up(base, path) for base, path in names.calls):
            return True
        if any(inner.effects for inner in self._run_by(names)):
            return True
        return any(name in self._modules for name in names.changes)

    def draws(self, names: CellNames) -> bool:
        """Whether a cell may take random numbers from a global generator."""
        return names.draws or any(inner.draws for inner in self._run_by(names))

    def may_change(self, names: CellNames) -> frozenset[str]:
        """Return the names that a cell may change in place, through any that shares state."""
        found = self._found.get(id(names))
        if found is None:
            found = self._found[id(names)] = self._changed(names)
        return found

    def _changed(self, names: CellNames) -> frozenset[str]:
        # What is called of a library concerns all or none: `is_for_all` has seen to it.
        own = names.changes | names.refits | (names.may_change - self._modules.keys())
        own |= self._touched(names.touches)
        own |= (names.iterated | {touch.name for touch in names.touches}) & self._iterators
        for inner in self._run_by(names):
            own |= inner.changes | (inner.may_change - self._modules.keys())
            own |= {base for base, path in inner.calls if self._sets_up(base, path)}
            own |= self._touched(inner.touches)
        own |= {other for name in own for other in self._gives.get(name, ())}
        near = {other for name in own for other in self._views.get(name, ())}
        far = {other for name in names.changes for other in self._aliases.get(name, ())}
        return frozenset((own | near | far) - self._scalars)

    def _touched(self, touches: Iterable[Touch]) -> set[str]:
        return {touch.name for touch in touches if not self._is_harmless(touch)}

    def _is_harmless(self, touch: Touch) -> bool:
        if not touch.path and touch.name == touch.root:
            # A call may change what is called where that is more than a plain function.
            return touch.root not in self._assigned
        if is_harmless(touch, self._modules, self._bound):
            return True
        return is_harmless_fit(touch, self._origins(touch.root))

    def _sets_up(self, base: str, path: str) -> bool:
        module = self._modules.get(base)
        if module is None:
            return False
        if path:
            return sets_up(module, path)
        parent, _, function = module.rpartition(".")
        return parent.partition(".")[0] not in KNOWN_LIBRARIES or sets_up(parent, function)

    def _run_by(self, names: CellNames) -> Iterator[Inner]:
        """Yield what the functions do that a cell may call, directly or through others."""
        if names.declares:
            return
        yield names.inner
        for name in names.reads | names.always | names.deferred:
            for cell in self._callable.get(name, ()):
                yield cell.inner

    # -- what the session's names are -----------------------------------------------------------

    @cached_property
    def _callable(self) -> Mapping[str, Sequence[CellNames]]:
        """For each name the cells with functions that a call of it, or of its parts, may run."""
        defining: dict[str, list[CellNames]] = {}
        leads: dict[str, set[str]] = {}
        for cell in self._cells:
            for name in cell.binds:
                if _does_something(cell.inner):
                    defining.setdefault(name, []).append(cell)
                if cell.deferred:
                    leads.setdefault(name, set()).update(cell.deferred)
            for name, other in cell.aliases:
                leads.setdefault(name, set()).add(other)
        return {name: _reached(name, leads, defining) for name in {*leads, *defining}}

    @cached_property
    def _iterators(self) -> set[str]:
        generators = {name for cell in self._cells for name in cell.generators}
        made = {
            name
            for cell in self._cells
            for name, touch in cell.handed
            if not touch.path and touch.root in generators
        }
        return made | {name for cell in self._cells for name in cell.iterators}

    def _origins(self, name: str) -> frozenset[str]:
        """Return the modules that what a name holds was made with."""
        leads: dict[str, set[str]] = self._leads
        seen, todo = {name}, [name]
        while todo:
            for other in leads.get(todo.pop(), set()) - seen:
                seen.add(other)
                todo.append(other)
        own = seen & self._unknown
        return (
            frozenset() if own else frozenset(self._modules[n] for n in seen & set(self._modules))
        )

    @cached_property
    def _leads(self) -> dict[str, set[str]]:
        leads: dict[str, set[str]] = {}
        for cell in self._cells:
            for name, other in cell.aliases:
                leads.setdefault(name, set()).add(other)
        return leads

    @cached_property
    def _unknown(self) -> set[str]:
        """Names of functions and classes of the session itself."""
        assigned = {name for cell in self._cells for name, _ in cell.aliases}
        plain = assigned | self._scalars | set(self._modules)
        return set(self._bound) - plain - set(dir(builtins))

    @cached_property
    def _aliases(self) -> Mapping[str, set[str]]:
        """Names that may share state, each with all of its group."""
        return self._groups(pair for cell in self._cells for pair in cell.aliases)

    @cached_property
    def _views(self) -> Mapping[str, set[str]]:
        """The same for names that are parts of one another, or hold on to one another."""
        parts = [pair for cell in self._cells for pair in cell.views]
        held = [
            (name, touch.name)
            for cell in self._cells
            for name, touch in cell.handed
            if may_hold(touch, self._modules)
        ]
        given = [
            (name, other)
            for cell in self._cells
            for name, touch in cell.handed
            for other in self._gives.get(touch.root, ())
        ]
        return self._groups([*parts, *held, *given])

    @cached_property
    def _gives(self) -> Mapping[str, set[str]]:
        """For each function, and what is made of one, the names whose objects it may hand out."""
        gives: dict[str, set[str]] = {}
        for cell in self._cells:
            for name, other in cell.gives:
                if other in self._bound and other not in self._modules:
                    gives.setdefault(name, set()).add(other)
        return gives

    def _groups(self, pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
        groups: dict[str, set[str]] = {}
        for left, right in pairs:
            if right in self._scalars or right in self._modules:
                continue
            one, other = groups.get(left), groups.get(right)
            if one is not None and one is other:
                continue
            joined = (one or {left}) | (other or {right})
            groups.update(dict.fromkeys(joined, joined))
        return groups


def _does_something(inner: Inner) -> bool:
    changes = inner.changes or inner.may_change or inner.calls
    return bool(changes or inner.touches or inner.effects or inner.draws)


def _reached(
    name: str, leads: Mapping[str, set[str]], defining: Mapping[str, list[CellNames]]
) -> list[CellNames]:
    seen, todo = {name}, [name]
    found: list[CellNames] = []
    while todo:
        current = todo.pop()
        found.extend(defining.get(current, ()))
        for other in leads.get(current, set()) - seen:
            seen.add(other)
            todo.append(other)
    return list({id(cell): cell for cell in found}.values())
