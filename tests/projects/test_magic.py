"""`%mlrun` in a real kernel: live card, result, interrupt, errors in one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.magics.kernels import Executed, Kernel, running_kernel
from tests.projects.runs import artifact, is_alive, project, wait_until, written_pids
from tests.projects.test_running import MLFLOW_PROJECT, MLFLOW_SCRIPT
from tracker.entities import Run
from tracker.store import Store, open_store

SLOW = """
    import time
    from pathlib import Path
    import tracker
    print("<b>bold</b> \\x1b[31mred\\x1b[0m", b"\\xff".decode("latin1"))
    for step in range(6):
        tracker.log_metric("loss", 1 / (step + 1), step=step)
        print("step", step)
        time.sleep(0.3)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    project(folder / "demo", MLFLOW_PROJECT, train__py=MLFLOW_SCRIPT)
    project(
        folder / "slow",
        slow__py=SLOW,
        fails__py="print('last words'); raise SystemExit(3)",
        long__py="import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)",
    )
    return folder


@pytest.fixture(scope="module")
def kernel(folder: Path) -> Iterator[Kernel]:
    """One kernel for all tests of this file."""
    with running_kernel(folder, XDG_DATA_HOME=str(folder / "data")) as running:
        running.run("%load_ext tracker")
        yield running


@pytest.fixture
def store(folder: Path, kernel: Kernel) -> Store:
    return open_store(folder / ".tracker")


def run_named(store: Store, name: str) -> Run:
    (run,) = store.search_runs(None, filter_string=f"attributes.run_name = '{name}'")
    return run


def html(executed: Executed) -> list[str]:
    return [card["data"]["text/html"] for card in executed.cards]


def test_a_project_that_imports_mlflow_runs_below_the_cell(kernel: Kernel, store: Store) -> None:
    executed = kernel.run("%mlrun demo -P alpha=0.25 --run-name cell --yes")
    assert executed.reply["status"] == "ok", executed.printed
    run = run_named(store, "cell")
    assert run.info.status == "FINISHED"
    assert run.data.summaries["loss"].count == 5
    assert run.data.params["alpha"] == "0.25"
    assert artifact(run, "notes/said.txt") == b"as it's"
    assert run.data.tags["tracker.session.id"]
    last = html(executed)[-1]
    assert "finished" in last and "predicted [6.]" in last and "<svg" in last
    assert executed.of("execute_result") == []
    told = kernel.run("print(_mlrun.run_id, _ is _mlrun, _mlrun.get_status())")
    assert told.printed.split() == [run.info.run_id, "True", "FINISHED"]


def test_the_card_shows_the_output_while_it_comes_and_nothing_of_it_acts(kernel: Kernel) -> None:
    executed = kernel.run("%mlrun slow -e slow.py --yes")
    shown = html(executed)
    running = [card for card in shown if "running" in card and "step 1" in card]
    assert running and "#tracker-cancel=" in running[-1]
    assert any("<svg" in card for card in running)
    last = shown[-1]
    assert "finished" in last and "#tracker-cancel=" not in last
    assert "&lt;b&gt;bold&lt;/b&gt; red" in last and "\x1b" not in last


def test_an_interrupt_cancels_the_run_and_is_told_in_one_line(
    kernel: Kernel, store: Store, folder: Path
) -> None:
    executed = kernel.send("%mlrun slow -e long.py --run-name long --yes")
    (pid,) = written_pids(folder / "slow" / "pid", 1)
    kernel.manager.interrupt_kernel()
    kernel.receive(executed)
    assert executed.reply["ename"] == "KeyboardInterrupt"
    (error,) = executed.of("error")
    assert len(error["traceback"]) == 1
    assert run_named(store, "long").info.status == "KILLED"
    assert not is_alive(pid)
    assert "killed" in html(executed)[-1]


def test_an_interrupt_instead_of_an_answer_is_told_in_one_line(
    kernel: Kernel, folder: Path
) -> None:
    project(folder / "unanswered", main__py="open('ran', 'w')")
    request = kernel.client.execute("%mlrun unanswered -e main.py", allow_stdin=True)
    kernel.client.get_stdin_msg(timeout=60)
    kernel.manager.interrupt_kernel()
    executed = kernel.receive(Executed(request))
    (error,) = executed.of("error")
    assert error["traceback"] == ["KeyboardInterrupt: the project was not run"]
    assert not (folder / "unanswered" / "ran").exists()


def test_a_failure_and_a_mistake_are_told_in_one_line(kernel: Kernel, store: Store) -> None:
    failed = kernel.run("%mlrun slow -e fails.py --run-name broken --yes")
    (error,) = failed.of("error")
    assert (error["ename"], len(error["traceback"])) == ("ProjectError", 1)
    assert "exit code 3" in error["traceback"][0]
    assert "last words" in html(failed)[-1]
    assert run_named(store, "broken").info.status == "FAILED"

    for line in ("demo -P alpha", "demo -P a=1 -P a=2", "nowhere --yes", "demo -e absent", ""):
        mistaken = kernel.run(f"%mlrun {line}")
        assert mistaken.reply["ename"] == "UsageError", line
        assert "Traceback" not in mistaken.printed
        assert mistaken.cards == []


def test_a_project_not_run_before_asks_and_runs_nothing_where_nobody_answers(
    kernel: Kernel, folder: Path
) -> None:
    project(folder / "strange", main__py="open('ran', 'w')")
    executed = kernel.run("%mlrun strange -e main.py")
    assert executed.reply["ename"] == "UsageError"
    assert "main.py" in executed.printed and "--yes" in executed.printed
    assert not (folder / "strange" / "ran").exists()


def test_an_answer_in_the_notebook_is_an_agreement(kernel: Kernel, folder: Path) -> None:
    project(folder / "asked", main__py="print('agreed')")
    client = kernel.client
    request = client.execute("%mlrun asked -e main.py", allow_stdin=True)
    question = client.get_stdin_msg(timeout=60)
    assert question["content"]["prompt"].startswith("Run it?")
    client.input("y")
    executed = kernel.receive(Executed(request))
    assert executed.reply["status"] == "ok"
    assert "agreed" in html(executed)[-1]
    again = kernel.run("%mlrun asked -e main.py")
    assert again.reply["status"] == "ok", "what was agreed to is not asked again"


def test_in_the_background_the_cell_ends_at_once_and_its_card_goes_on(
    kernel: Kernel, store: Store
) -> None:
    executed = kernel.run("job = %mlrun slow -e slow.py --run-name later --background --yes")
    assert executed.reply["status"] == "ok"
    assert not any("finished" in card for card in html(executed)), "it goes on after the cell"

    def next_card() -> str:
        message = kernel.client.get_iopub_msg(timeout=60)
        return str(message["content"].get("data", {}).get("text/html", ""))

    wait_until(lambda: "finished" in next_card(), "the last card")
    assert run_named(store, "later").info.status == "FINISHED"
    assert kernel.run("print(job.wait(60))").printed == "True\n"
    assert "FINISHED" in kernel.run("job").printed, "it shows itself in every cell but its own"


def test_inside_a_tracked_cell_the_project_is_a_child_of_the_cell(
    kernel: Kernel, store: Store
) -> None:
    kernel.run("%%track outer\n%mlrun slow -e slow.py --run-name inner --yes")
    outer, inner = run_named(store, "outer"), run_named(store, "inner")
    assert inner.data.tags["mlflow.parentRunId"] == outer.info.run_id
