"""Files that go along: modules of the project that the code imports, data that it opens."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracker.capture.cellsource import parse
from tracker.export import imports
from tracker.export.edits import Edit, Places, apply
from tracker.export.paths import mentioned
from tracker.export.requirements import imported_modules

LARGEST_FILE = 20_000_000
LARGEST_TOTAL = 100_000_000
MOST_FILES = 2_000
"""Bounds on the data copied into an export, in bytes and files; the rest gets a remark."""

_LEFT_OUT = frozenset({"__pycache__", "mlruns", "mlartifacts", "node_modules", "site-packages"})


@dataclass(slots=True)
class Gathered:
    """Files by their posix path in the export: `copies` as they are, `texts` changed on the way.

    `local` are the top-level modules that need no requirement, `trees` the copied modules' syntax.
    """

    copies: dict[str, Path] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    local: set[str] = field(default_factory=set)
    trees: list[ast.Module] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    confirm: Callable[[str], bool] = lambda question: False

    def size(self) -> int:
        """Bytes of all copies."""
        return sum(path.stat().st_size for path in self.copies.values())


def gather(
    base: Path,
    trees: Sequence[ast.Module],
    namespace: Mapping[str, object],
    *,
    but: Path,
    run: Iterable[str] = (),
    confirm: Callable[[str], bool] = lambda question: False,
) -> Gathered:
    """Collect modules and data files below `base`, the folder that the code ran in.

    `run` are names of Python files that the code runs.

    Nothing below `but` (the export's own folder), nothing hidden and no notebook is taken; large
    data only if `confirm` says so.
    """
    gathered = Gathered(confirm=confirm)
    for name in run:
        _take_run(base, name, gathered)
    todo = sorted(imported_modules([*trees, *gathered.trees]))
    seen: set[str] = set()
    while todo:
        top = todo.pop().partition(".")[0]
        if top in seen or top in ("tracker", "mlflow", "__main__", imports.RUNTIME):
            continue
        seen.add(top)
        before = len(gathered.trees)
        _take_module(base, top, gathered)
        todo += sorted(imported_modules(gathered.trees[before:]))
    _take_data(base, [*trees, *gathered.trees], namespace, gathered, but)
    return gathered


def _take_run(base: Path, name: str, gathered: Gathered) -> None:
    """A file that `%run` runs."""
    file = base / name
    if not file.is_file():
        gathered.remarks.append(f"{name!r}, which `%run` runs, is not there and was not copied.")
    elif not file.resolve().is_relative_to(base.resolve()):
        gathered.remarks.append(
            f"{name!r}, which `%run` runs, is outside of the notebook's folder."
        )
    else:
        _add(file, file.resolve().relative_to(base.resolve()).as_posix(), gathered)


def _take_module(base: Path, top: str, gathered: Gathered) -> None:
    """A module beside the notebook comes before an installed one, as it does for the kernel."""
    place = base / top
    if place.with_name(f"{top}.py").is_file():
        source, root = place.with_name(f"{top}.py"), base
    elif place.is_dir() and any(place.rglob("*.py")) and top not in sys.stdlib_module_names:
        source, root = place, base
    else:
        found = _elsewhere(top)
        if found is None:
            return
        source, root = found, found.parent
        gathered.remarks.append(f"`{top}` was found at {source} and copied beside the script.")
    gathered.local.add(top)
    for file in sorted(_files(source)):
        _add(file, file.relative_to(root).as_posix(), gathered)


def _elsewhere(top: str) -> Path | None:
    """A module on Python's path that is neither installed nor Python's own."""
    if top in sys.stdlib_module_names:
        return None
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None or not spec.origin or not spec.has_location:
        return None
    path = Path(spec.origin)
    if any(part in ("site-packages", "dist-packages") for part in path.parts):
        return None
    if path.is_relative_to(Path(sys.base_prefix) / "lib") or not path.is_file():
        return None
    return path.parent if path.name == "__init__.py" else path


def _files(source: Path) -> Iterator[Path]:
    """The file itself, or all files below a folder; no hidden ones, no links that lead out."""
    if source.is_file():
        yield source
        return
    root = source.resolve()
    for path in source.rglob("*"):
        inside = path.relative_to(source).parts
        if any(part.startswith(".") or part in _LEFT_OUT for part in inside):
            continue
        if path.is_file() and path.resolve().is_relative_to(root):
            yield path


def _add(file: Path, name: str, gathered: Gathered) -> None:
    if name in gathered.copies or name in gathered.texts:
        return
    if file.suffix != ".py":
        if file.suffix != ".ipynb":
            gathered.copies[name] = file
        return
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    tree = parse(text)
    if tree is None:
        gathered.copies[name] = file
        return
    gathered.trees.append(tree)
    changed = _led_through_runtime(text, tree)
    if changed == text:
        gathered.copies[name] = file
    else:
        gathered.texts[name] = changed
        gathered.remarks.append(f"{name}: its import of tracker or mlflow now goes by the runtime.")


def _led_through_runtime(text: str, tree: ast.Module) -> str:
    places = Places(text)
    edits = []
    for node in ast.walk(tree):
        new = imports.redirected(node) if isinstance(node, ast.Import | ast.ImportFrom) else None
        if new is not None:
            assert isinstance(node, ast.stmt)
            edits.append(Edit(places.start(node), places.end(node), new))
    return apply(text, edits)


def _take_data(
    base: Path,
    trees: Iterable[ast.Module],
    namespace: Mapping[str, object],
    gathered: Gathered,
    but: Path,
) -> None:
    root = base.resolve()
    mentions = mentioned(trees, namespace)
    for text in mentions.read:
        for path in _existing(base, text):
            resolved = path.resolve()
            if resolved.is_relative_to(but.resolve()) or root.is_relative_to(resolved):
                continue
            if not resolved.is_relative_to(root):
                gathered.remarks.append(
                    f"{text!r} is outside of the notebook's folder and was not copied: the project "
                    "will look for it at the same place."
                )
                continue
            _take(path, root, gathered)


def _take(path: Path, root: Path, gathered: Gathered) -> None:
    files = sorted(_files(path))
    size = sum(file.stat().st_size for file in files)
    largest = LARGEST_FILE if path.is_file() else LARGEST_TOTAL
    name = path.resolve().relative_to(root).as_posix()
    what = f"{name} ({len(files)} file{'s'[: len(files) != 1]}, {size / 1e6:.1f} MB)"
    is_large = size > largest or gathered.size() + size > LARGEST_TOTAL or len(files) > MOST_FILES
    if is_large and not gathered.confirm(f"The code reads {what}. Copy it into the project?"):
        gathered.remarks.append(
            f"{what} is too large to copy without being asked to: put it at that place in the "
            "export before you run it, or export with --yes."
        )
        return
    for file in files:
        _add(file, file.resolve().relative_to(root).as_posix(), gathered)


def _existing(base: Path, text: str) -> Iterator[Path]:
    """What is there under this name or pattern; anything else is just a text."""
    try:
        if any(sign in text for sign in "*?[") and not Path(text).is_absolute():
            # A pattern of nothing but signs would be the whole folder.
            yield from base.glob(text) if text.strip("*?/.") else ()
        elif (base / text).exists() and text.strip("./") and _is_likely(base, text):
            yield base / text
    except (OSError, ValueError, NotImplementedError):
        return


def _is_likely(base: Path, text: str) -> bool:
    """An absolute path is a file's only if it looks like one; folders like `/` are not meant."""
    path = base / text
    if Path(text).is_absolute():
        return path.is_file() and bool(path.suffix)
    return path.suffix != ".ipynb" and not any(
        part.startswith(".") and part != ".." for part in Path(text).parts
    )
