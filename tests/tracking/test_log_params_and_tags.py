from __future__ import annotations

import pytest

import tracker
from tracker.errors import InvalidValue, NotFound, ParamConflict


def test_params_are_kept_as_text_and_given_back_as_they_were() -> None:
    value = {"a": [1, None]}
    with tracker.start_run() as run:
        assert tracker.log_param("config", value) is value
        tracker.log_params({"lr": 0.1, "epochs": 3, "on": True, "none": None, "empty": ""})
    assert run.data.params == {
        "config": "{'a': [1, None]}",
        "lr": "0.1",
        "epochs": "3",
        "on": "True",
        "none": "None",
        "empty": "",
    }


def test_a_param_never_changes_and_may_be_logged_again() -> None:
    with tracker.start_run() as run:
        tracker.log_param("lr", 0.1)
        tracker.log_param("lr", "0.1")
        with pytest.raises(ParamConflict, match=r"'lr' was already logged with value='0.1'"):
            tracker.log_param("lr", 0.2)
        with pytest.raises(ParamConflict):
            tracker.log_params({"other": 1, "lr": 0.2})
    assert run.data.params == {"lr": "0.1"}


def test_params_of_another_run_are_logged_by_its_id() -> None:
    with tracker.start_run() as run:
        pass
    tracker.log_params({"late": 1}, run_id=run.info.run_id)
    assert tracker.get_run(run.info.run_id).data.params == {"late": "1"}
    assert tracker.active_run() is None
    with pytest.raises(NotFound):
        tracker.log_params({"late": 1}, run_id="0123456789abcdef")


def test_more_params_than_mlflow_takes_at_once_are_fine() -> None:
    with tracker.start_run() as run:
        tracker.log_params({f"p{number}": number for number in range(250)})
    assert len(run.data.params) == 250


def test_what_is_no_dict_is_refused() -> None:
    with tracker.start_run():
        with pytest.raises(InvalidValue, match="params are given as a dict"):
            tracker.log_params(["a"])  # type: ignore[arg-type]  # the mistake under test
        with pytest.raises(InvalidValue, match="tags are given as a dict"):
            tracker.set_tags("a")  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize("key", ["", "a\nb", "a/../b", "x" * 251])
def test_keys_that_cannot_be_are_refused(key: str) -> None:
    with tracker.start_run():
        with pytest.raises(InvalidValue):
            tracker.log_param(key, 1)
        with pytest.raises(InvalidValue):
            tracker.set_tag(key, 1)


def test_tags_change_and_go() -> None:
    with tracker.start_run() as run:
        tracker.set_tag("stage", "draft")
        tracker.set_tags({"stage": "done", "n": 3})
        tracker.delete_tag("n")
        with pytest.raises(NotFound, match="No tag with name: n"):
            tracker.delete_tag("n")
    assert run.data.tags["stage"] == "done"
    assert "n" not in run.data.tags


def test_the_name_tag_renames_the_run() -> None:
    with tracker.start_run(run_name="before") as run:
        tracker.set_tag("mlflow.runName", "after")
    assert run.info.run_name == "after"
