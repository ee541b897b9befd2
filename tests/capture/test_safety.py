"""What was left out of a slice was not needed: sessions are executed, whole and in part.

A session's last cell makes `result`. Whatever the cells before it do to what it reads, by any way
that Python has, executing the slice alone must give the same `result`.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.capture.dataflow import names_of
from tracker.capture.lineage import Execution, slice_of

PRELUDE = """
import random
class Box:
    def __init__(self, inner=None):
        self.value, self.inner = [0], inner
    def add(self, n):
        self.value.append(n)
        if self.inner is not None:
            self.inner.append(n)
        return n
    def look(self):
        return list(self.value)
"""


def outcome(cells: list[str]) -> Any:
    """What the last of the cells leaves behind as `result`; the name of what it raises."""
    state, patched = random.getstate(), {module: dict(vars(module)) for module in (json, math)}
    random.seed(7)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    try:
        for cell in cells:
            exec(compile(cell, "<cell>", "exec"), namespace)
        return repr(namespace["result"])
    except Exception as error:
        return type(error).__name__
    finally:
        random.setstate(state)
        for module, names in patched.items():
            vars(module).update(names)
        os.environ.pop("SAFETY", None)


def sliced(cells: list[str]) -> list[str]:
    executions = [Execution(place, names_of(cell)) for place, cell in enumerate(cells)]
    return [cells[place] for place in sorted(slice_of(executions, [len(cells) - 1]))]


@pytest.mark.parametrize(
    "cells",
    [
        ["x = [1]", "y = x", "y.append(2)", "result = list(x)"],
        ["x = [1]", "y = [x]", "y[0].append(2)", "result = list(x)"],
        ["x = [1]", "y = dict(a=x)", "z = y['a']", "z += [2]", "result = list(x)"],
        ["x = [1]", "def f():\n    x.append(2)", "f()", "result = list(x)"],
        ["x = [1]", "def f():\n    x.append(2)\n    return 1", "n = f()", "result = list(x)"],
        ["x = 1", "def f():\n    global x\n    x = 5", "f()", "result = x"],
        ["x = 1", "def f():\n    global x\n    x = 5", "def g():\n    f()", "g()", "result = x"],
        ["x = [1]", "f = lambda: x.append(2)", "f()", "result = list(x)"],
        ["x = [1]", "def f():\n    x.append(2)", "list(map(lambda _: f(), [1]))", "result = x[:]"],
        ["x = [1]", "def touch(a):\n    a.append(2)", "n = touch(x)", "result = x[:]"],
        ["x = [1]", "exec('x.append(2)')", "result = list(x)"],
        ["x = [1]", "globals()['x'] = [9]", "result = list(x)"],
        ["x = [1]", "globals().update(x=[9])", "result = list(x)"],
        ["x = [1]", "vars()['x'] = [9]", "result = list(x)"],
        ["class A:\n    n = 1", "a = A()", "A.n = 2", "result = a.n"],
        ["class A:\n    n = 1", "a = A()", "type(a).n = 2", "b = A()", "result = b.n"],
        ["class A:\n    n = 1", "a = A()", "a.__class__.n = 2", "result = A().n"],
        ["class A:\n    n = 1", "a = A()", "setattr(A, 'n', 2)", "result = a.n"],
        ["class A: pass", "a = A()", "a.__dict__['n'] = 3", "result = a.n"],
        ["import math", "old = math.floor", "math.floor = lambda x: 0", "result = math.floor(2.5)",
         "math.floor = old"][:4],
        ["import json", "json.dumps = lambda x: 'patched'", "result = json.dumps([1])"],
        ["g = (n for n in range(5))", "first = next(g)", "result = next(g)"],
        ["g = iter([1, 2, 3])", "head = list(zip(g, [0]))", "result = next(g)"],
        ["g = map(str, [1, 2, 3])", "for x in g:\n    break", "result = next(g)"],
        ["def gen():\n    yield 1\n    yield 2", "g = gen()", "total = sum([next(g)])",
         "result = next(g)"],
        ["import random\nrandom.seed(1)", "a = random.random()", "result = random.random()"],
        ["import random", "rng = random.Random(1)", "a = rng.random()", "result = rng.random()"],
        ["import random\nrandom.seed(1)", "def draw():\n    return random.random()", "a = draw()",
         "result = random.random()"],
        ["from random import seed, random", "seed(3)", "a = random()", "result = random()"],
        [PRELUDE, "x = [1]", "b = Box(x)", "b.add(2)", "result = list(x)"],
        [PRELUDE, "x = [1]", "b = Box(inner=x)", "n = b.add(2)", "result = list(x)"],
        [PRELUDE, "b = Box()", "c = b", "n = c.add(2)", "result = b.look()"],
        [PRELUDE, "bs = [Box(), Box()]", "for b in bs:\n    b.add(1)", "result = bs[0].look()"],
        [PRELUDE, "b = Box()", "f = b.add", "f(4)", "result = b.look()"],
        [PRELUDE, "b = Box()", "Box.look = lambda self: 'patched'", "result = b.look()"],
        ["x = 1", "if x:\n    x = 2", "result = x"],
        ["x = 1", "try:\n    x = 2\n    1 / 0\nexcept ZeroDivisionError:\n    pass", "result = x"],
        ["x = {}", "x['a'] = 1", "for k in ['b']:\n    x[k] = 2", "result = dict(x)"],
        ["x = [3, 1]", "x.sort()", "result = x[0]"],
        ["x = [3, 1]", "y = sorted(x)", "y.append(0)", "result = list(x)"],
        ["n = 0", "n += 1", "n += 1", "result = n"],
        ["x = [1]", "x, y = [2], x", "result = (x, y)"],
        ["def f(a=[]):\n    a.append(1)\n    return len(a)", "n = f()", "result = f()"],
        ["def make():\n    n = [0]\n    def count():\n        n[0] += 1\n        return n[0]\n"
         "    return count", "c = make()", "a = c()", "result = c()"],
        ["import functools", "@functools.cache\ndef f(x):\n    return len(seen)", "seen = [1]",
         "a = f(1)", "seen.append(2)", "result = f(1)"],
        ["import os", "os.environ['SAFETY'] = '1'", "result = os.environ.get('SAFETY')"],
        ["x = [1]", "del x[0]", "result = x[:]"],
        ["import collections", "d = collections.deque([1, 2])", "d.popleft()", "result = list(d)"],
        ["import heapq", "h = [3, 1]", "heapq.heapify(h)", "m = heapq.heappop(h)", "result = h[:]"],
        ["x = [1, 2, 3]", "import random\nrandom.shuffle(x)", "result = list(x)"],
        ["x = 5", "def f():\n    return x", "x = 6", "result = f()"],
        ["from dataclasses import dataclass", "@dataclass\nclass P:\n    n: list", "x = [1]",
         "p = P(x)", "p.n.append(2)", "result = list(x)"],
        ["x = [1]", "with open('/dev/null') as f:\n    x.append(2)", "result = list(x)"],
        ["x = [1]", "[x.append(n) for n in (2, 3)]", "result = list(x)"],
        ["x = [1]", "y = [x.append(n) for n in (2, 3)]", "result = list(x)"],
        ["x = [1]", "(lambda a: a.append(2))(x)", "result = list(x)"],
        ["x = [1]", "print(x.append(2))", "result = list(x)"],
        ["x = [1]", "assert x.append(2) is None", "result = list(x)"],
        ["x = [1]", "y = x if True else []", "y.append(2)", "result = list(x)"],
        ["x = [1]", "y = z = x", "z.append(2)", "result = list(x)"],
        ["x = [1]", "(y := x).append(2)", "result = list(x)"],
        ["d = {'x': [1]}", "x = d.get('x')", "x.append(2)", "result = repr(d)"],
        ["x = [[1]]", "y = list(x)", "y[0].append(2)", "result = repr(x)"],
        ["x = [[1]]", "y = x.copy()", "y[0].append(2)", "result = repr(x)"],
    ],
    ids=lambda cells: " | ".join(cells)[-60:],
)  # fmt: skip
def test_what_a_session_did_in_any_way_is_in_the_slice(cells: list[str]) -> None:
    assert outcome(sliced(cells)) == outcome(cells)


NAMES = ["a", "b", "c", "d"]
name = st.sampled_from(NAMES)
number = st.integers(1, 9)

_FORMS = [
    "{x} = [{n}]",
    "{x} = {y}",
    "{x} = [{y}, {n}]",
    "{x} = list({y})",
    "{x} = {y} + [{n}]",
    "{x}.append({n})",
    "{x} += [{n}]",
    "{x}[0] = {n}",
    "{x} = Box({y})",
    "{x} = Box({y}).inner",
    "{x} = Box({y}); {x}.add({n})",
    "n = Box({x}).add({n})",
    "def f():\n    {x}.append({n})\n    return {n}",
    "f()",
    "n = f()",
    "{x} = [f(), {n}]",
    "def g(z):\n    z.append({n})\n    return z",
    "g({x})",
    "{x} = g({y})",
    "{x} = [g({y})]",
    "def h():\n    global {x}\n    {x} = [{n}]",
    "h()",
    "for z in [{x}, {y}]:\n    z.append({n})",
    "if {n} > 4:\n    {x} = [{n}]",
    "{x} = (lambda z: z)({y})",
    "k = lambda: {x}.append({n})",
    "k()",
    "{x}, {y} = {y}, {x}",
    "print(len({x}))",
    "exec('{x} = [{n}]')",
    "globals()['{x}'] = {y}",
    "{x} = iter([{n}, {n}, {n}, {n}])",
    "{x} = [next(iter({y}))]",
    "{x} = [random.random()]",
    "{x} = dict(k={y})['k']",
    "class K:\n    held = {x}",
    "K.held.append({n})",
    "{x} = K.held",
    "{x} = {y}.copy()",
    "{x} = [*{y}, {n}]",
    "{x} = sorted({y}, key=str)",
    "{x} = zip({y}, {y})",
    "{x} = list(zip({y}, [{n}]))",
    "del {x}",
    "f = g2 = lambda: {x}",
    "f().append({n})",
]


@st.composite
def sessions(draw: st.DrawFn) -> list[str]:
    cells = [PRELUDE, "random.seed(3)"]
    cells += [f"{each} = [0]" for each in NAMES]
    cells += ["def f():\n    return 0", "def g(z):\n    return z", "def h():\n    pass"]
    cells += ["k = lambda: 0", "class K:\n    held = []"]
    for _ in range(draw(st.integers(2, 12))):
        form = draw(st.sampled_from(_FORMS))
        cells.append(form.format(x=draw(name), y=draw(name), n=draw(number)))
    return [*cells, f"result = [repr({draw(name)}), {draw(name)}]"]


@settings(max_examples=150, deadline=None)
@given(sessions())
def test_a_slice_alone_gives_what_the_whole_session_gives(cells: list[str]) -> None:
    whole = outcome(cells)
    if whole.isidentifier():  # a session that fails somewhere says nothing
        return
    assert _plain(outcome(sliced(cells))) == _plain(whole)


def _plain(text: str) -> str:
    """A repr without addresses."""
    return re.sub(r"0x[0-9a-f]+", "0x", text)
