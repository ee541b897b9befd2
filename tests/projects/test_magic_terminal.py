"""`%mlrun` where nothing can be drawn anew: a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.projects.runs import project, store
from tracker.store import Store

__all__ = ["store"]


def test_a_terminal_gets_the_output_as_it_comes_and_then_the_result(
    store: Store, tmp_path: Path
) -> None:
    project(tmp_path / "demo", main__py="print('hello')")
    script = tmp_path / "session.ipy"
    script.write_text("%load_ext tracker\n%mlrun demo -e main.py --run-name typed --yes\n")
    told = subprocess.run(
        [sys.executable, "-m", "IPython", "--colors=NoColor", f"--ipython-dir={tmp_path}", script],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    first, second, *rest = told.splitlines()
    assert first == "hello"
    assert second.startswith("● typed  finished in ")
    assert rest == ["  main.py of demo"]
