"""The folder of JSON: complete, and read from strangers without harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transfer.filling import fill, whole
from tracker.entities import MetricHistory, Run, RunData, RunInfo
from tracker.errors import StoreError
from tracker.store import open_store
from tracker.transfer import Outcome, Report, copy_runs, open_source, open_target
from tracker.transfer.folder import ExportFolder
from tracker.transfer.jsonlines import decode_histories, decode_run, encode


@pytest.fixture
def export(tmp_path: Path) -> Path:
    fill(open_store(tmp_path / ".tracker"), 3)
    copy_runs(open_source(tmp_path / ".tracker"), ExportFolder(tmp_path / "export"))
    return tmp_path / "export"


def imported(export: Path) -> Report:
    target = open_store(export.parent / "new" / ".tracker")
    return copy_runs(open_source(export), open_target(target))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    params=st.dictionaries(texts, texts, max_size=4),
    points=st.lists(
        st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**63 - 1), st.floats()),
        max_size=30,
    ),
)
def test_a_run_is_read_back_as_it_was(
    params: dict[str, str], points: list[tuple[int, int, float]]
) -> None:
    info = RunInfo("a", "0", "näme", "ada", "FINISHED", 1, None, "")
    run = Run(info, RunData(params=params, tags=params))
    columns = [np.array([it[i] for it in points], kind) for i, kind in enumerate("qqd")]
    history = MetricHistory("a", "loss", columns[0], columns[1], columns[2], 0, 0)
    written = b"".join(encode(run, [history]))
    assert decode_run(BytesIO(written)) == run
    found = list(decode_histories("a", BytesIO(written)))
    read = [(it.steps.tolist(), it.timestamps.tolist(), it.values.tolist()) for it in found]
    expected = [tuple(column.tolist() for column in columns)] if points else []
    assert repr(read) == repr(expected)
    assert b"NaN," not in written.replace(b'"NaN",', b"")


def a_run(export: Path) -> Path:
    return sorted((export / "runs").iterdir())[0]


def first_line(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    head, _, rest = path.read_bytes().partition(b"\n")
    found = json.loads(head)
    change(found)
    path.write_bytes(json.dumps(found).encode() + b"\n" + rest)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"[" * 100_000 + b"\n"),
        lambda path: path.write_bytes(b"null\n"),
        lambda path: path.write_bytes(path.read_bytes()[:200]),
        lambda path: first_line(path, lambda it: it.update(run_id="../../escape")),
        lambda path: first_line(path, lambda it: it.update(params={"lr": 1})),
        lambda path: first_line(path, lambda it: it.update(params=None)),
        lambda path: first_line(path, lambda it: it.update(status=["FINISHED"])),
        lambda path: first_line(path, lambda it: it.update(start_time="soon")),
        lambda path: first_line(path, lambda it: it.pop("tags")),
        lambda path: path.write_bytes(path.read_bytes() + b'{"metric": "loss", "steps": [1]}\n'),
        lambda path: path.write_bytes(
            path.read_bytes()
            + b'{"metric":"x","steps":[99999999999999999999],"timestamps":[1],"values":[1]}\n'
        ),
    ],
)
def test_a_broken_run_is_told_and_stops_no_other(
    export: Path, damage: Callable[[Path], object]
) -> None:
    path = a_run(export)
    damage(path)
    report = imported(export)
    assert not report.is_complete
    assert report.count(Outcome.COPIED) == 2
    told = [*report.problems, *(it.run_id for it in report.items if it.reason)]
    assert len(told) == 1 and path.stem in told[0]
    assert not list(export.parent.rglob("*escape*"))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tracker-export.json", '{"format": "tracker-export", "version": 2}', "version 2"),
        ("tracker-export.json", "{", "not JSON"),
        ("tracker-export.json", '{"format": "other"}', "not of an export"),
        ("experiments.json", '[{"name": "x"}]', "no experiments"),
        ("experiments.json", "7", "no experiments"),
    ],
)
def test_what_is_no_export_is_refused_in_words(
    export: Path, name: str, content: str, told: str
) -> None:
    (export / name).write_text(content)
    with pytest.raises(StoreError, match=told):
        imported(export)


def test_no_link_is_followed_out_of_an_export(export: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("private")
    path = a_run(export)
    content = path.read_bytes()
    path.unlink()
    (tmp_path / "elsewhere.jsonl").write_bytes(content)
    path.symlink_to(tmp_path / "elsewhere.jsonl")
    for number, run in enumerate(it for it in (export / "runs").iterdir() if it != path):
        place = export / "artifacts" / run.stem
        if number:
            place.mkdir(parents=True, exist_ok=True)
            (place / "link").symlink_to(tmp_path / "secret" / "key")
        else:
            if place.exists():
                place.rename(tmp_path / "aside")
            place.parent.mkdir(exist_ok=True)
            place.symlink_to(tmp_path / "secret")
    report = imported(export)
    assert report.count(Outcome.COPIED) == 2
    assert not [it for it in (tmp_path / "new").rglob("*") if it.name in ("key", "link")]


def test_an_export_that_was_added_to_holds_both(export: Path, tmp_path: Path) -> None:
    other = open_store(tmp_path / "b")
    fill(other, 3)
    copy_runs(open_source(tmp_path / "b"), ExportFolder(export))
    assert imported(export).is_complete
    expected = whole(open_store(tmp_path / ".tracker")) | whole(other)
    assert whole(open_store(tmp_path / "new" / ".tracker")) == expected
