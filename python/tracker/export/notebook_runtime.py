"""What a notebook's cells find around them when they run as a script.

This file was copied beside an exported notebook by tracker's export. It needs nothing but Python;
runs are logged through MLflow or through tracker, whose fluent functions have the same names:

- started by a launcher that opened a run (`mlflow run` sets MLFLOW_RUN_ID): into that run, and into
  runs nested in it where the notebook has several;
- otherwise through MLflow if MLFLOW_TRACKING_URI says where, else through tracker, and through
  whichever is installed if only one is.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import functools
import importlib
import importlib.util
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

EXPERIMENT_TAG = "tracker.experiment"
"""Keeps the notebook's experiment where the launcher chose another one for all runs."""

# Figures are files here, whatever window or notebook the environment was made for.
_IN_KERNEL = "ipykernel" in sys.modules
if not _IN_KERNEL and "inline" in os.environ.setdefault("MPLBACKEND", "Agg"):
    os.environ["MPLBACKEND"] = "Agg"


def number(text: str) -> int | float | complex:
    """Read a number as Python writes it; whole numbers stay integers."""
    for kind in (int, float, complex):
        with contextlib.suppress(ValueError):
            return kind(text)
    value = ast.literal_eval(text.strip())
    if isinstance(value, int | float | complex) and not isinstance(value, bool):
        return value
    raise ValueError(text)


def integer(text: str) -> int | float | complex:
    """Read a number in the place of an integer: `1e3` is 1000, `0.5` stays what it is."""
    value = number(text)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def boolean(text: str) -> bool:
    """Read true or false, yes or no, on or off, 1 or 0."""
    word = text.strip().lower()
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise ValueError(text)


def container(text: str) -> Any:
    """Read a list, tuple, set or dict of literals."""
    value = ast.literal_eval(text.strip())
    if not isinstance(value, list | tuple | set | dict):
        raise ValueError(text)
    return value


def anything(text: str) -> Any:
    """Read a Python literal, and what is none as the text it is."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return text


def typed(value: Any, kind: Callable[[str], Any]) -> Any:
    """Read what was given as text; a notebook's own defaults are no texts."""
    return kind(value) if isinstance(value, str) else value


class Tracking:
    """MLflow's or tracker's functions, in which a notebook's cells log as they did there."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._outer: list[str] = []

    def __getattr__(self, name: str) -> Any:
        # MLflow has a few of tracker's names elsewhere or under another name.
        name = {"Client": "MlflowClient", "TrackerError": "MlflowException"}.get(name, name)
        has_it = hasattr(self._module, name) or not hasattr(self._module.entities, name)
        return getattr(self._module if has_it else self._module.entities, name)

    def start_run(self, run_id: str | None = None, **options: Any) -> Any:
        """Start a run: inside a tracked cell a child of the cell's, else instead of the last."""
        active = self._module.active_run()
        if active is not None and active.info.run_id in self._outer:
            options["nested"] = True
        elif active is not None and not options.get("nested") and self._module.__name__ == "mlflow":
            self._module.end_run()
        return self._module.start_run(run_id=run_id, **options)

    @contextlib.contextmanager
    def around(self, run: Any) -> Iterator[None]:
        """Make the runs that are started inside children of `run`."""
        self._outer.append(run.info.run_id)
        try:
            yield
        finally:
            self._outer.pop()


class LaunchedTracking(Tracking):
    """The same inside a run that a launcher has opened.

    The launcher's experiment holds all runs; a notebook with one run logs it as the launcher's.
    """

    def __init__(self, module: Any, run: Any, *, alone: bool) -> None:
        super().__init__(module)
        self._launched = run
        self._alone = alone
        self._given = set(run.data.params)
        self._experiment = ""
        self._experiments: set[str] = set()
        self._outer.append(run.info.run_id)

    def set_tracking_uri(self, uri: object) -> None:
        """Keep the launcher's store."""

    def set_experiment(self, experiment_name: str | None = None, **_: object) -> Any:
        """Keep the launcher's experiment; the name becomes a tag of the runs that follow."""
        if experiment_name:
            self._experiment = experiment_name
            self._experiments.add(experiment_name)
        return self._module.get_experiment(self._launched.info.experiment_id)

    def get_experiment_by_name(self, name: str) -> Any:
        """Find an experiment that the notebook set: the launcher's stands for it."""
        if name in self._experiments:
            return self._module.get_experiment(self._launched.info.experiment_id)
        return self._module.get_experiment_by_name(name)

    def start_run(self, run_id: str | None = None, **options: Any) -> Any:
        """Start a run nested in the launcher's, or give that one to the only run there is."""
        if run_id is not None:
            return super().start_run(run_id, **options)
        options.pop("experiment_id", None)
        own = {EXPERIMENT_TAG: self._experiment} if self._experiment else {}
        tags = {**(options.pop("tags", None) or {}), **own}
        if self._alone and self._module.active_run() is not None:
            self._alone = False
            self._module.set_tags(tags)
            return self._module.active_run()
        return super().start_run(**options, tags=tags)

    def log_param(self, key: str, value: Any, *rest: Any, **options: Any) -> Any:
        """Log a param unless the launcher has: its text may differ (`.5` for 0.5)."""
        if self._was_given(key):
            return value
        return self._module.log_param(key, value, *rest, **options)

    def log_params(self, params: Mapping[str, Any], *rest: Any, **options: Any) -> Any:
        """Log the params that the launcher has not."""
        new = {key: value for key, value in params.items() if not self._was_given(key)}
        return self._module.log_params(new, *rest, **options)

    def search_runs(self, *args: Any, **options: Any) -> Any:
        """Find the notebook's experiments, whose runs are in the launcher's, by their tag."""
        names = options.get("experiment_names") or []
        if names and self._experiments.issuperset(names):
            options["experiment_ids"] = [self._launched.info.experiment_id]
            del options["experiment_names"]
            if len(names) == 1 and "'" not in names[0]:
                wanted = f"tags.`{EXPERIMENT_TAG}` = '{names[0]}'"
                asked = options.get("filter_string")
                options["filter_string"] = f"{asked} AND {wanted}" if asked else wanted
        return self._module.search_runs(*args, **options)

    @contextlib.contextmanager
    def using_experiment(self, name: str | None) -> Iterator[None]:
        """Set the experiment of the runs that start inside."""
        before = self._experiment
        if name:
            self.set_experiment(name)
        try:
            yield
        finally:
            self._experiment = before

    def _was_given(self, key: str) -> bool:
        active = self._module.active_run()
        is_own = active is not None and active.info.run_id == self._launched.info.run_id
        return is_own and key in self._given


_launched: LaunchedTracking | None = None


def begin(*, alone: bool, autolog: bool = False, library: str = "") -> None:
    """Take over the run that a launcher has opened, if one has.

    `alone` says that the notebook has one run, which then is the launcher's; with `autolog` the
    library opens runs by itself, the launcher's first. `library` is the one that the cells name.
    """
    global _launched
    run_id = os.environ.get("TRACKER_RUN_ID") or os.environ.get("MLFLOW_RUN_ID")
    if _launched is not None or not run_id:
        return
    wished = library or ("tracker" if "TRACKER_RUN_ID" in os.environ else "mlflow")
    module = importlib.import_module(_installed("mlflow" if wished == "mlflow" else "tracker"))
    run = module.get_run(run_id) if autolog else module.start_run()
    _launched = LaunchedTracking(module, run, alone=alone)
    sys.excepthook = _ending_the_run(sys.excepthook)


def _ending_the_run(show: Callable[..., Any]) -> Callable[..., None]:
    def excepthook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        show(kind, error, traceback)
        if _launched is not None and _launched.active_run() is not None:
            _launched.end_run("KILLED" if issubclass(kind, KeyboardInterrupt) else "FAILED")

    return excepthook


def __getattr__(name: str) -> Any:
    """`tracker` and `mlflow`: the one to log with, found when it is first asked for."""
    if name == "tracker":
        return _launched or _tracking(_installed())
    if name == "mlflow":
        return _launched if _launched and _launched.__name__ == "mlflow" else _tracking("mlflow")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@functools.cache
def _tracking(name: str) -> Tracking:
    return Tracking(importlib.import_module(name))


def _installed(wished: str = "") -> str:
    told = os.environ
    mlflow_first = "MLFLOW_TRACKING_URI" in told and "TRACKER_TRACKING_URI" not in told
    wished = wished or ("mlflow" if mlflow_first else "tracker")
    for name in (wished, "tracker", "mlflow"):
        if importlib.util.find_spec(name) is not None:
            return name
    raise ImportError("This script logs runs: install mlflow or jupyterlab-tracker.")


@contextlib.contextmanager
def tracked(
    name: str | None = None,
    *,
    experiment: str | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Iterator[Any]:
    """Run a cell that had `%%track`: as a run, with its parameters."""
    tracking = __getattr__("tracker")
    options: dict[str, Any] = {"run_name": name, "tags": dict(tags or {})}
    with contextlib.ExitStack() as stack:
        if isinstance(tracking, LaunchedTracking):
            stack.enter_context(tracking.using_experiment(experiment))
        elif experiment:
            options["experiment_id"] = _experiment_id(tracking, experiment)
        run = stack.enter_context(tracking.start_run(**options))
        stack.enter_context(tracking.around(run))
        try:
            yield run
        finally:
            _log_found(tracking, run, params or {})


def _log_found(tracking: Any, run: Any, params: Mapping[str, Any]) -> None:
    """Log the literals of a cell as params, but for those that it logged itself."""
    logged = tracking.get_run(run.info.run_id).data.params if params else {}
    new = {key: value for key, value in params.items() if key not in logged}
    if new:
        tracking.log_params(new)


def _experiment_id(tracking: Any, name: str) -> str:
    found = tracking.get_experiment_by_name(name)
    return str(found.experiment_id if found is not None else tracking.create_experiment(name))


def show(value: object) -> None:
    """Print the value of a cell's last expression, as the notebook shows it."""
    if value is not None:
        print(value if isinstance(value, str) else repr(value))


def display(*values: object, **_: object) -> None:
    """Print values where the notebook displayed them."""
    for value in values:
        print(value)


def figures(name: str) -> None:
    """Keep the figures drawn so far in the run, if there is one, and be done with them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    numbers = pyplot.get_fignums() if pyplot is not None else []
    if pyplot is None or not numbers:
        return
    # A script that only draws needs neither library.
    tracking = __getattr__("tracker") if {"tracker", "mlflow"} & sys.modules.keys() else None
    if tracking is not None and tracking.active_run() is not None:
        for each in numbers:
            _drawn[name] = count = _drawn.get(name, 0) + 1
            suffix = f"-{count}" if count > 1 else ""
            figure = pyplot.figure(each)
            # As the notebook draws them, to the byte.
            colors = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor()}
            options = {"bbox_inches": "tight", "dpi": figure.dpi, **colors}
            path = f"figures/{name}{suffix}.png"
            tracking.log_figure(figure, path, save_kwargs=options)
    if _IN_KERNEL:
        pyplot.show()  # which closes them, too
    else:
        pyplot.close("all")


_drawn: dict[str, int] = {}
_loop: asyncio.AbstractEventLoop | None = None


def wait(awaitable: Awaitable[T]) -> T:
    """Await at the top level: all cells share one event loop, as in the notebook."""
    global _loop
    if _loop is None:
        _loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_loop)

    async def result() -> T:
        return await awaitable

    return _loop.run_until_complete(result())


def expanded(text: str, namespace: Mapping[str, Any]) -> str:
    """Put variables into a shell command as IPython does: `{expression}` and `$name`."""

    def value(match: re.Match[str]) -> str:
        if match["braced"]:
            return str(eval(match["braced"], dict(namespace)))
        if match["name"]:
            return str(namespace[match["name"]]) if match["name"] in namespace else match[0]
        return match[0][0]

    try:
        return re.sub(r"\$\$|\{\{|\}\}|\{(?P<braced>[^{}]+)\}|\$(?P<name>[^\W\d]\w*)", value, text)
    except Exception:
        # Braces of the shell's own: IPython leaves the whole command alone, too.
        return text


def shell(
    command: str, namespace: Mapping[str, Any] | None = None, *, executable: str | None = None
) -> None:
    """Run a shell line (`!command`), or a script given to an interpreter (`%%bash`)."""
    sys.stdout.flush()
    if executable is not None:
        subprocess.run([executable], input=command, text=True, check=True)
        return
    subprocess.run(expanded(command, namespace or {}), shell=True, check=False)


def shell_lines(command: str, namespace: Mapping[str, Any] | None = None) -> list[str]:
    """Return what a shell line prints (`lines = !command`)."""
    sys.stdout.flush()
    line = expanded(command, namespace or {})
    done = subprocess.run(line, shell=True, check=False, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def run_file(path: str, namespace: dict[str, Any], *arguments: str) -> None:
    """Run a Python file and take its names over (`%run file.py arguments`)."""
    before = sys.argv
    sys.argv = [path, *arguments]
    try:
        names = runpy.run_path(path, run_name="__main__")
    finally:
        sys.argv = before
    namespace.update({name: value for name, value in names.items() if name[:2] != "__"})


def write_file(path: str, text: str, *, append: bool = False) -> None:
    """Write a file (`%%writefile path`)."""
    before = Path(path).read_text(encoding="utf-8") if append and Path(path).exists() else ""
    Path(path).write_text(before + text, encoding="utf-8")
