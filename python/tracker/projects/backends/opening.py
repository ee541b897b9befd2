"""Backends by name: ours, those of installed packages, and those that were written for MLflow."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from tracker.errors import InvalidValue
from tracker.projects.backends.base import Backend

GROUP = "tracker.project_backends"
MLFLOWS_GROUP = "mlflow.project_backend"
_OURS = {
    "local": "tracker.projects.backends.local:LocalBackend",
    "dask": "tracker.projects.backends.dask:DaskBackend",
    "docker": "tracker.projects.backends.docker:DockerBackend",
    "kubernetes": "tracker.projects.backends.kubernetes:KubernetesBackend",
}


def open_backend(name: str) -> Backend:
    """Return the backend of that name. Raises InvalidValue where no installed package has it."""
    found = _all()
    if name not in found:
        raise InvalidValue(
            f"There is no backend {name!r} for projects. Installed are: {', '.join(sorted(found))}."
        )
    made = _load(found[name])
    if found[name].group == MLFLOWS_GROUP:
        from tracker.projects.backends.plugin import PluginBackend

        return PluginBackend(made)
    return cast(Backend, made)


def _all() -> dict[str, EntryPoint]:
    """Backends by name. Nobody can take the names of ours, nor MLflow's plugins those of others."""
    found = {entry.name: entry for entry in entry_points(group=MLFLOWS_GROUP)}
    found |= {entry.name: entry for entry in entry_points(group=GROUP)}
    # Ours are there also where the package runs from its sources.
    return found | {name: EntryPoint(name, value, GROUP) for name, value in _OURS.items()}


def _load(entry: EntryPoint) -> Any:
    try:
        return entry.load()()
    except (ImportError, AttributeError) as error:
        raise InvalidValue(f"The backend {entry.name!r} cannot be loaded: {error}.") from error
