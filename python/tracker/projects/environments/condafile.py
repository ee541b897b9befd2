"""`conda.yaml` files: channels, dependencies as conda's match specifications, a part for pip.

The notation is that of conda's "package match specifications":
`channel::name=1.2=py37_0`, `name >=1.2,<2`, `name[version='1.2.*', build=...]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from tracker.errors import InvalidValue
from tracker.projects import yamlfile
from tracker.projects.environments.requirements import Bounds, Requirements, inside, read_lines

_KEYS = {"name", "channels", "dependencies", "prefix", "variables"}
_LONGEST_SPEC = 1000
_NAME = re.compile(
    r"(?:(?P<channel>[^\s=<>!~]*)::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)(?P<rest>.*)"
)
_BRACKET = re.compile(r"""(\w+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^,\]\s]+))""")
_FUZZY = re.compile(r"=(?!=)\s*(?P<version>[^=\s]+)(?:=(?P<build>\S+))?")
_EXACT = re.compile(r"==\s*(?P<version>[^=\s]+)(?:[=\s]\s*(?P<build>\S+))?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class CondaSpec:
    """One dependency. `version` is as conda has it: `1.2`, `>=1,<2`, `1.*`, None for any.

    `is_exact` is true for `==1.2` and for a version with a build string.
    """

    text: str
    name: str
    version: str | None = None
    is_exact: bool = False
    build: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class CondaFile:
    """What a conda.yaml says. `variables` are set wherever the environment is active."""

    file: Path
    channels: tuple[str, ...] = ()
    specs: tuple[CondaSpec, ...] = ()
    pip: Requirements = field(default_factory=Requirements)
    variables: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def read_conda_file(file: Path, within: Bounds) -> CondaFile:
    """Read a conda.yaml. Raises InvalidValue where it is missing, out of bounds or no such file."""
    real = inside([file], within, None)
    try:
        parsed = yamlfile.parse(yamlfile.read_text(real), file.name)
    except OSError as error:
        raise InvalidValue(f"{file} cannot be read: {error.strerror or error}.") from error
    if parsed is None or not parsed.is_mapping:
        raise InvalidValue(f"{file} holds no keys such as `dependencies:`.")
    data = parsed.value
    specs, pip = _dependencies(data.get("dependencies"), file)
    unknown = [key for key in parsed.entries if key not in _KEYS]
    return CondaFile(
        file,
        channels=tuple(map(str, data.get("channels") or ())),
        specs=tuple(specs),
        pip=read_lines(pip, real, Bounds(real.parent, within.root)),
        variables=_variables(parsed.entries.get("variables"), file),
        remarks=tuple(f"{file.name}: the key {key!r} means nothing to conda." for key in unknown),
    )


def parse_spec(text: str) -> CondaSpec:
    """Read one match specification. Raises InvalidValue."""
    if len(text) > _LONGEST_SPEC:
        raise InvalidValue(f"{text[:100]!r}... is too long for a dependency.")
    written, _, _ = text.partition("#")
    bracket = re.search(r"\[(.*)\]\s*$", written)
    options = _bracketed(bracket[1]) if bracket else {}
    match = _NAME.fullmatch((written[: bracket.start()] if bracket else written).strip())
    if not match:
        raise InvalidValue(f"{text!r} is no dependency that conda understands.")
    version, is_exact, build = _version(match["rest"].strip())
    return CondaSpec(
        text=text.strip(),
        name=match["name"].lower(),
        version=options.get("version", version),
        is_exact=is_exact,
        build=options.get("build", build),
        channel=options.get("channel", match["channel"]),
    )


def _version(rest: str) -> tuple[str | None, bool, str | None]:
    """Return version, whether it is the exact one, and build of what follows a name."""
    if match := _EXACT.fullmatch(rest):
        return match["version"], True, match["build"]
    if match := _FUZZY.fullmatch(rest):
        return match["version"], match["build"] is not None, match["build"]
    words = rest.split()
    if len(words) == 2 and rest[0].isdigit():  # `numpy 1.20.1 py37_0`, as conda lists them
        return words[0], True, words[1]
    return "".join(words) or None, False, None


def _bracketed(text: str) -> dict[str, str]:
    return {key: a or b or c for key, a, b, c in _BRACKET.findall(text)}


def _dependencies(data: object, file: Path) -> tuple[list[CondaSpec], list[str]]:
    if data is not None and not isinstance(data, list):
        raise InvalidValue(f"{file}: `dependencies` must be a list.")
    specs: list[CondaSpec] = []
    pip: list[str] = []
    for item in data or ():
        if isinstance(item, str):
            specs.append(parse_spec(item))
        elif isinstance(item, dict) and set(item) == {"pip"}:
            pip += _pip_lines(item["pip"], file)
        else:
            raise InvalidValue(
                f"{file}: the dependency {item!r} is neither text such as numpy=1.20 nor `pip:` "
                "with a list."
            )
    return specs, pip


def _pip_lines(data: object, file: Path) -> list[str]:
    if data is None:
        return []
    if not isinstance(data, list) or not all(isinstance(line, str) for line in data):
        raise InvalidValue(f"{file}: `pip:` must be a list of requirements.")
    return data


def _variables(entry: yamlfile.Entry | None, file: Path) -> tuple[tuple[str, str], ...]:
    if entry is None or entry.value is None:
        return ()
    if not entry.is_mapping:
        raise InvalidValue(f"{file}: `variables` must be names with values.")
    wrong = [name for name in entry.entries if not _VARIABLE.fullmatch(name)]
    if wrong:
        raise InvalidValue(f"{file}: {wrong[0]!r} cannot name an environment variable.")
    return tuple((name, value.written) for name, value in entry.entries.items())
