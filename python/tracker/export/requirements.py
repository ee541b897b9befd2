"""What the project needs installed: the distributions that its code really imports."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

# The runtime beside the script logs through it wherever tracker itself is not installed.
TRACKING = "mlflow"
_OWN = frozenset({"tracker", "notebook_runtime", "jupyterlab-tracker", "__future__", "__main__"})
# Libraries that another one loads only when one of these of its functions is called.
_LOADED_BY = {
    "read_parquet": "pyarrow",
    "to_parquet": "pyarrow",
    "read_feather": "pyarrow",
    "to_feather": "pyarrow",
    "read_excel": "openpyxl",
    "to_excel": "openpyxl",
    "read_hdf": "tables",
    "to_hdf": "tables",
    "read_html": "lxml",
    "to_markdown": "tabulate",
    "read_sql": "sqlalchemy",
    "to_sql": "sqlalchemy",
}
_PLOTTING = frozenset({"plot", "hist", "boxplot", "background_gradient"})


@dataclass(slots=True)
class Requirements:
    """Requirement lines in alphabetical order, and remarks on those that need a look."""

    lines: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def imported_modules(trees: Iterable[ast.Module]) -> set[str]:
    """Dotted names of all modules that the code imports, wherever in it; relative ones left out."""
    found: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Call):
                found |= _imported_by_call(node)
    return found


def _imported_by_call(node: ast.Call) -> set[str]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else ""
    if isinstance(function, ast.Name):
        name = function.id
    if name in ("import_module", "__import__") and node.args:
        argument = node.args[0]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return {argument.value}
    return {_LOADED_BY[name]} if name in _LOADED_BY else set()


def plotting_needs(trees: Sequence[ast.Module], modules: set[str]) -> set[str]:
    """Matplotlib, where pandas draws with it and the code does not name it."""
    if not any(name.partition(".")[0] == "pandas" for name in modules):
        return set()
    nodes = (node for tree in trees for node in ast.walk(tree))
    draws = any(isinstance(node, ast.Attribute) and node.attr in _PLOTTING for node in nodes)
    return {"matplotlib"} if draws else set()


def requirements(modules: Iterable[str], installs: Iterable[str]) -> Requirements:
    """Requirements of these modules at the versions installed here, and of install commands.

    What an install command named is pinned like the rest if it is installed.
    """
    result = Requirements()
    providers = importlib.metadata.packages_distributions()
    lines: dict[str, str] = {}
    for module in sorted(modules):
        top = module.partition(".")[0]
        if top in _OWN or top in sys.stdlib_module_names or not top:
            continue
        names = _providing(module, providers.get(top, []))
        if not names and not _is_optional(top):
            result.remarks.append(
                f"`{top}` is imported, but no installed package provides it: it is not among the "
                "requirements."
            )
        for name in names:
            lines[_normal(name)] = _pinned(name, result.remarks)
    for text in [*installs, TRACKING]:
        name = re.split(r"[\s\[<>=!~]", text, maxsplit=1)[0]
        if _normal(name) not in lines and _normal(name) not in _OWN:
            lines[_normal(name)] = _pinned(name, result.remarks, otherwise=text)
    result.lines = [lines[name] for name in sorted(lines)]
    return result


def _is_optional(module: str) -> bool:
    """Whether only a guess of ours asked for the module."""
    return module in _LOADED_BY.values() or module == "matplotlib"


def _providing(module: str, names: Sequence[str]) -> list[str]:
    """The distributions that hold the module; of a shared namespace only those that have it."""
    distinct = sorted(set(names))
    if len(distinct) < 2:
        return distinct
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        path = "/".join(parts[:length])
        fitting = [name for name in distinct if _holds(name, path)]
        if fitting:
            return fitting
    return distinct


def _holds(name: str, path: str) -> bool:
    files = importlib.metadata.files(name) or []
    return any(str(file).startswith((f"{path}/", f"{path}.py")) for file in files)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pinned(name: str, remarks: list[str], *, otherwise: str = "") -> str:
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return otherwise or name
    origin = _origin(found)
    if origin.startswith("git+"):
        return f"{found.name} @ {origin}"
    version, _, local = found.version.partition("+")
    if origin:
        remarks.append(
            f"{found.name} {found.version} is installed from {origin}, which other machines do not "
            "have: see whether its index has this version."
        )
    elif local:
        remarks.append(
            f"{found.name} {found.version} is required as {version}, without '+{local}'."
        )
    return f"{found.name}=={version}"


def _origin(found: importlib.metadata.Distribution) -> str:
    """Where a distribution came from if not from an index; credentials are left out."""
    text = found.read_text("direct_url.json")
    if not text:
        return ""
    try:
        facts = json.loads(text)
    except ValueError:
        return ""
    url = re.sub(r"//[^/@]*@", "//", str(facts.get("url", "")))
    vcs = facts.get("vcs_info") or {}
    if vcs.get("vcs") == "git" and url.startswith("https://"):
        return f"git+{url}@{vcs.get('commit_id', 'HEAD')}"
    return "a local folder" if url.startswith("file:") else url


def environment_files(lines: Sequence[str], name: str) -> Mapping[str, str]:
    """`requirements.txt`, `python_env.yaml` and `conda.yaml` with the same requirements."""
    version = platform.python_version()
    python_env = {
        "python": version,
        "build_dependencies": ["pip", "setuptools", "wheel"],
        "dependencies": list(lines),
    }
    conda = {
        "name": name,
        "channels": ["conda-forge"],
        "dependencies": [f"python={version}", "pip", {"pip": list(lines)}],
    }
    return {
        "requirements.txt": "".join(f"{line}\n" for line in lines),
        "python_env.yaml": yaml.safe_dump(python_env, sort_keys=False),
        "conda.yaml": yaml.safe_dump(conda, sort_keys=False),
    }
