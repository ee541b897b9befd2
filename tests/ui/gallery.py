"""Take a picture of every view at every width, light and dark: `make screenshots`.

The runs are those of the quickstart, executed for it. Not a test: it looks at nothing itself, it
shows people what to look at.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import nbformat
from nbclient import NotebookClient
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.ui.conftest import BROWSERS, QUIET
from tests.ui.lab import Lab, running_lab
from tests.ui.test_sizes import WIDTHS
from tracker.store import open_store

ROOT = Path(__file__).parents[2]
PICTURES = Path(__file__).parent / "screenshots" / "gallery"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
READY_MS = 30_000
SETTLE_MS = 600
"""What is drawn later than the first of a view: the other charts, pictures, finer points."""
FOLDER = "quickstart"


@dataclass(frozen=True)
class View:
    """A view, how the page's address names it, and how it is known to be drawn."""

    name: str
    title: str
    address: dict[str, str]
    drawn: str
    tab: str | None = None


def views(trained: list[str], grid: list[str]) -> Iterator[View]:
    """Every view of the panel, on the runs of the quickstart."""
    yield View("list", "The list", {}, ".jp-tracker-run-name")
    run = {"show": "open-run", "runId": trained[0]}
    for section, title, drawn in [
        ("overview", "A run", ".jp-tracker-heading, h1, h2"),
        ("charts", "Its charts", ".jp-tracker-curves[data-lines]"),
        ("code", "Its code", "[data-section=code] pre"),
        ("outputs", "What its cell showed", "[data-section=outputs] img"),
        ("artifacts", "Its artifacts", "[data-section=artifacts] [role=treeitem]"),
        ("environment", "Its environment", "[data-section=environment] code"),
    ]:
        yield View(f"run-{section}", title, {**run, "section": section}, drawn)
    for tab, ids, drawn in [
        ("Curves", trained, ".jp-tracker-curves[data-lines]"),
        ("Parallel", grid, "path[data-run-id]"),
        ("Scatter", grid, ".points path"),
        ("Contour", grid, ".contourlayer path"),
        ("Box", grid, ".boxlayer path"),
        ("Importance", grid, "[aria-label=Curves] tr"),
        ("Code", trained[:2], "[aria-label=Code] .jp-tracker-lines"),
        ("Outputs", trained[:2], "[aria-label=Outputs] .jp-tracker-picture img"),
    ]:
        address = {"show": "compare-runs", "runIds": json.dumps(ids)}
        yield View(f"compare-{tab.lower()}", f"Compare: {tab}", address, drawn, tab)


def execute_quickstart(folder: Path) -> tuple[list[str], list[str]]:
    """Run the quickstart in this folder; return the runs that trained, and those of the search."""
    (folder / ".tracker").mkdir(parents=True, mode=0o700)
    notebook = nbformat.read(ROOT / "notebooks" / "quickstart.ipynb", as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.write(notebook, folder / "quickstart.ipynb")
    runs = open_store(folder / ".tracker").search_runs(None)
    trained = [run for run in runs if "accuracy" in run.data.metrics]
    others = [run for run in runs if run not in trained]
    return [run.info.run_id for run in trained], [run.info.run_id for run in others]


def take(browser: Browser, lab: Lab, view: View, width: int) -> None:
    """Open a view in a window of a width, and take its pictures."""
    page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]})
    address = {"token": lab.token, "folder": FOLDER, **view.address}
    page.goto(f"{lab.url}tracker?{urlencode(address)}")
    if view.tab:
        page.get_by_role("tab", name=view.tab, exact=True).click(timeout=READY_MS)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        expect(page.locator(view.drawn).first).to_be_attached(timeout=READY_MS)
        page.wait_for_timeout(SETTLE_MS)
        with Image.open(BytesIO(page.screenshot())) as image:
            # Half the size of a PNG, and every pixel as it was.
            image.convert("RGB").save(
                PICTURES / f"{view.name}-{theme}-{width}.webp", lossless=True, method=6
            )
    page.close()


def write_index(shown: list[View]) -> None:
    """Write the page that shows them all."""
    lines = [
        "# Every view",
        "",
        "Runs of `notebooks/quickstart.ipynb`. Made by `make screenshots`.",
    ]
    for view in shown:
        lines += ["", f"## {view.title}", "", "| light | dark |", "|---|---|"]
        for width in WIDTHS:
            cells = [
                f"![{view.title}, {width} px, {theme}]({view.name}-{theme}-{width}.webp)"
                for theme in THEMES
            ]
            lines.append(f"| {' | '.join(cells)} |")
    (PICTURES / "README.md").write_text("\n".join(lines) + "\n")


def main() -> None:
    """Take all pictures, or those of the views that are named."""
    wanted = sys.argv[1:]
    PICTURES.mkdir(parents=True, exist_ok=True)
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with tempfile.TemporaryDirectory() as work, running_lab(Path(work)) as lab:
        shown = list(views(*execute_quickstart(lab.root / FOLDER)))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=QUIET)
            for view in shown:
                if wanted and view.name not in wanted:
                    continue
                for width in WIDTHS:
                    take(browser, lab, view, width)
                print(view.name, flush=True)
            browser.close()
        write_index(shown)


if __name__ == "__main__":
    main()
