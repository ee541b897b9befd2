"""Artifact URI -> the files there."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tracker.artifacts.base import Artifacts
from tracker.artifacts.local import LocalArtifacts
from tracker.artifacts.objects import Objects
from tracker.artifacts.remote import RemoteArtifacts

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
_DATABASE = "tracker.db"


@lru_cache(maxsize=256)
def open_artifacts(uri: str) -> Artifacts:
    """Return the files at a folder, a ``file:`` URI, or any URI that fsspec can open.

    ``mlflow-artifacts:`` is what a tracking server hands through.

    Nothing is created or connected to by this.
    """
    if uri.startswith("file:"):
        return _in_folder(Path(unquote(urlsplit(uri).path)))
    if uri.startswith("mlflow-artifacts:"):
        from tracker.artifacts.proxied import ProxiedArtifacts

        return ProxiedArtifacts(uri)
    if _SCHEME.match(uri):
        return RemoteArtifacts(uri)
    return _in_folder(Path(uri))


def _in_folder(root: Path) -> LocalArtifacts:
    objects = objects_folder(root)
    return LocalArtifacts(root, Objects(objects) if objects is not None else None)


def objects_folder(root: Path) -> Path | None:
    """Return where the store that a run's folder belongs to keeps content once, or None.

    Our own stores put runs at ``artifacts/<experiment>/<run>/artifacts`` beside their database.
    """
    parents = root.parents
    if len(parents) < 4 or root.name != "artifacts" or parents[2].name != "artifacts":
        return None
    return parents[3] / "objects" if (parents[3] / _DATABASE).is_file() else None
