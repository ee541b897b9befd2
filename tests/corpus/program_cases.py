"""Notebooks about the language: parameters, loops, functions, classes, order of execution."""

from __future__ import annotations

from tests.corpus.case import Case, Cell

LOG = "tracker.log_metric"

CASES = [
    Case(
        "parameters-in-one-cell",
        (
            "%load_ext tracker\nimport math\nimport tracker",
            'alpha = 0.5  # mixing strength\nn = 4\nname = "elastic"',
            "unused = [1, 2]",
            f"%%track fit\nscore = alpha * n + len(name)\n{LOG}('score', score)\nmath.sqrt(score)",
        ),
        needs={"fit": (1, 2, 4)},
        parameters=("alpha", "n", "name"),
        export="fit",
    ),
    Case(
        "parameters-in-many-cells",
        (
            "import tracker",
            "rate = 0.1",
            "depth = 3",
            "width = depth * 2",
            f"%%track narrow\n{LOG}('score', rate * width)",
            "rate = 0.2",
            f"%%track wide\nbias = 1\n{LOG}('score', rate * width + bias)",
        ),
        needs={"narrow": (1, 2, 3, 4, 5), "wide": (1, 3, 4, 6, 7)},
        parameters=("rate", "depth", "rate_2", "bias"),
    ),
    Case(
        "a-loop-that-starts-runs",
        (
            "import tracker",
            "data = [1.0, 2.0, 4.0]",
            "other = 'not needed'",
            "for alpha in (0.1, 0.5, 1.0):\n"
            "    with tracker.start_run(run_name=f'alpha {alpha}'):\n"
            "        tracker.log_param('alpha', alpha)\n"
            "        for step, x in enumerate(data):\n"
            f"            {LOG}('loss', x * alpha, step=step)",
        ),
        needs={f"alpha {alpha}": (1, 2, 4) for alpha in (0.1, 0.5, 1.0)},
        parameters=("data", "other"),
    ),
    Case(
        "functions-across-cells",
        (
            "import tracker",
            "def squared(x):\n    return x * x",
            "def never_called(x):\n    return squared(x) + 1",
            "factor = 3",
            "def loss(values):\n    return sum(factor * squared(v) for v in values)",
            "values = [1, 2, 3]",
            f"%%track study\n{LOG}('loss', loss(values))",
        ),
        needs={"study": (1, 2, 4, 5, 6, 7)},
        parameters=("factor", "values"),
        export="study",
    ),
    Case(
        "classes-across-cells",
        (
            "import tracker",
            "class Model:\n    bias = 1\n\n    def __init__(self, rate):\n        self.rate = rate",
            "class Unrelated(Model):\n    pass",
            "class Line(Model):\n    def predict(self, x):\n"
            "        return self.rate * x + self.bias",
            "line = Line(rate=2)",
            "line.bias = 5",
            f"%%track line\n{LOG}('y', line.predict(10))",
        ),
        # A subclass that nobody uses binds its own name alone; the change of `line` matters.
        needs={"line": (1, 2, 4, 5, 6, 7)},
        export="line",
    ),
    Case(
        "the-users-own-training-function",
        (
            "import tracker",
            "def train(alpha, l1_ratio=0.5):\n"
            '    """Fit once.\n\n    :param alpha: strength of the penalty\n    """\n'
            "    with tracker.start_run(run_name=f'{alpha}'):\n"
            f"        {LOG}('score', alpha + 10 * l1_ratio)",
            "train(0.1)",
            "train(0.2, l1_ratio=0.1)",
            "train(0.3, 0.9)",
        ),
        needs={"0.1": (1, 2, 3), "0.2": (1, 2, 4), "0.3": (1, 2, 5)},
        parameters=(
            *("train_l1_ratio", "train_alpha", "train_alpha_2", "train_l1_ratio_2"),
            *("train_alpha_3", "train_l1_ratio_3"),
        ),
    ),
    Case(
        "out-of-order",
        (
            Cell("import tracker", "one"),
            Cell("x = 10", "four"),
            Cell("def double(v):\n    return v * 2", "three"),
            Cell("x = double(x) + 1", "two"),
            Cell(f"%%track run\n{LOG}('x', x)", "five"),
        ),
        needs={"run": (1, 2, 3, 4, 5)},
        parameters=("x",),
    ),
    Case(
        "repeated-execution",
        (
            Cell("import tracker", "a"),
            Cell("total = 0", "b"),
            Cell("total += 7", "c"),
            Cell("total += 7", "c"),
            Cell("print(total)", "d"),
            Cell("total += 7", "c"),
            Cell(f"%%track thrice\n{LOG}('total', total)", "e"),
        ),
        needs={"thrice": (1, 2, 3, 4, 6, 7)},
        export="thrice",
        remark="ran three times",
    ),
    Case(
        "a-cell-deleted-since",
        (
            Cell("import tracker", "a"),
            Cell("secret_ingredient = 42", "gone"),
            Cell(f"%%track run\n{LOG}('x', secret_ingredient / 2)", "b"),
        ),
        needs={"run": (1, 2, 3)},
        parameters=("secret_ingredient",),
        files={"study.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'},
        export="run",
    ),
    Case(
        "a-cell-edited-between-runs",
        (
            Cell("import tracker", "a"),
            Cell("values = [1, 2, 3]", "b"),
            Cell("mean = sum(values) / len(values)", "c"),
            Cell(f"%%track before\n{LOG}('mean', mean)", "d"),
            Cell("values = [1, 2, 300]", "b"),
            Cell(f"%%track stale\n{LOG}('mean', mean)", "e"),
            Cell("mean = sum(values) / len(values)", "c"),
            Cell(f"%%track after\n{LOG}('mean', mean)", "f"),
        ),
        needs={"before": (1, 2, 3, 4), "stale": (1, 2, 3, 6), "after": (1, 5, 7, 8)},
        parameters=("values",),
        export="stale",
        remark="was edited and run again",
    ),
    Case(
        "a-run-over-several-cells",
        (
            "import tracker",
            "lr = 0.01",
            "run = tracker.start_run(run_name='long')",
            f"{LOG}('loss', 1 - lr, step=0)",
            "aside = 'looked at in between'",
            f"{LOG}('loss', 1 - 2 * lr, step=1)",
            "tracker.end_run()",
        ),
        needs={"long": (1, 2, 3, 4, 5, 6, 7)},
        parameters=("lr", "aside"),
    ),
    Case(
        "top-level-await",
        (
            "import asyncio\nimport tracker",
            "async def fetch(n):\n    await asyncio.sleep(0)\n    return list(range(n))",
            "data = await fetch(5)",
            "both = await asyncio.gather(fetch(2), fetch(3))",
            f"%%track awaited\nmore = await fetch(4)\n"
            f"{LOG}('n', len(data) + len(both[1]) + len(more))",
        ),
        needs={"awaited": (1, 2, 3, 4, 5)},
        export="awaited",
    ),
    Case(
        "unicode-names",
        (
            "import tracker",
            "größe = 2.5  # wie groß 🙂\nимя = 'данные'",
            "def 面積(半径):\n    return 3 * 半径 ** 2",
            f"%%track größen-lauf\n{LOG}('fläche', 面積(größe) + len(имя))",
        ),
        needs={"größen-lauf": (1, 2, 3, 4)},
        parameters=("größe", "имя"),
        export="größen-lauf",
    ),
    Case(
        "shared-lists-and-aliases",
        (
            "import tracker",
            "history = []",
            "alias = history",
            "untouched = [9]",
            "alias.append(4)",
            "history.extend([1, 2])",
            f"%%track run\n{LOG}('sum', sum(history))",
        ),
        needs={"run": (1, 2, 3, 5, 6, 7)},
        export="run",
    ),
    Case(
        "what-cannot-be-known-is-kept",
        (
            "import tracker",
            "base = 5",
            "exec('hidden = base * 2')",
            "globals()['other'] = 3",
            "plain = 'never read'",
            f"%%track run\n{LOG}('x', hidden + other)",
        ),
        needs={"run": (1, 2, 3, 4, 6)},
        parameters=("base",),
        export="run",
    ),
]
