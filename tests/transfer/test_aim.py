"""Aim's repositories: what is made of what aim answers, and what is said where it is missing.

`Repo` below answers as aim 3.29 did for a run logged with it; aim itself does not install
everywhere that the tests run.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tracker.errors import StoreError
from tracker.store import open_store
from tracker.transfer import Outcome, copy_runs, open_source, open_target

HASH = "7bd7468ad42940f28d7cd744"
TRAIN, PLAIN = -8686149688933388395, -4504863053055089774
META = {
    "attrs": {"hparams": {"lr": 0.1, "net": {"depth": 3}}},
    "contexts": {TRAIN: {"subset": "train"}, PLAIN: {}},
    "end_time": 1795267230.486299,
    "traces": {
        TRAIN: {"loss": {"dtype": "float", "version": 2}},
        PLAIN: {
            "old": {"dtype": "float"},
            "txt": {"dtype": "aim.text", "version": 1},
        },
    },
}
SEQS: dict[tuple[Any, ...], dict[str, dict[int, Any]]] = {
    ("v2", "chunks", HASH, TRAIN, "loss"): {
        "val": {487590686800389010: 1.0, 959237082491885421: float("inf"), 5: None},
        "step": {487590686800389010: 4, 959237082491885421: 0, 5: 1},
        "time": {487590686800389010: 1795267230.5, 959237082491885421: 1795267230.25},
    },
    ("chunks", HASH, PLAIN, "old"): {"val": {0: 2, 3: 1}, "step": {}, "time": {0: 1.0, 3: 2.0}},
}


class Tree:
    def __init__(self, place: tuple[Any, ...] = ()) -> None:
        self.place = place

    def collect(self) -> dict[str, Any]:
        return {"meta": {"chunks": {HASH: META}}}

    def subtree(self, place: Any) -> Tree:
        names = place if isinstance(place, tuple) else (place,)
        return Tree(self.place + tuple(it for it in names if it != "seqs"))

    def array(self, key: str) -> dict[int, Any]:
        return SEQS[self.place][key]


class Repo:
    @staticmethod
    def from_path(path: str) -> Repo:
        return Repo()

    def list_all_runs(self) -> list[str]:
        return [HASH, "broken"]

    def request_props(self, run_hash: str, read_only: bool) -> Any:
        if run_hash != HASH:
            raise RuntimeError("No such run")
        return SimpleNamespace(
            name="one",
            experiment="vision",
            tags=["a", "b"],
            description="a note",
            creation_time=1795267230.076729,
        )

    def request_tree(self, name: str, run_hash: str, *, read_only: bool) -> Tree:
        return Tree()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "project" / ".aim").mkdir(parents=True)
    return tmp_path / "project"


def test_runs_are_taken_with_params_contexts_and_points(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "aim", SimpleNamespace(Repo=Repo))
    store = open_store(tmp_path / ".tracker")
    report = copy_runs(open_source(repository), open_target(store))
    assert report.count(Outcome.COPIED) == 1
    assert [place.endswith(": broken") for place in report.problems] == [True]
    (run,) = store.search_runs(None)
    assert (run.info.run_name, run.info.status) == ("one", "FINISHED")
    assert (run.info.start_time, run.info.end_time) == (1795267230076, 1795267230486)
    assert run.data.params == {"hparams/lr": "0.1", "hparams/net/depth": "3"}
    assert run.data.tags["aim.tags"] == "a, b"
    loss = store.metric_history(run.info.run_id, "loss subset:train")
    assert (loss.values.tolist(), loss.steps.tolist()) == ([float("inf"), 1.0], [0, 4])
    old = store.metric_history(run.info.run_id, "old")
    assert (old.values.tolist(), old.steps.tolist()) == ([2.0, 1.0], [0, 3])
    assert any("1 of aim.text" in note for note in report.items[0].notes)


def test_without_aim_it_is_said_what_to_install(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "aim", None)
    with pytest.raises(StoreError, match="pip install aim"):
        open_source(repository)
