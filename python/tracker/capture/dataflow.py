"""Which names a cell reads, binds and changes: the ground that lineage stands on.

Static and therefore careful: where the code does not tell, a name counts as read, and a binding as
one that may not happen. `names_of` answers for one cell; nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from tracker.capture import calls
from tracker.capture.bindings import MUTATORS, bound_names
from tracker.capture.cellnames import CellNames
from tracker.capture.cellsource import (
    PYTHON_CELL_MAGICS,
    cell_magic,
    find_specials,
    parse,
    plain_python,
)
from tracker.capture.effects import magic_reaches_out, only_looks, reaches_out
from tracker.capture.hidden import hidden_reads

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_OPAQUE_CALLS = frozenset(
    [
        *("exec", "eval", "globals", "locals", "vars", "setattr", "delattr", "__import__"),
        *("get_ipython", "reload", "run_path", "run_module", "run_cell", "breakpoint"),
    ]
)
_OPAQUE_ATTRIBUTES = frozenset({"__dict__", "__globals__", "__code__", "__setattr__"})
_OPAQUE_MAGICS = frozenset({"run", "pylab", "store", "reset", "reset_selective", "macro"})
# Methods after which an estimator's state no longer depends on what it was before.
_RESETTING = frozenset({"fit", "fit_transform", "fit_predict", "compile", "load_state_dict"})


def names_of(source: str) -> CellNames:
    """The names of a cell. A cell that is no Python has none and is `opaque`."""
    magic = cell_magic(source)
    if magic is not None and magic.name not in PYTHON_CELL_MAGICS:
        effects = magic_reaches_out(magic.name, "")
        return CellNames(effects=effects, declares=not effects, only_imports=False)
    tree = parse(plain_python(source))
    if tree is None:
        return CellNames(opaque=True, declares=False, only_imports=False)
    names = CellNames()
    names.declares = all(_declares(statement) for statement in tree.body)
    names.only_imports = all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)
    specials = find_specials(source)
    names.opaque = any(special.name in _OPAQUE_MAGICS for special in specials)
    names.effects = any(magic_reaches_out(each.name, each.kind) for each in specials)
    names.binds = set(bound_names(tree)) | _globals_bound(tree)
    names.always = _block(tree.body, set(), names.reads)
    names.deferred = {name for node in _functions(tree) for name in free_names(node)}
    for node in ast.walk(tree):
        _note(node, names)
    _note_calls(tree, names)
    names.declares = names.declares and not (names.opaque or names.effects)
    return names


def _note_calls(tree: ast.Module, names: CellNames) -> None:
    """Add what the cell's own calls get, and what its functions will do."""
    own = list(calls.calls_of_scope(tree))
    names.touches = set(calls.touches(own))
    names.iterated = _iterated(tree)
    names.generators = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _yields(node)
    }
    names.draws = any(map(calls.draws, own))
    names.seeds = any(calls.seeds(node) for node in ast.walk(tree) if isinstance(node, ast.Call))
    for function in _functions(tree):
        _note_function(function, names)
    if names.opaque:
        hidden = hidden_reads(tree)
        names.reads_any = hidden is None
        names.reads |= (hidden or set()) - names.always


def _note_function(function: ast.AST, names: CellNames) -> None:
    inner = names.inner
    free = free_names(function)
    found = CellNames()
    for node in ast.walk(function):
        _note(node, found)
    called = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    inner.changes |= (found.changes | found.refits) & free
    inner.may_change |= found.may_change & free
    inner.calls |= {(base, path) for base, path in found.calls if base in free}
    inner.changes |= _declared(function)
    inner.touches |= {touch for touch in calls.touches(called) if touch.name in free}
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        names.gives |= {(function.name, name) for name in calls.given_by(function)}
    if _keeps_state(function):
        inner.changes.add(function.name)
    inner.effects |= found.effects or found.opaque
    inner.draws |= any(map(calls.draws, called))


def _keeps_state(function: ast.AST) -> TypeGuard[ast.FunctionDef]:
    """Whether calling a function may change the function: its defaults, what decorates it."""
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return bool(function.decorator_list) or any(
        not isinstance(default, ast.Constant | ast.Name | ast.UnaryOp) for default in defaults
    )


def _yields(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def _iterated(tree: ast.AST) -> set[str]:
    """Names that a loop reads through, which uses up an iterator."""
    loops = (ast.For, ast.AsyncFor, ast.comprehension)
    return {
        node.iter.id
        for node in ast.walk(tree)
        if isinstance(node, loops) and isinstance(node.iter, ast.Name)
    }


def free_names(node: ast.AST) -> set[str]:
    """Names that a function, lambda or comprehension takes from outside of itself."""
    if isinstance(node, _COMPREHENSIONS):
        local = {name for part in node.generators for name in _stored(part.target)}
        parts: Iterable[ast.AST] = ast.iter_child_nodes(node)
    else:
        assert isinstance(node, _FUNCTIONS)
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        shared = {name for part in body for name in _declared(part)}
        local = {name for part in body for name in bound_names(part)} - shared
        local |= {argument.arg for argument in _arguments(node.args)}
        parts = body
    return {name for part in parts for name in _loads(part, deferred=True)} - local


def _block(body: list[ast.stmt], defined: set[str], reads: set[str]) -> set[str]:
    """Add what the statements read before it is bound; return what they certainly bind."""
    defined = set(defined)
    for statement in body:
        defined |= _statement(statement, defined, reads)
    return defined


def _statement(node: ast.stmt, defined: set[str], reads: set[str]) -> set[str]:
    if isinstance(node, ast.If | ast.While):
        reads |= _loads(node.test) - defined
        inside = defined | set(bound_names(node.test))
        taken = _block(node.body, inside, reads)
        other = _block(node.orelse, inside, reads)
        return taken & other if isinstance(node, ast.If) else inside
    if isinstance(node, ast.For | ast.AsyncFor):
        reads |= _loads(node.iter) - defined
        _block(node.body, defined | _stored(node.target), reads)
        return _block(node.orelse, defined, reads)
    if isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            reads |= _loads(item.context_expr) - defined
            defined = defined | set(bound_names(item))
        return _block(node.body, defined, reads)
    if isinstance(node, ast.Try | ast.TryStar):
        return _try(node, defined, reads)
    if isinstance(node, ast.Match):
        reads |= _loads(node.subject) - defined
        for case in node.cases:
            _block(case.body, defined | set(bound_names(case.pattern)), reads)
        return defined
    if isinstance(node, ast.ClassDef):
        reads |= _outside_class(node) - defined
        _block(node.body, defined, reads)
        return {node.name}
    reads |= _loads(node) - defined
    return set(bound_names(node))


def _try(node: ast.Try | ast.TryStar, defined: set[str], reads: set[str]) -> set[str]:
    tried = _block(node.body, defined, reads)
    tried = _block(node.orelse, tried, reads)
    for handler in node.handlers:
        reads |= (_loads(handler.type) if handler.type else set()) - defined
        named = {handler.name} if handler.name else set()
        # `except ImportError: x = None` binds what the body would have bound.
        tried &= _block(handler.body, defined | named, reads) | defined
    return _block(node.finalbody, tried, reads)


def _outside_class(node: ast.ClassDef) -> set[str]:
    heads = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
    return {name for head in heads for name in _loads(head)}


def _loads(node: ast.AST, *, deferred: bool = False) -> set[str]:
    """Names read by running `node`; with `deferred`, also by functions defined in it."""
    found: set[str] = set()
    todo = [node]
    while todo:
        current = todo.pop()
        if isinstance(current, ast.Name):
            if not isinstance(current.ctx, ast.Store):  # what is deleted must be there
                found.add(current.id)
        elif isinstance(current, _COMPREHENSIONS):
            found |= free_names(current)
        elif isinstance(current, _FUNCTIONS):
            if deferred:
                found |= free_names(current)
            todo.extend(_function_heads(current))
        else:
            if isinstance(current, ast.AugAssign) and isinstance(current.target, ast.Name):
                found.add(current.target.id)
            todo.extend(ast.iter_child_nodes(current))
    return found


def _function_heads(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """What runs when a function is defined: decorators, defaults, annotations."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    returns = [node.returns] if not isinstance(node, ast.Lambda) and node.returns else []
    return [*decorators, *returns, node.args]


def _functions(tree: ast.AST) -> Iterator[ast.AST]:
    """The outermost functions and lambdas."""
    todo = [tree]
    while todo:
        for child in ast.iter_child_nodes(todo.pop()):
            if isinstance(child, _FUNCTIONS):
                yield child
            else:
                todo.append(child)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def _stored(node: ast.AST) -> set[str]:
    return {
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load)
    }


def _declared(node: ast.AST) -> set[str]:
    """Names that `global` or `nonlocal` takes from outside."""
    return {
        name
        for inner in ast.walk(node)
        if isinstance(inner, ast.Global | ast.Nonlocal)
        for name in inner.names
    }


def _globals_bound(tree: ast.AST) -> set[str]:
    return {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}


def _declares(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        kinds = (ast.Call, ast.Await, ast.Attribute, ast.Subscript)
        nodes = list(ast.walk(statement.value))
        reads = any(isinstance(node, ast.Name) for node in nodes)
        return not (reads or any(isinstance(node, kinds) for node in ast.walk(statement)))
    declarations = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.Pass)
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return not statement.decorator_list
    return isinstance(statement, declarations)


def _note(node: ast.AST, names: CellNames) -> None:
    """Add what a node anywhere in the cell tells: imports, changes in place, `exec`."""
    names.effects |= reaches_out(node)
    _note_binding(node, names)
    if isinstance(node, ast.Import | ast.ImportFrom):
        _note_import(node, names)
    elif isinstance(node, ast.Attribute | ast.Subscript):
        base = _base_name(node)
        if not isinstance(node.ctx, ast.Load):
            # What `f(x).a = 1` changes may be `x`, or something that `x` belongs to.
            names.changes |= {base} if base else _loads(node.value)
            names.opaque |= _is_of_a_type(node)
        names.opaque |= isinstance(node, ast.Attribute) and node.attr in _OPAQUE_ATTRIBUTES
    elif isinstance(node, ast.Call):
        _note_call(node, names)
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        names.changes.add(node.target.id)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        _note_bare_call(node.value, names)


def _is_of_a_type(node: ast.expr) -> bool:
    """Whether this is a part of `type(x)`: what is set on it shows in objects of other names."""
    root, path = calls.callee(node)
    return (root == "type" and not isinstance(node, ast.Name)) or "__class__" in path


def _note_import(node: ast.Import | ast.ImportFrom, names: CellNames) -> None:
    if isinstance(node, ast.ImportFrom):
        names.imports.add(node.module or "")
        names.star |= any(alias.name == "*" for alias in node.names)
        for alias in node.names:
            names.modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return
    for alias in node.names:
        names.imports.add(alias.name)
        top = alias.name.partition(".")[0]
        names.modules[alias.asname or top] = alias.name if alias.asname else top


def _note_binding(node: ast.AST, names: CellNames) -> None:
    """Add what the bound names may share with the names they were made of."""
    if isinstance(node, ast.For):
        targets, value = [node.target], node.iter
    elif isinstance(node, ast.withitem):
        targets, value = [node.optional_vars] if node.optional_vars else [], node.context_expr
    elif isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        targets, value = [node.target], node.value
    elif isinstance(node, ast.ClassDef):
        held = {name for part in node.body for name in _loads(part)}
        names.aliases |= {(node.name, other) for other in held}
        names.views |= {(node.name, other) for other in held}
        given = {name for part in node.body for name in calls.given_by(part)}
        names.gives |= {(node.name, other) for other in given}
        return
    else:
        return
    stored = {name for target in targets for name in _stored(target)}
    bound = stored | ({_base_name(target) for target in targets} - {""})
    read = _loads(value)
    names.aliases |= {(name, other) for name in bound for other in read}
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    whole = {_base_name(part) for part in parts} - {""}
    names.views |= {(name, other) for name in bound for other in whole}
    if isinstance(value, ast.Constant):
        names.scalars |= stored
    names.gives |= {(name, other) for name in bound for other in calls.given_by(value)}
    got = set(calls.touches(calls.calls_of_scope(value)))
    names.handed |= {(name, touch) for name in bound for touch in got}
    if calls.makes_iterator(value):
        names.iterators |= stored


def _note_call(node: ast.Call, names: CellNames) -> None:
    function = node.func
    if isinstance(function, ast.Name) and function.id in _OPAQUE_CALLS:
        names.opaque = True
    if isinstance(function, ast.Attribute) and function.attr in _OPAQUE_CALLS - {"eval"}:
        names.opaque = True
    base = _base_name(function) if isinstance(function, ast.Attribute) else ""
    if not base or not isinstance(function, ast.Attribute):
        return
    inplace = any(
        keyword.arg == "inplace"
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
        for keyword in node.keywords
    )
    if function.attr in MUTATORS or function.attr == "partial_fit" or inplace:
        names.changes.add(base)
    elif function.attr in _RESETTING:
        names.refits.add(base)


def _note_bare_call(call: ast.Call, names: CellNames) -> None:
    """A call whose result nobody takes is made for its effect, on its object or its arguments."""
    function = call.func
    if (isinstance(function, ast.Name) and function.id in ("print", "display")) or only_looks(call):
        return
    base = _base_name(function) if isinstance(function, ast.Attribute) else ""
    if isinstance(function, ast.Attribute) and function.attr in _RESETTING:
        return
    if base:
        names.may_change.add(base)
        names.calls.add((base, ast.unparse(function).partition(".")[2]))
    elif isinstance(function, ast.Name):
        names.calls.add((function.id, ""))
    if isinstance(function, ast.Attribute) and function.attr.startswith("log_"):
        return  # who logs leaves things as they are
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(argument, ast.Name):
            names.may_change.add(argument.id)


def _base_name(node: ast.expr) -> str:
    """`x` of `x.a[0].b`, or an empty string."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
