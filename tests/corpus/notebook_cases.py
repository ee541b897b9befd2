"""Notebooks about what IPython adds, and what is beside a notebook: magics, shell, files, plots."""

from __future__ import annotations

from tests.corpus.case import CLOSE, DIFFERS, Case, Cell

LOG = "tracker.log_metric"
POINTS = "x,y\n1,2\n2,3.5\n3,7\n4,8.5\n"

CASES = [
    Case(
        "matplotlib-inline",
        (
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport tracker",
            "steps = 5",
            "plt.plot([3, 2, 1])\nplt.title('only looked at');",
            "%%track curve\nlosses = [1 / (n + 1) for n in range(steps)]\n"
            f"for n, loss in enumerate(losses):\n    {LOG}('loss', loss, step=n)\n"
            "plt.plot(losses)\nplt.title('loss')\nplt.show()",
        ),
        needs={"curve": (1, 2, 4)},
        parameters=("steps",),
        export="curve",
        figures=1,
    ),
    Case(
        "plots-of-all-kinds",
        (
            "import matplotlib.pyplot as plt\nimport tracker\n%matplotlib inline",
            "def draw(values, title):\n    fig, ax = plt.subplots(figsize=(4, 3))\n"
            "    ax.bar(range(len(values)), values)\n    ax.set_title(title)\n    return fig",
            f"%%track figures\n{LOG}('n', 3)\nfigure = draw([1, 3, 2], 'bars')\n"
            "tracker.log_figure(figure, 'bars.png')\nplt.figure()\nplt.hist([1, 1, 2, 5], bins=4);",
        ),
        needs={"figures": (1, 2, 3)},
        export="figures",
        figures=2,
    ),
    Case(
        "time-magics",
        (
            "import tracker",
            "%time values = [n ** 2 for n in range(10)]",
            "%timeit -n 1 -r 1 sum(values)",
            f"%%time\n%%track timed\n%time total = sum(values)\n{LOG}('total', total)",
        ),
        needs={"timed": (1, 2, 4)},
        export="timed",
    ),
    Case(
        "pip-and-shell-lines",
        (
            "!pip install --quiet --no-input pyyaml",
            "import yaml\nimport tracker",
            "words = !echo three blind mice",
            "%env GREETING=hello",
            f"%%track run\nimport os\nfacts = yaml.safe_load('n: 5')\n"
            f"{LOG}('n', facts['n'] + len(words[0].split()) + len(os.environ['GREETING']))",
        ),
        # What touches the world outside is kept: nobody can know who depends on it.
        needs={"run": (1, 2, 3, 4, 5)},
        export="run",
        remark="pyyaml is among the requirements",
    ),
    Case(
        "run-a-file",
        (
            "import tracker",
            "%run prepare.py 4",
            "leftover = 1",
            f"%%track run\n{LOG}('total', sum(prepared))",
        ),
        needs={"run": (1, 2, 4)},
        export="run",
        files={"prepare.py": "import sys\nprepared = list(range(int(sys.argv[1])))\n"},
    ),
    Case(
        "write-a-module-and-import-it",
        (
            "import tracker",
            "%%writefile written_here.py\ndef triple(x):\n    return 3 * x",
            "from written_here import triple",
            f"%%track run\n{LOG}('x', triple(14))",
        ),
        needs={"run": (1, 2, 3, 4)},
        export="run",
    ),
    Case(
        "local-modules-and-packages",
        (
            "import tracker\nfrom corpus_helpers import shift\n"
            "import corpus_tools.scaling as scaling",
            "offset = 2",
            f"%%track run\n{LOG}('x', scaling.scale(shift(10, offset)))",
        ),
        needs={"run": (1, 2, 3)},
        parameters=("offset",),
        export="run",
        files={
            "corpus_helpers.py": "def shift(x, by):\n    return x + by\n",
            "corpus_tools/__init__.py": "",
            "corpus_tools/scaling.py": "from .factors import FACTOR\n\n\n"
            "def scale(x):\n    return FACTOR * x\n",
            "corpus_tools/factors.py": "FACTOR = 1.5\n",
        },
    ),
    Case(
        "a-table-beside-the-notebook",
        (
            "import pandas as pd\nimport tracker",
            "df = pd.read_csv('data/points.csv')",
            "df.describe()",
            "slope = (df.y * df.x).sum() / (df.x ** 2).sum()",
            f"%%track fit\n{LOG}('slope', slope)\n{LOG}('rows', len(df))\ndf.head(2)",
        ),
        needs={"fit": (1, 2, 4, 5)},
        export="fit",
        files={"data/points.csv": POINTS},
    ),
    Case(
        "data-changed-since",
        (
            "import csv\nimport tracker",
            "with open('points.csv') as file:\n"
            "    ys = [float(row['y']) for row in csv.DictReader(file)]",
            f"%%track mean\n{LOG}('mean', sum(ys) / len(ys))",
        ),
        needs={"mean": (1, 2, 3)},
        export="mean",
        files={"points.csv": POINTS},
        later={"points.csv": POINTS + "5,1000\n"},
        verdict=DIFFERS,
        cause="data changed: points.csv",
    ),
    Case(
        "tables-changed-in-place",
        (
            Cell("import pandas as pd\nimport tracker", "a"),
            Cell("df = pd.DataFrame({'x': [1, 2, 3], 'y': [2, 4, 7], 'drop_me': 0})", "b"),
            Cell("df.drop(columns='drop_me', inplace=True)", "c"),
            Cell("df['x'] = df['x'] * 10", "d"),
            Cell("copy = df.copy()", "e"),
            Cell("df['x'] = df['x'] * 10", "d"),
            Cell("df.loc[0, 'y'] = 100", "f"),
            Cell(f"%%track run\n{LOG}('x', df.x.sum())\n{LOG}('y', df.y.sum())", "g"),
        ),
        needs={"run": (1, 2, 3, 4, 6, 7, 8)},
        export="run",
        remark="ran twice",
    ),
    Case(
        "a-seed-in-a-cell",
        (
            "import numpy as np\nimport tracker",
            "np.random.seed(7)",
            "noise = np.random.normal(size=100)",
            f"%%track seeded\n{LOG}('mean', noise.mean())\n{LOG}('draw', np.random.rand())",
        ),
        needs={"seeded": (1, 2, 3, 4)},
        parameters=("seed",),
        export="seeded",
    ),
    Case(
        "no-seed",
        (
            "import random\nimport tracker",
            "noise = [random.gauss(0, 1) for _ in range(10)]",
            f"%%track lucky\n{LOG}('mean', sum(noise))\n{LOG}('n', len(noise))",
        ),
        needs={"lucky": (1, 2, 3)},
        export="lucky",
        verdict=DIFFERS,
        cause="unseeded randomness ('mean' came out differently when it was run twice): "
        "random.gauss(...)",
    ),
    Case(
        "a-last-digit-that-varies",
        (
            "import random\nimport tracker",
            f"%%track close\n{LOG}('score', 0.75 + random.random() * 1e-9)",
        ),
        needs={"close": (1, 2)},
        export="close",
        verdict=CLOSE,
    ),
    Case(
        "a-metric-of-time",
        (
            "import time\nimport tracker",
            f"%%track timed\nbegan = time.perf_counter()\n{LOG}('score', 3)\n"
            f"{LOG}('fit_seconds', time.perf_counter() - began)",
        ),
        needs={"timed": (1, 2)},
        export="timed",
    ),
    Case(
        "values-in-keywords-of-a-model",
        (
            "import tracker\nfrom sklearn.ensemble import RandomForestClassifier\n"
            "from sklearn.datasets import load_iris\nfrom sklearn.model_selection import "
            "train_test_split",
            "X, y = load_iris(return_X_y=True)\n"
            "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, "
            "random_state=3)",
            "options = {'max_depth': 3, 'n_jobs': 1}",
            "%%track forest\nmodel = RandomForestClassifier(n_estimators=8, random_state=11, "
            f"**options)\nmodel.fit(X_train, y_train)\n{LOG}('accuracy', "
            "model.score(X_test, y_test))",
        ),
        needs={"forest": (1, 2, 3, 4)},
        parameters=(
            *("train_test_split_test_size", "train_test_split_random_state"),
            *("options_max_depth", "model_n_estimators", "model_random_state"),
        ),
        export="forest",
    ),
    Case(
        "written-for-mlflow",
        (
            "import tracker as mlflow",
            "mlflow.set_experiment('lines')",
            "lr = 0.05",
            "with mlflow.start_run(run_name='line') as run:\n    mlflow.log_param('lr', lr)\n"
            "    mlflow.log_metrics({'a': 1 - lr, 'b': 2 * lr})\n"
            "    mlflow.log_text('kept', 'notes.txt')\nrun.info.run_name",
        ),
        needs={"line": (1, 2, 3, 4)},
        parameters=("lr",),
        export="line",
    ),
    Case(
        "autolog",
        (
            "import tracker\nfrom sklearn.linear_model import Ridge\ntracker.autolog()",
            "X, y = [[0.0], [1.0], [2.0]], [0.0, 1.1, 1.9]",
            "aside = 1",
            "%%track ridge\nmodel = Ridge(alpha=0.5)\nmodel.fit(X, y);",
        ),
        needs={"ridge": (1, 2, 4)},
        parameters=("model_alpha",),
        export="ridge",
    ),
    Case(
        "long-outputs",
        (
            "import tracker",
            "for n in range(3000):\n    print('line', n, 'x' * 60)",
            "%%track wordy\nfor step in range(3000):\n    print('step', step, '=' * 60)\n"
            f"{LOG}('last', step)\n"
            "tracker.log_text('\\n'.join(map(str, range(1000))), 'notes/long.txt')",
        ),
        needs={"wordy": (1, 3)},
        export="wordy",
    ),
    Case(
        "an-exception-that-was-mended",
        (
            Cell("import tracker", "a"),
            Cell("ratio = 1 / 0", "b", fails=True),
            Cell("ratio = 1 / 4", "b"),
            Cell(f"%%track mended\n{LOG}('ratio', ratio)", "c"),
        ),
        needs={"mended": (1, 3, 4)},
        export="mended",
    ),
    Case(
        "an-exception-half-way",
        (
            Cell("import tracker", "a"),
            Cell("half = 21\nundefined_name\nprint('never')", "b", fails=True),
            Cell(f"%%track half\n{LOG}('answer', 2 * half)", "c"),
        ),
        needs={"half": (1, 2, 3)},
        parameters=("half",),
        export="half",
        remark="failed",
    ),
    Case(
        "a-run-that-failed",
        (
            Cell("import tracker", "a"),
            Cell("limit = 3", "b"),
            Cell(
                f"%%track broken\nfor n in range(10):\n    {LOG}('n', n)\n    assert n < limit",
                "c",
                fails=True,
            ),
        ),
        needs={"broken": (1, 2, 3)},
        parameters=("limit",),
        export="broken",
    ),
    Case(
        "a-variable-from-before-a-restart",
        (
            "import tracker",
            f"%%track haunted\n{LOG}('x', left_behind * 2)",
        ),
        needs={"haunted": (1, 2)},
        given={"left_behind": 21},
        export="haunted",
        verdict=DIFFERS,
        cause="hidden state: `left_behind` was not made by any cell",
    ),
    Case(
        "where-it-runs-matters",
        (
            "import os\nimport tracker",
            f"%%track here\n{LOG}('length', len(os.getcwd()))",
        ),
        needs={"here": (1, 2)},
        export="here",
        verdict=DIFFERS,
        cause="not known",
    ),
]
