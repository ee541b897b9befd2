"""What else stands in the files that are called MLproject, and parameters that name files."""

from __future__ import annotations

from typing import Final

from tests.projects.oracle.case import Case, Difference, refused

_NO_MAIN: Final = (
    "Could not find main among entry points [] or interpret main as a runnable script."
)
_PATH: Final = "entry_points: {main: {parameters: {data: path}, command: 'run {data}'}}"
_PATH_DEFAULT: Final = """
entry_points:
  main:
    parameters:
      data: {type: path, default: d.csv}
    command: run {data}
"""
_URI: Final = "entry_points: {main: {parameters: {data: uri}, command: 'run {data}'}}"

TRAPS: Final = [
    Case("called MLProject", "entry_points: {main: {command: a}}", file="MLProject"),
    Case("called mlproject", "entry_points: {main: {command: a}}", file="mlproject"),
    Case(
        "called MLproject.yaml",
        "entry_points: {main: {command: a}}",
        file="MLproject.yaml",
        differs=refused(_NO_MAIN, "the same, and we say which files are entry points"),
    ),
    Case("a byte order mark", "\ufeffname: x\nentry_points: {main: {command: a}}"),
    Case(
        "not UTF-8",
        "name: caf\xe9\nentry_points: {main: {command: a}}".encode("latin-1"),
        differs=refused(
            "<project>/MLproject, line 1: the file is not UTF-8",
            "MLflow crashes with UnicodeDecodeError",
        ),
    ),
    Case(
        "empty",
        "",
        differs=refused(_NO_MAIN, "MLflow says AttributeError: 'NoneType' has no attribute 'keys'"),
    ),
    Case(
        "empty, and a script asked for",
        "# nothing yet\n",
        entry="train.py",
        files={"train.py": ""},
        differs={
            "error": Difference(None, "MLflow says AttributeError: 'NoneType'"),
            "command": Difference("python train.py", "an empty file says as much as none"),
        },
    ),
    Case(
        "no YAML",
        "name: [",
        differs=refused(
            "<project>/MLproject, line 1: this is not YAML that can be read",
            "MLflow shows the parser's own error without the file",
        ),
    ),
    Case(
        "a list",
        "- main\n",
        differs=refused(
            "<project>/MLproject must hold keys and values such as `name:` and `entry_points:`",
            "MLflow says AttributeError: 'list' object has no attribute 'keys'",
        ),
    ),
    Case(
        "a pointer of git-lfs",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 99\n",
        entry="train.py",
        files={"train.py": ""},
        differs={
            "error": Difference(None, "MLflow says AttributeError: 'str' has no attribute 'keys'"),
            "command": Difference("python train.py", "the script that is asked for is there"),
        },
    ),
    Case(
        "objects of Python",
        "name: !!python/object/apply:os.getcwd []\nentry_points: {main: {command: a}}",
        differs=refused(
            "<project>/MLproject, line 1: this is not YAML that can be read: could not determine",
            "MLflow shows the parser's own error without the file",
        ),
    ),
    Case(
        "a misspelt command",
        "entry_points:\n  main:\n    commmand: python train.py\n",
        differs=refused(
            "Entry point 'main' has no command. MLproject, line 3: unknown key 'commmand' in entry "
            "point 'main', did you mean 'command'?",
            "MLflow says AttributeError: 'NoneType' object has no attribute 'format'",
        ),
    ),
    Case(
        "a command that is a list",
        "entry_points: {main: {command: [python, train.py]}}",
        differs=refused(
            "Entry point 'main' has no command. MLproject, line 1: the command of entry point "
            "'main' must be text and is a list",
            "MLflow says AttributeError: 'list' object has no attribute 'format'",
        ),
    ),
    Case(
        "a misspelt description",
        "entry_points: {main: {parameters: {a: {type: str, default: x, descripton: y}}, "
        "command: 'run {a}'}}",
    ),
    Case(
        "a key one level too high",
        "entry_points:\n  main: {command: python train.py}\nparameters: {a: str}\n",
    ),
    Case(
        "keys that stand there twice",
        "name: a\nname: b\nentry_points:\n  main: {command: x}\n  main: {command: y}\n",
    ),
    Case(
        "entry points of nothing",
        "entry_points:\n",
        entry="train.py",
        files={"train.py": ""},
        differs={
            "error": Difference(None, "MLflow says AttributeError: 'NoneType'"),
            "command": Difference("python train.py", "nothing declared, and a script asked for"),
        },
    ),
    Case(
        "parameters of nothing",
        "entry_points:\n  main:\n    parameters:\n    command: python train.py\n",
        differs={
            "error": Difference(None, "MLflow says AttributeError: 'NoneType'"),
            "declared": Difference({}, "somebody took the last parameter away"),
            "command": Difference("python train.py", "somebody took the last parameter away"),
        },
    ),
    Case(
        "a parameter of nothing",
        "entry_points:\n  main:\n    parameters:\n      a:\n    command: run {a}\n",
        {"a": 1},
        differs={
            "error": Difference(None, "MLflow says AttributeError: 'NoneType'"),
            "declared": Difference({"a": ("string", None)}, "a name alone can mean nothing else"),
            "command": Difference("run 1", "a name alone can mean nothing else"),
        },
    ),
    Case(
        "parameters that are a list",
        "entry_points: {main: {parameters: [a, b], command: run}}",
        differs=refused(
            "MLproject, line 1: the parameters of entry point 'main' must be a mapping",
            "MLflow says AttributeError: 'list' object has no attribute 'items'",
        ),
    ),
    Case(
        "a parameter that is a number",
        "entry_points:\n  main:\n    parameters:\n      a: 0.5\n    command: run {a}\n",
        differs=refused(
            "MLproject, line 4: parameter 'a' must say its type, not the value 0.5. "
            "Write `a: {default: 0.5}` for a default.",
            "MLflow says AttributeError: 'float' object has no attribute 'get'",
        ),
    ),
    Case(
        "an entry point of nothing",
        "entry_points:\n  main: {command: a}\n  later:\n",
        differs={
            "error": Difference(None, "MLflow refuses the whole file: AttributeError"),
            "entry_points": Difference(["main", "later"], "the other entry points are all right"),
        },
    ),
    Case(
        "an entry point that is its command",
        "entry_points: {main: python train.py}",
        differs=refused(
            "MLproject, line 1: entry point 'main' must be `parameters:` and `command:`, and is",
            "MLflow says AttributeError: 'str' object has no attribute 'get'",
        ),
    ),
    Case("a path that is given", _PATH, {"data": "d.csv"}, files={"d.csv": ""}),
    Case("a path as a file URI", _PATH, {"data": "file:///etc"}),
    Case("a path that is not there", _PATH, {"data": "no.csv"}),
    Case("a path that is a default", _PATH_DEFAULT, files={"d.csv": ""}),
    Case(
        "a path that is a default, started from elsewhere",
        _PATH_DEFAULT,
        files={"d.csv": ""},
        elsewhere=True,
        differs={
            "error": Difference(
                None, "MLflow looks for a project's own file where the caller happens to be"
            ),
            "command": Difference("run <project>/d.csv", "a default is meant in the project"),
        },
    ),
    Case("a uri", _URI, {"data": "s3://bucket/key"}),
    Case("a uri that is a file's name", _URI, {"data": "d.csv"}),
    Case(
        "an empty default of a path",
        "entry_points: {main: {parameters: {d: {type: path, default: ''}}, command: 'run {d}'}}",
        differs={
            "command": Difference(
                "run ''", "an empty path is how people say: none; MLflow makes an empty folder"
            ),
        },
    ),
]
