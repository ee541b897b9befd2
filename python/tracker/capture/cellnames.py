"""The names of a cell: what `dataflow` finds in its source and `lineage` reasons with."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracker.capture.calls import Touch


@dataclass(slots=True)
class Inner:
    """What the functions of a cell do once they are called, to names from outside of them.

    `changes` are changed for certain, `may_change` by a call made for its effect, of which `calls`
    has the functions; `touches` are got by other calls. `effects` and `draws` are as those of a
    cell.
    """

    changes: set[str] = field(default_factory=set)
    may_change: set[str] = field(default_factory=set)
    calls: set[tuple[str, str]] = field(default_factory=set)
    touches: set[Touch] = field(default_factory=set)
    effects: bool = False
    draws: bool = False


@dataclass(slots=True)
class CellNames:
    """Names of one cell's top-level scope.

    `reads` may come from other cells, `deferred` as well, but only once a function defined here is
    called; `binds` may be bound here, `always` certainly are; `changes`
    are changed in place for certain, `may_change` only if a call made for its effect does so,
    `refits` by calls such as `model.fit(...)` that start anew.
    `aliases` pairs each name bound with the names that its value was made of, `views` with those
    that it is a part of; `scalars` are bound to numbers, texts and None alone. `modules` has the
    module behind each name that an import binds, `calls` what functions of names were called for
    their effect; `effects` tells of files, processes and the environment. `touches` are the names
    that calls get, `handed` pairs each name bound with what the calls in its value got, `gives`
    pairs functions with what they may return of what is not their own, `iterators` are bound to
    what can be read only once, `iterated` are read through by loops, `generators` are functions
    that yield, `inner` is what functions of the cell do. `draws` tells of random numbers from a
    global generator, `seeds` that one is set.
    `imports` are the modules named, `star` tells of `from m import *`, `opaque` of `exec` and its
    kind, `reads_any` that it may read names that it does not name, `declares` that the cell has
    only imports, definitions and literals, `only_imports` that it has nothing but imports.
    """

    reads: set[str] = field(default_factory=set)
    deferred: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    always: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    may_change: set[str] = field(default_factory=set)
    refits: set[str] = field(default_factory=set)
    aliases: set[tuple[str, str]] = field(default_factory=set)
    views: set[tuple[str, str]] = field(default_factory=set)
    scalars: set[str] = field(default_factory=set)
    modules: dict[str, str] = field(default_factory=dict)
    calls: set[tuple[str, str]] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    touches: set[Touch] = field(default_factory=set)
    handed: set[tuple[str, Touch]] = field(default_factory=set)
    gives: set[tuple[str, str]] = field(default_factory=set)
    iterators: set[str] = field(default_factory=set)
    iterated: set[str] = field(default_factory=set)
    generators: set[str] = field(default_factory=set)
    inner: Inner = field(default_factory=Inner)
    draws: bool = False
    seeds: bool = False
    effects: bool = False
    star: bool = False
    opaque: bool = False
    reads_any: bool = False
    declares: bool = True
    only_imports: bool = True
