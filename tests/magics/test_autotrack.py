"""`%track on`: cells that train are runs without being asked."""

from __future__ import annotations

import json

import pytest

from tests.magics.conftest import RunCell, artifact, only_run, runs_in
from tracker.capture import tags
from tracker.capture.training import starts_runs, trains
from tracker.magics.background import background
from tracker.store import Store

MODEL = "class Model:\n    def fit(self, x):\n        self.x = x\nmodel = Model()"


def test_cells_that_train_are_runs_until_it_is_turned_off(
    run_cell: RunCell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cell("import tracker")
    run_cell(MODEL)
    run_cell("model.fit(0)")
    assert runs_in(store) == []
    run_cell("%track on")
    assert "Every cell that trains is a run" in capsys.readouterr().out
    run_cell("rate = 0.1\nmodel.fit(rate)\nprint('trained')", cell_id="fit")
    run_cell("print('nothing to see')")
    run_cell("tracker.log_metric('loss', 0.5)", cell_id="log")
    run_cell("with tracker.start_run():\n    model.fit(1)", cell_id="own")
    run_cell("%%track\nmodel.fit(1)", cell_id="asked")
    run_cell("%track off")
    run_cell("model.fit(2)")
    background.wait(20)
    runs = runs_in(store)
    assert [run.data.tags[tags.CELL_ID] for run in runs] == ["fit", "log", "own", "asked"]
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert runs[0].data.params == {"rate": "0.1"}
    assert runs[1].data.metrics == {"loss": 0.5}
    assert "trained" in artifact(runs[0], tags.OUTPUTS_FILE)


def test_a_cell_that_took_long_is_a_run_from_its_beginning(run_cell: RunCell, store: Store) -> None:
    run_cell("import time, tracker")
    run_cell("%config Tracker.track_after = 0.6")
    run_cell("%track on")
    run_cell("steps = 3\nprint('slow')\ntime.sleep(0.7)\n1 / 0", cell_id="slow")
    run_cell("%config Tracker.track_after = 0")
    run_cell("time.sleep(0.7)")
    background.wait(20)
    run = only_run(store)
    assert run.info.end_time is not None
    assert run.info.end_time - run.info.start_time >= 700
    assert (run.info.status, run.data.params) == ("FAILED", {"steps": "3"})
    assert run.data.tags[tags.CELL_ID] == "slow"
    assert run.data.tags[tags.ERROR] == "ZeroDivisionError: division by zero"
    kinds = [each["output_type"] for each in json.loads(artifact(run, tags.OUTPUTS_FILE))]
    assert kinds == ["stream", "error"]
    assert artifact(run, tags.SOURCE_FILE).startswith("steps = 3")


def test_a_cell_of_a_run_that_goes_on_is_no_run_of_its_own(run_cell: RunCell, store: Store) -> None:
    run_cell("%track on")
    run_cell("import tracker\nrun = tracker.start_run()")
    run_cell("tracker.log_metric('loss', 1)")
    run_cell("tracker.end_run()")
    assert only_run(store).data.metrics == {"loss": 1}


def test_the_line_magic_says_what_it_does(
    run_cell: RunCell, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cell("%track")
    assert "%track on makes one of each that trains" in capsys.readouterr().out
    run_cell("%track --help")
    assert "usage: %%track" in (text := capsys.readouterr().out) and "%track off" in text
    assert not run_cell("%track maybe").success
    assert "expected on or off, not 'maybe'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "does_train", "does_start"),
    [
        ("model.fit(X, y)", True, False),
        ("history = Pipeline(steps).fit(X)", True, False),
        ("for x in xs:\n    net.partial_fit(x)", True, False),
        ("mlflow.log_metric('a', 1)", True, False),
        ("booster = xgb.train(params, data)", True, False),
        ("net.train()", False, False),
        ("study(1)", True, False),
        ("sweep()", True, True),
        ("def later():\n    model.fit(X)", False, False),
        ("X = scaler.fit_transform(X)", False, False),
        ("with tracker.start_run():\n    model.fit(X)", True, True),
        ("%time model.fit(X)", True, False),
        ("!fit x", False, False),
        ("model.predict(X)", False, False),
    ],
)
def test_training_is_told_from_the_source(source: str, does_train: bool, does_start: bool) -> None:
    earlier = [
        "def inner(x):\n    model.fit(x)\ndef study(x):\n    return inner(x)",
        "def sweep():\n    with tracker.start_run():\n        study(2)",
    ]
    assert trains(source, earlier) is does_train
    assert starts_runs(source, earlier) is does_start
