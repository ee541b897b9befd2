"""Imports of tracker and mlflow in exported cells, led through the runtime beside the script.

There the names stand for whichever of the two logs, inside the run that a launcher opened.
"""

from __future__ import annotations

import ast

RUNTIME = "notebook_runtime"
_LIBRARIES = ("tracker", "mlflow")


def redirected(node: ast.Import | ast.ImportFrom) -> str | None:
    """The statement to put in this one's place, or None if it may stay."""
    if isinstance(node, ast.Import):
        return _import(node)
    if node.level == 0 and node.module in _LIBRARIES and node.names[0].name != "*":
        lines = [f"from {RUNTIME} import {node.module} as _{node.module}"]
        for alias in node.names:
            lines.append(f"{alias.asname or alias.name} = _{node.module}.{alias.name}")
        return "; ".join(lines)
    return None


def needs_tracker_itself(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether the statement imports a part of tracker that MLflow has no equal of."""
    if isinstance(node, ast.ImportFrom):
        return node.level == 0 and (node.module or "").startswith("tracker.")
    return any(alias.name.startswith("tracker.") for alias in node.names)


def _import(node: ast.Import) -> str | None:
    kept: list[str] = []
    led: list[str] = []
    for alias in node.names:
        library = alias.name.partition(".")[0]
        renamed = f" as {alias.asname}" if alias.asname else ""
        if alias.name in _LIBRARIES:
            led.append(f"from {RUNTIME} import {alias.name}{renamed}")
            continue
        kept.append(alias.name + renamed)
        if library in _LIBRARIES and not alias.asname:
            # `import mlflow.sklearn` binds `mlflow` as well.
            led.append(f"from {RUNTIME} import {library}")
    if not led:
        return None
    return "; ".join(([f"import {', '.join(kept)}"] if kept else []) + led)
