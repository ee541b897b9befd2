"""Which notebook this kernel executes, as far as anybody told it. Servers are never asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePath

from tracker.locate import FOLDER


def notebook_path(user_ns: Mapping[str, object], store_uri: str) -> str | None:
    """Return the notebook's path, relative to the project whose `.tracker` the store is.

    None where nobody told it. A notebook elsewhere keeps the path it was told with.
    """
    told = user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
    if not isinstance(told, str) or not told.endswith(".ipynb"):
        return None
    project = project_of(store_uri)
    path = PurePath(told)
    if project is not None and path.is_relative_to(project):
        path = path.relative_to(project)
    return path.as_posix()


def project_of(store_uri: str) -> Path | None:
    """Return the folder that the store lies in, if it is one that was found by its name."""
    for folder in (Path(store_uri), Path(store_uri).parent):
        if folder.name == FOLDER:
            return folder.parent
    return None
