"""Projects that are run to prove them, in a process of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracker
from tests.export.session import executed
from tracker.export import to_mlproject
from tracker.store import Store
from tracker.tracking import session
from tracker.verify import VerdictKind, tags, verify

LOG = "import tracker\n{}\nwith tracker.start_run():\n    tracker.log_metric('m', value)"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name in [*os.environ]:
        if name.startswith(("MLFLOW_", "TRACKER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    session.forget_experiment()
    tracker.set_tracking_uri(tmp_path / ".tracker")
    yield session.current_store()
    tracker.set_tracking_uri(None)


def test_cells_that_were_never_a_run_are_compared_with_themselves(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "nb").mkdir()
    cells = executed(LOG.format("value = 3"))
    export = to_mlproject(tmp_path / "p", cells, base_folder=tmp_path / "nb")
    told: list[str] = []
    proof = verify(export, [], store, base_folder=tmp_path, env_manager="local", tell=told.append)
    (found,) = proof.reproductions
    assert proof.kind is VerdictKind.EXACT
    assert [run.info.run_id for run in store.search_runs(None)][::-1] == [
        found.original.info.run_id,
        found.again.info.run_id if found.again else None,
    ]
    assert told == [
        "Running the project ...",
        "Running the project (there is no run to compare with; once more, to see whether it "
        "varies) ...",
    ]


def test_a_project_that_fails_differs_and_says_why(store: Store, tmp_path: Path) -> None:
    (tmp_path / "nb").mkdir()
    with tracker.start_run() as run:
        tracker.log_metric("m", 3)
    cells = executed(LOG.format("value = 3 / zero"))
    export = to_mlproject(tmp_path / "p", cells, base_folder=tmp_path / "nb")
    original = store.get_run(run.info.run_id)
    proof = verify(export, [original], store, base_folder=tmp_path, env_manager="local")
    (found,) = proof.reproductions
    assert found.verdict.kind is VerdictKind.DIFFERS
    assert "ended FINISHED, this one FAILED" in found.verdict.detail
    assert found.verdict.cause.startswith("hidden state: In [1] reads 'zero'")
    kept = store.get_run(original.info.run_id).data.tags
    assert kept[tags.VERDICT] == "differs"
    assert kept[tags.CAUSE] == found.verdict.cause
    assert proof.lines()[0].startswith(f"{original.info.run_name}: differs. ")
