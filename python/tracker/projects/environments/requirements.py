"""Requirements files as they are in people's projects, read into lines that stand for themselves.

`-r` and `-c` are followed, inside the project only; paths are made absolute, so that the lines mean
the same wherever the installer runs. The format is pip's ("Requirements File Format" in its
documentation), which uv reads too.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from tracker.errors import InvalidValue

_LARGEST_FILE = 1_000_000
_MOST_LINES = 20_000
_DEEPEST = 20
_LONGEST_PATH = 5000

_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_OPTION = re.compile(r"(--?[A-Za-z][A-Za-z-]*)(?:[ =]\s*(.*))?$")
_SHORT = {"-r": "--requirement", "-c": "--constraint", "-e": "--editable"}
_SHORT |= {"-i": "--index-url", "-f": "--find-links"}
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
_PATH = re.compile(r"(?P<path>[^;\[]+?)(?P<extras>\[[^\]]*\])?(?P<rest>\s+--.*|\s*;.*)?")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line for the installer, and the place where it was written: `file, line 3`.

    `path` is set where it installs a file or folder of this machine, `option` where it is no
    requirement but changes how the others are found.
    """

    text: str
    place: str
    option: str | None = None
    path: Path | None = None

    @property
    def variables(self) -> list[str]:
        """Names of environment variables that the installer would put into the line."""
        return _VARIABLE.findall(self.text)


@dataclass(frozen=True, slots=True)
class Requirements:
    """What is to be installed, in order, and what limits the versions."""

    lines: tuple[Line, ...] = ()
    constraints: tuple[Line, ...] = ()
    files: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return any(line.option is None for line in self.lines)

    @property
    def text(self) -> str:
        """The lines as a requirements file."""
        return "".join(f"{line.text}\n" for line in self.lines)

    @property
    def constraints_text(self) -> str:
        """The constraints as a file of their own."""
        return "".join(f"{line.text}\n" for line in self.constraints)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The project's `folder`, where an installer would be started, and the `root` around it.

    No file outside of `root` is read: the repository's folder, or the project's own.
    """

    folder: Path
    root: Path


def bounds(folder: Path) -> Bounds:
    """Return from where the files of the project in `folder` may come."""
    folder = folder.resolve()
    above = (parent for parent in (folder, *folder.parents) if (parent / ".git").exists())
    return Bounds(folder, next(above, folder))


def read_file(path: Path, within: Bounds) -> Requirements:
    """Return what a requirements file asks for.

    Raises InvalidValue where a file is missing, lies out of bounds or cannot be understood.
    """
    reader = _Reader(within)
    reader.read(path, as_constraint=False, asked_by=None)
    return reader.requirements()


def read_lines(lines: Iterable[str], file: Path, within: Bounds) -> Requirements:
    """Return what a list of requirements written in `file` asks for. Raises as `read_file`."""
    reader = _Reader(within)
    for number, line in enumerate(lines, 1):
        for _, text in joined(enumerate(line.splitlines(), 1)):
            reader.take(text, f"{file.name}, dependency {number}", file.parent, False)
    return reader.requirements()


@dataclass
class _Reader:
    within: Bounds
    lines: list[Line] = field(default_factory=list)
    constraints: list[Line] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    open_files: list[Path] = field(default_factory=list)

    def requirements(self) -> Requirements:
        return Requirements(tuple(self.lines), tuple(self.constraints), tuple(self.files))

    def read(self, path: Path, *, as_constraint: bool, asked_by: str | None) -> None:
        file = inside([path], self.within, asked_by)
        if file in self.open_files or len(self.open_files) >= _DEEPEST:
            raise InvalidValue(f"{asked_by}: {path.name} is already being read: a circle of -r.")
        self.open_files.append(file)
        self.files.append(file)
        name = file.relative_to(self.within.root).as_posix()
        for number, line in joined(enumerate(_text(file, asked_by).splitlines(), 1)):
            self.take(line, f"{name}, line {number}", file.parent, as_constraint)
        self.open_files.pop()

    def take(self, line: str, place: str, folder: Path, as_constraint: bool) -> None:
        if not line:
            return
        if len(self.lines) + len(self.constraints) >= _MOST_LINES:
            raise InvalidValue(f"{place}: more than {_MOST_LINES} requirements.")
        if line.startswith("-"):
            self._take_option(line, place, folder, as_constraint)
        else:
            written = line.rpartition(" @ ")[2]
            is_path = _is_path(written)
            self._add(
                self._path(line, place, folder) if is_path else Line(line, place), as_constraint
            )

    def _take_option(self, line: str, place: str, folder: Path, as_constraint: bool) -> None:
        option, value = _split_option(line, place)
        if option in ("--requirement", "--constraint"):
            limits = as_constraint or option == "--constraint"
            if _is_url(value):
                raise InvalidValue(
                    f"{place}: {value} is a requirements file on another machine. "
                    "Save it in the project, so that it can be seen before it is installed."
                )
            file = folder / value
            if not file.exists():
                file = self.within.folder / value
            self.read(file, as_constraint=limits, asked_by=place)
        elif option == "--editable" and (not _is_url(value) or value.startswith("file:")):
            found = self._path(value, place, folder)
            self._add(replace(found, text=f"--editable {found.text}"), as_constraint)
        elif option == "--editable":
            self._add(Line(f"--editable {value}", place), as_constraint)
        elif option == "--find-links" and not _is_url(value):
            wheels = inside([folder / value, self.within.folder / value], self.within, place)
            self._add(Line(f"--find-links {wheels}", place, option), as_constraint)
        else:
            self._add(Line(f"{option} {value}".strip(), place, option), as_constraint)

    def _path(self, line: str, place: str, folder: Path) -> Line:
        """A requirement that is a path (`./package[extra] ; marker`), the path made absolute."""
        name, at, written = line.rpartition(" @ ")
        words = _PATH.fullmatch(written.strip()) if len(line) < _LONGEST_PATH else None
        if not words:
            raise InvalidValue(f"{place}: {line[:100]!r} names no file or folder.")
        path = _as_path(words["path"])
        # Installers take such a path from the folder that they are started in.
        found = inside([self.within.folder / path, folder / path], self.within, place)
        rest = (words["extras"] or "") + (words["rest"] or "")
        text = f"{name} @ {found.as_uri()}{rest}" if at else f"{found}{rest}"
        return Line(text, place, path=found)

    def _add(self, line: Line, as_constraint: bool) -> None:
        (self.constraints if as_constraint else self.lines).append(line)


def inside(candidates: list[Path], within: Bounds, asked_by: str | None) -> Path:
    """Return the real path of the first of a project's files or folders that is there.

    Raises InvalidValue where none is, or where it lies out of bounds, also through a link.
    """
    asked = f"{asked_by}: " if asked_by else ""
    for path in candidates:
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            continue
        if not real.is_relative_to(within.root):
            raise InvalidValue(f"{asked}{path} lies outside of the project in {within.root}.")
        return real
    raise InvalidValue(f"{asked}there is no file {candidates[0]}.")


def _text(file: Path, asked_by: str | None) -> str:
    asked = f"{asked_by}: " if asked_by else ""
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise InvalidValue(f"{asked}{file} is too large for a requirements file.")
        data = file.read_bytes()
        # Windows' own shell writes `pip freeze > requirements.txt` as UTF-16.
        encoding = next((e for bom, e in _BOMS.items() if data.startswith(bom)), "utf-8")
        return data.decode(encoding)
    except (OSError, UnicodeError) as error:
        raise InvalidValue(f"{asked}{file} cannot be read as text: {error}.") from error


def joined(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Join continued lines and take comments away, as pip does; empty ones are left out.

    Lines come and go with their numbers, a joined one with the number of its first part.
    """
    first, parts = 0, list[str]()
    for number, line in lines:
        first = first if parts else number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            parts.append(line.rstrip("\\"))
            continue
        parts.append(" " + line if is_comment else line)
        if text := _without_comment("".join(parts)):
            yield first, text
        parts = []
    if text := _without_comment("".join(parts)):
        yield first, text


def _without_comment(line: str) -> str:
    return _COMMENT.split(line, 1)[0].strip()


def _split_option(line: str, place: str) -> tuple[str, str]:
    if line[:2] in _SHORT and line[1] != "-":
        return _SHORT[line[:2]], line[2:].lstrip(" =").strip().strip("'\"")
    match = _OPTION.match(line)
    if not match:
        raise InvalidValue(f"{place}: {line!r} is neither a requirement nor an option.")
    return match[1], (match[2] or "").strip().strip("'\"")


def _is_path(text: str) -> bool:
    word = text.split(";")[0].split("[")[0].strip()
    if _is_url(word):
        return word.startswith("file:")
    return word.startswith((".", "/", "~")) or "\\" in word or word.endswith(_ARCHIVES)


def _as_path(text: str) -> str:
    text = text.strip()
    if not text.startswith("file:"):
        return text
    return url2pathname(unquote(urlsplit(text).path))


def _is_url(text: str) -> bool:
    return re.match(r"(?:[a-z0-9+.-]+://|file:|git\+)", text, re.I) is not None
