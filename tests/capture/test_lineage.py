"""The part of a session that one of its executions may depend on."""

from __future__ import annotations

import pytest

from tracker.capture.dataflow import names_of
from tracker.capture.lineage import Execution, slice_of, unbound


def sliced(*cells: str) -> list[str]:
    """The cells that the last one may depend on, by their first word."""
    executions = [Execution(place, names_of(cell)) for place, cell in enumerate(cells)]
    return [cells[place] for place in sorted(slice_of(executions, [len(cells) - 1]))]


LOAD = "import pandas as pd\ndf = pd.read_csv('x.csv')"


@pytest.mark.parametrize(
    ("needed", "not_needed"),
    [
        ([LOAD, "df['a'] = 1", "use(df)"], ["other = 1", "df.head()", "print(other)"]),
        ([LOAD, "df.dropna(inplace=True)", "use(df)"], ["df.plot()", "n = len(df)"]),
        ([LOAD, "part = df[df.a > 1]", "part.pop('b')", "use(df)"], ["x = part.sum()"]),
        ([LOAD, "clean(df)", "use(df)"], ["df.describe()"]),
        (["import numpy as np\nnp.random.seed(0)", "use(np.random.rand())"], ["x = np.ones(3)"]),
        (["import os\nos.environ['A'] = '1'", "use()"], ["x = 1"]),
        (["!wget http://x/y.csv", "use(open('y.csv'))"], ["x = 1"]),
        (["%cd data", "use(open('y.csv'))"], ["%matplotlib inline"]),
        (["exec(text)", "use(z)"], ["x = 1"]),
        (["from m import *", "use(z)"], ["x = 1"]),
        (["rate = 1", "def f():\n    return rate", "f()"], ["def g():\n    return 2", "g()"]),
        (["def f():\n    return rate", "rate = 1", "f()"], ["x = f"]),
        (["k = 2", "def g():\n    return k", "def f():\n    return g()", "use(f())"], ["j = k"]),
        (["class A:\n    pass", "A.x = 1", "use(A())"], ["A().y"]),
        (["x = [1]", "y = x", "y.append(2)", "use(x)"], ["z = [2]", "z.append(2)"]),
        (["n = 0", "n += 1", "use(n)"], ["m = 0", "m += 1"]),
        (["if a:\n    x = 1", "x = 2", "if b:\n    x = 3", "use(x)"][1:], ["y = 1"]),
        (["import pandas as pd\npd.set_option('x', 1)", "use()"], ["import json"]),
        (["import a\na.b = 3", "use()"], ["import json"]),
        (["é = 1", "use(é)"], ["e = 1"]),
    ],
)
def test_what_the_last_cell_may_depend_on_is_kept_and_nothing_else(
    needed: list[str], not_needed: list[str]
) -> None:
    assert sliced(*needed[:-1], *not_needed, needed[-1]) == needed


def test_of_several_models_on_the_same_data_only_the_one_asked_for_is_kept() -> None:
    data = "from sklearn.linear_model import Lasso, Ridge\nX, y = load()\nalpha = 0.1"
    other = "ridge = Ridge(alpha=alpha)\nridge.fit(X, y)\nprint(ridge.score(X, y))"
    model = "lasso = Lasso(alpha=alpha)\nlasso.fit(X, y)"
    assert sliced(data, other, model, "s = lasso.score(X, y)") == [
        data,
        model,
        "s = lasso.score(X, y)",
    ]


def test_drawing_is_not_kept_but_a_style_is() -> None:
    style = "import matplotlib.pyplot as plt\nplt.style.use('ggplot')"
    assert sliced(style, "plt.plot([1])\nplt.show()", "use(plt)") == [style, "use(plt)"]


def test_logging_elsewhere_is_not_kept_but_the_experiment_is() -> None:
    choice = "import tracker\ntracker.set_experiment('x')"
    log = "tracker.log_metric('a', 1)"
    assert sliced(choice, log, "tracker.log_metric('b', 2)") == [
        choice,
        "tracker.log_metric('b', 2)",
    ]


def test_what_ran_after_the_target_is_never_part_of_it() -> None:
    cells = ["x = [1]", "use(x)", "x.append(2)", "!rm everything"]
    executions = [Execution(place, names_of(cell)) for place, cell in enumerate(cells)]
    assert slice_of(executions, [1]) == {0, 1}


def test_names_that_nothing_bound_before_are_told() -> None:
    cells = ["use = print", "use(x)", "x = 1", "def f():\n    return later + never", "later = 1"]
    executions = [Execution(place, names_of(cell)) for place, cell in enumerate(cells)]
    assert [(gap.place, gap.name) for gap in unbound(executions)] == [(1, "x"), (3, "never")]


def test_after_a_star_import_any_name_may_be_bound() -> None:
    executions = [Execution(0, names_of("from m import *")), Execution(1, names_of("x"))]
    assert unbound(executions) == []


@pytest.mark.parametrize(
    ("cells", "needed"),
    [
        (["base = 5", "other = 2", "exec('h = base * 2')", "use(h)"], {0, 2, 3}),
        (["base = 5", "other = 2", "exec(code)", "use(h)"], {0, 1, 2, 3}),
        (["base = 5", "other = 2", "h = globals()['base']", "use(h)"], {0, 2, 3}),
        (["base = 5", "h = eval('ba' + 'se')", "use(h)"], {0, 1, 2}),
        (["def g():\n    return eval(text)", "z = 1", "text = 'z'", "use(g())"], {0, 1, 2, 3}),
        (["import tracker", "mean = 1", "tracker.log_metric('m', mean)", "use(mean)"], {1, 3}),
        (
            [
                "import tracker",
                "def train(a):\n    tracker.log_metric('a', a)",
                "train(1)",
                "tracker.log_metric('b', 2)\ntrain(2)",
            ],
            {0, 1, 3},
        ),
    ],
)
def test_what_is_read_in_hiding_is_needed_and_what_only_logs_is_not(
    cells: list[str], needed: set[int]
) -> None:
    executions = [Execution(place, names_of(cell)) for place, cell in enumerate(cells)]
    assert slice_of(executions, [len(cells) - 1]) == needed
