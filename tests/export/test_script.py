"""Cells as a script: what it says, and that it does what the cells did."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.session import executed
from tracker.export.cells import choose
from tracker.export.imports import RUNTIME
from tracker.export.program import Program, write_program
from tracker.export.script import script_text

RUNTIME_FILE = Path(__file__).parents[2] / "python" / "tracker" / "export" / f"{RUNTIME}.py"


def program(*cells: str) -> Program:
    return write_program(choose(executed(*cells))[0])


def script(*cells: str) -> str:
    return script_text(program(*cells), title="a test")


def body(*cells: str) -> str:
    """The script's cells without its header."""
    return script(*cells).partition("# %% ")[2].partition("\n")[2].rstrip("\n")


def run(folder: Path, *cells: str, arguments: tuple[str, ...] = ()) -> str:
    """What the script prints."""
    (folder / "main.py").write_text(script(*cells), encoding="utf-8")
    (folder / RUNTIME_FILE.name).write_bytes(RUNTIME_FILE.read_bytes())
    command = [sys.executable, "main.py", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("x = f(1)\nx", "x = f(1)\nnotebook.show(x)"),
        ("x;", "x;"),
        ("x # ; no semicolon", "notebook.show(x) # ; no semicolon"),
        ("1, 2", "notebook.show((1, 2))"),
        ("(1,\n 2)", "notebook.show(((1,\n 2)))"),
        ("print(1)", "print(1)"),
        ("plt.plot(x)\nplt.show()", 'plt.plot(x)\nnotebook.figures("in-1")'),
        ("model.fit(X)", "notebook.show(model.fit(X))"),
        ("def f():\n    pass\nf()", "def f():\n    pass\nf()"),
        ("def f():\n    return 1\nf()", "def f():\n    return 1\nnotebook.show(f())"),
        ("%matplotlib inline\nx = g()", "# %matplotlib inline\nx = g()"),
        ("%time x = f(1)", "x = f(1)"),
        ("%time f(1)  ", "notebook.show(f(1))  "),
        ("%%time\nx = f(1)", "x = f(1)"),
        ("%%capture out\nx = f(1)", "x = f(1)"),
        ("%timeit f(1)\nx = f()", "# %timeit f(1)\nx = f()"),
        ("f?\nx = f()", "# f?\nx = f()"),
        ("!ls -l", 'notebook.shell("ls -l")'),
        ("!ls {folder}", 'notebook.shell("ls {folder}", globals())'),
        ("files = !ls *.csv", 'files = notebook.shell_lines("ls *.csv")'),
        ("%cd data", "os.chdir(os.path.expanduser('data'))"),
        ("%env A=b c", "os.environ['A'] = \"b c\""),
        ("%run helpers.py 1 2", "notebook.run_file('helpers.py', globals(), '1', '2')"),
        ("!pip install numpy\nx = f()", "# !pip install numpy\nx = f()"),
        ("if x:\n    !pip install numpy", "if x:\n    # !pip install numpy\n    pass"),
        ("if x:\n    !ls", 'if x:\n    notebook.shell("ls")'),
        ("%%bash\necho 1\necho 2", 'notebook.shell("""echo 1\necho 2""", executable=\'bash\')'),
        ("%%html\n<b>1</b>", "# %%html\n# <b>1</b>"),
        ("%unheard_of 1\nx = f()", "# %unheard_of 1\nx = f()"),
        ("  x = f()\n  y = g()", "x = f()\ny = g()"),
        ("x = await f()", "x = notebook.wait(f())"),
        ("await (f())", "notebook.show(notebook.wait((f())))"),
        ("[await f(i) for i in y]", "notebook.show([notebook.wait(f(i)) for i in y])"),
        ("import tracker", "from notebook_runtime import tracker"),
        ("import tracker as t", "from notebook_runtime import tracker as t"),
        ("import os, mlflow", "import os; from notebook_runtime import mlflow"),
        ("import mlflow.sklearn", "import mlflow.sklearn; from notebook_runtime import mlflow"),
        (
            "from tracker import log_metric as lm",
            "from notebook_runtime import tracker as _tracker; lm = _tracker.log_metric",
        ),
        ("%%track\nfit()", "with notebook.tracked():\n    notebook.show(fit())"),
        ("%%track a -t k=v\nfit();", 'with notebook.tracked("a", tags={"k": "v"}):\n    fit();'),
        ("%%track\n# nothing", "with notebook.tracked():\n    # nothing\n    pass"),
        ("%%track\nt = f'''\na\n'''", "with notebook.tracked():\n    t = f'''\na\n'''"),
        ("plt.plot(x);", 'plt.plot(x);\nnotebook.figures("in-1")'),
    ],
)
def test_a_cell_becomes(cell: str, expected: str) -> None:
    assert body(cell) == expected


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("!pip install -q numpy 'pandas>=2' -r more.txt", "numpy, pandas>=2 are among"),
        ("!curl example.org", "runs the shell command 'curl example.org'"),
        ("%%bash\nls", "runs a script by bash"),
        ("%cd data", "changes the working directory"),
        ("%unheard_of", "left out %unheard_of"),
        ("%%R\nx <- 1", "%%R means nothing"),
        ("%run other.ipynb", "only Python files"),
        ("Out[1]", "uses IPython's own"),
        ("import tracker.rendering", "needs jupyterlab-tracker"),
    ],
)
def test_what_is_not_carried_over_as_it_was_gets_a_remark(cell: str, words: str) -> None:
    (remark,) = program("x = 1", cell).remarks
    assert remark.startswith("In [2] ")
    assert words in remark


def test_installed_packages_are_requirements() -> None:
    lines = "%pip install a==1 b\n!python -m pip install --upgrade c\n!conda install d\n!pip list"
    assert program(lines).installs == ["a==1", "b", "c"]


def test_literals_become_arguments_with_their_lines_kept() -> None:
    written = program("alpha = 0.1  # how 100% strong\nname='a\"b'; n, m = 1, -2\ndeep = None")
    text = script_text(written, title="a test")
    assert "alpha = args.alpha  # how 100% strong" in text
    assert "name=args.name; n, m = args.n, args.m" in text
    assert [(p.name, p.type, p.default) for p in written.parameters] == [
        ("alpha", "float", 0.1),
        ("name", "string", 'a"b'),
        ("n", "int", 1),
        ("m", "int", -2),
        ("deep", "string", None),
    ]


def test_long_lists_and_tables_are_data_and_stay_in_the_script() -> None:
    written = program(f"grid = [1, 2]\nX = [[1], [2]]\nnames = {['name'] * 30}")
    assert [parameter.name for parameter in written.parameters] == ["grid"]


def test_one_name_with_one_value_is_one_parameter_and_other_values_are_others() -> None:
    written = program(
        "%%track slow\nrate = 0.1\nepochs = 5\nfit(rate, epochs)",
        "%%track very\nrate = 0.5\nepochs = 5\nfit(rate, epochs)",
        "rate = 0.7\nfit(rate)",
    )
    names = {parameter.name: parameter.default for parameter in written.parameters}
    assert names == {"rate": 0.1, "epochs": 5, "very_rate": 0.5, "rate_2": 0.7}


def test_counters_of_any_cell_and_loop_variables_are_told_apart() -> None:
    written = program(
        "n_iter = 0\nbest = None\nalpha = 0.5",
        "for alpha in grid:\n    n_iter += 1\n    if alpha > 1:\n        best = alpha",
    )
    assert [parameter.name for parameter in written.parameters] == ["alpha"]


def test_the_scripts_own_names_give_way_to_the_notebooks() -> None:
    text = script("args = f()\nnotebook = 3\nalpha = 1")
    assert "args2 = parser.parse_args()" in text
    assert "import notebook_runtime as notebook2" in text
    assert "alpha = args2.alpha" in text


def test_future_imports_stand_first() -> None:
    text = script("x = 1", "from __future__ import annotations\ny = f()")
    assert ast.parse(text).body[1].names[0].name == "annotations"  # type: ignore[attr-defined]


def test_a_cell_of_nothing_but_comforts_leaves_no_trace() -> None:
    text = script("%load_ext tracker\n%matplotlib inline", "x = f()", "%mlexport folder")
    assert text.count("# %%") == 1


@pytest.mark.parametrize(
    ("cells", "alone"),
    [
        (["%%track\nfit()"], "True"),
        (["with tracker.start_run():\n    fit()"], "True"),
        (["tracker.log_metric('a', 1)"], "True"),
        (["def fit():\n    tracker.log_metric('a', 1)", "%%track\nfit()"], "True"),
        (["%%track\nfit()", "%%track\nfit(2)"], "False"),
        (["for a in b:\n    with tracker.start_run():\n        fit()"], "False"),
        (["def go():\n    with tracker.start_run():\n        fit()", "go()"], "False"),
        (["%%track\nwith tracker.start_run():\n    fit()"], "False"),
        (["%%track\nfit()", "tracker.log_metric('a', 1)"], "False"),
    ],
)
def test_the_launchers_run_is_that_of_the_notebook_if_it_has_one(
    cells: list[str], alone: str
) -> None:
    assert f"notebook.begin(alone={alone})" in script(*cells)


def test_a_notebook_without_runs_asks_for_none() -> None:
    assert "begin(" not in script("x = f()")


def test_where_the_library_opens_the_runs_the_launchers_is_its_first() -> None:
    text = script("import mlflow\nmlflow.set_experiment('x')\nmlflow.autolog()", "m.fit(X)")
    assert "notebook.begin(alone=False, autolog=True)" in text


def test_values_of_any_text_arrive_on_the_command_line(tmp_path: Path) -> None:
    cell = "a = 1.5\nb = 'x'\nc = True\nd = None\ne = [1]\ng = 2\nprint([a, b, c, d, e, g])"
    given = ("--a=-1e-5", '--b=-it\'s {} $HOME\n"é"', "--c=no", "--d=", "--e=[1, 'z']", "--g=1e3")
    expected = [-1e-5, '-it\'s {} $HOME\n"é"', False, "", [1, "z"], 1000]
    assert ast.literal_eval(run(tmp_path, cell, arguments=given)) == expected
    assert ast.literal_eval(run(tmp_path, cell)) == [1.5, "x", True, None, [1], 2]


def test_a_value_of_another_type_is_refused_by_the_script(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="argument --a: invalid float value: 'abc'"):
        run(tmp_path, "a = 1.5", arguments=("--a=abc",))


def test_parameters_may_be_called_like_what_argparse_has(tmp_path: Path) -> None:
    cell = "help = 1\nprog = 'p'\nh = 2\nparser = 3\nprint(help, prog, h, parser)"
    assert run(tmp_path, cell, arguments=("--help=5", "--h=6")) == "5 p 6 3\n"


def test_awaiting_cells_share_a_loop_and_their_names(tmp_path: Path) -> None:
    cells = [
        "import asyncio\nasync def double(x):\n    await asyncio.sleep(0)\n    return 2 * x",
        "task = asyncio.create_task(double(4))\nhere: int = await double(1)",
        "async def count():\n    yield 5\ntotal = 0\nasync for i in count():\n    total += i",
        "print(here, total, i, await task)",
    ]
    assert run(tmp_path, *cells) == "2 5 5 8\n"


def test_ipythons_additions_work_in_the_script(tmp_path: Path) -> None:
    cells = [
        "%%writefile helpers.py\nimport sys\nanswer = int(sys.argv[1])",
        "%run helpers.py 42\nwho = 'you'",
        "!echo hello {who} $who {answer + 1} $HOME | cut -d/ -f1",
        "lines = !printf 'a\\nb'\nprint(lines, answer)",
        "%%bash\necho from bash $((1 + 1))",
        "%env NICE=yes {who}\nimport os\nprint(os.environ['NICE'])",
        "display('shown')\n'last'",
    ]
    assert run(tmp_path, *cells).splitlines() == [
        "hello you you 43 ",
        "['a', 'b'] 42",
        "from bash 2",
        "yes you",
        "shown",
        "last",
    ]


FRAGMENTS = [
    "x = 1",
    "%time y = 2",
    "!ls {x}",
    "x = '''\n%not\n'''",
    "def f():\n    return '''\n  a'''",
    "for i in range(2):\n    !echo $i\n    z = 3",
    "await g()",
    "async with a as b:\n    c: int = 1",
    "%%time",
    "x, (y, z) = 1, (2, 'ä')",
    "import tracker, os",
    "if True:\n    %cd here",
    "with tracker.start_run():\n    pass",
    "class args: pass",
    "x",
    "x;",
    "y = (1,\n  2)",
    "# only a comment",
    "plt.plot([1])",
    "from __future__ import annotations",
    's = "a\\\nb"',
    "q?",
    "'ä' 'b'",
    "lambda: (yield)",
    "for i in x: pass",
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "%%track\n", "%%track 'a b' -e \"c'd\"\n"]),
            st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=5).map("\n".join),
        ).map("".join),
        min_size=1,
        max_size=4,
    )
)
def test_any_cells_give_a_script_that_python_can_read(cells: list[str]) -> None:
    compile(script(*cells), "main.py", "exec", dont_inherit=True)
