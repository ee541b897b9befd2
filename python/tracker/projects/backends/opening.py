"""Backends by name, among the entry points of installed packages."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import cast

from tracker.errors import InvalidValue
from tracker.projects.backends.base import Backend

GROUP = "tracker.project_backends"
_OURS = {
    "local": "tracker.projects.backends.local:LocalBackend",
    "dask": "tracker.projects.backends.dask:DaskBackend",
    "docker": "tracker.projects.backends.docker:DockerBackend",
    "kubernetes": "tracker.projects.backends.kubernetes:KubernetesBackend",
}


def open_backend(name: str) -> Backend:
    """Return the backend of that name. Raises InvalidValue where no installed package has it."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    # Ours are there also where the package runs from its sources, and nobody can take their names.
    found |= {own: EntryPoint(own, value, GROUP) for own, value in _OURS.items()}
    if name not in found:
        raise InvalidValue(
            f"There is no backend {name!r} for projects. Installed are: {', '.join(sorted(found))}."
        )
    return _load(found[name])


def _load(entry: EntryPoint) -> Backend:
    try:
        return cast(Backend, entry.load()())
    except ImportError as error:
        raise InvalidValue(
            f"The backend {entry.name!r} needs a package that is not installed: {error}."
        ) from error
