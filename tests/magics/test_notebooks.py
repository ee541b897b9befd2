"""Whole notebooks, executed by the tools that people execute notebooks with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from tests.magics.kernels import clean_environment, running_kernel
from tracker.store import open_store

CELLS = [
    "%load_ext tracker\nimport tracker",
    "%%track study -e paper\nrate = 0.1\nfor step in range(30):\n"
    "    tracker.log_metric('loss', 1 / (1 + step), step=step)\nprint('trained')",
    "%%track '<b>bold</b>' -t note='<script>alert(1)</script>'\n"
    "text = '<img src=x onerror=alert(1)>'",
    "for i in range(2):\n    tracker.start_run()\n    tracker.log_param('i', i)",
    "%%track open\nrun = tracker.start_run(run_name='left open')",
]


def notebook() -> Any:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def execute(folder: Path, executed: Any) -> Any:
    client = NotebookClient(executed, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.execute(env=clean_environment())
    return executed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("notebook")
    (found / ".tracker").mkdir(mode=0o700)
    return found


@pytest.fixture(scope="module")
def executed(folder: Path) -> Iterator[Any]:
    """The notebook after Run All in one kernel and again in another; its outputs are the last."""
    execute(folder, notebook())
    yield execute(folder, notebook())


def test_run_all_twice_leaves_twice_the_runs_and_none_running(executed: Any, folder: Path) -> None:
    store = open_store(str(folder / ".tracker"))
    runs = list(store.search_runs(None))
    names = Counter(run.info.run_name for run in runs)
    assert (names["study"], names["<b>bold</b>"], names["open"], names["left open"]) == (2, 2, 2, 2)
    assert len(runs) == 2 * 6
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert len({run.data.tags["tracker.session.id"] for run in runs}) == 2
    environment = "environment/environment.json"
    tracked = [run for run in runs if run.info.run_name in ("study", "<b>bold</b>", "open")]
    assert all((Path(run.info.artifact_uri) / environment).is_file() for run in tracked)
    store.close()


def test_a_kernel_restarted_in_the_middle_of_a_cell_leaves_a_killed_run(folder: Path) -> None:
    with running_kernel(folder) as kernel:
        kernel.run("%load_ext tracker")
        cell = kernel.send("%%track interrupted\nprint('going')\nimport time; time.sleep(60)")
        watching = kernel.watch(cell)
        while next(watching)["msg_type"] != "stream":
            pass
        kernel.manager.restart_kernel(now=True)
    store = open_store(str(folder / ".tracker"))
    (run,) = store.search_runs(None, filter_string="attributes.run_name = 'interrupted'")
    assert run.info.status == "KILLED"
    store.close()


def test_the_saved_notebook_is_valid_and_tells_no_paths_of_this_machine(
    executed: Any, folder: Path
) -> None:
    nbformat.validate(executed)
    card = executed.cells[1].outputs[0]
    assert re.fullmatch("[0-9a-f]{32}", card.metadata["tracker"]["run_id"])
    assert str(folder) not in nbformat.writes(executed)


class Page(HTMLParser):
    """The words inside the cards of a page, and every element that is in them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.depth = 0
        self.words: list[str] = []
        self.elements: set[str] = set()
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth or dict(attrs).get("class") == "tracker-card":
            self.elements.add(tag)
            self.depth += tag == "div"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= bool(self.depth) and tag == "div"

    def handle_data(self, data: str) -> None:
        if self.depth and data.strip():
            self.words.append(" ".join(data.split()))


def test_nbconverts_page_says_what_the_notebook_said(executed: Any) -> None:
    exporter = HTMLExporter()
    markup, _ = exporter.from_notebook_node(executed)
    page = Page(markup)
    text = " ".join(page.words)
    assert "study ● finished in" in text
    assert "experiment paper" in text
    assert "rate = 0.1" in text
    assert re.search(r"loss 0\.03333 █\S+ 0\.03333 1 ", text)
    assert "left open ● finished" in text
    assert "<b>bold</b>" in text
    assert "<img src=x onerror=alert(1)>" in text
    assert page.elements.isdisjoint({"b", "img", "script", "style"})
