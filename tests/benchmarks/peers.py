"""The tools compared, each behind the same few calls. A tool is imported when it is made.

The peers are installed by the dependency group `bench`; one that is missing is left out. They are
called through `Any`: the linters must pass without them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module, metadata, util
from pathlib import Path
from typing import Any, Protocol

OURS = "tracker"
EXPERIMENT = "benchmark"
METRIC = "loss"


class Tool(Protocol):
    """One way to record runs into a folder."""

    def start(self, params: Mapping[str, object] | None = None) -> None:
        """Start a run and log its params."""

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Log one point of each metric."""

    def point_logger(self) -> Callable[[float, int], object]:
        """Return the call that logs a value and a step of `METRIC`, as a person would write it."""

    def end(self) -> None:
        """End the run and wait until it is stored."""


class Tracker:
    """Our own, with the embedded store."""

    def __init__(self, folder: Path) -> None:
        self.api: Any = import_module("tracker")
        self.api.set_tracking_uri(str(folder / "store"))

    def start(self, params: Mapping[str, object] | None = None) -> None:
        self.api.start_run()
        if params:
            self.api.log_params(params)

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        self.api.log_metrics(metrics, step=0)

    def point_logger(self) -> Callable[[float, int], object]:
        log = self.api
        return lambda value, step: log.log_metric(METRIC, value, step=step)

    def end(self) -> None:
        self.api.end_run()


class Mlflow(Tracker):
    """MLflow with the store that a URI names; the calls are the same as ours."""

    def __init__(self, uri: str) -> None:
        self.api = import_module("mlflow")
        self.api.set_tracking_uri(uri)
        self.api.set_experiment(EXPERIMENT)


class Trackio:
    """trackio without a Space."""

    def __init__(self, folder: Path) -> None:
        self.api: Any = import_module("trackio")

    def start(self, params: Mapping[str, object] | None = None) -> None:
        self.api.init(project=EXPERIMENT, config=dict(params or {}))

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        self.api.log(dict(metrics), step=0)

    def point_logger(self) -> Callable[[float, int], object]:
        api = self.api
        return lambda value, step: api.log({METRIC: value}, step=step)

    def end(self) -> None:
        self.api.finish()


class Wandb:
    """Weights & Biases, offline."""

    def __init__(self, folder: Path) -> None:
        self.api: Any = import_module("wandb")
        self.run: Any = None

    def start(self, params: Mapping[str, object] | None = None) -> None:
        self.run = self.api.init(project=EXPERIMENT, config=dict(params or {}))

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        self.run.log(dict(metrics), step=0)

    def point_logger(self) -> Callable[[float, int], object]:
        run = self.run
        return lambda value, step: run.log({METRIC: value}, step=step)

    def end(self) -> None:
        self.run.finish()


class Aim:
    """Aim with a local repository."""

    def __init__(self, folder: Path) -> None:
        self.api: Any = import_module("aim")
        self.folder = str(folder)
        self.run: Any = None

    def start(self, params: Mapping[str, object] | None = None) -> None:
        self.run = self.api.Run(
            repo=self.folder, system_tracking_interval=None, log_system_params=False
        )
        if params:
            self.run["hparams"] = dict(params)

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        for key, value in metrics.items():
            self.run.track(value, name=key, step=0)

    def point_logger(self) -> Callable[[float, int], object]:
        run = self.run
        return lambda value, step: run.track(value, name=METRIC, step=step)

    def end(self) -> None:
        self.run.close()


_MAKERS: dict[str, Callable[[Path], Tool]] = {
    OURS: Tracker,
    "MLflow SQLite": lambda folder: Mlflow(f"sqlite:///{folder / 'mlflow.db'}"),
    "MLflow files": lambda folder: Mlflow((folder / "mlruns").as_uri()),
    "trackio": Trackio,
    "W&B offline": Wandb,
    "Aim": Aim,
}
_MODULES = {"MLflow SQLite": "mlflow", "MLflow files": "mlflow", "W&B offline": "wandb"}


def make_tool(name: str, folder: Path) -> Tool:
    """Import the tool and point it at a folder."""
    return _MAKERS[name](folder)


def module_of(name: str) -> str:
    """Return the name of the package that a tool is imported from."""
    return _MODULES.get(name, name.lower())


def installed_peers() -> list[str]:
    """Return the names of the peers that can be imported here."""
    return [name for name in _MAKERS if name != OURS and util.find_spec(module_of(name))]


def versions() -> dict[str, str]:
    """Return the versions of the peers' packages that are installed."""
    modules = dict.fromkeys(module_of(name) for name in installed_peers())
    return {module: metadata.version(module) for module in modules}
