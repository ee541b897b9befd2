"""Virtual environments, made by uv or by the Python that is asked for with its own pip."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tracker.errors import TrackerError
from tracker.projects.environments import cache, installing, pythons
from tracker.projects.environments.cache import Progress
from tracker.projects.environments.definition import Definition
from tracker.projects.environments.requirements import Requirements
from tracker.projects.model import EnvManager

_HINT = "\npip chooses packages in another way: try --env-manager virtualenv."
_PIPS_WORDS_FOR_UV = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}


@dataclass(frozen=True, slots=True)
class VirtualEnvironment:
    """What `make` needs: the definition, and the Python that was found for it."""

    manager: EnvManager
    definition: Definition
    request: pythons.PythonRequest
    interpreter: pythons.Interpreter

    @property
    def remarks(self) -> list[str]:
        """What is done in another way than asked for."""
        taken = pythons.remark(self.request, self.interpreter.version)
        return [*self.definition.remarks, *taken]

    def make(self, folder: Path, lock: int, say: Progress) -> None:
        """Make the environment in `folder`. Raises TrackerError."""
        maker = _Maker(self, folder, lock, say)
        if self.manager is EnvManager.UV:
            maker.with_uv(_uv())
        else:
            maker.with_pip()


def plan(manager: EnvManager, definition: Definition, say: Progress) -> VirtualEnvironment:
    """Choose the Python; one that is not there is fetched by uv, if that is the manager.

    Raises TrackerError where none will do.
    """
    request = pythons.parse_python(definition.python)
    interpreter = pythons.find(request)
    if interpreter is None and manager is EnvManager.UV:
        _fetch(request, say)
        interpreter = pythons.find(request)
    if interpreter is None:
        raise pythons.missing(request)
    return VirtualEnvironment(manager, definition, request, interpreter)


def _fetch(request: pythons.PythonRequest, say: Progress) -> None:
    say(f"No Python {request.text} is here; uv fetches one.")
    # Any minor version's newest patch: the very one that was named is often not to be had.
    wanted = request.minor or str(request.versions)
    anywhere = Path(tempfile.gettempdir())
    try:
        installing.run([_uv(), "python", "install", wanted], folder=anywhere, say=say)
    except installing.InstallerFailed as error:
        raise TrackerError(f"{pythons.missing(request).message}\n{error.message}") from error


def _uv() -> str:
    program = uv_program()
    if program is None:
        raise TrackerError(
            "uv was not found. Install it with `pip install uv`, or run the project with "
            "--env-manager virtualenv."
        )
    return program


def uv_program() -> str | None:
    """Return where uv is: in the package `uv`, else on PATH."""
    try:
        return str(import_module("uv").find_uv_bin())
    except (ImportError, AttributeError, FileNotFoundError):
        return shutil.which("uv")


@dataclass(frozen=True, slots=True)
class _Maker:
    wanted: VirtualEnvironment
    folder: Path
    lock: int
    say: Progress

    def with_uv(self, uv: str) -> None:
        # For which it has no variable.
        offline = ["--no-index"] if _is_set("PIP_NO_INDEX") else []
        # Not the project's own uv.toml or pyproject.toml, which can say where packages come from.
        venv = [uv, "venv", "--no-project", "--python", str(self.wanted.interpreter.path)]
        venv += [*offline, str(self.folder)]
        # Without a network there is no pip to be had, which few projects miss.
        self._make_folder([*venv, "--seed"], [*venv, "--clear"])
        python = str(cache.python_in(self.folder))
        self._install([uv, "pip", "install", "--python", python, *offline])

    def with_pip(self) -> None:
        python = str(self.wanted.interpreter.path)
        plain = [python, "-m", "venv", str(self.folder)]
        if find_spec("virtualenv"):
            # Ten times as fast, but not for the oldest versions of Python.
            fast = [sys.executable, "-m", "virtualenv", "--no-periodic-update", "--clear"]
            self._make_folder([*fast, "-p", python, str(self.folder)], [*plain, "--clear"])
        else:
            self._run(plain)
        pip = [str(cache.python_in(self.folder)), "-m", "pip", "install", "--no-input"]
        self._install([*pip, "--disable-pip-version-check", "--progress-bar", "off"])

    def _make_folder(self, command: Sequence[str], otherwise: Sequence[str]) -> None:
        try:
            self._run(command)
        except installing.InstallerFailed as error:
            if error.code < 0:  # somebody ended it
                raise
            self.say("That failed; trying in another way.")
            self._run(otherwise)

    def _install(self, command: Sequence[str]) -> None:
        definition = self.wanted.definition
        for name, requirements in (
            ("build-requirements", definition.build),
            ("requirements", definition.requirements),
        ):
            if requirements:
                self._install_all(command, name, requirements)

    def _install_all(self, command: Sequence[str], name: str, requirements: Requirements) -> None:
        file = self.folder / f"{name}.txt"
        file.write_text(requirements.text, encoding="utf-8")
        words = [*command, "-r", str(file)]
        if requirements.constraints:
            limits = self.folder / f"{name}-constraints.txt"
            limits.write_text(requirements.constraints_text, encoding="utf-8")
            words += ["-c", str(limits)]
        try:
            self._run(words)
        except installing.InstallerFailed as error:
            line = installing.blamed(error.tail, requirements.lines)
            which = f"{line.text!r} ({line.place}) cannot be installed" if line else ""
            message = which or f"The {name.replace('-', ' ')} cannot be installed"
            hint = _HINT if self.wanted.manager is EnvManager.UV else ""
            raise TrackerError(f"{message}. {error.message}{hint}") from error

    def _run(self, command: Sequence[str | Path]) -> None:
        installing.run(
            command,
            folder=self.folder.parent,
            say=self.say,
            lock=self.lock,
            variables=_variables(self.folder),
        )


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() not in ("", "0", "false", "no", "off", "n", "f")


def _variables(folder: Path) -> Mapping[str, str]:
    """What the installers are told: pip's settings for uv too, and no other environment's."""
    told = {"PIP_NO_INPUT": "1", "VIRTUAL_ENV": str(folder), "UV_NO_PROGRESS": "1"}
    for ours, uvs in _PIPS_WORDS_FOR_UV.items():
        if (value := os.environ.get(ours)) and uvs not in os.environ:
            told[uvs] = ",".join(value.split()) if uvs == "UV_FIND_LINKS" else value
    return told
