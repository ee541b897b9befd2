from __future__ import annotations

import subprocess
import sys

import tracker

HEAVY = ["numpy", "pandas", "plotly", "matplotlib", "sqlite_utils", "fsspec", "IPython", "yaml"]


def python(program: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def test_a_whole_run_loads_nothing_heavy() -> None:
    program = (
        "import sys, tracker\n"
        "with tracker.start_run():\n"
        "    tracker.log_param('a', 1); tracker.log_metric('m', 1.0); tracker.log_text('x', 'x')\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert python(program) == "[]"


def test_importing_takes_less_than_60_milliseconds() -> None:
    program = (
        "import time; start = time.process_time()\n"
        "import tracker\n"
        "print(time.process_time() - start)"
    )
    assert min(float(python(program)) for _ in range(3)) < 0.06


def test_the_stub_names_what_the_package_has() -> None:
    import ast
    from pathlib import Path

    stub = Path(tracker.__file__ or "").with_suffix(".pyi")
    names = set()
    for node in ast.parse(stub.read_text()).body:
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    modules = {"artifacts", "data", "entities", "exceptions", "export", "projects", "tracking"}
    libraries = {"keras", "lightgbm", "pytorch", "sklearn", "xgboost"}
    assert names == {*tracker.__all__, *modules, *libraries, "load_ipython_extension"}


def test_star_import_and_dir_have_every_name() -> None:
    assert python("from tracker import *; print(start_run.__module__)") == "tracker.tracking.runs"
    assert set(tracker.__all__) <= set(dir(tracker))
    assert not hasattr(tracker, "no_such_name")
    for name in tracker.__all__:
        assert getattr(tracker, name).__doc__, name


def test_mlflows_ways_to_common_names_work() -> None:
    program = (
        "import tracker as mlflow\n"
        "from tracker import MlflowClient\n"
        "assert mlflow.tracking.MlflowClient is MlflowClient is mlflow.MlflowClient\n"
        "assert mlflow.exceptions.MlflowException is mlflow.MlflowException\n"
        "assert mlflow.entities.ViewType.ALL == 3\n"
        "assert callable(mlflow.artifacts.load_text) and callable(mlflow.data.from_pandas)\n"
    )
    assert python(program) == ""
