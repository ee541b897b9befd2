"""Why a reproduction differs: looked for in the order of what is easiest to be sure of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tracker.capture.cellsource import parse
from tracker.entities import Run
from tracker.export import ExportResult
from tracker.verify.facts import environment_of, pinned
from tracker.verify.verdict import Difference

UNKNOWN = "not known: nothing that was recorded explains it"
_SHOWN = 3
_RANDOM = re.compile(
    r"\b(random|np\.random|numpy\.random|torch\.(rand|randn|randint|randperm)|uuid4|secrets"
    r"|shuffle|sample|choice|permutation|train_test_split|\w*(Forest|Boosting|KMeans|MLP|SGD)\w*)\b"
)
_SEEDED = frozenset({"random_state", "seed", "rng"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What causes are looked for in: `base` is the folder of the notebook's files."""

    original: Run
    export: ExportResult
    base: Path


def likely_cause(evidence: Evidence, found: Sequence[Difference], varies: Sequence[str]) -> str:
    """The likely cause of the differences, in words; `varies` differ between two reproductions."""
    return (
        _randomness(evidence, found, varies)
        or _changed_data(evidence)
        or _versions(evidence)
        or _hidden_state(evidence)
        or UNKNOWN
    )


def _randomness(evidence: Evidence, found: Sequence[Difference], varies: Sequence[str]) -> str:
    varying = [each.what for each in found if each.what in set(varies)]
    if not varying:
        return ""
    places = list(dict.fromkeys(unseeded(evidence.export)))
    where = f": {', '.join(places[:_SHOWN])}" if places else ""
    names = ", ".join(map(repr, varying[:_SHOWN]))
    return f"unseeded randomness ({names} came out differently when it was run twice){where}"


def unseeded(export: ExportResult) -> Iterator[str]:
    """Calls in the exported code that draw by chance and are given no seed."""
    for name in export.files:
        tree = (
            parse((export.folder / name).read_text("utf-8", "replace")) if _is_code(name) else None
        )
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and _draws_unseeded(node):
                yield f"{ast.unparse(node.func)}(...)"


def _draws_unseeded(node: ast.Call) -> bool:
    called = ast.unparse(node.func)
    if not _RANDOM.search(called) or called.endswith("seed"):
        return False
    if called.endswith(("default_rng", "RandomState", "Random", "Generator")):
        return not node.args and not node.keywords
    return not {keyword.arg for keyword in node.keywords} & _SEEDED


def _is_code(name: str) -> bool:
    return name.endswith(".py") and name != "notebook_runtime.py"


def _changed_data(evidence: Evidence) -> str:
    """Files beside the notebook that were written after the original run had ended."""
    ended = evidence.original.info.end_time
    if ended is None:
        return ""
    changed = [
        name
        for name in evidence.export.files
        if (path := evidence.base / name).is_file() and path.stat().st_mtime * 1000 > ended + 1
    ]
    if not changed:
        return ""
    kind = "code" if all(name.endswith(".py") for name in changed) else "data"
    verb = "was" if len(changed) == 1 else "were"
    return f"{kind} changed: {', '.join(changed[:_SHOWN])} {verb} written after the original run"


def _versions(evidence: Evidence) -> str:
    known = environment_of(evidence.original)
    wanted = dict(pinned(_lines(evidence.export.folder / "requirements.txt")))
    try:
        environment = yaml.safe_load(
            (evidence.export.folder / "python_env.yaml").read_text("utf-8")
        )
        wanted["python"] = str(environment["python"])
    except (OSError, yaml.YAMLError, TypeError, KeyError):
        pass
    other = [
        f"{name} {known[name]} is now {version}"
        for name, version in sorted(wanted.items())
        if name in known and known[name].partition("+")[0] != version
    ]
    return f"version differences: {', '.join(other[:_SHOWN])}" if other else ""


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except OSError:
        return []


_STATE = re.compile(
    r"executed again later|no executed cell before it binds|\bran (twice|three times|\d+ times)"
    r"|was edited|not made by any cell|failed in the notebook|no longer in the notebook"
    r"|ran before it"
)


def _hidden_state(evidence: Evidence) -> str:
    told = [remark for remark in evidence.export.remarks if _STATE.search(remark)]
    return f"hidden state: {told[0].rstrip('.')}" if told else ""
