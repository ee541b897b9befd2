"""How people declare parameters and write commands."""

from __future__ import annotations

from typing import Final

from tests.projects.oracle.case import Case, Difference

SPELLINGS: Final = [
    Case(
        "documented form",
        """
name: tutorial
entry_points:
  main:
    parameters:
      alpha: float
      l1_ratio: {type: float, default: 0.1}
    command: "python train.py {alpha} {l1_ratio}"
""",
        {"alpha": 0.42},
    ),
    Case(
        "str, int and description",
        """
name: nyc_airbnb
entry_points:
  main:
    parameters:

      sample:
        description: Name of the sample to download
        type: str
        default: sample1.csv

      n_estimators:
        description: Number of trees
        type: int
        default: 100

    command: >-
      python run.py {sample} {n_estimators}
""",
        {"n_estimators": "20"},
    ),
    Case(
        "short forms with the names people use for types",
        """
entry_points:
  main:
    parameters:
      a: str
      b: int
      c: integer
      d: number
      e: boolean
      f: bool
    command: run {a} {b} {c} {d} {e} {f}
""",
        {"a": "x", "b": 1, "c": 2, "d": 0.5, "e": True, "f": False},
    ),
    Case(
        "a value that is not of its type",
        """
entry_points:
  main:
    parameters:
      n: float
      flag: {type: boolean, default: maybe}
    command: run {n} {flag}
""",
        {"n": "notafloat"},
    ),
    Case(
        "an unknown type",
        """
entry_points:
  main:
    parameters:
      columns: {type: "list[str]", default: [a, b]}
      mode: {type: choice, default: fast}
    command: run {columns} {mode}
""",
    ),
    Case(
        "a default alone",
        "entry_points: {main: {parameters: {x: {default: 5}}, command: 'run {x}'}}",
    ),
    Case(
        "a type of null",
        "entry_points: {main: {parameters: {x: {type: ~, default: 5}}, command: 'run {x}'}}",
        differs={
            "declared": Difference({"x": ("string", 5)}, "a type that is not said is the default")
        },
    ),
    Case(
        "required parameters are missing",
        """
entry_points:
  main:
    parameters: {data: uri, n: int, depth: {default: null}}
    command: run {data} {n} {depth}
""",
        {"n": 1},
    ),
    Case(
        "default null is required",
        "entry_points: {main: {parameters: {x: {type: str, default: null}}, command: 'run {x}'}}",
        {"x": "given"},
    ),
    Case(
        "an empty default",
        """
entry_points:
  main:
    parameters:
      hydra_options: {type: str, default: ''}
    command: python main.py "$(echo {hydra_options})"
""",
    ),
    Case(
        "numbers as YAML 1.1 reads them",
        """
entry_points:
  main:
    parameters:
      lr: {type: float, default: 1e-1}
      tiny: {type: float, default: 1.0e-7}
      big: {type: int, default: 1_000}
      mode: {default: 010}
      hex: {default: 0x1F}
      time: {default: 12:30:45}
      version: {default: 1.10}
      flag: {default: yes}
      day: {default: 2020-01-31}
      much: {default: .inf}
    command: run {lr} {tiny} {big} {mode} {hex} {time} {version} {flag} {day} {much}
""",
    ),
    Case(
        "defaults that are lists and mappings",
        """
entry_points:
  main:
    parameters:
      layers: {default: [64, 32]}
      options: {default: {a: 1, b: [x]}}
    command: run {layers} --options={options}
""",
    ),
    Case(
        "parameters called like keys, and with dashes",
        """
entry_points:
  main:
    parameters:
      type: {type: str, default: a}
      default: {type: str, default: b}
      max-depth: {type: int, default: 3}
      command: str
    command: run {type} {default} {max-depth} {command}
""",
        {"command": "x y"},
    ),
    Case(
        "declared but not used",
        """
entry_points:
  main:
    parameters: {used: {default: 1}, unused: {type: float, default: 2.5}}
    command: run {used}
""",
        {"unused": 3},
    ),
    Case(
        "undeclared parameters are appended",
        "entry_points: {main: {parameters: {a: {default: 1}}, command: 'run {a}'}}",
        {"b": "two words", "c": -1, "odd name": "--x"},
    ),
    Case(
        "values that the shell would take apart",
        "entry_points: {main: {parameters: {a: str, b: str}, command: 'run {a} --b={b}'}}",
        {"a": "$(touch x); `id` 'it''s' \"q\"", "b": "line\nbreak"},
    ),
    Case(
        "anchors and merge keys",
        """
common: &common
  data: {type: str, default: d.csv}
entry_points:
  main:
    parameters:
      <<: *common
      n: {type: int, default: 1}
    command: run {data} {n}
""",
    ),
    Case(
        "several entry points, one asked for",
        """
name: pipeline
entry_points:
  main: {command: python main.py}
  train:
    parameters: {epochs: {type: int, default: 3}}
    command: python train.py --epochs {epochs}
  test: {command: pytest -q}
""",
        {"epochs": 5},
        entry="train",
    ),
    Case(
        "no main entry point",
        "entry_points: {train: {command: python train.py}}",
        differs={
            "error": Difference(
                "Could not find main among entry points ['train'] or interpret main as a runnable "
                "script. Supported script file extensions: ['.py', '.sh', '.R', '.ipynb']",
                "we run notebooks, and name .R, which MLflow runs without saying so",
            )
        },
    ),
    Case(
        "names that YAML reads as something else",
        """
name: 2024
entry_points:
  1: {command: python one.py}
  main:
    parameters: {on: {default: 1}}
    command: python main.py
""",
        differs={
            "name": Difference("2024", "a name is text, as in every later use of it"),
            "declared": Difference({"on": ("string", 1)}, "a name is meant as it is written"),
            "params": Difference({"on": "1"}, "a name is meant as it is written, and not True"),
        },
    ),
]
