"""Names that a cell reads, binds and changes."""

from __future__ import annotations

import pytest

from tracker.capture.dataflow import names_of


@pytest.mark.parametrize(
    ("source", "reads", "always"),
    [
        ("x = y + 1", "y", "x"),
        ("x = 1\nz = x", "", "x z"),
        ("x += 1", "x", "x"),
        ("x[0] = y", "x y", ""),
        ("x.a = 1", "x", ""),
        ("del x", "x", "x"),
        ("import a.b as c, d.e", "", "c d"),
        ("if a:\n    x = 1\nelse:\n    x = b", "a b", "x"),
        ("if a:\n    x = 1\nprint(x)", "a print x", ""),
        ("for i in xs:\n    y = i\n    z = y", "xs", ""),
        ("while n:\n    n = f(n)", "n f", ""),
        ("with open(p) as f:\n    t = f.read()", "open p", "f t"),
        ("try:\n    import a\nexcept ImportError:\n    a = None", "ImportError", "a"),
        ("try:\n    x = f()\nexcept E as e:\n    print(e)\ny = x", "f E print x", "y"),
        ("def f(a, b=c):\n    return a + b + d", "c", "f"),
        ("@deco\nclass A(B):\n    x = y\n    z = x", "deco B y", "A"),
        ("[i * k for i in xs if i > m]", "xs k m", ""),
        ("f = lambda a: a + b", "", "f"),
        ("x: int = y", "int y", "x"),
        ("(y := x)", "x", "y"),
        ("a, *b = c", "c", "a b"),
        ("match v:\n    case {'k': w}:\n        u = w", "v", ""),
        ("%time x = f(y)", "f y", "x"),
        ("files = !ls {folder}", "", "files"),
        ("x = await f()", "f", "x"),
    ],
)
def test_names_read_from_outside_and_names_surely_bound(
    source: str, reads: str, always: str
) -> None:
    names = names_of(source)
    assert names.reads == set(reads.split())
    assert names.always == set(always.split())


@pytest.mark.parametrize(
    ("source", "deferred"),
    [
        ("def f(a):\n    b = a\n    return b + c", "c"),
        ("def f():\n    global g\n    g = h", "h"),
        ("def f():\n    def inner(x):\n        return x + y\n    return inner", "y"),
        ("def f(xs):\n    return [x + k for x in xs]", "k"),
        ("class A:\n    def m(self):\n        return k", "k"),
        ("g = lambda a, *b, c=1, **d: (a, b, c, d, e)", "e"),
        ("def f():\n    import os\n    return os.sep", ""),
    ],
)
def test_names_that_functions_will_read_when_called(source: str, deferred: str) -> None:
    assert names_of(source).deferred - {"f"} == set(deferred.split())


@pytest.mark.parametrize(
    ("source", "changes", "may_change", "refits"),
    [
        ("x.append(1)", "x", "x", ""),
        ("x[0] = 1", "x", "", ""),
        ("x.a.b = 1", "x", "", ""),
        ("del x[0]", "x", "", ""),
        ("df.drop('a', inplace=True)", "df", "df", ""),
        ("df.drop('a', inplace=False);", "", "df", ""),
        ("y = df.drop('a')", "", "", ""),
        ("model.fit(X, y)", "", "", "model"),
        ("m = model.fit(X, y)", "", "", "model"),
        ("model.partial_fit(X)", "model", "model X", ""),
        ("train(model, data=d)", "", "model d", ""),
        ("df.head()", "", "", ""),
        ("print(x)", "", "", ""),
        ("ax.set_title(x)", "", "ax x", ""),
    ],
)
def test_names_changed_in_place(source: str, changes: str, may_change: str, refits: str) -> None:
    names = names_of(source)
    assert names.changes == set(changes.split())
    assert names.may_change == set(may_change.split())
    assert names.refits == set(refits.split())


@pytest.mark.parametrize(
    ("source", "opaque", "effects", "declares"),
    [
        ("exec(text)", True, False, False),
        ("%run x.py", True, True, False),
        ("this is no Python", True, False, False),
        ("!touch x", False, True, False),
        ("%%bash\nls", False, True, False),
        ("%%html\n<b>", False, False, True),
        ("os.environ['A'] = 'b'", False, True, False),
        ("os.chdir('x')", False, True, False),
        ("df.to_csv('x')", False, True, False),
        ("open('x', 'w')", False, True, False),
        ("open('x')", False, False, False),
        ("import a\ndef f(): pass\nx = 1", False, False, True),
        ("x = y", False, False, False),
    ],
)
def test_what_cannot_be_told_by_names(
    source: str, opaque: bool, effects: bool, declares: bool
) -> None:
    names = names_of(source)
    assert (names.opaque, names.effects, names.declares) == (opaque, effects, declares)
