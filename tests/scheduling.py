"""Which worker runs which tests, and when: `pytest -n 2 --dist loadgroup`.

What is expensive to make, a JupyterLab or a server of MLflow's, is shared by the tests of a file or
of a folder, so these stay on one worker. The longest begin first, so that no worker is left
with one of them while the others have nothing to do.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no types

TOGETHER = ("tests/ui", "tests/store/rest", "tests/rest")
"""Folders whose tests share what is made once for a session."""

LONGEST = (
    "tests/ui/",
    "tests/corpus/",
    "tests/store/rest/",
    "tests/rest/",
    "tests/test_packaging.py",
    "tests/test_quickstart.py",
    "tests/export/",
    "tests/store/test_killed.py",
    "tests/projects/",
    "tests/tracking/test_mlflow_oracle.py",
    "tests/transfer/",
    "tests/store/",
)
"""What takes long, in the order in which it is begun; the rest follows."""


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Gives a file at a time to a worker, and of some folders all files to the same one."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        # xdist reads the mark `xdist_group` in a way that pytest 9.2 no longer knows.
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((it for it in TOGETHER if path.startswith(f"{it}/")), path)


def longest_first(item: pytest.Item) -> int:
    """Return where a test comes among all."""
    places = (place for place, path in enumerate(LONGEST) if item.nodeid.startswith(path))
    return next(places, len(LONGEST))
