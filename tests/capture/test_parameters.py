"""Parameters found in source and given other values, token for token."""

import ast
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.capture.parameters import Parameter, find_parameters, override
from tracker.errors import InvalidValue


def values(source: str) -> dict[str, Any]:
    return {found.name: found.value for found in find_parameters(source)}


def test_plain_literals_at_the_top_level_are_parameters() -> None:
    source = "alpha = 0.1\nn: int = -3\nname = 'elastic'\nfast = True\ndepth = None\n"
    assert values(source) == {
        "alpha": 0.1,
        "n": -3,
        "name": "elastic",
        "fast": True,
        "depth": None,
    }
    assert [found.type for found in find_parameters(source)] == [
        "float",
        "int",
        "string",
        "bool",
        "string",
    ]


def test_places_are_counted_in_characters_and_the_comment_is_the_help() -> None:
    (found,) = find_parameters("x()\nпривет = 0.25  # how much\n")
    assert found == Parameter("привет", 0.25, "float", 2, 9, 2, 13, "how much")


@pytest.mark.parametrize("comment", ["# noqa: E501", "# type: float", "# pylint: disable=x"])
def test_a_comment_to_a_tool_is_no_help(comment: str) -> None:
    assert find_parameters(f"x = 1  {comment}")[0].help == ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = b = 1", {"a": 1, "b": 1}),
        ("a, b = 1, 2", {"a": 1, "b": 2}),
        ("[a, (b, c)] = [1, (2, 'x')]", {"a": 1, "b": 2, "c": "x"}),
        ("params = {'eta': 0.1, 'deep': [1, 2]}", {"params": {"eta": 0.1, "deep": [1, 2]}}),
        ("grid = (1, -2.5)", {"grid": (1, -2.5)}),
        ("best = float('inf')", {"best": math.inf}),
        ("text = ('a'\n        'b')", {"text": "ab"}),
        ("rate: float = 1", {"rate": 1.0}),
        ("x = 0.1; y = 2", {"x": 0.1, "y": 2}),
        ("a = 1\na = 2\nprint(a)", {"a": 2}),
        ("a = 1\nprint(a)\na = 2\nprint(a)", {"a": 1}),
        ("a = 1\ndef f():\n    return a\na = 2\nf()", {"a": 2}),
        ("x = 1\ny = [f(x) for x in range(3)]", {"x": 1}),
    ],
)
def test_the_shapes_of_assignments(source: str, expected: dict[str, Any]) -> None:
    assert values(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "n_iter = 0\nn_iter += 1",
        "n = 0\nfor _ in range(3):\n    n += 1",
        "total = 0.0\nwhile total < 3:\n    total = total + 1",
        "best = None\nfor s in scores:\n    if s > 1:\n        best = s",
        "count = 0\ndef step():\n    global count\n    count += 1",
        "i = 0\nfor i in range(3):\n    pass",
        "f = 1\ndef f():\n    pass",
        "np = 1\nimport numpy as np",
        "data = 1\ndata = load()",
        "fh = 1\nwith open('x') as fh:\n    pass",
        "e = 1\ntry:\n    pass\nexcept OSError as e:\n    pass",
        "x = 1\ndel x",
        "x = 1\nif (x := 3):\n    pass",
        "history = [1]\nhistory.append(2)",
        "history = {'a': 1}\nhistory['b'] = 2",
        "losses = []",
        "_private = 1",
        "if True:\n    x = 1",
        "def f():\n    x = 1",
        "x = 1 if y else 2",
        "x = f(1)",
        "x = f'{y}'",
        "x = b'bytes'",
        "a, *b = 1, 2, 3",
        "obj.attribute = 1",
        "x = [y, 1]",
        "x = ...",
        "x: int",
        "prompt = '" + "long " * 200 + "'",
        "this is no Python",
        "%%bash\nx=1",
        "%%writefile a.py\nx = 1",
        "x = \x00",
        "",
    ],
)
def test_state_of_the_program_and_other_text_is_no_parameter(source: str) -> None:
    assert values(source) == {}


def test_what_only_ipython_understands_does_not_hide_parameters() -> None:
    source = """%%track study -e 'a b'
%matplotlib inline
!pip install "it's not closed
x = 1
files = !ls *.csv
%time y = 2
if x:
    !echo \\
       {x}
print?
pip install somewhat
z = await f(x)
text = '''
%not a magic
'''
w = 4
"""
    found = {parameter.name: parameter for parameter in find_parameters(source)}
    assert {name: parameter.value for name, parameter in found.items()} == {
        "x": 1,
        "y": 2,
        "text": "\n%not a magic\n",
        "w": 4,
    }
    assert (found["y"].line, found["y"].column) == (6, 10)
    assert override(source, {"y": "7"}) == source.replace("y = 2", "y = 7")


def test_override_keeps_every_other_character() -> None:
    source = "import math  # first\nalpha=0.1   # é \nbeta =  \"b\" ;c=(1)\r\nd = '''x\ny''' # end"
    changed = override(source, {"alpha": "1e-4", "beta": "it's", "c": "-5", "d": "one"})
    assert changed == (
        "import math  # first\nalpha=1e-4   # é \nbeta =  \"it's\" ;c=(-5)\r\nd = 'one' # end"
    )


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("x = 0.1", "5", 5.0),
        ("x = 0.1", "inf", math.inf),
        ("x = 0.1", "-1_000.5", -1000.5),
        ("x = 1", "0.5", 0.5),
        ("x = 1", "1e3", 1000),
        ("x = 1", "007", 7),
        ("x = 1", "0x10", 16),
        ("x = True", "no", False),
        ("x = False", " TRUE ", True),
        ("x = 'a'", "5", "5"),
        ("x = 'a'", "", ""),
        ("x = None", "5", 5),
        ("x = None", "adam", "adam"),
        ("x = None", "None", None),
        ("x = [1]", "(1, 2)", [1, 2]),
        ("x = {'a': 1}", "{'a': 2}", {"a": 2}),
    ],
)
def test_text_is_read_as_the_literals_type(source: str, text: str, expected: object) -> None:
    found = values(override(source, {"x": text}))["x"]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("x = 0.1", "abc", "takes a number"),
        ("x = 0.1", "", "takes a number"),
        ("x = 0.1", "1; import os", "takes a number"),
        ("x = 1", "True", "takes a number"),
        ("x = 1", "1+2j", "takes a number"),
        ("x = True", "maybe", "takes true or false"),
        ("x = [1]", "5", "takes a Python list"),
        ("x = {'a': 1}", "__import__('os')", "takes a Python dict"),
    ],
)
def test_text_of_another_type_is_refused_with_what_was_expected(
    source: str, text: str, expected: str
) -> None:
    with pytest.raises(InvalidValue, match=expected) as error:
        override(source, {"x": text})
    assert "'x'" in str(error.value)
    assert repr(text) in str(error.value)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidValue, match="Did you mean 'alpha'.*There are: alpha, beta"):
        override("alpha = 1\nbeta = 2", {"alhpa": "3"})
    with pytest.raises(InvalidValue, match="assigns no literal"):
        override("fit()", {"alpha": "3"})


def test_names_that_share_a_literal_cannot_differ() -> None:
    assert override("a = b = 1", {"a": "2"}) == "a = b = 2"
    with pytest.raises(InvalidValue, match="share one literal"):
        override("a = b = 1", {"a": "2", "b": "3"})


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=40)
)
containers = st.recursive(
    st.one_of(st.integers(-9, 9), st.text(max_size=5), st.booleans()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
).filter(lambda value: isinstance(value, list | dict) and bool(value))


def written(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value)


@given(old=st.one_of(scalars, containers), data=st.data())
def test_override_then_find_gives_the_value_back(old: object, data: st.DataObject) -> None:
    same = {int: st.integers(), float: st.floats(allow_nan=False), str: st.text(max_size=40)}
    same[bool] = st.booleans()
    same[list] = same[dict] = containers.filter(lambda value: type(value) is type(old))
    new = data.draw(same.get(type(old), st.integers()))
    before, after = "première = 'é'; y = ", "  # a comment\nprint(y, 'z')\n"
    source = before + written(old) + after
    (_, found) = find_parameters(source)
    text = new if isinstance(new, str) else repr(new)
    changed = override(source, {"y": text})
    (_, again) = find_parameters(changed)
    assert again.value == new
    assert type(again.value) is type(new)
    assert changed.startswith(before)
    assert changed.endswith(after)
    assert override(source, {"y": found.text}) == source


@given(
    st.lists(
        st.sampled_from(
            [
                "a = 1",
                "%time b = 2",
                "!ls",
                "\tx?",
                "'''",
                '"',
                "(",
                ")",
                "c = '\\'",
                "\\",
                "é=1",
                "\x0c",
            ]
        )
    )
)
def test_any_text_is_read_without_an_error_and_places_fit(parts: list[str]) -> None:
    source = "\n".join(parts)
    for found in find_parameters(source):
        lines = source.split("\n")
        if found.line == found.end_line:
            literal = lines[found.line - 1][found.column : found.end_column]
            assert ast.literal_eval(literal) == found.value


@given(st.text())
def test_arbitrary_text_is_no_error(text: str) -> None:
    for found in find_parameters(text):
        assert override(text, {found.name: found.text}) is not None
