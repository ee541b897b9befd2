"""The shape of the house: which way imports point, and what `import tracker` may load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "python" / "tracker"
HEAVY = ["pandas", "numpy", "plotly", "matplotlib", "sqlite_utils", "fsspec", "IPython", "tornado"]
HEAVY += ["click", "rich", "yaml", "nbformat", "traitlets"]
MODULE_LINES = 400


def test_imports_point_downward() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_import_tracker_loads_nothing_heavy() -> None:
    program = f"import sys, tracker; print([m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stdout + result.stderr


def test_public_names_are_sorted_and_exist() -> None:
    import tracker

    assert list(tracker.__all__) == sorted(tracker.__all__)
    missing = [name for name in tracker.__all__ if not hasattr(tracker, name)]
    assert missing == []


@pytest.mark.parametrize(
    "module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_modules_stay_small(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= MODULE_LINES
