"""What a conda.yaml asks for, as Python distributions: for machines without conda."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement

from tracker.errors import InvalidValue
from tracker.projects.environments import condanames
from tracker.projects.environments.condafile import CondaFile, CondaSpec
from tracker.projects.environments.definition import Definition
from tracker.projects.environments.requirements import Line, Requirements

_OPERATOR = re.compile(r"(==|!=|<=|>=|~=|<|>|=)?(.+)")
_PYTHON_OPERATORS = re.compile(r"[<>=!~]")


def as_definition(conda: CondaFile) -> Definition:
    """Return what pip or uv can install in place of what conda would.

    The remarks say what was left out or found under another name. Raises InvalidValue that names
    the dependency which has no Python distribution, where there is one.
    """
    translation = _Translation(conda)
    for spec in conda.specs:
        translation.take(spec)
    return translation.definition()


@dataclass
class _Translation:
    conda: CondaFile
    python: str | None = None
    build: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)

    def take(self, spec: CondaSpec) -> None:
        self._refuse_private_channel(spec)
        if spec.name == "python":
            self._line(spec, "python")
            self.python = self.python or _python(spec)
        elif spec.name in condanames.BUILD_PACKAGES:
            self.build.append(self._line(spec, spec.name))
        elif spec.name in condanames.PROGRAMS:
            self._take_program(spec, condanames.PROGRAMS[spec.name])
        elif condanames.is_for_r(spec.name):
            raise self._impossible(spec, "it is a package of the language R")
        elif condanames.is_bundled(spec.name):
            self.left_out.append(spec.name)
        else:
            self._take_distribution(spec)

    def definition(self) -> Definition:
        pip = self.conda.pip
        return Definition(
            python=self.python,
            build=Requirements(tuple(self.build)),
            requirements=Requirements((*self.lines, *pip.lines), pip.constraints, pip.files),
            file=self.conda.file,
            remarks=(*self.conda.remarks, *self._remarks()),
        )

    def _take_distribution(self, spec: CondaSpec) -> None:
        name = condanames.PYPI_NAMES.get(spec.name, spec.name)
        if name != spec.name:
            self.renamed.append(f"{spec.name} as {name}")
        self.lines.append(self._line(spec, name))

    def _take_program(self, spec: CondaSpec, command: str) -> None:
        if shutil.which(command) is None:
            raise self._impossible(
                spec, f"it is a program, and no command {command!r} was found on PATH"
            )
        self.left_out.append(f"{spec.name} (the {command} on PATH is used)")

    def _line(self, spec: CondaSpec, name: str) -> Line:
        versions = _pep440(spec)
        text = f"{name}{versions}" if versions is not None else ""
        try:
            Requirement(text)
        except InvalidRequirement as error:
            raise self._impossible(
                spec, f"its version {spec.version!r} cannot be asked of PyPI"
            ) from error
        return Line(text, f"{self.conda.file.name}, {spec.text}")

    def _refuse_private_channel(self, spec: CondaSpec) -> None:
        channel = (spec.channel or "").rpartition("/")[0] or spec.channel
        if channel and channel not in condanames.PUBLIC_CHANNELS:
            # Somebody else may own that name on PyPI.
            raise self._impossible(spec, f"it comes from the channel {channel!r}")

    def _impossible(self, spec: CondaSpec, why: str) -> InvalidValue:
        return InvalidValue(
            f"No conda is installed here, and {self.conda.file.name} cannot be made without one "
            f"because of {spec.text!r}: {why}. Install micromamba or conda, or run the project "
            "with --env-manager local in an environment that has it."
        )

    def _remarks(self) -> Iterator[str]:
        name = self.conda.file.name
        yield f"{name} is made from PyPI's distributions, without conda."
        if self.python is None:
            yield f"{name} names no version of Python; the running one is used."
        if self.renamed:
            yield f"Installed under PyPI's names: {', '.join(self.renamed)}."
        if self.left_out:
            yield f"Left out, because wheels bring it or the machine has it: {_few(self.left_out)}."
        strange = [c for c in self.conda.channels if c not in condanames.PUBLIC_CHANNELS]
        if strange:
            yield f"The channels {_few(strange)} were not looked into."


def _few(names: list[str], most: int = 12) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _python(spec: CondaSpec) -> str | None:
    """Return the version as `parse_python` reads it; None for any, or where it has no words."""
    version = spec.version or ""
    if _PYTHON_OPERATORS.search(version):
        return ",".join(_clause(part, is_exact=False) or "" for part in version.split(","))
    # `python==3.8` is written where any 3.8 is meant, and no one wants 3.8.0 for its own sake.
    return version.rstrip("*").rstrip(".") or None


def _pep440(spec: CondaSpec) -> str | None:
    """Return the versions as pip wants them, "" for any, None where pip has no words for them."""
    if spec.version in (None, "", "*"):
        return ""
    if "|" in (spec.version or "") or "(" in (spec.version or ""):
        return None
    clauses = [_clause(part, is_exact=spec.is_exact) for part in (spec.version or "").split(",")]
    return None if None in clauses else ",".join(filter(None, clauses))


def _clause(text: str, *, is_exact: bool) -> str | None:
    """Translate `1.2`, `=1.2`, `1.2.*`, `1.2*`, `>=1.2` ... as conda means them."""
    match = _OPERATOR.fullmatch(text.strip())
    if not match:
        return None
    operator, version = match[1] or "", match[2].strip()
    is_open = version.endswith("*") or operator == "="
    plain = version.rstrip("*").rstrip(".")
    if not plain:
        return ""
    if operator in ("", "=", "=="):
        fuzzy = is_open or (operator == "" and not is_exact)
        return f"=={plain}.*" if fuzzy else f"=={plain}"
    if is_open and operator != "!=":
        return f"{operator}{plain}"  # `>=1.2.*`, which conda takes for `>=1.2`
    return f"{operator}{plain}.*" if is_open else f"{operator}{plain}"
