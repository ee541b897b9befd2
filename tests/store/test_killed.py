"""SIGKILL at random moments, through the public API: every returned point is there, no run RUNNING.

`TRACKER_KILL_MOMENTS` sets how many moments are tried in each of four ways (50). A failure prints
its seed: with it as `TRACKER_KILL_SEED`, sizes and delays are drawn again as they were.
"""

from __future__ import annotations

import operator
import os
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.killed_children import KEY, PACKED_KEYS, WRITERS, Slot, size_of_run
from tests.store.killing import Runs, Scene, WarmParent
from tracker.store.sqlite import schema

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

MOMENTS = range(int(os.environ.get("TRACKER_KILL_MOMENTS", "50")))
SEED = os.environ.get("TRACKER_KILL_SEED") or str(random.SystemRandom().randrange(10**6))
OLD_POINTS = 20_000


@pytest.fixture(scope="module")
def parent() -> Iterator[WarmParent]:
    with WarmParent.started() as parent:
        yield parent


@pytest.fixture
def scene(parent: WarmParent, tmp_path: Path, request: pytest.FixtureRequest) -> Scene:
    print(f"TRACKER_KILL_SEED={SEED}")
    return Scene(parent, tmp_path, f"{SEED} {request.node.name}")


def few_or_many(scene: Scene, most: int) -> int:
    """Return a random number of points: as often below 10 as between 10 and 100, and so on."""
    return int(most ** scene.chance.random())


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_it_logs(scene: Scene, moment: int) -> None:
    pid = scene.fork("alone")
    if scene.chance.random() < 0.8:
        points = few_or_many(scene, 20_000)
        scene.wait_for(lambda: scene.shared[Slot.POINTS] >= points, f"{points} points")
        scene.pass_time(0.003)
    else:
        scene.pass_time(0.05)
    scene.kill(pid)
    runs = scene.look_after_all_died()
    (stored,) = [run["points"] for run in runs.values()] or [{}]
    for key, slot in ((KEY, Slot.POINTS), ("a", Slot.BATCHES), ("b", Slot.BATCHES)):
        (found,) = stored.get(key, [0])
        returned = scene.shared[slot]
        assert returned <= found <= returned + 1


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_four_log_to_one_run(scene: Scene, moment: int) -> None:
    writers = {scene.fork("owns"): 0}
    scene.wait_for((scene.store / "run_id").exists, "the run")
    writers |= {scene.fork("resumes", 1): 1, scene.fork("resumes", 2): 2, scene.fork("helps", 3): 3}
    number = scene.chance.choice([1, 2, 3])
    points = few_or_many(scene, 5_000) if scene.chance.random() < 0.7 else 0
    scene.wait_for(lambda: scene.shared[Slot.POINTS + number] >= points, f"{points} points")
    for pid in scene.chance.sample(list(writers), WRITERS):
        scene.pass_time(0.01)
        scene.kill(pid)
        if scene.chance.random() < 0.2:
            expect_all_writers(scene, scene.look)
    expect_all_writers(scene, scene.look_after_all_died)


def expect_all_writers(scene: Scene, look: Callable[[str, int], Runs]) -> None:
    """Expect of each writer, dead or alive, the points that had returned before the look."""
    returned = [scene.shared[Slot.POINTS + number] for number in range(WRITERS)]
    (run,) = look("looks", WRITERS).values()
    found = run["points"].get(KEY, [0] * WRITERS)
    assert all(map(operator.ge, found, returned)), (found, returned)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_it_packs(scene: Scene, moment: int) -> None:
    pid = scene.fork("packs")
    ending = scene.chance.randrange(1, 10)
    scene.wait_for(lambda: scene.shared[Slot.ENDING] >= ending, f"the end of run {ending}")
    scene.pass_time(0.006)
    scene.kill(pid)
    runs = scene.look_after_all_died()
    begun, left = scene.shared[Slot.BEGUN], scene.shared[Slot.POINTS]
    assert begun <= len(runs) <= begun + 1
    for number in range(len(runs)):
        run = runs[str(number)]
        returned = min(left, size_of_run(number))
        left -= returned
        if number < scene.shared[Slot.ENDED]:
            assert run["status"] == "FINISHED"
        found = [run["points"].get(f"m{key}", [0])[0] for key in range(PACKED_KEYS)]
        assert returned <= sum(found) <= returned + 1
        assert found == [len(range(key, sum(found), PACKED_KEYS)) for key in range(PACKED_KEYS)]


@pytest.fixture(scope="module")
def old(parent: WarmParent, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """Return a store of an earlier release, and in how many seconds its upgrade is nearly done.

    One of its runs was left by a process that was killed, its points in a journal.
    """
    scene = Scene(parent, tmp_path_factory.mktemp("old"), "old")
    pid = scene.fork("fill", OLD_POINTS)
    scene.wait_for(lambda: scene.shared[Slot.BEGUN] == 1, "a full store")
    scene.kill(pid)
    trials = [Scene(parent, tmp_path_factory.mktemp("trial"), "trial") for _ in range(2)]
    return scene.store, min(seconds_to_upgrade(scene.store, trial) for trial in trials)


def seconds_to_upgrade(store: Path, trial: Scene) -> float:
    """Return how long a copy of the store takes to be upgraded, but for the commit."""
    shutil.copytree(store, trial.store)
    pid = trial.fork("migrates")
    trial.wait_for(lambda: trial.shared[Slot.BEGUN] == 1, "the upgrade's begin")
    begun = time.monotonic()
    trial.wait_for(lambda: trial.shared[Slot.ENDING] == 1, "the upgrade's end")
    seconds = time.monotonic() - begun
    trial.kill(pid)
    return seconds


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_it_migrates(scene: Scene, old: tuple[Path, float], moment: int) -> None:
    folder, seconds = old
    shutil.copytree(folder, scene.store)
    pid = scene.fork("migrates")
    scene.wait_for(lambda: scene.shared[Slot.BEGUN] == 1, "the upgrade's begin")
    scene.pass_time(1.2 * seconds)
    scene.kill(pid)
    new = schema.VERSION + 1
    found = version_and_colors(scene.store / "tracker.db")
    assert found in ((schema.VERSION, None), (new, {"red"}))
    if scene.shared[Slot.ENDED]:
        assert found[0] == new
    runs = scene.look_after_all_died("looks_later")
    for number in range(100):
        ended = runs.pop(f"ended {number}")
        assert ended["status"] == "FINISHED"
        assert ended["points"] == {KEY: [OLD_POINTS // 100]}
    assert [run["status"] for run in runs.values()] == ["KILLED"]
    assert runs["left"]["points"] == {KEY: [OLD_POINTS]}
    assert version_and_colors(scene.store / "tracker.db") == (new, {"red"})
    copy = scene.store / f"tracker.db.v{schema.VERSION}.bak"
    assert version_and_colors(copy) == (schema.VERSION, None)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def version_and_colors(path: Path) -> tuple[int, set[str] | None]:
    """Return the version of a store's file, and what only the new one has in it."""
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        columns = {row[1] for row in connection.execute("PRAGMA table_info(runs)")}
        if "color" not in columns:
            return version, None
        return version, {color for (color,) in connection.execute("SELECT color FROM runs")}
