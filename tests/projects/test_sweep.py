"""Sweeps: many runs of one project, watched, and stopped where they are hopeless."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import distributed
import optuna
import pytest

import tracker
from tests.projects.repositories import git, make_repository
from tests.projects.runs import is_alive, project, store, wait_until, written_pids
from tracker.errors import InvalidState, InvalidValue, ProjectError
from tracker.projects import Sweep, sweep
from tracker.projects.model import Plan
from tracker.projects.sweep_stopping import Curve
from tracker.projects.sweep_trials import Trial
from tracker.store import Store

__all__ = ["store"]

# One value is best and five are as good as each other, so that no run of these six is ever worse
# than the median. The other six would never end by themselves: the sweep stops them early.
TRAIN = """
    import sys, time
    import tracker
    alpha = float(sys.argv[1])
    level = 0.0 if alpha == 0.2 else 0.1 if alpha < 0.5 else alpha
    for step in range(5 if alpha > 0.5 else 8):
        tracker.log_metric("loss", level + 1 / (step + 1), step=step)
    while alpha > 0.5:
        time.sleep(0.05)
"""
MLPROJECT = """
    entry_points:
      main:
        parameters: {alpha: float, depth: {type: int, default: 1}}
        command: python train.py {alpha} {depth}
"""
TWELVE = {"alpha": [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.15, 0.65, 0.25, 0.75, 0.35], "depth": 2}


@pytest.fixture
def trained(tmp_path: Path, store: Store) -> Path:
    return project(tmp_path / "trained", MLPROJECT, train__py=TRAIN)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Start a scheduler and two workers, and give the scheduler's address."""
    start: Any = distributed.LocalCluster
    options = {"n_workers": 2, "threads_per_worker": 2, "dashboard_address": "127.0.0.1:0"}
    with start(processes=True, **options) as running:
        yield running.scheduler_address


def states(found: Sweep) -> dict[str, int]:
    counts: dict[str, int] = {}
    for trial in found.trials:
        counts[trial.state.value] = counts.get(trial.state.value, 0) + 1
    return counts


def check_twelve(found: Sweep) -> None:
    assert len(found.trials) == 12
    # 0.2 is best; what would never have ended was stopped, after its five points.
    assert states(found) == {"finished": 6, "stopped": 6}, [each.reason for each in found.trials]
    assert all(trial.points == 5 for trial in found.trials if trial.state == "stopped")
    assert found.best is not None
    assert found.best.parameters == {"alpha": 0.2, "depth": 2}
    assert found.best.value == pytest.approx(0.125)


def test_twelve_runs_with_early_stopping_on_this_machine(trained: Path, store: Store) -> None:
    found = sweep(
        trained, TWELVE, "loss", max_parallel=4, env_manager="local", run_name="the sweep"
    )
    check_twelve(found)
    parent = store.get_run(found.run_id)
    assert (parent.info.status, parent.info.run_name) == ("FINISHED", "the sweep")
    assert json.loads(parent.data.tags["tracker.sweep"])["metric"] == "loss"
    assert found.best is not None
    assert parent.data.tags["tracker.sweep.best"] == found.best.run_id
    assert parent.data.metrics["best_loss"] == pytest.approx(0.125)
    for trial in found.trials:
        run = store.get_run(trial.run_id)
        assert run.data.tags["mlflow.parentRunId"] == found.run_id
        assert run.data.tags["tracker.sweep.trial"] == str(trial.number)
        assert run.data.tags["tracker.sweep.state"] == trial.state
        assert run.data.params["alpha"] == str(trial.parameters["alpha"])
        assert run.info.status == ("FINISHED" if trial.state == "finished" else "KILLED")
    assert tracker.active_run() is None


def test_twelve_runs_with_early_stopping_on_a_dask_cluster(trained: Path, scheduler: str) -> None:
    found = sweep(
        trained,
        TWELVE,
        "loss",
        max_parallel=4,
        env_manager="local",
        backend="dask",
        backend_config={"scheduler": scheduler},
    )
    check_twelve(found)


def test_a_frame_has_a_row_for_each_trial(trained: Path) -> None:
    told: list[Trial] = []
    values = {"alpha": [0.1], "extra": "<b>"}
    found = sweep(trained, values, "loss", env_manager="local", on_trial=told.append)
    assert told == found.trials
    frame = found.to_frame()
    facts = ["number", "run_id", "state", "metrics.loss", "points"]
    assert list(frame.columns) == [*facts, "params.alpha", "params.extra"]
    assert frame["metrics.loss"].tolist() == pytest.approx([0.225])
    assert "&lt;b&gt;" in found._repr_html_()
    assert "ended: 1 of 1 runs ended, best 0.225" in repr(found)


def test_optuna_proposes_values(trained: Path) -> None:
    found = sweep(
        trained,
        {"alpha": (0.0, 0.5), "depth": [1, 2]},
        "loss",
        sampler="optuna",
        n_trials=2,
        max_parallel=1,
        env_manager="local",
    )
    alphas = [trial.parameters["alpha"] for trial in found.trials]
    assert states(found) == {"finished": 2}
    # Told nothing that it could learn from yet, it proposes what its own study does.
    assert alphas == _proposals(2)
    assert found.best is not None


def _proposals(count: int) -> list[float]:
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0), direction="maximize")
    space: dict[str, optuna.distributions.BaseDistribution] = {
        "alpha": optuna.distributions.FloatDistribution(0.0, 0.5),
        "depth": optuna.distributions.CategoricalDistribution([0, 1]),
    }
    return [study.ask(space).params["alpha"] for _ in range(count)]


def test_one_agreement_is_for_all_runs_and_for_what_they_run(
    tmp_path: Path, store: Store, trained: Path
) -> None:
    files = {path.name: path.read_text() for path in trained.iterdir()}
    origin = make_repository(tmp_path / "origin", files)
    head = git(origin, "rev-parse", "HEAD")
    asked: list[Plan] = []

    def agree(plan: Plan) -> None:
        asked.append(plan)
        # What comes later from there is not what was agreed to.
        (origin / "train.py").write_text("raise SystemExit(1)")
        git(origin, "commit", "--all", "--quiet", "--message", "evil")

    found = sweep(
        f"git+{origin.as_uri()}", {"alpha": [0.1, 0.2]}, "loss", env_manager="local", agree=agree
    )
    assert states(found) == {"finished": 2}
    assert len(asked) == 1
    for trial in found.trials:
        assert store.get_run(trial.run_id).data.tags["mlflow.source.git.commit"] == head
    assert not asked[0].checkout.folder.exists()


def test_who_does_not_agree_runs_nothing(trained: Path, store: Store) -> None:
    def refuse(_plan: Plan) -> None:
        raise InvalidState("no")

    with pytest.raises(InvalidState, match="no"):
        sweep(trained, TWELVE, "loss", agree=refuse)
    assert store.search_runs(None) == []


@pytest.fixture
def endless(tmp_path: Path, store: Store) -> Path:
    """Return a project that writes its process's id into `pids` and never ends."""
    source = f"""
        import os, time
        with open({str(tmp_path / "pids")!r}, "a") as file:
            file.write(f"{{os.getpid()}}\\n")
        while True:
            time.sleep(0.05)
    """
    return project(tmp_path / "endless", train__py=source)


def check_cancelled(found: Sweep | None, store: Store, pids: list[int]) -> None:
    wait_until(lambda: not any(map(is_alive, pids)), "the end of the processes")
    runs = store.search_runs(None)
    assert len(runs) == 1 + len(pids)
    assert {run.info.status for run in runs} == {"KILLED"}
    if found is not None:
        assert states(found) == {"cancelled": len(pids)}, [each.reason for each in found.trials]


def test_cancelling_ends_every_process_and_closes_every_run(
    endless: Path, tmp_path: Path, store: Store
) -> None:
    found = sweep(
        endless,
        {"alpha": range(10)},
        "loss",
        entry_point="train.py",
        max_parallel=3,
        env_manager="local",
        synchronous=False,
    )
    assert not found.wait(0.01)
    running = written_pids(tmp_path / "pids", 3)
    found.cancel()
    check_cancelled(found, store, running)
    found.check()


def test_an_interrupt_cancels_all_of_it(endless: Path, tmp_path: Path, store: Store) -> None:
    running: list[int] = []
    here = threading.main_thread().ident
    assert here is not None

    def interrupt() -> None:
        running.extend(written_pids(tmp_path / "pids", 2))
        signal.pthread_kill(here, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        sweep(
            endless,
            {"alpha": range(10)},
            "loss",
            entry_point="train.py",
            max_parallel=2,
            env_manager="local",
        )
    thread.join()
    check_cancelled(None, store, running)


class FailsOnceCancelled:
    """A rule that has something wrong with it just when the sweep is cancelled."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.shall_fail = threading.Event()

    def is_hopeless(self, _curve: Curve, _others: Sequence[Curve]) -> bool:
        self.is_asked.set()
        if self.shall_fail.wait(0.05):
            raise RuntimeError("too late")
        return False


def test_a_sweep_that_fails_while_it_is_cancelled_was_cancelled(
    endless: Path, tmp_path: Path, store: Store
) -> None:
    rule = FailsOnceCancelled()
    found = sweep(
        endless,
        {"alpha": [1]},
        "loss",
        entry_point="train.py",
        early_stopping=rule,
        env_manager="local",
        synchronous=False,
    )
    running = written_pids(tmp_path / "pids", 1)
    while not found.wait(0):
        rule.is_asked.clear()
        assert rule.is_asked.wait(60)
        found._engine.cancelled.set()
        rule.shall_fail.set()
        found.wait(60)
    found.check()
    check_cancelled(found, store, running)


def test_a_sweep_whose_first_runs_all_fail_is_given_up(tmp_path: Path, store: Store) -> None:
    folder = project(tmp_path / "broken", train__py="raise SystemExit('no data')")
    message = r"its first 3 runs all failed. The last one: exit code 1 \(no data\)"
    with pytest.raises(ProjectError, match=message):
        sweep(
            folder,
            {"alpha": range(100)},
            "loss",
            entry_point="train.py",
            max_parallel=1,
            env_manager="local",
        )
    (parent,) = store.search_runs(None, filter_string="tags.`tracker.sweep` LIKE '%alpha%'")
    assert parent.info.status == "FAILED"
    assert len(store.search_runs(None)) == 4


def test_in_a_run_a_sweep_is_its_child(trained: Path, store: Store) -> None:
    with tracker.start_run() as outer:
        found = sweep(trained, {"alpha": [0.1]}, "loss", env_manager="local")
        assert tracker.active_run() is not None
    parent = store.get_run(found.run_id)
    assert parent.data.tags["mlflow.parentRunId"] == outer.info.run_id


def test_what_cannot_be_swept_is_refused_before_anything_runs(trained: Path, store: Store) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"mode": "best"}, "mode is 'best'"),
        ({"sampler": "bayes"}, "sampler is 'bayes'"),
        ({"early_stopping": "never"}, "early_stopping is 'never'"),
        ({"early_stopping": "never", "sampler": "optuna"}, "or one of optuna's pruners"),
        ({"n_trials": 0}, "at least one run"),
        ({"max_parallel": 0}, "at least one run"),
        ({"parameters": {}}, "needs parameters to vary"),
        ({"parameters": {"alpha": []}}, "has no values to try"),
        ({"parameters": {"alpha": (1, 0)}}, r"A tuple says \(low, high\)"),
        ({"parameters": {"alpha": (0, 1)}}, "A grid needs a list or range"),
        ({"parameters": {"depth": [1]}}, "No value given for missing parameters: 'alpha'"),
    ]
    for more, reason in wrong:
        with pytest.raises(InvalidValue, match=reason):
            sweep(trained, metric="loss", **{"parameters": {"alpha": [0.1]}, **more})
    assert store.search_runs(None) == []


def test_the_best_is_a_finished_run_with_a_value() -> None:
    from tracker.projects.sweep_trials import TrialState, best_of

    finished, stopped = TrialState.FINISHED, TrialState.STOPPED
    trials = [
        Trial(0, "a", state=finished, value=float("nan")),
        Trial(1, "b", state=finished, value=None),
        Trial(2, "c", state=stopped, value=-9.0),
        Trial(3, "d", state=finished, value=1.0),
        Trial(4, "e", state=finished, value=1.0),
        Trial(5, "f", state=finished, value=2.0),
    ]
    assert best_of(trials, maximize=False) == trials[3]
    assert best_of(trials, maximize=True) == trials[5]
    assert best_of(trials[:3], maximize=True) is None
