"""Notebooks as tools execute them: a front end that answers, and papermill, which does not."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from tests.magics.conftest import artifact, has_artifact
from tests.magics.kernels import PATIENCE, Executed, Kernel, clean_environment, running_kernel
from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.capture.code import read_code
from tracker.entities import Run
from tracker.magics.frontend import TARGET
from tracker.store import Store, open_store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("frontend")
    (found / ".tracker").mkdir(mode=0o700)
    return found


@pytest.fixture(scope="module")
def kernel(folder: Path) -> Iterator[Kernel]:
    with running_kernel(folder) as started:
        started.run("%load_ext tracker\nimport tracker", cell_id="load")
        yield started


@pytest.fixture(scope="module")
def store(folder: Path, kernel: Kernel) -> Iterator[Store]:
    opened = open_store(str(folder / ".tracker"))
    yield opened
    opened.close()


def notebook(*cells: tuple[str, str, int | None], tagged: str = "") -> dict[str, Any]:
    """A notebook of code cells: id, source, number in the prompt."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# Study"},
            *(
                {
                    "cell_type": "code",
                    "id": cell_id,
                    "source": source,
                    "execution_count": count,
                    "outputs": [],
                    "metadata": {"tags": ["parameters"] if cell_id == tagged else []},
                }
                for cell_id, source, count in cells
            ),
        ],
    }


def asked(executed: Executed) -> list[dict[str, Any]]:
    return [c for c in executed.of("comm_open") if c["target_name"] == TARGET]


def reply(kernel: Kernel, kind: str, comm_id: str, data: dict[str, Any]) -> None:
    message = kernel.client.session.msg(kind, {"comm_id": comm_id, "data": data})
    kernel.client.shell_channel.send(message)


def when(store: Store, run_id: str, path: str) -> Run:
    """The run, as soon as it has that file."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        run = store.get_run(run_id)
        if has_artifact(run, path):
            return run
        time.sleep(0.02)
    raise AssertionError(f"{path} did not come")


def findings(run: Run) -> dict[str, str]:
    code = read_code(open_artifacts(run.info.artifact_uri))
    assert code is not None
    return {finding.kind: finding.text for finding in code.findings}


def test_the_notebook_is_kept_and_told_what_about_it_would_not_give_the_run_again(
    kernel: Kernel, store: Store
) -> None:
    kernel.run("scale = 2\nlimit = 5", cell_id="settings")
    kernel.run("x = [scale]", cell_id="below")
    kernel.run("y = x + [1]", cell_id="above")
    kernel.run("z = x + y", cell_id="gone")
    executed = kernel.run("%%track\nfor n in range(2):\n    total = sum(z) * limit", cell_id="run")
    (question,) = asked(executed)
    file = notebook(
        ("settings", "scale = 3\nlimit = 5", 2),
        ("stale", "limit = 7", 9),
        ("above", "y = x + [1]", 4),
        ("below", "x = [scale]", 3),
        ("run", "%%track\nfor n in range(2):\n    total = sum(z) * limit", 6),
        tagged="settings",
    )
    reply(kernel, "comm_msg", question["comm_id"], {"notebook": file})
    reply(kernel, "comm_close", question["comm_id"], {})
    run_id = executed.cards[-1]["metadata"]["tracker"]["run_id"]
    run = when(store, run_id, tags.NOTEBOOK_FILE)
    assert json.loads(artifact(run, tags.NOTEBOOK_FILE)) == file
    deadline = time.monotonic() + PATIENCE
    while tags.FINDINGS not in (run := store.get_run(run_id)).data.tags or not run.data.params:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    told = findings(run)
    assert told == {
        "edited": "In [2] was edited since it ran",
        "deleted": "In [5] is no longer in the notebook",
        "out_of_order": "In [3] stands below In [4] but ran before it (`x`)",
        "before_restart": "In [9] shows a result from before the kernel was restarted",
        "skipped": "the cell that begins `limit = 7` did not run, and from top to bottom it "
        "would change `limit`",
    }
    assert told["deleted"] in run.data.tags[tags.FINDINGS]
    assert run.data.params == {"scale": "2", "limit": "5"}


def test_a_cell_with_many_runs_asks_once_and_all_of_them_get_the_notebook(
    kernel: Kernel, store: Store
) -> None:
    executed = kernel.run(
        "for name in 'ab':\n    with tracker.start_run(run_name=name):\n        pass",
        cell_id="many",
    )
    (question,) = asked(executed)
    reply(kernel, "comm_msg", question["comm_id"], {"notebook": notebook(("many", "", None))})
    runs = [
        run
        for name in "ab"
        for run in store.search_runs(None, filter_string=f"attributes.run_name = '{name}'")
    ]
    assert len(runs) == 2
    assert len({artifact(when(store, run.info.run_id, tags.NOTEBOOK_FILE), tags.NOTEBOOK_FILE)
                for run in runs}) == 1  # fmt: skip


def test_an_answer_that_is_no_notebook_harms_nothing(kernel: Kernel, store: Store) -> None:
    for answer in ({}, {"notebook": 3}, {"notebook": {"cells": 3}}, {"notebook": {"nbformat": 4}}):
        executed = kernel.run("%%track\npass")
        (question,) = asked(executed)
        reply(kernel, "comm_msg", question["comm_id"], answer)
    run_id = executed.cards[-1]["metadata"]["tracker"]["run_id"]
    run = when(store, run_id, tags.LINEAGE_FILE)
    assert kernel.run("1 + 1").reply["status"] == "ok"
    assert not has_artifact(run, tags.NOTEBOOK_FILE)


def test_cells_that_run_before_the_answer_share_it(kernel: Kernel, store: Store) -> None:
    executed = [kernel.run("%%track\npass", cell_id=f"c{n}") for n in range(5)]
    questions = [question for each in executed for question in asked(each)]
    assert len(questions) == 3
    for question in questions:
        reply(kernel, "comm_msg", question["comm_id"], {"notebook": notebook(("c0", "", None))})
    for each in executed:
        run_id = each.cards[-1]["metadata"]["tracker"]["run_id"]
        assert when(store, run_id, tags.NOTEBOOK_FILE)


def test_a_front_end_that_refuses_is_not_asked_for_ever(folder: Path) -> None:
    with running_kernel(folder) as kernel:
        kernel.run("%load_ext tracker")
        counts = []
        for _ in range(5):
            questions = asked(kernel.run("%%track\npass"))
            counts.append(len(questions))
            for question in questions:
                reply(kernel, "comm_close", question["comm_id"], {})
        assert counts == [1, 1, 1, 0, 0]


def test_papermills_execution_is_recorded_with_its_parameters(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [
        nbformat.v4.new_code_cell("alpha = 0.1\nepochs = 2", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("%load_ext tracker\nimport tracker"),
        nbformat.v4.new_code_cell(
            "with tracker.start_run(run_name='from papermill'):\n    print('alpha', alpha)"
        ),
    ]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    source = folder / "study.ipynb"
    nbformat.write(made, source)
    for name in set(os.environ) - set(clean_environment()):
        monkeypatch.delenv(name)
    papermill.execute_notebook(
        str(source),
        str(folder / "out.ipynb"),
        parameters={"alpha": 0.7},
        cwd=str(folder),
        progress_bar=False,
    )
    store = open_store(str(folder / ".tracker"))
    (run,) = store.search_runs(None, filter_string="attributes.run_name = 'from papermill'")
    assert run.data.params == {"alpha": "0.7"}
    code = read_code(open_artifacts(run.info.artifact_uri))
    assert code is not None
    assert code.sliced[0].source == "# Parameters\nalpha = 0.7"
    assert "alpha 0.7" in artifact(run, tags.OUTPUTS_FILE)
    store.close()
