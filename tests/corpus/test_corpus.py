"""Notebooks of all kinds: lineage as written down by hand, exports that run, verdicts that hold."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import mlflow
import pytest
from mlflow.exceptions import ExecutionException

import tracker
from tests.corpus import notebook_cases, program_cases
from tests.corpus.case import DIFFERS, EXACT, Case
from tests.corpus.sessions import play, shell_in
from tests.mlflow_databases import new_database
from tracker.artifacts import open_artifacts
from tracker.capture import session as capture_session
from tracker.capture.code import read_code
from tracker.capture.session import current_session
from tracker.entities import Run
from tracker.export import ExportResult, Source, from_run, from_session, to_mlproject
from tracker.store import Store
from tracker.tracking import session
from tracker.verify import original_runs, verify
from tracker.verify import tags as proof_tags
from tracker.verify.facts import read_facts

run_project: Callable[..., object] = mlflow.projects.run
CASES = [*program_cases.CASES, *notebook_cases.CASES]


@pytest.fixture
def mlflow_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database of MLflow's for all notebooks that this process runs."""
    path = tmp_path_factory.getbasetemp() / "mlflow.db"
    return f"sqlite:///{path}" if path.exists() else new_database(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The notebook's folder: where it runs, imports from, and records to."""
    for name in [*os.environ]:
        if name.startswith(("MLFLOW_", "TRACKER_", "JPY_SESSION_NAME")):
            monkeypatch.delenv(name)
    folder = tmp_path / "notebook"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setattr(capture_session, "_current", None)
    session.forget_experiment()
    tracker.set_tracking_uri(folder / ".tracker")
    yield folder
    session.forget_experiment()
    tracker.set_tracking_uri(None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_notebook(case: Case, folder: Path, mlflow_uri: str) -> None:
    with shell_in(folder) as shell:
        play(case, folder, shell)
        store = session.current_store()
        runs = {run.info.run_name: run for run in store.search_runs(None)}
        assert {name: prompts(run) for name, run in runs.items()} == dict(case.needs)
        source = source_of(case, store, runs, shell.user_ns)
    export = to_mlproject(folder.parent / "project", source=source)
    assert tuple(each.name for each in export.parameters) == case.parameters
    assert case.remark in "\n".join(export.remarks)
    judged = [runs[case.export]] if case.export else list(runs.values())
    if case.figures:
        assert [len(read_facts(run).figures) for run in judged] == [case.figures]
    runs_under_mlflow(case, export, judged, mlflow_uri)
    runs_under_tracker_and_is_proven(case, export, source, judged, store)


def prompts(run: Run) -> tuple[int | None, ...]:
    """Prompts of the executions that the run depends on."""
    code = read_code(open_artifacts(run.info.artifact_uri))
    assert code is not None
    return tuple(cell.execution_count for cell in code.sliced)


def source_of(
    case: Case, store: Store, runs: dict[str, Run], namespace: dict[str, object]
) -> Source:
    if case.export is not None:
        return from_run(store, runs[case.export].info.run_id, base_folder=Path.cwd())
    log = current_session()
    assert log is not None
    return from_session(log.executed_cells(), namespace=namespace, session_id=log.session_id)


def runs_under_mlflow(case: Case, export: ExportResult, judged: list[Run], uri: str) -> None:
    """The real `mlflow run`, in this process but for the project's own."""
    mlflow.set_tracking_uri(uri)
    client = mlflow.MlflowClient(uri)
    experiment = client.create_experiment(f"{case.name} {export.folder}")
    failed = any(cell.fails for cell in case.executions[-1:]) or bool(case.given)
    with pytest.raises(ExecutionException) if failed else nullcontext():
        run_project(str(export.folder), experiment_id=experiment, env_manager="local")
    if case.verdict != EXACT:
        return
    found = client.search_runs([experiment])
    metrics = [dict(run.data.metrics) for run in found]
    for run in judged:
        expected = read_facts(run).metrics
        assert any(expected.items() <= each.items() for each in metrics), (expected, metrics)


def runs_under_tracker_and_is_proven(
    case: Case, export: ExportResult, source: Source, judged: list[Run], store: Store
) -> None:
    proof = verify(
        export,
        original_runs(store, source.session_id, export),
        store,
        base_folder=source.base,
        env_manager="local",
        wanted=source.run_id,
    )
    verdicts = {each.original.info.run_name: each.verdict for each in proof.reproductions}
    expected = {
        run.info.run_name: case.verdicts.get(run.info.run_name, case.verdict) for run in judged
    }
    assert {name: str(verdict.kind) for name, verdict in verdicts.items()} == expected, (
        proof.lines()
    )
    for each in proof.reproductions:
        assert each.verdict.cause.startswith(case.cause)
        assert bool(each.verdict.cause) == (each.verdict.kind == DIFFERS)
        tags = store.get_run(each.original.info.run_id).data.tags
        assert tags[proof_tags.VERDICT] == each.verdict.kind
        if each.again is not None:
            assert tags[proof_tags.RUN] == each.again.info.run_id
            again = store.get_run(each.again.info.run_id).data.tags
            assert again[proof_tags.VERDICT] == each.verdict.kind
            assert again[proof_tags.OF] == each.original.info.run_id


def test_there_are_enough_notebooks() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 25
