"""`%runs`: its options stand before the filter, which keeps its own quotes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.error import UsageError

import tracker
from tracker.magics.runs import runs


@pytest.fixture(autouse=True)
def three(tmp_path: Path) -> Iterator[None]:
    tracker.set_tracking_uri(tmp_path)
    for rate in (0.1, 0.2, 0.3):
        with tracker.start_run(run_name=f"rate {rate}"):
            tracker.log_param("rate", rate)
            tracker.log_metric("loss", rate)
    tracker.set_experiment("other")
    with tracker.start_run(run_name="elsewhere"):
        pass
    tracker.set_experiment(experiment_id="0")
    yield
    tracker.set_tracking_uri(None)


def names(line: str) -> list[str]:
    shown = repr(runs(line)).split("\n")[1:]
    return [row.split("  ")[0] for row in shown]


def test_runs_shows_the_active_experiment_newest_first() -> None:
    assert names("") == ["rate 0.3", "rate 0.2", "rate 0.1"]


def test_the_filter_is_what_stands_after_the_options_with_its_quotes() -> None:
    assert names("params.rate = '0.2'") == ["rate 0.2"]
    assert names("-s 'metrics.loss ASC' -n 1 params.rate != \"0.1\"") == ["rate 0.2"]
    assert names("--experiment=other") == ["elsewhere"]
    assert names("--all --sort='attributes.start_time ASC' -c params.rate")[-1] == "elsewhere"


def test_what_is_wrong_is_told_in_one_line() -> None:
    with pytest.raises(UsageError, match=r"%runs: column 13: .* write = instead"):
        runs("params.rate == ")
    with pytest.raises(UsageError, match=r"%runs: unrecognized arguments: --nothing"):
        runs("--nothing")
    with pytest.raises(UsageError, match=r"%runs: 'loss' is no column"):
        runs("-c loss")


def test_help_explains_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert runs("--help") is None
    told = capsys.readouterr().out
    assert "%runs [OPTIONS] [FILTER]" in told
    assert "--columns" in told
