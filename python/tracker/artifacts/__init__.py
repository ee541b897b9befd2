"""Files of runs: where they are kept, and getting them back.

`download_artifacts`, `list_artifacts`, `load_text`, `load_dict` and `load_image` are MLflow's.
"""

from __future__ import annotations

from tracker.artifacts.access import (
    download_artifacts,
    list_artifacts,
    load_dict,
    load_image,
    load_text,
)
from tracker.artifacts.base import Artifacts, walk
from tracker.artifacts.opening import open_artifacts
from tracker.artifacts.paths import artifact_path, path_inside

__all__ = [
    "Artifacts",
    "artifact_path",
    "download_artifacts",
    "list_artifacts",
    "load_dict",
    "load_image",
    "load_text",
    "open_artifacts",
    "path_inside",
    "walk",
]
