"""One executed cell -> the lines of the script that do the same."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracker.capture.cellsource import (
    PYTHON_CELL_MAGICS,
    Special,
    cell_magic,
    find_specials,
    parse,
    plain_python,
    split_lines,
)
from tracker.export import awaits, imports
from tracker.export.edits import Edit, Places, apply, indent
from tracker.export.offers import Offer
from tracker.export.translate import comment, literal, translate, translate_cell

# Calls that return nothing, whose value therefore need not be shown.
_SILENT_NAMES = frozenset({"print", "display", "exec", "setattr", "delattr", "input", "exit"})
_SILENT_METHODS = frozenset(
    [
        *("append", "extend", "insert", "update", "remove", "clear", "sort", "reverse", "add"),
        *("show", "close", "savefig", "tight_layout", "seed", "manual_seed", "filterwarnings"),
        *("simplefilter", "set_option", "makedirs", "mkdir", "to_csv", "to_parquet", "dump"),
        *("set_experiment", "set_tracking_uri", "set_tag", "set_tags", "end_run", "autolog"),
    ]
)
_STAR = re.compile(r"^from [\w.]+ import \*", re.M)
_SHOW_FIGURES = frozenset({"plt.show", "pyplot.show", "matplotlib.pyplot.show"})


@dataclass(frozen=True, slots=True)
class Style:
    """Names that the export uses for itself: the runtime module's and the parsed arguments'.

    `silent` are functions of the notebook's own that return nothing.
    """

    helpers: str = "notebook"
    arguments: str = "args"
    silent: frozenset[str] = frozenset()
    as_notebook: bool = False

    def argument(self, name: str) -> str:
        """How the code reads the parameter of this name."""
        return name if self.as_notebook else f"{self.arguments}.{name}"


@dataclass(slots=True)
class CellCode:
    """Code of a cell at the top level of a script.

    `futures` are `from __future__` imports, which must stand above all; `tree` is of the cell as it
    was, None where its body is no Python.
    """

    code: str
    tree: ast.Module | None = None
    modules: set[str] = field(default_factory=set)
    installs: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    futures: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    needs_display: bool = False


def python_body(source: str) -> str:
    """The cell without magics such as `%%time` above it and without an indent of its whole."""
    source = "\n".join(split_lines(source))
    magic = cell_magic(source)
    while magic is not None and magic.name in PYTHON_CELL_MAGICS:
        lines = source.split("\n")[magic.line :]
        # `%%time x = f()` runs what stands on its own line, where there is nothing below it.
        source = "\n".join(lines) if any(lines) or magic.name != "time" else magic.arguments
        magic = cell_magic(source)
    if magic is None and parse(plain_python(source)) is None:
        dedented = textwrap.dedent(source)
        return dedented if parse(plain_python(dedented)) is not None else source
    return source


def cell_code(body: str, offered: Sequence[Offer], style: Style, name: str) -> CellCode:
    """Translate a cell's `python_body`; literals that are offered become arguments.

    `name` is what the cell's figures are called after.
    """
    magic = cell_magic(body)
    if magic is not None:
        below = "\n".join(body.split("\n")[magic.line :])
        whole = translate_cell(magic.name, magic.arguments, below, style.helpers)
        return CellCode(whole.code, remarks=[whole.remark] if whole.remark else [])
    plain = plain_python(body)
    tree = parse(plain)
    if tree is None:
        remark = "left out: this Python cannot read its source, so it is kept as a comment."
        return CellCode(comment(body), remarks=[remark])
    cell = CellCode("", tree)
    places = Places(plain)
    edits = [*_specials(body, places, cell, style), *_parameters(offered, places, style)]
    edits += [*_imports(tree, places, cell), *_drawn(tree, places, style, name)]
    edits += _globals(tree, places)
    coroutine = awaits.needs_coroutine(tree) and not style.as_notebook
    if coroutine:
        edits += awaits.bare_annotations(tree, places)
    if not style.as_notebook:
        edits += [] if coroutine else awaits.waits(tree, places, style.helpers)
        edits += _shown(tree, places, style)
        _note_names(tree, cell)
    code = _tidy(apply(plain, edits))
    cell.code = _coroutine(code, tree, style) if coroutine else code
    return cell


def _specials(body: str, places: Places, cell: CellCode, style: Style) -> Iterator[Edit]:
    for special in find_specials(body):
        start, end = places.line(special.line), places.line_end(special.end_line)
        shown = places.text[start:end]
        if special.name == "time" and shown.strip() != "pass" and not special.target:
            # The statement stands in its place, other edits may reach into it.
            head = re.match(r"\s*pass;\s*", shown)
            yield Edit(start + len(special.indent), start + (head.end() if head else 0), "")
            continue
        done = translate(special, style.helpers)
        cell.modules |= done.modules
        cell.installs += done.installs
        cell.files += done.files
        if done.remark:
            cell.remarks.append(done.remark)
        yield Edit(start, end, _indented(done.code, special))


def _indented(code: str, special: Special) -> str:
    only_comments = all(line.startswith("#") for line in code.split("\n"))
    if special.indent and only_comments:
        code += "\npass"
    return indent(code, special.indent)


def _parameters(offered: Sequence[Offer], places: Places, style: Style) -> Iterator[Edit]:
    for offer in offered:
        found = offer.found
        start = places.line(found.line) + found.column
        end = places.line(found.end_line) + found.end_column
        yield Edit(start, end, style.argument(offer.parameter.name))


def _imports(tree: ast.Module, places: Places, cell: CellCode) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            cell.futures.append(ast.unparse(node))
            yield Edit(places.start(node), places.end(node), "pass")
            continue
        if imports.needs_tracker_itself(node):
            cell.remarks.append(
                f"`{ast.unparse(node)}` needs jupyterlab-tracker where the project runs."
            )
        new = imports.redirected(node)
        if new is not None:
            yield Edit(places.start(node), places.end(node), new)


def _globals(tree: ast.Module, places: Places) -> Iterator[Edit]:
    """`global x` outside of functions says nothing, but not after another cell has used `x`."""
    for node in awaits.top_level(tree):
        if isinstance(node, ast.Global):
            yield Edit(places.start(node), places.end(node), "pass")


def _drawn(tree: ast.Module, places: Places, style: Style, name: str) -> Iterator[Edit]:
    """In a notebook `plt.show()` shows the figures and is done with them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _SHOW_FIGURES:
            new = f"{style.helpers}.figures({literal(name)})"
            yield Edit(places.start(node), places.end(node), new)


def _shown(tree: ast.Module, places: Places, style: Style) -> Iterator[Edit]:
    """The value of a last expression is shown, unless a semicolon follows it."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or _is_silent(last.value, style):
        return
    if places.text[places.end(last) :].lstrip(" \t)").startswith(";"):
        return
    start, end = places.start(last), places.end(last)
    tuple_brackets = isinstance(last.value, ast.Tuple)
    yield Edit(start, start, f"{style.helpers}.show(" + "(" * tuple_brackets)
    yield Edit(end, end, ")" + ")" * tuple_brackets)


def _is_silent(value: ast.expr, style: Style) -> bool:
    if isinstance(value, ast.Await):
        value = value.value
    if isinstance(value, ast.Constant):
        return value.value is None or value.value is ...
    if not isinstance(value, ast.Call):
        return False
    function = value.func
    if isinstance(function, ast.Name):
        return function.id in _SILENT_NAMES or function.id in style.silent
    if not isinstance(function, ast.Attribute):
        return False
    return function.attr in _SILENT_METHODS or function.attr.startswith("log_")


def _note_names(tree: ast.Module, cell: CellCode) -> None:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    cell.needs_display = "display" in names
    if names & {"In", "Out", "_", "__", "___", "get_ipython"} - _bound(tree):
        cell.remarks.append(
            "uses IPython's own `get_ipython`, `In`, `Out` or `_`, which a script does not have."
        )


def _bound(tree: ast.Module) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }


def _tidy(code: str) -> str:
    """Without the blank lines around it and the `pass` lines that nothing needs."""
    lines = [line.rstrip() if not line.strip() else line for line in code.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)


def _coroutine(code: str, tree: ast.Module, style: Style) -> str:
    names = awaits.global_names(tree)
    # `import *` may stand at the top level only.
    stars = [line for line in code.split("\n") if _STAR.match(line)]
    code = _STAR.sub("pass", code)
    head = "".join(f"{line}\n" for line in stars) + "async def _cell():\n"
    if names:
        head += f"    global {', '.join(names)}\n"
    return f"{head}{indent(code)}\n\n{style.helpers}.wait(_cell())"
