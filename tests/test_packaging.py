"""`pip install .` from a clean checkout gives an enabled panel and an enabled server extension."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PANEL = "share/jupyter/labextensions/jupyterlab-tracker"
PAGE = "tracker/server/static"
SERVER_CONFIG = "etc/jupyter/jupyter_server_config.d/tracker.json"


def run(*command: str | Path, cwd: Path) -> str:
    # The tools that build the panel lie beside the Python that runs the tests.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    result = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout + result.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the files that git knows, nothing else: no node_modules, no builds."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in run("git", "ls-files", cwd=ROOT).splitlines():
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run(*pip, "--wheel-dir", checkout / "out", ".", cwd=checkout)
    (built,) = (checkout / "out").glob("*.whl")
    return built


def test_the_wheel_holds_the_panel_once_and_the_server_configuration(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    data = [name.partition(".data/data/")[2] for name in names]
    assert f"{PANEL}/package.json" in data
    assert f"{PANEL}/install.json" in data
    assert SERVER_CONFIG in data
    assert {f"{PAGE}/page.js", f"{PAGE}/page.css", f"{PAGE}/theme-dark.css"} <= set(names)
    assert not [name for name in names if name.startswith("tracker/labextension/")]
    assert not [name for name in names if name.endswith(".map")]


def test_an_installed_wheel_is_enabled_without_another_step(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path)}))
    # The dependencies are borrowed from the environment that runs the tests.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = tmp_path / "bin" / "python"
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--ignore-installed",
        wheel,
        cwd=site,
    )
    imported = run(python, "-c", "import tracker; print(tracker.__file__)", cwd=tmp_path)
    assert imported.strip().startswith(str(site))
    panels = run(python, "-m", "jupyter", "labextension", "list", cwd=tmp_path)
    assert any("jupyterlab-tracker" in line and "OK" in line for line in panels.splitlines())
    servers = run(python, "-m", "jupyter", "server", "extension", "list", cwd=tmp_path)
    assert "tracker" in servers
    assert "validation failed" not in servers
