"""Executes a notebook with parameters, for a project whose entry point is one.

Run as a program of its own by the Python that has papermill, while the notebook's kernel is that of
the project's environment. It imports nothing of tracker.
"""

from __future__ import annotations

import argparse
import ast
import json
import logging
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

KERNEL = "tracker-project"
MISSING = 3
"""Exit code where something that is needed is not installed."""


def command_line(
    notebook: Path, executed: Path, params: Mapping[str, str], python: Path | None
) -> str:
    """Return the line for a shell that executes the notebook and writes it to `executed`."""
    words = [sys.executable, "-P", __file__, str(notebook), str(executed)]
    words += ["--params", json.dumps(dict(params))]
    if python is not None:
        words += ["--python", str(python)]
    return shlex.join(words)


def typed(text: str, default: object) -> object:
    """Return a parameter's value: text stays text where the notebook's own value is text.

    Otherwise what reads as a number, a truth value or None in Python is one.
    """
    if isinstance(default, str):
        return text
    try:
        value = ast.literal_eval(text.capitalize() if text in ("true", "false") else text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    return value if value is None or isinstance(value, bool | int | float) else text


def defaults_of(notebook: Path) -> dict[str, object]:
    """Return the constants that the cell tagged `parameters` assigns; {} where there is none."""
    found: dict[str, object] = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8")).get("cells", []):
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            try:
                statements = ast.parse("".join(cell["source"])).body
            except (SyntaxError, ValueError):  # a magic, or no Python at all
                return {}
            for statement in statements:
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
                    names = (t.id for t in statement.targets if isinstance(t, ast.Name))
                    found |= dict.fromkeys(names, statement.value.value)
    return found


def main() -> int:
    """Execute the notebook. What its cells print goes to stdout as it comes."""
    parser = argparse.ArgumentParser()
    for name in ("notebook", "executed", "--params", "--python"):
        parser.add_argument(name)
    asked = parser.parse_args()
    try:
        import papermill
    except ImportError:
        print("Running a notebook needs papermill: pip install papermill", file=sys.stderr)
        return MISSING
    python = asked.python or shutil.which("python") or sys.executable
    if not _has_ipykernel(python):
        print(
            f"Running a notebook needs ipykernel in the project's environment, and {python} has "
            "none. Add ipykernel to its requirements.",
            file=sys.stderr,
        )
        return MISSING
    given: dict[str, str] = json.loads(asked.params)
    defaults = defaults_of(Path(asked.notebook))
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stdout)
    logging.getLogger("papermill").setLevel(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        _install_kernel(Path(folder), python)
        try:
            papermill.execute_notebook(
                asked.notebook,
                asked.executed,
                {name: typed(value, defaults.get(name)) for name, value in given.items()},
                kernel_name=KERNEL,
                language="python",
                cwd=str(Path.cwd()),
                log_output=True,
                progress_bar=False,
            )
        except papermill.PapermillExecutionError as error:
            print(f"{error.ename}: {error.evalue}", file=sys.stderr)
            return 1
    return 0


def _has_ipykernel(python: str) -> bool:
    check = "import importlib.util as u; raise SystemExit(u.find_spec('ipykernel') is None)"
    return subprocess.run([python, "-c", check], check=False).returncode == 0


def _install_kernel(folder: Path, python: str) -> None:
    """Make the environment's Python a kernel that Jupyter finds, for this process only."""
    kernel = folder / "kernels" / KERNEL
    kernel.mkdir(parents=True)
    spec = {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
    }
    (kernel / "kernel.json").write_text(json.dumps(spec))
    others = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(folder), others]))


if __name__ == "__main__":
    sys.exit(main())
