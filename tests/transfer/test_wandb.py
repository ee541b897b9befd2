"""W&B's offline runs, made by an old and a new wandb (see `make_data.py`), become runs."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transfer.filling import files_of
from tracker.entities import Run
from tracker.store import Store, open_store
from tracker.transfer import Outcome, Report, copy_runs, open_source, open_target
from tracker.transfer.wandb_log import Damaged, message, read_records

DATA = Path(__file__).with_name("data")
MADE = ["wandb-old", "wandb-new"]


def imported(folder: Path, into: Path) -> tuple[Store, Report, dict[str, Run]]:
    store = open_store(into)
    report = copy_runs(open_source(folder), open_target(store))
    return store, report, {it.info.run_name: it for it in store.search_runs(None)}


@pytest.mark.parametrize("made", MADE)
def test_all_that_was_logged_is_there(made: str, tmp_path: Path) -> None:
    assert open_source(DATA / made).description == f"2 runs of W&B's in {DATA / made}"
    store, report, runs = imported(DATA / made, tmp_path / ".tracker")
    assert report.is_complete
    run = runs["größe 1"]
    assert store.get_experiment(run.info.experiment_id).name == "vision"
    assert run.data.params == {
        "lr": "0.1", "net/depth": "3", "net/act": "relu", "layers": "[1, 2]", "none": "None",
        "_f": "=1+1",
    }  # fmt: skip
    told = {
        "wandb.group": "g1", "wandb.job_type": "train", "wandb.tags": "a, b",
        "mlflow.note.content": "a note", "wandb.host": "host", "tracker.import.source": "wandb",
    }  # fmt: skip
    assert told.items() <= run.data.tags.items()
    loss = store.metric_history(run.info.run_id, "loss")
    assert loss.values.tolist() == [1 / (i + 1) for i in range(20)]
    assert loss.steps.tolist() == list(range(20))
    assert abs(loss.timestamps[0] - run.info.start_time) < 60_000
    assert store.metric_history(run.info.run_id, "val/acc").steps.tolist() == [0, 5, 10, 15]
    assert store.metric_history(run.info.run_id, "flag").values.tolist() == [0, 0, 1, 1]
    odd = store.metric_history(run.info.run_id, "odd").values
    assert np.isinf(odd[::2]).all() and np.isnan(odd[1::2]).all()
    assert run.data.metrics.keys() == {"loss", "odd", "val/acc", "sparse", "flag"}
    files = files_of(run.info.artifact_uri)
    history = [json.loads(line) for line in files["wandb/history.jsonl"].splitlines()]
    assert [it["_step"] for it in history] == [0, 5, 10, 15, 20]
    assert history[-1]["img"]["_type"] == "image-file"
    assert history[-1]["long"] == "x" * 40_000
    assert json.loads(files["wandb/summary.json"])["best"] == 0.05
    assert files[history[-1]["img"]["path"]].startswith(b"\x89PNG")


@pytest.mark.parametrize("made", MADE)
def test_how_a_run_ended_is_its_status(made: str, tmp_path: Path) -> None:
    _, _, runs = imported(DATA / made, tmp_path / ".tracker")
    assert (runs["größe 1"].info.status, runs["failed"].info.status) == ("FINISHED", "FAILED")
    assert runs["failed"].data.tags["wandb.run_id"] == "custom-id"
    assert runs["failed"].data.summaries["loss"].last_step == 5
    _, report, _ = imported(DATA / made, tmp_path / ".tracker")
    assert {it.outcome for it in report.items} == {Outcome.EQUAL}


def test_a_run_is_found_wherever_the_folder_is_named(tmp_path: Path) -> None:
    shutil.copytree(DATA / "wandb-new", tmp_path / "project" / "wandb")
    (folder,) = (tmp_path / "project" / "wandb").glob("*custom-id")
    (tmp_path / "project" / "wandb" / "latest-run").symlink_to(folder)
    (log,) = folder.glob("*.wandb")
    for place, count in ((tmp_path / "project", 2), (folder.parent, 2), (folder, 1), (log, 1)):
        assert open_source(place).description.startswith(f"{count} runs of W&B's")


def cut(tmp_path: Path, change: bytes | None, keep: int) -> Path:
    """Return a folder with the first bytes of a run's log, and something after them."""
    folder = tmp_path / "offline-run-1-x"
    (source,) = DATA.glob("wandb-new/*/run-[!c]*.wandb")
    folder.mkdir()
    (folder / "run-x.wandb").write_bytes(source.read_bytes()[:keep] + (change or b""))
    return folder


@pytest.mark.parametrize("change", [None, b"\x00" * 50, b"noise" * 100])
def test_what_stands_before_the_damage_is_taken_and_the_rest_told(
    tmp_path: Path, change: bytes | None
) -> None:
    _, report, runs = imported(cut(tmp_path, change, 20_000), tmp_path / ".tracker")
    (run,) = runs.values()
    assert run.info.status == "KILLED"
    assert run.data.summaries["loss"].count == 20
    assert not report.is_complete
    assert "what follows in run-x.wandb" in report.items[0].left[0]


def test_links_in_the_files_of_a_run_are_told_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "id_rsa").write_text("private")
    folder = cut(tmp_path, None, 20_000)
    (folder / "files").mkdir()
    (folder / "files" / "key").symlink_to(tmp_path / "id_rsa")
    (folder / "files" / "home").symlink_to(tmp_path)
    (folder / "files" / "fine.txt").write_text("x")
    _, report, runs = imported(folder, tmp_path / "new" / ".tracker")
    (run,) = runs.values()
    assert "fine.txt" in files_of(run.info.artifact_uri)
    assert not {"key", "home/id_rsa"} & files_of(run.info.artifact_uri).keys()
    assert any("files/key" in left for left in report.items[0].left)


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_fail_otherwise(data: bytes) -> None:
    for read in (lambda: message(data), lambda: list(read_records(BytesIO(data)))):
        try:
            read()
        except Damaged:
            continue


@given(st.binary(max_size=100_000), st.integers(0, 2**64 - 1))
def test_a_message_is_read_back(content: bytes, number: int) -> None:
    def varint(value: int) -> bytes:
        out = bytearray()
        while value >= 0x80:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*out, value])

    data = b"\x0a" + varint(len(content)) + content + b"\x10" + varint(number)
    assert message(data) == {1: [content], 2: [number]}
