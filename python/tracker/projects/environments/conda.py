"""conda, mamba and micromamba: found, asked to make an environment, and its activation.

It is tested with a program that stands in for them, not with the real ones.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import TrackerError
from tracker.projects.environments import installing
from tracker.projects.environments.cache import Progress
from tracker.projects.environments.condafile import CondaFile

HOME = "MLFLOW_CONDA_HOME"
"""Environment variable with the folder in whose `bin` conda is."""
CREATOR = "MLFLOW_CONDA_CREATE_ENV_CMD"
"""Environment variable with the program that makes environments in conda's place, as `mamba`."""
_NAMES = ("conda", "mamba", "micromamba")
_VARIABLES = {
    "CONDA_ALWAYS_YES": "true",
    "MAMBA_ALWAYS_YES": "true",
    "CONDA_AUTO_UPDATE_CONDA": "false",
    "PIP_NO_INPUT": "1",
}


@dataclass(frozen=True, slots=True)
class Conda:
    """`program` activates environments, `creator` makes them; mostly they are the same."""

    program: Path
    creator: Path

    def make(self, conda: CondaFile, folder: Path, lock: int, say: Progress) -> None:
        """Make the environment in `folder`. Raises TrackerError."""
        try:
            installing.run(
                [self.creator, *_create(self.creator), "-p", folder, "--file", conda.file],
                folder=folder.parent,
                say=say,
                lock=lock,
                variables=_VARIABLES,
            )
        except installing.InstallerFailed as error:
            line = installing.blamed(error.tail, conda.pip.lines)
            named = next((s.text for s in conda.specs if _is_named(s.name, error.tail)), None)
            which = line.text if line else named
            what = f"{which!r} of {conda.file.name}" if which else conda.file.name
            raise TrackerError(f"{what} cannot be installed. {error.message}") from error

    def activation(self, folder: Path) -> str:
        """Return the line for the shell that activates the environment."""
        target = shlex.quote(str(folder))
        script = self.program.parent.parent / "etc" / "profile.d" / "conda.sh"
        if self.program.stem == "conda" and script.is_file():
            return f"source {shlex.quote(str(script))} && conda activate {target} 1>&2"
        program = shlex.quote(str(self.program))
        hook = "shell.bash hook" if self.program.stem == "conda" else "shell hook --shell bash"
        return f'eval "$({program} {hook})" && {self.program.stem} activate {target} 1>&2'


def find_conda() -> Conda | None:
    """Return the conda of this machine: in MLFLOW_CONDA_HOME, running, or on PATH."""
    program = _first(_NAMES)
    if program is None:
        return None
    wanted = os.environ.get(CREATOR)
    creator = _first((wanted,)) if wanted else program
    if creator is None:
        raise TrackerError(
            f"{CREATOR} names {wanted!r}, which is neither in {HOME} nor on PATH. "
            "Install it or unset the variable."
        )
    return Conda(program, creator)


def missing() -> TrackerError:
    """Return the error for a machine without conda."""
    return TrackerError(
        "Neither conda, mamba nor micromamba was found, in the folder that "
        f"{HOME} names or on PATH. Install one, or run the project with --env-manager uv, which "
        "makes its conda.yaml from PyPI's distributions."
    )


def _first(names: Sequence[str]) -> Path | None:
    for name in names:
        if home := os.environ.get(HOME):
            found = shutil.which(name, path=str(Path(home) / "bin"))
        else:
            found = _running(name) or shutil.which(name)
        if found:
            return Path(found).absolute()
    return None


def _running(name: str) -> str | None:
    """The program whose shell function is loaded in the user's shell, though not on PATH."""
    for variable in ("CONDA_EXE", "MAMBA_EXE"):
        path = Path(os.environ.get(variable) or "")
        if path.name and (found := shutil.which(name, path=str(path.parent))):
            return found
    return None


def _create(creator: Path) -> list[str]:
    return ["create"] if creator.stem == "micromamba" else ["env", "create"]


def _is_named(name: str, tail: Sequence[str]) -> bool:
    return any(name in line.lower().replace("=", " ").split() for line in tail)
