"""Runs that cells start themselves are recorded as those of `%%track` cells are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.magics.conftest import RunCell, artifact, has_artifact, only_run, runs_in
from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.capture.code import RunCode, read_code
from tracker.entities import Run, RunStatus
from tracker.magics.background import background
from tracker.store import Store


def code_of(run: Run) -> RunCode:
    code = read_code(open_artifacts(run.info.artifact_uri))
    assert code is not None
    return code


def sources(run: Run) -> list[str]:
    """What the run depends on, in the order executed."""
    return [cell.source for cell in code_of(run).sliced]


def printed(run: Run) -> str:
    return "".join(
        output.get("text", "") for output in json.loads(artifact(run, tags.OUTPUTS_FILE))
    )


def test_a_run_in_an_ordinary_cell_has_all_that_a_tracked_one_has(
    run_cell: RunCell, store: Store
) -> None:
    run_cell("import tracker\nimport numpy as np", cell_id="one")
    run_cell("unused = 1", cell_id="two")
    run_cell("X = np.arange(10)\nscale = 2", cell_id="three")
    cell = (
        "alpha = 0.5\nprint('before')\nwith tracker.start_run():\n    print('inside', X.sum())\n"
        "    tracker.log_metric('loss', alpha * scale)\nprint('after')"
    )
    assert run_cell(cell, cell_id="four").success
    background.wait(20)
    run = only_run(store)
    assert run.info.status == RunStatus.FINISHED
    assert run.data.params == {"alpha": "0.5"}
    assert run.data.tags[tags.CELL_ID] == "four"
    assert artifact(run, tags.SOURCE_FILE) == cell
    assert printed(run) == "inside 45\n"
    assert has_artifact(run, tags.ENVIRONMENT_FILE)
    code = code_of(run)
    assert [cell.cell_id for cell in code.cells] == ["one", "two", "three", "four"]
    assert [cell.cell_id for cell in code.sliced] == ["one", "three", "four"]
    assert code.findings == ()
    assert tags.FINDINGS not in run.data.tags
    (data,) = run.inputs.dataset_inputs
    assert (data.dataset.name, data.tags[tags.DATA_VARIABLE]) == ("X", "X")


def test_runs_in_a_loop_have_the_loops_values_and_their_own_outputs(
    run_cell: RunCell, store: Store
) -> None:
    run_cell(
        "import tracker\n"
        "def train(rate, depth=3):\n"
        "    with tracker.start_run():\n"
        "        print('rate', rate)\n"
        "        tracker.log_param('depth', 'mine')\n"
        "for i, rate in enumerate((0.1, 0.2)):\n"
        "    for point in ({'seed': 1},):\n"
        "        train(rate)"
    )
    background.wait(20)
    runs = runs_in(store)
    assert [run.data.params for run in runs] == [
        {"rate": rate, "depth": "mine", "seed": "1"} for rate in ("0.1", "0.2")
    ]
    assert [printed(run) for run in runs] == ["rate 0.1\n", "rate 0.2\n"]
    assert len({artifact(run, tags.SESSION_FILE) for run in runs}) == 1


def test_a_run_begun_in_one_cell_and_ended_in_a_later_one_is_of_all_of_them(
    run_cell: RunCell, store: Store
) -> None:
    run_cell("import tracker")
    run_cell("run = tracker.start_run()\nprint('first')")
    background.wait(20)
    assert printed(only_run(store)) == "first\n"
    run_cell("print('second')")
    run_cell("tracker.end_run()\nprint('third')")
    background.wait(20)
    run = only_run(store)
    assert printed(run) == "first\nsecond\n"
    assert sources(run) == [
        "import tracker",
        "run = tracker.start_run()\nprint('first')",
        "print('second')",
        "tracker.end_run()\nprint('third')",
    ]
    assert len(code_of(run).targets) == 3


def test_a_resumed_run_keeps_what_it_had(run_cell: RunCell, store: Store) -> None:
    run_cell("import tracker\nwith tracker.start_run() as run:\n    print('trained')")
    background.wait(20)
    run_cell("with tracker.start_run(run_id=run.info.run_id):\n    print('tested')")
    background.wait(20)
    run = only_run(store)
    assert printed(run) == "trained\ntested\n"
    assert len(code_of(run).targets) == 2
    # As another kernel does: it knows nothing of the run.
    later = store.create_run("0", run_name="of another session")
    artifacts = open_artifacts(later.info.artifact_uri)
    for path in (tags.LINEAGE_FILE, tags.SESSION_FILE, tags.SOURCE_FILE):
        artifacts.put(path, [b"theirs"])
    run_cell(
        f"n = 1\nwith tracker.start_run(run_id='{later.info.run_id}') as later:\n    print('mine')"
    )
    background.wait(20)
    later = store.get_run(later.info.run_id)
    assert printed(later) == "mine\n"
    for path in (tags.LINEAGE_FILE, tags.SESSION_FILE, tags.SOURCE_FILE):
        assert artifact(later, path) == "theirs"
    assert later.data.params == {}


def test_an_exception_in_the_block_is_kept_and_stays_the_users_own(
    run_cell: RunCell, store: Store
) -> None:
    result = run_cell("import tracker\nwith tracker.start_run():\n    1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    run = only_run(store)
    assert run.info.status == RunStatus.FAILED
    assert run.data.tags[tags.ERROR] == "ZeroDivisionError: division by zero"
    assert "line 3, in <module>\n    1 / 0" in artifact(run, tags.TRACEBACK_FILE)


def test_runs_of_several_threads_keep_what_their_own_thread_prints(
    run_cell: RunCell, store: Store
) -> None:
    run_cell(
        "import tracker, threading\nmeet = threading.Barrier(2)\n"
        "def work(n):\n"
        "    with tracker.start_run(run_name=str(n)):\n"
        "        meet.wait(20)\n        print('thread', n)\n        meet.wait(20)\n"
        "threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()"
    )
    background.wait(20)
    assert {run.info.run_name: printed(run).strip() for run in runs_in(store)} == {
        "0": "thread 0",
        "1": "thread 1",
    }
    assert {run.data.params["n"] for run in runs_in(store)} == {"0", "1"}


def test_hidden_state_is_told_on_the_card_and_on_the_run(
    run_cell: RunCell,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tracker.magics.cellrun.PATIENCE", 20)
    run_cell("numbers = [1]", cell_id="a")
    run_cell("numbers.append(2)", cell_id="b")
    run_cell("numbers.append(2)", cell_id="b")
    run_cell("%%track\ntotal = sum(numbers)", cell_id="c")
    background.wait(20)
    run = only_run(store)
    (finding,) = code_of(run).findings
    assert finding.text == "`numbers` was changed by In [3], which ran twice"
    assert (finding.kind, finding.cells, finding.names) == ("hidden_state", (1, 2), ("numbers",))
    assert run.data.tags[tags.FINDINGS] == finding.text
    assert finding.text in capsys.readouterr().out


def test_papermills_parameters_are_params_of_every_run_of_the_session(
    run_cell: RunCell, store: Store
) -> None:
    run_cell("alpha = 0.1\nname = 'plain'")
    run_cell("# Parameters\nalpha = 0.7\nbatches = [1, 2]\n")
    run_cell("import tracker\nwith tracker.start_run():\n    name = 'x'")
    run_cell("%%track\nalpha = 3")
    background.wait(20)
    first, second = runs_in(store)
    assert first.data.params == {"alpha": "0.7", "batches": "[1, 2]"}
    assert second.data.params == {"alpha": "3", "batches": "[1, 2]"}


def test_the_patch_has_the_projects_modules_that_are_imported_and_no_others(
    tmp_path: Path, run_cell: RunCell, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    (tmp_path / "captured_old.py").write_text("rate = 1\n")
    (tmp_path / "captured_unused.py").write_text("rate = 1\n")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    (tmp_path / "captured_old.py").write_text("rate = 2\n")
    (tmp_path / "captured_unused.py").write_text("rate = 2\n")
    (tmp_path / "captured_new.py").write_text("depth = 3")
    monkeypatch.syspath_prepend(tmp_path)
    run_cell("%%track\nimport captured_old, captured_new")
    run_cell("%%track\npass")
    background.wait(30)
    patch = artifact(runs_in(store)[1], tags.PATCH_FILE)
    assert runs_in(store)[1].data.tags[tags.GIT_DIRTY] == "true"
    assert "-rate = 1\n+rate = 2\n" in patch
    assert "captured_unused" not in patch
    for name in ("captured_old.py", "captured_new.py"):
        (tmp_path / name).unlink()
    subprocess.run(["git", "checkout", "-q", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply"], cwd=tmp_path, input=patch.encode(), check=True)
    assert (tmp_path / "captured_old.py").read_text() == "rate = 2\n"
    assert (tmp_path / "captured_new.py").read_text() == "depth = 3"


def test_the_machine_is_watched_in_runs_that_last(run_cell: RunCell, store: Store) -> None:
    run_cell("%config Tracker.system_metrics_after = 0.2")
    run_cell("import time, tracker")
    wait = (
        "deadline = time.monotonic() + 20\n"
        "while time.monotonic() < deadline:\n"
        "    metrics = tracker.get_run(tracker.active_run().info.run_id).data.metrics\n"
        "    if any(key.startswith('system/') for key in metrics): break\n"
        "    time.sleep(0.05)"
    )
    run_cell(f"%%track\n{wait}")
    run_cell("with tracker.start_run(log_system_metrics=False):\n    time.sleep(1)")
    run_cell("%config Tracker.system_metrics_after = 60")
    run_cell("%%track\nshort = 1")
    background.wait(20)
    watched, refused, short = (run.data.metrics for run in runs_in(store))
    assert "system/cpu_utilization_percentage" in watched
    assert short == refused == {}


def test_compare_shows_the_two_latest_runs_or_those_named(
    run_cell: RunCell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for rate in ("0.1", "0.2"):
        run_cell(f"rate = {rate}", cell_id="a")
        run_cell("%%track\nloss = rate * 2", cell_id="b")
    first, second = runs_in(store)
    for line in ("", f"{first.info.run_id[:10]} {second.info.run_name}"):
        text = str(run_cell(f"%compare {line}").result)
        assert "Code: 1 cell changed, 1 the same" in text
        assert "- rate = 0.1\n    + rate = 0.2" in text
    capsys.readouterr()
    for line, words in (
        ("latest", "two runs or more"),
        ("latest nobody", "There is no run 'nobody'"),
        ("'open", "no closing quotation"),
    ):
        assert not run_cell(f"%compare {line}").success
        assert words in capsys.readouterr().err
    run_cell("%compare --help")
    assert "%compare [RUN RUN...]" in capsys.readouterr().out
