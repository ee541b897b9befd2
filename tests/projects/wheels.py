"""Small distributions made on the spot, and projects that ask for them: nothing is downloaded."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tracker.projects.model import EnvironmentKind, EnvironmentSpec, Project


def make_wheel(
    folder: Path, name: str, version: str = "1.0", *, requires: str = "", size: int = 0
) -> Path:
    """Make a wheel with one module that knows its `version`, padded by `size` bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    files = {
        f"{name}.py": f"version = {version!r}\n# {'x' * size}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


def project_with(folder: Path, kind: EnvironmentKind, name: str, text: str) -> Project:
    """Write a file that defines an environment, and return the project that names it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return Project(None, folder, environment=EnvironmentSpec(kind, file))


def requirements(folder: Path, text: str) -> Project:
    """Return a project that has requirements.txt alone."""
    return project_with(folder, EnvironmentKind.REQUIREMENTS, "requirements.txt", text)


def python_env(folder: Path, text: str) -> Project:
    """Return a project with a python_env.yaml."""
    return project_with(folder, EnvironmentKind.PYTHON, "python_env.yaml", text)


def conda_env(folder: Path, text: str) -> Project:
    """Return a project with a conda.yaml."""
    return project_with(folder, EnvironmentKind.CONDA, "conda.yaml", text)
