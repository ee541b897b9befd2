"""Projects run as child processes: what is recorded, what is kept, what fails."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import tracker
from tests.projects.runs import artifact, project, store, wait_until
from tracker.entities import RunStatus
from tracker.errors import InvalidValue, NotFound, ParamConflict, ProjectError
from tracker.store import Store

__all__ = ["store"]

MLFLOW_SCRIPT = """
    import sys
    import mlflow
    import numpy as np
    from sklearn.linear_model import LinearRegression

    alpha, note = float(sys.argv[1]), sys.argv[2]
    for step in range(5):
        mlflow.log_metric("loss", alpha / (step + 1), step=step)
    mlflow.log_text(note, "notes/said.txt")
    x = np.arange(6.0).reshape(-1, 1)
    model = LinearRegression().fit(x, 2 * x.ravel())
    logged = mlflow.sklearn.log_model(model, name="model", pip_requirements=[])
    print("predicted", mlflow.sklearn.load_model(logged.model_uri).predict([[3.0]]).round(3))
    print("said", note)
"""
MLFLOW_PROJECT = """
    name: demo
    entry_points:
      main:
        parameters:
          alpha: {type: float, default: 0.5}
          note: {type: string, default: "as it's"}
        command: "python train.py {alpha} {note}"
"""


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=ada", "-c", "user.email=ada@example.org", *words]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_a_project_that_imports_mlflow_lands_in_the_store_with_all_it_logs(
    store: Store, tmp_path: Path
) -> None:
    folder = project(tmp_path / "demo", MLFLOW_PROJECT, train__py=MLFLOW_SCRIPT)
    submitted = tracker.projects.run(str(folder), parameters={"alpha": 0.25}, run_name="first")

    run = store.get_run(submitted.run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "first")
    assert dict(run.data.params) == {"alpha": "0.25", "note": "as it's"}
    assert run.data.summaries["loss"].count == 5
    assert artifact(run, "notes/said.txt") == b"as it's"
    assert artifact(run, "project/log.txt").endswith(b"predicted [6.]\nsaid as it's\n")
    assert run.data.tags["mlflow.project.entryPoint"] == "main"
    assert submitted.log.endswith("said as it's\n")


def test_what_mlflow_says_of_a_project_is_said_in_its_own_tags(
    store: Store, tmp_path: Path
) -> None:
    folder = project(tmp_path / "repo" / "sub", MLFLOW_PROJECT, train__py="print('ran')")
    git(tmp_path / "repo", "init", "-q", "-b", "trunk")
    git(tmp_path / "repo", "add", ".")
    git(tmp_path / "repo", "commit", "-q", "-m", "one")
    commit = git(tmp_path / "repo", "rev-parse", "HEAD")
    submitted = tracker.projects.run(str(folder))

    tags = store.get_run(submitted.run_id).data.tags
    assert tags["mlflow.source.name"] == str(folder)
    assert tags["mlflow.source.type"] == "PROJECT"
    assert tags["mlflow.source.git.commit"] == commit
    assert tags["mlflow.project.backend"] == "local"
    assert tags["mlflow.user"]
    assert tags["tracker.project.command"].startswith("python train.py 0.5 ")


def test_a_project_in_a_bare_repository_runs_from_its_subfolder_at_a_version(
    store: Store, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    project(work / "pipelines" / "demo", MLFLOW_PROJECT, train__py="print('the old one')")
    git(work, "init", "-q", "-b", "main")
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "old")
    git(work, "tag", "v1")
    old = git(work, "rev-parse", "HEAD")
    project(work / "pipelines" / "demo", train__py="print('the new one')")
    git(work, "commit", "-q", "-a", "-m", "new")
    git(tmp_path, "clone", "-q", "--bare", str(work), "bare.git")
    uri = f"file://{tmp_path}/bare.git#pipelines/demo"

    newest = tracker.projects.run(uri)
    tagged = tracker.projects.run(uri, version="v1")

    assert (newest.log, tagged.log) == ("the new one\n", "the old one\n")
    tags = store.get_run(tagged.run_id).data.tags
    assert tags["mlflow.source.git.commit"] == old
    assert tags["mlflow.source.git.repoURL"] == f"{tmp_path}/bare.git"
    assert tags["mlflow.source.name"] == f"{tmp_path}/bare.git#pipelines/demo"
    assert tags["tracker.project.version"] == "v1"
    assert not tagged.plan.checkout.folder.exists(), "a copy is not left behind"


def test_tracker_and_mlflow_in_one_program_log_to_the_same_run(
    store: Store, tmp_path: Path
) -> None:
    both = "import {}, {}\n{}.log_metric('a', 1)\n{}.log_metric('b', 2)\n"
    folder = project(
        tmp_path / "both",
        ours_first__py=both.format("tracker", "mlflow", "tracker", "mlflow"),
        theirs_first__py=both.format("mlflow", "tracker", "mlflow", "tracker"),
    )
    for entry_point in ("ours_first.py", "theirs_first.py"):
        submitted = tracker.projects.run(str(folder), entry_point)
        assert dict(store.get_run(submitted.run_id).data.metrics) == {"a": 1.0, "b": 2.0}
    assert len(store.search_runs(None)) == 2


def test_params_hold_what_was_meant_and_the_command_gets_it_untouched(
    store: Store, tmp_path: Path
) -> None:
    folder = project(
        tmp_path / "quoting",
        """
        entry_points:
          main:
            parameters: {value: string}
            command: "python show.py {value}"
        """,
        show__py="import sys; print(ascii(sys.argv[1:]))",
    )
    hostile = 'it\'s $(touch hacked) `id`; "x"\n--danger é'
    submitted = tracker.projects.run(str(folder), parameters={"value": hostile, "more": "-- $HOME"})

    assert submitted.log.strip() == ascii([hostile, "--more", "-- $HOME"])
    params = store.get_run(submitted.run_id).data.params
    assert params == {"value": hostile, "more": "-- $HOME"}
    assert not (folder / "hacked").exists()


def test_a_project_that_fails_says_how_and_is_recorded_as_failed(
    store: Store, tmp_path: Path
) -> None:
    folder = project(tmp_path / "broken", main__py="print('last words'); raise SystemExit(3)")
    with pytest.raises(ProjectError, match=r"Run \(ID '\w+'\) failed: .*3") as caught:
        tracker.projects.run(str(folder), "main.py")

    run = store.get_run(caught.value.run_id)
    assert run.info.status == "FAILED"
    assert "3" in run.data.tags["tracker.error"]
    assert artifact(run, "project/log.txt") == b"last words\n"


def test_an_uncaught_exception_fails_the_run_although_mlflow_says_finished(
    store: Store, tmp_path: Path
) -> None:
    source = "import mlflow; mlflow.log_metric('m', 1); raise ValueError('no')"
    folder = project(tmp_path / "raising", main__py=source)
    with pytest.raises(ProjectError) as caught:
        tracker.projects.run(str(folder), "main.py")
    assert store.get_run(caught.value.run_id).info.status == "FAILED"


def test_a_program_that_ends_its_run_as_failed_is_believed(store: Store, tmp_path: Path) -> None:
    source = "import tracker; tracker.start_run(); tracker.end_run('FAILED')"
    folder = project(tmp_path / "modest", main__py=source)
    with pytest.raises(ProjectError):
        tracker.projects.run(str(folder), "main.py")


@pytest.mark.parametrize(
    "arguments",
    [
        {"uri": "nowhere"},
        {"entry_point": "absent"},
        {"entry_point": "../outside.py"},
        {"parameters": {}},
        {"parameters": {"file": "missing.csv"}},
        {"parameters": {"file": "MLproject"}, "env_manager": "pipenv"},
        {"parameters": {"file": "MLproject"}, "backend": "mars"},
        {"parameters": {"file": "MLproject"}, "backend_config": "not json"},
        {"parameters": {"file": "MLproject"}, "experiment_id": "999"},
        {"parameters": {"file": "MLproject"}, "experiment_name": "a", "experiment_id": "0"},
    ],
)
def test_what_cannot_be_resolved_leaves_no_run_behind(
    store: Store, tmp_path: Path, arguments: dict[str, object]
) -> None:
    project(
        tmp_path / "paths",
        """
        entry_points:
          main:
            parameters: {file: path}
            command: "cat {file}"
        """,
    )
    asked = {"uri": str(tmp_path / "paths")} | arguments
    with pytest.raises((InvalidValue, NotFound)):
        tracker.projects.run(**asked)  # type: ignore[arg-type]  # mistakes are the point
    assert list(store.search_runs(None)) == []


def test_a_run_can_be_used_again_and_keeps_its_params(store: Store, tmp_path: Path) -> None:
    folder = project(tmp_path / "again", main__py="print('again')")
    run = store.create_run("0", run_name="mine", tags={"tracker.error": "of an earlier time"})
    submitted = tracker.projects.run(
        str(folder), "main.py", parameters={"a": 1}, run_id=run.info.run_id
    )
    assert submitted.run_id == run.info.run_id
    found = store.get_run(run.info.run_id)
    assert (found.info.run_name, found.info.status) == ("mine", "FINISHED")
    assert "tracker.error" not in found.data.tags
    with pytest.raises(ParamConflict):
        tracker.projects.run(str(folder), "main.py", parameters={"a": 2}, run_id=run.info.run_id)


def test_the_experiment_is_the_one_named_else_the_active_one(store: Store, tmp_path: Path) -> None:
    folder = project(
        tmp_path / "any", main__py="import os; print(os.environ['MLFLOW_EXPERIMENT_ID'])"
    )
    named = tracker.projects.run(str(folder), "main.py", experiment_name="named")
    active = tracker.set_experiment("active")
    other = tracker.projects.run(str(folder), "main.py")

    found = store.find_experiment("named")
    assert found is not None
    assert store.get_run(named.run_id).info.experiment_id == found.experiment_id
    assert named.log.strip() == found.experiment_id
    assert store.get_run(other.run_id).info.experiment_id == active.experiment_id


def test_a_store_in_mlflows_own_files_is_served_to_the_project_too(
    store: Store, tmp_path: Path
) -> None:
    tracker.set_tracking_uri((tmp_path / "mlruns").as_uri())
    source = "import mlflow; mlflow.log_metric('m', 7); mlflow.log_text('x', 'x.txt')"
    folder = project(tmp_path / "any", main__py=source)
    submitted = tracker.projects.run(str(folder), "main.py")
    run = tracker.get_run(submitted.run_id)
    assert (run.info.status, run.data.metrics["m"]) == ("FINISHED", 7.0)
    assert artifact(run, "x.txt") == b"x"


def test_runs_that_nobody_waits_for_go_on_a_few_at_a_time(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_PROJECTS_MAX_PARALLEL", "2")
    monkeypatch.setenv("COUNTED", str(tmp_path))
    source = """
        import os, time
        from pathlib import Path
        folder = Path(os.environ["COUNTED"])
        mine = folder / f"running-{os.getpid()}"
        mine.touch()
        while not (folder / "gate").exists():
            time.sleep(0.02)
        time.sleep(0.3)
        print(len(list(folder.glob("running-*"))))
        mine.unlink()
    """
    folder = project(tmp_path / "slow", main__py=source)
    started = [tracker.projects.run(str(folder), "main.py", synchronous=False) for _ in range(4)]
    assert RunStatus.SCHEDULED in {one.poll() for one in started}
    (tmp_path / "gate").touch()
    assert all(one.wait(60) for one in started)
    assert {one.get_status() for one in started} == {RunStatus.FINISHED}
    assert max(int(one.log) for one in started) <= 2


def test_what_is_odd_in_a_project_is_a_warning_to_programs(store: Store, tmp_path: Path) -> None:
    text = "entry_points: {main: {parameters: {alpha: {defalt: 1}}, command: 'true {alpha}'}}\n"
    folder = project(tmp_path / "odd", text)
    with pytest.warns(tracker.TrackerWarning) as warned:
        tracker.projects.run(folder, parameters={"alpha": 1, "alhpa": 2})
    assert [str(one.message).partition(", did")[2] for one in warned] == [
        " you mean 'default'?",
        " you mean 'alpha'?",
    ]
    assert {one.filename for one in warned} == {__file__}


def test_who_waits_for_a_project_sees_its_output(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project(tmp_path / "said", main__py="print('Grüße')")
    tracker.projects.run(folder, "main.py")
    assert capsys.readouterr().out == "Grüße\n"
    heard: list[str] = []
    tracker.projects.run(folder, "main.py", on_output=heard.append)
    assert (capsys.readouterr().out, "".join(heard)) == ("", "Grüße\n")


def test_output_is_live_and_reaches_whoever_listens(store: Store, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    source = f"""
        import sys, time
        from pathlib import Path
        print("to stdout")
        print("to stderr", file=sys.stderr)
        while not Path({str(gate)!r}).exists():
            time.sleep(0.02)
    """
    folder = project(tmp_path / "live", main__py=source)
    heard: list[str] = []
    submitted = tracker.projects.run(
        str(folder), "main.py", synchronous=False, on_output=heard.append
    )
    wait_until(lambda: submitted.log == "to stdout\nto stderr\n", "the output")
    assert submitted.poll() is RunStatus.RUNNING
    gate.touch()
    assert submitted.wait(60)
    assert "".join(heard) == submitted.log
