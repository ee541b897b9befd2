"""Runs of other stores taken in as they are, by the stores that can."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.store.contract.filling import MISSING, log, new_run
from tracker.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    MetricHistory,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    ViewType,
)
from tracker.errors import AlreadyExists, InvalidValue, NotFound, TrackerError
from tracker.store import Store
from tracker.store.adopting import Adopter, adopter_of

RUN_ID = "c0ffee" * 5 + "00"
INFO = RunInfo(
    run_id=RUN_ID,
    experiment_id="0",
    run_name="größe",
    user_id="ada",
    status="FAILED",
    start_time=-5,
    end_time=7,
    artifact_uri="s3://bucket/runs/1/artifacts",
)
DATASET = Dataset("digits", "d" * 36, "local", "/data", "{}", None)
RUN = Run(
    INFO,
    RunData(params={"net/depth": "x" * 9000, "empty": ""}, tags={"mlflow.runName": "größe"}),
    RunInputs((DatasetInput(DATASET, {"mlflow.data.context": "training"}),)),
)


def history(key: str, *points: tuple[int, int, float]) -> MetricHistory:
    steps, timestamps, values = zip(*points, strict=True) if points else ((), (), ())
    columns = (np.array(steps, np.int64), np.array(timestamps, np.int64), np.array(values, float))
    return MetricHistory(RUN_ID, key, *columns, len(points), len(points))


POINTS = [(3, 30, 0.5), (-1, 10, math.nan), (2**63 - 1, 11, math.inf), (3, 30, -0.0)]


class AdoptionContract:
    @pytest.fixture
    def adopter(self, store: Store) -> Adopter:
        found = adopter_of(store)
        assert found is not None
        return found

    def test_a_run_is_taken_in_as_it_is(self, store: Store, adopter: Adopter) -> None:
        adopter.adopt_run(RUN, [history("loss", *POINTS), history("val/acc", (0, 1, 2.0))])
        run = store.get_run(RUN_ID)
        assert run.info == INFO
        assert run.data.params == RUN.data.params
        assert run.data.tags == RUN.data.tags
        assert run.inputs == RUN.inputs
        found = store.metric_history(RUN_ID, "loss")
        columns = zip(found.steps, found.timestamps, found.values, strict=True)
        assert repr([(int(a), int(b), float(c)) for a, b, c in columns]) == repr(POINTS)
        summary = run.data.summaries["loss"]
        assert (summary.count, summary.last, summary.min) == (4, math.inf, -0.0)
        assert run.data.metrics == {"loss": math.inf, "val/acc": 2.0}
        assert [it.info.run_id for it in store.search_runs(["0"])] == [RUN_ID]

    def test_what_was_taken_in_may_be_changed_like_any_run(
        self, store: Store, adopter: Adopter
    ) -> None:
        adopter.adopt_run(RUN, [history("loss", *POINTS)])
        store.log_metric(RUN_ID, "loss", 9.0, 99, 4)
        store.log_batch(RUN_ID, tags={"note": "later"})
        assert store.metric_history(RUN_ID, "loss").values.tolist()[-1] == 9.0
        assert store.get_run(RUN_ID).data.summaries["loss"].count == 5
        assert store.get_run(RUN_ID).data.tags["note"] == "later"

    def test_a_running_run_that_was_taken_in_stays_running(
        self, store: Store, adopter: Adopter
    ) -> None:
        info = replace(INFO, status="RUNNING", end_time=None)
        adopter.adopt_run(replace(RUN, info=info))
        assert store.get_run(RUN_ID).info == info

    def test_deleted_runs_and_experiments_stay_deleted(
        self, store: Store, adopter: Adopter
    ) -> None:
        experiment = Experiment("77", "old", "", "deleted", 5, 6, {"team": "a"})
        experiment_id = adopter.adopt_experiment(experiment)
        info = replace(INFO, experiment_id=experiment_id, lifecycle_stage="deleted")
        adopter.adopt_run(replace(RUN, info=info))
        found = store.get_experiment(experiment_id)
        assert found == replace(experiment, artifact_location=found.artifact_location)
        assert store.get_run(RUN_ID).info == info
        assert len(store.search_runs(None)) == 0
        assert len(store.search_runs(None, view_type=ViewType.DELETED_ONLY)) == 1

    def test_an_experiment_keeps_an_id_that_is_free_and_no_other(
        self, store: Store, adopter: Adopter
    ) -> None:
        assert adopter.adopt_experiment(Experiment("7", "seven", "")) == "7"
        taken = adopter.adopt_experiment(Experiment("7", "other", ""))
        named = adopter.adopt_experiment(Experiment("../x", "named", ""))
        fresh = store.create_experiment("new")
        assert len({"0", "7", taken, named, fresh}) == 5
        assert store.get_experiment("7").name == "seven"
        with pytest.raises(AlreadyExists):
            adopter.adopt_experiment(Experiment("8", "seven", ""))

    def test_a_taken_id_is_refused_unless_it_is_to_be_replaced(
        self, store: Store, adopter: Adopter
    ) -> None:
        adopter.adopt_run(RUN, [history("loss", *POINTS), history("old", (0, 0, 1.0))])
        other = replace(RUN, data=RunData(params={"net/depth": "2"}))
        with pytest.raises(AlreadyExists):
            adopter.adopt_run(other)
        assert store.get_run(RUN_ID).data.params == RUN.data.params
        revision = store.changes().revision
        adopter.adopt_run(other, [history("loss", (0, 0, 4.0))], replace=True)
        run = store.get_run(RUN_ID)
        assert (run.data.params, run.data.metrics) == ({"net/depth": "2"}, {"loss": 4.0})
        assert run.data.tags == {}
        assert store.metric_history(RUN_ID, "loss").values.tolist() == [4.0]
        assert RUN_ID in store.changes(revision).run_ids

    @pytest.mark.parametrize(
        "changed",
        [
            {"run_id": "../x"}, {"run_id": ""}, {"run_id": "a/b"}, {"run_id": "x" * 300},
            {"status": "DONE"}, {"lifecycle_stage": "gone"}, {"user_id": "\ud800"},
            {"start_time": 2**63}, {"end_time": 1.5},
        ],
    )  # fmt: skip
    def test_a_run_that_no_store_could_hold_is_refused(
        self, store: Store, adopter: Adopter, changed: dict[str, object]
    ) -> None:
        info = replace(INFO, **changed)  # type: ignore[arg-type]  # wrong on purpose
        with pytest.raises(InvalidValue):
            adopter.adopt_run(replace(RUN, info=info))
        assert len(store.search_runs(None, view_type=ViewType.ALL)) == 0

    def test_an_unknown_experiment_and_bad_keys_are_refused(
        self, store: Store, adopter: Adopter
    ) -> None:
        with pytest.raises(NotFound):
            adopter.adopt_run(replace(RUN, info=replace(INFO, experiment_id="99")))
        for data in (RunData(params={"../x": "1"}), RunData(tags={"a//b": "1"})):
            with pytest.raises(InvalidValue):
                adopter.adopt_run(replace(RUN, data=data))
        with pytest.raises(InvalidValue):
            adopter.adopt_run(RUN, [history("../../x", (0, 0, 1.0))])
        assert len(store.search_runs(None, view_type=ViewType.ALL)) == 0

    def test_what_fails_in_the_middle_leaves_nothing_and_can_be_done_again(
        self, store: Store, adopter: Adopter
    ) -> None:
        def broken() -> Iterator[MetricHistory]:
            yield history("loss", *POINTS)
            raise TrackerError("the source is gone")

        with pytest.raises(TrackerError, match="gone"):
            adopter.adopt_run(RUN, broken())
        with pytest.raises(NotFound):
            store.get_run(RUN_ID)
        adopter.adopt_run(RUN, [history("acc", (0, 0, 1.0))])
        assert store.get_run(RUN_ID).data.metrics == {"acc": 1.0}

    def test_runs_of_the_store_itself_are_left_alone(self, store: Store, adopter: Adopter) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [1.0, 2.0])
        before = store.get_run(run_id)
        adopter.adopt_run(RUN, [history("loss", *POINTS)])
        assert store.get_run(run_id) == before
        with pytest.raises(NotFound):
            store.get_run(MISSING)
