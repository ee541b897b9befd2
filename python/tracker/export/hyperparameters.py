"""Values inside of code that somebody may want to vary: keywords of calls, dicts, arguments.

    model = RandomForestClassifier(n_estimators=20)      ->  model.n_estimators
    train_test_split(X, y, test_size=0.2)                ->  train_test_split.test_size
    params = {"eta": 0.1, "tree": {"depth": 3}}          ->  params.eta, params.tree.depth
    def train(alpha, l1_ratio): ...; train(0.5, 0.1)     ->  train.alpha, train.l1_ratio
    np.random.seed(7); for epoch in range(20): ...       ->  seed, epochs
    parser.add_argument("--lr", default=0.1, help="...") ->  lr
    class Config: width = 64                             ->  Config.width

What only draws, prints, logs or reads tables is passed over.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.capture.effects import called
from tracker.capture.parameters import Parameter, literal_parameter
from tracker.export.descriptions import Descriptions

_PASSED_OVER = re.compile(
    r"(plt|ax|axs|axes|fig|figure|sns|seaborn|px|go|pyplot|alt|tracker|mlflow|wandb|warnings|os"
    r"|sys|logging|logger|pd\.set_option|display|print|open|input|range|len|int|float|str|round"
    r"|isinstance|getattr|format|join|super|Path|ArgumentParser)(\.|\Z)"
)
_DRAWING = re.compile(
    r"(plot\w*|hist\w*|scatter\w*|bar|barh|box(plot)?|legend|title|[xy]label|[xy]ticks|[xy]lim"
    r"|set_\w+|imshow|figure|subplots?|add_subplot|savefig|text|annotate|grid|ax[vh]line|heatmap"
    r"|pairplot|countplot|pie|show|info|head|tail|describe|sort_values|format|print\w*|log_\w+"
    r"|set_tags?|start_run|strftime|startswith|endswith|split|replace|join|get|pop)\Z"
)
_TRAINING = re.compile(r"(?i)(^|_)(re)?(train|fit|experiment|cross_?val\w*)")
_TRAINS = re.compile(r"(fit|fit_\w+|partial_fit|backward|start_run|log_metrics?|cross_val_\w+)\Z")
# Calls whose first positional argument is worth a name.
_NAMED_FIRST = {
    **dict.fromkeys(["seed", "manual_seed", "set_seed", "seed_everything"], "seed"),
    **dict.fromkeys(["default_rng", "RandomState", "set_random_seed"], "seed"),
    "Dropout": "dropout",
}
_ROUNDS = {"epoch": "epochs", "ep": "epochs", "iteration": "iterations"}


@dataclass(frozen=True, slots=True)
class Found:
    """A literal in the code and what it is called: `path` as in `model.n_estimators`.

    `trains` tells that it is an argument of a function of the notebook's own that trains.
    """

    path: str
    parameter: Parameter
    trains: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """What positional arguments of the session's own functions and classes are called.

    `training` are those that train: by their name, or because they fit something or log metrics.
    """

    arguments: Mapping[str, Sequence[str]]
    training: frozenset[str] = frozenset()

    @classmethod
    def of(cls, trees: Iterable[ast.Module]) -> Signatures:
        """Those that the cells define."""
        known: dict[str, Sequence[str]] = {}
        training: set[str] = set()
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    known.setdefault(node.name, _names(node.args))
                    if _trains(node):
                        training.add(node.name)
                elif isinstance(node, ast.ClassDef):
                    known[node.name] = _constructor(node)
        return cls(known, frozenset(training))


def _trains(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if _TRAINING.search(node.name):
        return True
    calls = (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return any(_TRAINS.match(called(call)) for call in calls)


def _names(arguments: ast.arguments) -> list[str]:
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _constructor(node: ast.ClassDef) -> list[str]:
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
            return _names(inner.args)
    return [
        inner.target.id
        for inner in node.body
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name)
    ]


class _Finder:
    """Walks one cell; `owner` is what a value in the place being looked at belongs to."""

    def __init__(self, lines: Sequence[str], known: Signatures, described: Descriptions) -> None:
        self.found: list[Found] = []
        self._lines = lines
        self._known = known.arguments
        self._training = known.training
        self._described = described

    def visit(self, node: ast.AST, owner: str = "") -> None:
        if isinstance(node, ast.Assign):
            self._assignment(node.targets, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assignment([node.target], node.value)
        elif isinstance(node, ast.Call):
            self._call(node, owner)
        elif isinstance(node, ast.Dict):
            self._dict(node, owner)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(node, owner)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.For):
            self._loop(node)
        elif not isinstance(node, ast.JoinedStr):  # Python 3.11 gives no places inside of those
            self._children(node)

    def _children(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def _assignment(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        owner = _target(targets[0]) if len(targets) == 1 else ""
        if isinstance(targets[0], ast.Subscript | ast.Attribute) and "." in owner:
            self._note(owner, value)
        self.visit(value, owner)

    def _call(self, node: ast.Call, owner: str) -> None:
        function, name = node.func, called(node)
        if isinstance(function, ast.Attribute):
            # In `model = Ridge(alpha=1).fit(X, y)` the inner call makes the model.
            self.visit(function.value, owner)
        if name == "add_argument":
            self._argument(node)
            return
        own = self._known.get(name)
        is_other = own is None and _PASSED_OVER.match(_dotted(function)) is not None
        if is_other or _DRAWING.match(name):
            return
        place = name if own is not None or not owner else owner
        for number, argument in enumerate(node.args):
            if own is not None and number < len(own):
                self._value(f"{place}.{own[number]}", argument)
            elif number == 0 and name in _NAMED_FIRST:
                self._note(_NAMED_FIRST[name], argument, help_of="")
            else:
                self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg is None:
                self.visit(keyword.value, place)
            else:
                self._value(f"{place}.{keyword.arg}", keyword.value)

    def _value(self, path: str, value: ast.expr) -> None:
        if isinstance(value, ast.Dict):
            self._dict(value, path)
        elif not self._note(path, value):
            self.visit(value)

    def _dict(self, node: ast.Dict, owner: str) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and owner:
                self._value(f"{owner}.{key.value}", value)
            else:
                self.visit(value)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> None:
        name = f"{owner}.{node.name}" if owner else node.name
        positional = [*node.args.posonlyargs, *node.args.args]
        defaults = node.args.defaults
        pairs = [*zip(positional[len(positional) - len(defaults) :], defaults, strict=True)]
        keyword_only = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        pairs += [(argument, value) for argument, value in keyword_only if value is not None]
        for argument, default in pairs:
            self._note(f"{name}.{argument.arg}", default)
        for statement in [*node.decorator_list, *node.body]:
            self.visit(statement)

    def _class(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets = (
                    statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                )
                if isinstance(targets[0], ast.Name):
                    self._value(f"{node.name}.{targets[0].id}", statement.value)
            else:
                self.visit(statement, node.name)

    def _loop(self, node: ast.For) -> None:
        name = _ROUNDS.get(node.target.id) if isinstance(node.target, ast.Name) else None
        call = node.iter
        while isinstance(call, ast.Call) and called(call) in ("tqdm", "trange") and call.args:
            if called(call) == "trange":
                break
            call = call.args[0]
        if name and isinstance(call, ast.Call) and called(call) in ("range", "trange"):
            # `range(1, 21)` counts from where it likes; only its plain form says how many.
            if len(call.args) == 1:
                self._note(name, call.args[0])
        else:
            self.visit(node.iter)
        for statement in [*node.body, *node.orelse]:
            self.visit(statement)

    def _argument(self, node: ast.Call) -> None:
        """An option of a command line: its default is what the notebook ran with."""
        names = [a.value for a in node.args if isinstance(a, ast.Constant)]
        texts = [str(name).lstrip("-").replace("-", "_") for name in names]
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if texts and "default" in given:
            told = given.get("help")
            text = told.value if isinstance(told, ast.Constant) else ""
            self._note(max(texts, key=len), given["default"], help_of=str(text))

    def _note(self, path: str, node: ast.expr, *, help_of: str | None = None) -> bool:
        """Add the literal at `node`; return whether it is one."""
        *_, name = path.split(".")
        if isinstance(node, ast.Dict) or not all(part.isidentifier() for part in path.split(".")):
            return False
        found = literal_parameter(name, node, self._lines)
        if found is None:
            return isinstance(node, ast.Constant)
        text = help_of or self._described.of(path) or found.help
        trains = path.partition(".")[0] in self._training
        self.found.append(Found(path, replace(found, help=" ".join(text.split())), trains))
        return True


def find_hyperparameters(
    tree: ast.Module, lines: Sequence[str], known: Signatures, described: Descriptions
) -> Iterator[Found]:
    """Literals of a cell that are no top-level assignments of their own, in order of place.

    `lines` are the text that `tree` was parsed from.
    """
    finder = _Finder(lines, known, described)
    for statement in tree.body:
        finder.visit(statement)
    places: dict[tuple[int, int], Found] = {}
    for each in finder.found:
        places.setdefault((each.parameter.line, each.parameter.column), each)
    for place in sorted(places):
        yield places[place]


def _target(node: ast.expr) -> str:
    """`model`, `self.model`, `params.lr` (of `params["lr"]`), or an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = _target(node.value)
        return node.attr if base == "self" else f"{base}.{node.attr}" if base else ""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        base = _target(node.value)
        return f"{base}.{node.slice.value}" if base and isinstance(node.slice.value, str) else ""
    return ""


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return _dotted(node.value) if isinstance(node, ast.Subscript) else ""
