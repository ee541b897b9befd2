"""TensorBoard's event files, written by its own writers, become runs."""

from __future__ import annotations

import os
import struct
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.transfer.filling import files_of, points
from tracker.entities import Run
from tracker.errors import StoreError
from tracker.store import Store, open_store
from tracker.transfer import Outcome, Report, copy_runs, open_source, open_target

BOARD = "tensorboard"
PROTO = f"{BOARD}.compat.proto"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\x93\xb3"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Writer:
    """Writes events as TensorBoard itself does; `at` is the time in seconds."""

    def __init__(self, folder: Path) -> None:

        self.at = 1_700_000_000.0
        folder.mkdir(parents=True, exist_ok=True)
        self._writer: Any = import_module(
            f"{BOARD}.summary.writer.event_file_writer"
        ).EventFileWriter(str(folder))

    def add(self, step: int, *values: Any) -> None:
        self.at += 1
        protos = import_module(f"{PROTO}.event_pb2"), import_module(f"{PROTO}.summary_pb2")
        summary = protos[1].Summary(value=values)
        event = protos[0].Event(wall_time=self.at, step=step, summary=summary)
        self._writer.add_event(event)

    def close(self) -> None:
        self._writer.close()


def value(tag: str, plugin: str, tensor: Any, content: bytes = b"") -> Any:
    proto = import_module(f"{PROTO}.summary_pb2")
    make = import_module(f"{BOARD}.util.tensor_util").make_tensor_proto
    data = proto.SummaryMetadata.PluginData(plugin_name=plugin, content=content)
    kinds = {"scalars": 1, "images": 3, "text": 2, "hparams": 2, "histograms": 2}
    metadata = proto.SummaryMetadata(plugin_data=data, data_class=kinds[plugin])
    return proto.Summary.Value(tag=tag, metadata=metadata, tensor=make(tensor))


def scalar(tag: str, number: float) -> Any:
    return value(tag, "scalars", np.float32(number))


def hparams(values: dict[str, Any]) -> Any:
    plugin = import_module(f"{BOARD}.plugins.hparams.summary_v2")
    return plugin.hparams_pb(values, trial_id="t", start_time_secs=1).value[0]


def write_two_runs(folder: Path) -> None:
    train = Writer(folder / "train")
    train.add(0, hparams({"lr": 0.1, "layers": 3, "act": "relu", "bias": True}))
    for step in range(5):
        train.add(step, scalar("Loss/train", 1 / (step + 1)), scalar("odd@tag", float("nan")))
    train.add(5, scalar("Loss/train", float("inf")))
    train.add(1, value("notes", "text", np.array(b"# hello")))
    train.add(2, value("pictures/a b", "images", np.array([b"1", b"1", PNG, b"not a picture"])))
    train.add(3, value("weights", "histograms", np.zeros((2, 3))))
    train.close()
    old = Writer(folder / "deep" / "er" / "eval")
    proto = import_module(f"{PROTO}.summary_pb2")
    old.add(-3, proto.Summary.Value(tag="acc", simple_value=0.5))  # as of TensorFlow 1
    old.close()


def imported(folder: Path, into: Path) -> tuple[Store, Report, dict[str, Run]]:
    store = open_store(into)
    report = copy_runs(open_source(folder), open_target(store))
    return store, report, {it.info.run_name: it for it in store.search_runs(None)}


def test_folders_with_event_files_become_runs(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    write_two_runs(folder)
    assert open_source(folder).description == f"2 runs of TensorBoard's in {folder}"
    store, report, runs = imported(folder, tmp_path / ".tracker")
    assert runs.keys() == {"train", "deep/er/eval"}
    assert {store.get_experiment(it.info.experiment_id).name for it in runs.values()} == {"logs"}
    train = runs["train"]
    assert train.data.params == {"lr": "0.1", "layers": "3", "act": "relu", "bias": "True"}
    assert (train.info.status, train.info.start_time) == ("FINISHED", 1_700_000_001_000)
    history = store.metric_history(train.info.run_id, "Loss/train")
    expected = [float(np.float32(1 / (step + 1))) for step in range(5)] + [float("inf")]
    assert history.values.tolist() == expected
    assert history.steps.tolist() == list(range(6))
    assert history.timestamps.tolist()[0] == 1_700_000_002_000
    assert np.isnan(store.metric_history(train.info.run_id, "odd_tag").values).all()
    assert points(store, runs["deep/er/eval"].info.run_id, "acc").startswith("[(-3, ")
    assert files_of(train.info.artifact_uri) == {
        "text/notes/1.md": b"# hello",
        "images/pictures/a b/2.png": PNG,
    }
    notes = next(it.notes for it in report.items if it.run_name == "train")
    assert any("histograms" in note for note in notes)
    assert any("'odd@tag' is called 'odd_tag'" in note for note in notes)
    assert report.is_complete


def test_again_all_is_equal_and_what_was_added_differs(tmp_path: Path) -> None:
    write_two_runs(tmp_path / "logs")
    imported(tmp_path / "logs", tmp_path / ".tracker")
    _, report, _ = imported(tmp_path / "logs", tmp_path / ".tracker")
    assert {it.outcome for it in report.items} == {Outcome.EQUAL}
    (tmp_path / "logs").rename(tmp_path / "moved")
    more = Writer(tmp_path / "moved" / "train")
    more.add(6, scalar("Loss/train", 0.0))
    more.close()
    _, report, _ = imported(tmp_path / "moved", tmp_path / ".tracker")
    assert report.count(Outcome.DIFFERS) == 1


def masked_crc(data: bytes) -> int:
    return int(
        import_module(f"{BOARD}.compat.tensorflow_stub.pywrap_tensorflow").masked_crc32c(data)
    )


def test_damaged_and_hostile_files_stop_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    write_two_runs(folder)
    (file,) = (folder / "train").iterdir()
    content = file.read_bytes()
    name = "events.out.tfevents.1.x"
    cases = {
        "cut": content[: len(content) // 2],
        "empty": b"",
        "noise": os.urandom(500),
        "huge": (head := struct.pack("<Q", 2**60)) + struct.pack("<I", masked_crc(head)) + b"x",
        "checksum": content[:200] + bytes([content[200] ^ 1]) + content[201:],
    }
    for case, data in cases.items():
        (folder / case).mkdir()
        (folder / case / name).write_bytes(data)
    (folder / "linked").mkdir()
    (folder / "linked" / name).symlink_to(file)
    (folder / "folder link").symlink_to(tmp_path)
    store, _, runs = imported(folder, tmp_path / ".tracker")
    assert {"train", "deep/er/eval", "cut"} <= runs.keys()
    assert "linked" not in runs
    assert 0 < runs["cut"].data.summaries["Loss/train"].count < 6
    assert points(store, runs["train"].info.run_id, "Loss/train") != "[]"


def test_the_shape_of_a_tensor_is_not_believed(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "logs")
    bad = scalar("loss", 1.0)
    for _ in range(3):
        bad.tensor.tensor_shape.dim.add(size=2**40)
    writer.add(0, bad, scalar("fine", 2.0))
    many = value("many", "scalars", np.float32(1))
    many.tensor.tensor_content = b"\x00" * 64
    writer.add(1, many)
    writer.close()
    _, _, runs = imported(tmp_path / "logs", tmp_path / ".tracker")
    assert runs["logs"].data.metrics["fine"] == 2.0
    assert "many" not in runs["logs"].data.metrics


def test_names_of_values_lead_nowhere_else(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "logs")
    for tag in ("../../../escape", "/etc/passwd", "a/./../../b", "..", "x" * 5000, "ü\x00\n"):
        writer.add(0, value(tag, "text", np.array(b"x")), scalar(tag, 1.0))
    writer.close()
    _, report, runs = imported(tmp_path / "logs", tmp_path / "new" / ".tracker")
    assert report.count(Outcome.COPIED) == 1
    assert all(path.startswith("text/") for path in files_of(runs["logs"].info.artifact_uri))
    assert sorted(it.name for it in tmp_path.iterdir()) == ["logs", "new"]
    assert len(runs["logs"].data.metrics) == 6


def test_without_tensorboard_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_two_runs(tmp_path / "logs")
    monkeypatch.setitem(sys.modules, "tensorboard.backend.event_processing.event_file_loader", None)
    with pytest.raises(StoreError, match="pip install tensorboard"):
        open_source(tmp_path / "logs")
