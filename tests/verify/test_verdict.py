"""What is compared of two runs, and what is said of it."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from PIL import Image

from tracker.artifacts import open_artifacts
from tracker.capture import tags as capture_tags
from tracker.entities import Metric, Run
from tracker.store import Store, open_store
from tracker.verify.facts import environment_of, pinned, read_facts
from tracker.verify.verdict import Verdict, VerdictKind, compare

Files = dict[str, bytes]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / ".tracker")


def run_with(
    store: Store,
    metrics: dict[str, float] | None = None,
    files: Files | None = None,
    status: str = "FINISHED",
) -> Run:
    run = store.create_run("0", user_id="ada")
    points = [Metric(key, value, 1000) for key, value in (metrics or {}).items()]
    store.log_batch(run.info.run_id, metrics=points)
    artifacts = open_artifacts(run.info.artifact_uri)
    for path, content in (files or {}).items():
        artifacts.put(path, [content])
    store.update_run(run.info.run_id, status=status)
    return store.get_run(run.info.run_id)


def verdict(was: Run, now: Run, tolerance: float = 1e-6) -> Verdict:
    return compare(read_facts(was), read_facts(now), tolerance)


def picture(color: int, **info: str) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    facts = PngInfo()
    for key, value in info.items():
        facts.add_text(key, value)
    file = io.BytesIO()
    Image.new("RGB", (3, 2), (color, 0, 0)).save(file, "png", pnginfo=facts)
    return file.getvalue()


def test_equal_metrics_figures_and_files_are_reproduced_exactly(store: Store) -> None:
    metrics = {"loss": 0.1, "nan": math.nan, "inf": math.inf}
    was = run_with(store, metrics, {"cell/figures/figure_1.png": picture(1), "a.json": b"{}"})
    now = run_with(store, metrics, {"figures/in-3.png": picture(1), "a.json": b"{}"})
    found = verdict(was, now)
    assert (found.kind, found.detail) == (
        VerdictKind.EXACT,
        "3 metrics, 1 figure, 1 file the same",
    )


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ({"loss": 1.0}, {"loss": 1.1}, "metric 'loss' was 1.0 and is 1.1"),
        ({"loss": 1.0}, {"loss": math.nan}, "metric 'loss' was 1.0 and is nan"),
        ({"loss": 0.0}, {"loss": 1e-300}, "metric 'loss' was 0.0 and is 1e-300"),
        ({"loss": 1.0}, {}, "metric 'loss' was 1.0 and is not logged any more"),
        ({}, {"loss": 1.0}, "metric 'loss' is 1.0 and was not logged before"),
    ],
)
def test_the_first_difference_of_metrics_is_told(
    store: Store, was: dict[str, float], now: dict[str, float], words: str
) -> None:
    found = verdict(run_with(store, was), run_with(store, now))
    assert (found.kind, found.detail) == (VerdictKind.DIFFERS, words)


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ({"a.bin": b"1"}, {"a.bin": b"2"}, "the file 'a.bin' has another content"),
        ({"a.bin": b"1"}, {}, "the file 'a.bin' was not made"),
        ({}, {"a.bin": b"1"}, "the file 'a.bin' was not there before"),
        (
            {"cell/figures/figure_1.png": picture(1)},
            {"figures/in-1.png": picture(2)},
            "figure 1 (cell/figures/figure_1.png) looks different",
        ),
    ],
)
def test_the_first_difference_of_files_is_told(
    store: Store, was: Files, now: Files, words: str
) -> None:
    found = verdict(run_with(store, files=was), run_with(store, files=now))
    assert (found.kind, found.detail) == (VerdictKind.DIFFERS, words)


def test_a_run_that_ended_otherwise_differs(store: Store) -> None:
    found = verdict(run_with(store), run_with(store, status="FAILED"))
    assert found.detail == "the original run ended FINISHED, this one FAILED"


def test_small_differences_are_within_the_tolerance_that_is_named(store: Store) -> None:
    was, now = run_with(store, {"a": 1.0, "b": 3.0}), run_with(store, {"a": 1.0 + 1e-9, "b": 3.0})
    found = verdict(was, now)
    assert (found.kind, found.tolerance) == (VerdictKind.CLOSE, 1e-6)
    assert "1.0e-09 apart; 1e-06 is allowed" in found.detail
    assert verdict(was, now, tolerance=0).kind is VerdictKind.DIFFERS


def test_a_picture_is_the_same_if_it_shows_the_same(store: Store) -> None:
    was = run_with(store, files={"cell/figures/figure_1.png": picture(1, Software="3.8")})
    now = run_with(store, files={"figures/in-1.png": picture(1, Software="3.9")})
    assert verdict(was, now).kind is VerdictKind.EXACT


def test_figures_stand_beside_each_other_in_the_order_they_were_drawn(store: Store) -> None:
    names = [f"figure_{n}.png" for n in (1, 2, 10)]
    was = run_with(store, files={f"cell/figures/{n}": picture(i) for i, n in enumerate(names)})
    now = run_with(
        store,
        files={f"figures/in-4{s}.png": picture(i) for i, s in enumerate(["", "-2", "-3"])},
    )
    assert verdict(was, now).kind is VerdictKind.EXACT


def test_times_and_system_metrics_are_not_compared(store: Store) -> None:
    was = run_with(store, {"fit_seconds": 1.0, "system/cpu": 5.0, "time": 3, "timesteps": 4.0})
    now = run_with(store, {"fit_seconds": 2.0, "system/cpu": 6.0, "time": 9, "timesteps": 4.0})
    found = verdict(was, now)
    assert found.kind is VerdictKind.EXACT
    assert (
        found.detail == "1 metric the same; not compared, as they measure time: fit_seconds, time"
    )


def test_what_tracker_keeps_itself_is_no_file_of_the_users(store: Store) -> None:
    own = {
        path: b"1"
        for name, path in vars(capture_tags).items()
        if name.endswith("_FILE") and not name.startswith("_")
    }
    assert read_facts(run_with(store, files=own)).files == {}


def test_environments_are_known_by_their_normal_names(store: Store) -> None:
    text = b'{"python": "3.11.9", "distributions": {"Scikit_Learn": "1.5.0"}}'
    run = run_with(store, files={capture_tags.ENVIRONMENT_FILE: text})
    assert environment_of(run) == {"python": "3.11.9", "scikit-learn": "1.5.0"}
    broken = run_with(store, files={capture_tags.ENVIRONMENT_FILE: b"[]"})
    assert environment_of(broken) == environment_of(run_with(store)) == {}
    assert pinned(["scikit.learn==1.6", "other", "x @ git+https://x"]) == {"scikit-learn": "1.6"}
