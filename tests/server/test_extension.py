"""Jupyter finds the extension and loads it in next to no time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import tracker

REPOSITORY = Path(__file__).parents[2]

LOAD = """
import json, sys
import jupyter_server.base.websocket, jupyter_server.serverapp
from jupyter_server.extension.manager import ExtensionPackage
from jupyter_server.serverapp import ServerApp

app = ServerApp()
app.initialize(argv=["--no-browser", "--port=0", "--allow-root"], find_extensions=False)
before = set(sys.modules)
app.extension_manager.from_jpserver_extensions({"tracker": True})
app.extension_manager.link_all_extensions()
app.extension_manager.load_all_extensions()
print("LOADED", json.dumps(sorted(set(sys.modules) - before)))
"""


def test_jupyter_is_told_where_the_extension_and_the_panel_are() -> None:
    points = getattr(tracker, "_jupyter_server_extension_points")()  # noqa: B009 (not in the stub)
    assert points == [{"module": "tracker.server"}]
    (panel,) = getattr(tracker, "_jupyter_labextension_paths")()  # noqa: B009
    assert panel == {"src": "labextension", "dest": "jupyterlab-tracker"}


def test_the_shipped_configuration_enables_the_extension() -> None:
    file = REPOSITORY / "python/jupyter-config/jupyter_server_config.d/tracker.json"
    assert json.loads(file.read_text()) == {"ServerApp": {"jpserver_extensions": {"tracker": True}}}


def test_loading_the_extension_brings_only_its_own_few_modules(tmp_path: Path) -> None:
    """What it loads was measured at a few ms; a store or a library would cost more than 50."""
    answer = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = json.loads(answer.stdout.partition("LOADED ")[2])
    assert "tracker.server.handlers" in loaded
    assert [name for name in loaded if name.split(".")[0] != "tracker"] == []
    assert [
        name for name in loaded if name.startswith(("tracker.store", "tracker.artifacts"))
    ] == []
