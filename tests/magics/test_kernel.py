"""`%%track` in a real kernel: the card lives, interrupts are KILLED, outputs are those seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.magics.conftest import artifact, has_artifact
from tests.magics.kernels import Executed, Kernel, running_kernel
from tracker.capture import tags
from tracker.entities import Run
from tracker.store import Store, open_store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("kernel")
    (found / ".tracker").mkdir(mode=0o700)
    return found


@pytest.fixture(scope="module")
def kernel(folder: Path) -> Iterator[Kernel]:
    """One kernel for all tests of this file, in which tracker is loaded."""
    with running_kernel(folder, JPY_SESSION_NAME=str(folder / "sub" / "study.ipynb")) as started:
        assert started.run("%load_ext tracker\nimport time, tracker").reply["status"] == "ok"
        yield started


@pytest.fixture(scope="module")
def store(folder: Path, kernel: Kernel) -> Iterator[Store]:
    opened = open_store(str(folder / ".tracker"))
    yield opened
    opened.close()


def run_of(executed: Executed, store: Store) -> Run:
    return store.get_run(executed.cards[-1]["metadata"]["tracker"]["run_id"])


def words(card: dict[str, dict[str, str]]) -> str:
    return card["data"]["text/plain"]


def test_the_card_moves_while_the_cell_runs(kernel: Kernel, store: Store) -> None:
    executed = kernel.run(
        "%%track moving -e live -p rate=0.5\nrate = 0.1\nfor step in range(40):\n"
        "    tracker.log_metric('loss', 1 / (1 + rate * step), step=step)\n"
        "    time.sleep(0.05)",
        cell_id="cell-1",
    )
    first, *updates = executed.cards
    assert words(first).startswith("● moving  running for 0 ms, experiment live\n  rate = 0.5")
    assert [m["msg_type"] for _, m in executed.published].count("display_data") == 1
    assert {card["transient"]["display_id"] for card in updates} == {
        first["transient"]["display_id"]
    }
    running = [card for card in updates if "running" in words(card)]
    points = [int(words(card).split(" points")[0].rsplit(" ", 1)[1]) for card in running]
    assert len(running) >= 3
    assert points == sorted(points)
    assert len(set(points)) >= 3
    assert "<svg" in running[-1]["data"]["text/html"]
    took = re.search(r"finished in (\d+\.\d)", words(updates[-1]))
    assert took and float(took[1]) >= 2
    assert "40 points" in words(updates[-1])
    run = run_of(executed, store)
    assert run.data.tags[tags.CELL_ID] == "cell-1"
    assert run.data.tags["mlflow.source.name"] == "sub/study.ipynb"
    assert run.data.tags["mlflow.source.type"] == "NOTEBOOK"


def test_the_card_is_not_shown_more_than_four_times_a_second(kernel: Kernel) -> None:
    executed = kernel.run("%%track\nfor _ in range(60):\n    time.sleep(0.025)\n    print('.')")
    sent = [
        message["header"]["date"]
        for _, message in executed.published
        if message["msg_type"] == "update_display_data"
    ]
    times = [when.timestamp() for when in sent]
    between = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    assert len(times) >= 3
    # A busy machine delays one or the other, so of several gaps only their mean is sure.
    assert sum(between[:-1]) / len(between[:-1]) > 0.2


@pytest.mark.parametrize(
    "cell",
    [
        "print('going'); time.sleep(60)",
        # ipykernel sees the interrupt of an awaiting cell when its event loop next wakes up.
        "import asyncio\nprint('going')\nfor _ in range(600):\n    await asyncio.sleep(0.1)",
    ],
    ids=["sleeping", "awaiting"],
)
def test_an_interrupt_kills_the_run(cell: str, kernel: Kernel, store: Store) -> None:
    executed = kernel.interrupt_after_output(kernel.send(f"%%track\nkept = 1\n{cell}"))
    assert executed.reply["status"] == "error"
    assert executed.reply["ename"] in ("KeyboardInterrupt", "CancelledError")
    run = run_of(executed, store)
    assert run.info.status == "KILLED"
    assert run.data.params == {"kept": "1"}
    assert "killed in" in words(executed.cards[-1])


def test_an_error_stops_what_waits_behind_it(kernel: Kernel, store: Store) -> None:
    failing = kernel.send("%%track\nprint('before')\n1/0")
    waiting = kernel.send("%%track never\npass")
    kernel.receive(failing)
    (error,) = failing.of("error")
    assert error["ename"] == failing.reply["ename"] == "ZeroDivisionError"
    assert len(error["traceback"]) > 2
    assert "magics" not in "".join(error["traceback"])
    assert kernel.receive(waiting).reply["status"] in ("error", "aborted")
    run = run_of(failing, store)
    assert run.info.status == "FAILED"
    assert "Cell In[" in artifact(run, tags.TRACEBACK_FILE)
    assert not store.search_runs(None, filter_string="attributes.run_name = 'never'")


def test_what_is_kept_is_what_was_seen(kernel: Kernel, store: Store) -> None:
    executed = kernel.run(
        "%%track\nimport os, sys, threading\nfrom IPython.display import HTML, display\n"
        "print('printed')\nprint('warned', file=sys.stderr)\n"
        "!echo from a shell\n"
        "handle = display(HTML('<b>1</b>'), display_id=True)\n"
        "handle.update(HTML('<b>2</b>'))\n"
        "thread = threading.Thread(target=display, args=('from a thread',))\n"
        "thread.start(); thread.join()\n"
        "{'the': 'result'}"
    )
    kept = json.loads(artifact(run_of(executed, store), tags.OUTPUTS_FILE))
    text = "".join(output["text"] for output in kept if output["output_type"] == "stream")
    assert [part for part in ("printed", "warned", "from a shell") if part not in text] == []
    # Front ends get the two streams apart, each when it is flushed.
    assert sorted(text.splitlines()) == sorted(executed.printed.splitlines())
    rich = [output["data"]["text/plain"] for output in kept if "data" in output]
    assert rich[1:] == ["'from a thread'", "{'the': 'result'}"]
    assert [o["data"].get("text/html") for o in kept if "data" in o][0] == "<b>2</b>"
    assert "tracker-card" not in json.dumps(kept)


def test_output_of_child_processes_is_kept(kernel: Kernel, store: Store) -> None:
    executed = kernel.run(
        "%%track\nimport subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'print(\"from a child\")'])\ntime.sleep(0.5)"
    )
    if "from a child" in executed.printed:  # only where the kernel watches its file descriptors
        assert "from a child" in artifact(run_of(executed, store), tags.OUTPUTS_FILE)


def test_a_cleared_output_ends_with_the_card(kernel: Kernel, store: Store) -> None:
    executed = kernel.run(
        "%%track clearing\nfrom IPython.display import clear_output\n"
        "for i in range(3):\n    clear_output(wait=True)\n    print('frame', i)"
    )
    kinds = [m["msg_type"] for _, m in executed.published if m["msg_type"] != "status"]
    assert kinds[-1] == "display_data"
    assert "finished" in words(executed.cards[-1])
    kept = json.loads(artifact(run_of(executed, store), tags.OUTPUTS_FILE))
    assert kept == [{"output_type": "stream", "name": "stdout", "text": "frame 2\n"}]


def test_figures_are_shown_and_kept(kernel: Kernel, store: Store) -> None:
    executed = kernel.run(
        "%%track\n%matplotlib inline\nimport matplotlib.pyplot as plt\n"
        "plt.plot([1, 2]); plt.show()\nplt.plot([2, 1])"
    )
    shown = [c for c in executed.of("display_data") if "image/png" in c["data"]]
    assert len(shown) == 2
    run = run_of(executed, store)
    assert has_artifact(run, f"{tags.FIGURES_FOLDER}/figure_1.png")
    assert has_artifact(run, f"{tags.FIGURES_FOLDER}/figure_2.png")
    kept = json.loads(artifact(run, tags.OUTPUTS_FILE))
    assert [o["output_type"] for o in kept] == ["display_data", "execute_result", "display_data"]


def test_the_magic_is_completed(kernel: Kernel) -> None:
    request = kernel.client.complete("%%tra", 5)
    reply = kernel.client.get_shell_msg(timeout=30)
    while reply["parent_header"]["msg_id"] != request:
        reply = kernel.client.get_shell_msg(timeout=30)
    assert "%%track" in reply["content"]["matches"]


def test_an_empty_cell_is_hardly_slower(kernel: Kernel) -> None:
    executed = kernel.run(
        "def best(source):\n"
        "    times = []\n"
        "    for _ in range(25):\n"
        "        began = time.thread_time()\n"
        "        get_ipython().run_cell(source)\n"
        "        times.append(time.thread_time() - began)\n"
        "        time.sleep(0.02)\n"
        "    return sorted(times)[3]\n"
        "best('%%track\\npass') - best('pass')"
    )
    (result,) = executed.of("execute_result")
    # The thread's own time, and its fast rounds: the rest is what else this machine was doing.
    assert float(result["data"]["text/plain"]) < 0.015
