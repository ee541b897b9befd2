"""Why a reproduction differs, as far as what was recorded tells."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.export.session import executed
from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.entities import Run
from tracker.export import ExportResult, to_mlproject
from tracker.store import Store, open_store
from tracker.verify.causes import UNKNOWN, Evidence, likely_cause, unseeded
from tracker.verify.verdict import Difference

LOSS = [Difference("loss", "metric 'loss' was 1.0 and is 2.0", 0.5)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / ".tracker")


def finished(store: Store, versions: dict[str, str] | None = None) -> Run:
    run = store.create_run("0", user_id="ada")
    known = {"python": "3.11.1", "distributions": versions or {}}
    artifacts = open_artifacts(run.info.artifact_uri)
    artifacts.put(tags.ENVIRONMENT_FILE, [json.dumps(known).encode()])
    return store.update_run(run.info.run_id, status="FINISHED")


def export(base: Path, *cells: str) -> ExportResult:
    base.mkdir(exist_ok=True)
    (base / "points.csv").write_text("1")
    (base / "helpers.py").write_text("x = 1")
    before = 1_000_000_000
    for name in ("points.csv", "helpers.py"):
        os.utime(base / name, (before, before))
    result = to_mlproject(
        base.parent / "project",
        executed("import helpers\nopen('points.csv')", *cells),
        base_folder=base,
    )
    (result.folder / "python_env.yaml").write_text("python: 3.11.1\n")
    (result.folder / "requirements.txt").write_text("numpy==2.0\nscikit-learn==1.6\n")
    return result


def cause(run: Run, result: ExportResult, base: Path, varies: list[str] | None = None) -> str:
    return likely_cause(Evidence(run, result, base), LOSS, varies or [])


def test_nothing_that_explains_it_is_called_unknown(tmp_path: Path, store: Store) -> None:
    base = tmp_path / "nb"
    result = export(base)
    assert cause(finished(store), result, base) == UNKNOWN


def test_what_differs_between_two_reproductions_is_chance(tmp_path: Path, store: Store) -> None:
    base = tmp_path / "nb"
    result = export(base, "import random", "x = random.gauss(0, 1)")
    assert cause(finished(store), result, base, ["loss"]) == (
        "unseeded randomness ('loss' came out differently when it was run twice): random.gauss(...)"
    )
    assert cause(finished(store), result, base, ["other"]) == UNKNOWN


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("rng = np.random.default_rng(7)", []),
        ("np.random.seed(7)", []),
        ("RandomForestClassifier(random_state=1)", []),
        ("RandomForestClassifier()", ["RandomForestClassifier(...)"]),
        ("train_test_split(X, test_size=0.2)", ["train_test_split(...)"]),
        ("df.sample(3)", ["df.sample(...)"]),
        ("x = f(3)", []),
    ],
)
def test_calls_without_a_seed_are_named(tmp_path: Path, cell: str, expected: list[str]) -> None:
    assert list(unseeded(export(tmp_path / "nb", cell))) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("points.csv", "data changed: points.csv was written after the original run"),
        ("helpers.py", "code changed: helpers.py was written after the original run"),
    ],
)
def test_files_written_since_are_the_cause(
    tmp_path: Path, store: Store, name: str, words: str
) -> None:
    base = tmp_path / "nb"
    result, run = export(base), finished(store)
    later = (run.info.end_time or 0) / 1000 + 5
    os.utime(base / name, (later, later))
    assert cause(run, result, base) == words


def test_other_versions_are_the_cause(tmp_path: Path, store: Store) -> None:
    base = tmp_path / "nb"
    result = export(base)
    run = finished(store, {"NumPy": "1.26", "scikit_learn": "1.6"})
    assert cause(run, result, base) == "version differences: numpy 1.26 is now 2.0"
    (result.folder / "python_env.yaml").write_text("python: '3.12.0'\n")
    assert cause(finished(store), result, base) == (
        "version differences: python 3.11.1 is now 3.12.0"
    )


def test_hidden_state_is_the_cause_where_the_remarks_tell_of_it(
    tmp_path: Path, store: Store
) -> None:
    base = tmp_path / "nb"
    result = replace(
        export(base), remarks=("Left out x.", "`df` was changed by In [7], which ran twice.")
    )
    assert cause(finished(store), result, base) == (
        "hidden state: `df` was changed by In [7], which ran twice"
    )
