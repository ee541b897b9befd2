"""A JupyterLab with the panel as people get it, built for production, and a browser before it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.processes import ROOT
from tests.ui.conftest import BROWSERS, QUIET
from tests.ui.lab import Lab, running_lab

NAME = "jupyterlab-tracker"
PANEL = "tracker-runs"
ROWS = ".jp-tracker-run"
INSTRUMENTS = Path(__file__).with_name("instruments.js")
_PARTS = ("src", "style", "schema", "tsconfig.json", "install.json")


@dataclass(frozen=True, slots=True)
class Place:
    """A running JupyterLab and a browser. Folders with stores lie below `lab.root`."""

    lab: Lab
    browser: Browser

    @contextmanager
    def page(self, folder: str, *, blank: bool = False) -> Iterator[Page]:
        """Open JupyterLab in a folder, in a fresh context, the panel closed."""
        context = self.browser.new_context(viewport={"width": 1400, "height": 900})
        try:
            page = context.new_page()
            page.add_init_script(path=INSTRUMENTS)
            if not blank:
                self.go(page, folder)
            yield page
        finally:
            context.close()

    def go(self, page: Page, folder: str) -> None:
        """Load JupyterLab and wait until it is at rest."""
        workspace = uuid4().hex[:8]
        token = self.lab.token
        page.goto(f"{self.lab.url}lab/workspaces/{workspace}/tree/{folder}?token={token}")
        page.wait_for_function("() => !!window.jupyterapp", timeout=90_000)
        page.evaluate("async () => { await window.jupyterapp.restored; }")
        page.wait_for_selector("#jupyterlab-splash", state="detached")
        if folder:
            # The file browser goes there last of all.
            page.wait_for_selector(f".jp-BreadCrumbs-item[title='{folder}']", timeout=30_000)
        page.evaluate("() => window.bench.frames(1000)")


def show_panel(page: Page) -> float:
    """Open the panel; return the seconds until its first rows are painted."""
    taken = page.evaluate(
        """([panel, rows]) => bench.until(
          () => jupyterapp.shell.activateById(panel),
          () => document.querySelectorAll(rows).length > 5
        )""",
        [PANEL, ROWS],
    )
    return float(taken) / 1e3


def hide_panel(page: Page) -> None:
    """Close the side bar."""
    page.evaluate("() => jupyterapp.shell.collapseLeft()")


@contextmanager
def running_place(scratch: Path) -> Iterator[Place]:
    """Build the panel and start everything."""
    built = build(scratch / "project")
    path = scratch / "jupyter"
    (path / "labextensions").mkdir(parents=True)
    (path / "labextensions" / NAME).symlink_to(built)
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = str(path)
    try:
        with running_lab(scratch / "lab") as lab, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=QUIET)
            yield Place(lab, browser)
            browser.close()
    finally:
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before


def browser_path() -> str:
    """Return the machine's own Chromium or Chrome."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise RuntimeError(f"no browser found, looked for {', '.join(BROWSERS)}")
    return found


def build(project: Path) -> Path:
    """Build the panel for production beside the sources; return the built folder."""
    (project / "labextension").mkdir(parents=True)
    shutil.copy(ROOT / "package.json", project)
    for part in _PARTS:
        source, target = ROOT / "labextension" / part, project / "labextension" / part
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    (project / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    _run(project, ["node", "node_modules/typescript/bin/tsc", "-p", "labextension"])
    _run(project, ["jupyter-builder", "build", "."])
    return project / "python" / "tracker" / "labextension"


def _run(folder: Path, command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
