"""Commands over several lines, with braces, quotes and operators; and files run as they are."""

from __future__ import annotations

from typing import Final

from tests.projects.oracle.case import Case, Difference, refused

COMMANDS: Final = [
    Case(
        "folded over several lines",
        """
entry_points:
  main:
    parameters: {a: {default: 1}, b: {default: x y}}
    command: >
      python train.py
      --a {a}
      --b {b}
""",
    ),
    Case(
        "folded, with deeper lines that stay lines of their own",
        """
entry_points:
  main:
    parameters: {a: {default: 1}}
    command: >
      python train.py
        --a {a}
        --c
""",
    ),
    Case(
        "folded, with backslashes",
        """
entry_points:
  main:
    parameters: {a: {default: 1}}
    command: >-
        python train.py \\
          --a {a} \\
          --flag
""",
    ),
    Case(
        "a block of lines with backslashes",
        """
entry_points:
  main:
    parameters: {a: {default: 1}}
    command: |
      python train.py \\
        --a {a}
""",
    ),
    Case(
        "undeclared parameters after a block",
        """
entry_points:
  main:
    command: |
      python train.py \\
        --a 1
""",
        {"b": 2},
        differs={
            "command": Difference(
                "python train.py \\\n  --a 1 --b 2",
                "MLflow puts them on a line of their own, which bash runs as the command --b",
            )
        },
    ),
    Case(
        "undeclared parameters after a last backslash",
        'entry_points: {main: {command: "python train.py \\\\\\n"}}',
        {"b": 2},
        differs={
            "command": Difference(
                "python train.py --b 2", "the same to bash: a continued line with nothing on it"
            )
        },
    ),
    Case(
        "a plain scalar over lines, in double quotes too",
        """
entry_points:
  main:
    parameters: {a: {default: 1}}
    command: "python train.py
      --a {a} \\
      --b"
""",
    ),
    Case(
        "CRLF in a block",
        b"entry_points:\r\n  main:\r\n    command: |\r\n      cd src\r\n      python train.py\r\n",
    ),
    Case(
        "old Mac line ends",
        b"entry_points:\r  main:\r    command: python train.py\r",
    ),
    Case(
        "shell operators and variables",
        """
entry_points:
  main:
    parameters: {port: {default: 80}}
    command: "cd src && PYTHONPATH=.:$PWD python serve.py $HOME --port {port} | tee log 2>&1"
""",
    ),
    Case(
        "doubled braces",
        """
entry_points:
  main:
    parameters: {name: {default: x}}
    command: "python -c 'print({{}}, \\"{name}\\")' ${{HOME}}"
""",
    ),
    Case(
        "plain values inside of quotes",
        """
entry_points:
  main:
    parameters: {name: {default: x}, n: {default: 3}}
    command: run "{name}" --n='{n}'
""",
    ),
    Case(
        "values with blanks inside of quotes",
        "entry_points: {main: {parameters: {a: str}, command: 'run \"{a}\" --b=''{a}'''}}",
        {"a": "two words"},
        differs={
            "command": Difference(
                "run \"two words\" --b='two words'",
                "MLflow hands over \"'two words'\" with quotes in it, and two words for one",
            )
        },
    ),
    Case(
        "hostile values inside of quotes",
        "entry_points: {main: {parameters: {a: str}, command: 'run \"{a}\"'}}",
        {"a": "$(touch stolen)"},
        differs={
            "command": Difference(
                'run "\\$(touch stolen)"', "inside of double quotes bash runs it under MLflow"
            )
        },
    ),
    Case(
        "an undeclared placeholder",
        "entry_points: {main: {parameters: {alpha: {default: 1}}, command: 'run {alpa}'}}",
        differs=refused(
            "The command of entry point 'main' asks for {alpa}, which is no parameter of it. "
            "Its parameters: alpha. Did you mean {alpha}?",
            "MLflow says KeyError: 'alpa'",
        ),
    ),
    Case(
        "an undeclared placeholder that is given a value",
        "entry_points: {main: {command: 'run {alpha}'}}",
        {"alpha": 1},
        differs={
            "error": Difference(None, "MLflow says KeyError, though nothing is missing"),
            "entry_points": Difference(["main"], "MLflow has no answer"),
            "declared": Difference({}, "MLflow has no answer"),
            "command": Difference("run 1", "the value belongs where the command asks for it"),
            "params": Difference({"alpha": "1"}, "MLflow has no answer"),
        },
    ),
    Case(
        "the shell's own braces, not doubled",
        "entry_points: {main: {command: 'run ${HOME}'}}",
        differs=refused(
            "The command of entry point 'main' asks for {HOME}, which is no parameter of it. "
            "Its parameters: none. For the shell's ${HOME} write ${{HOME}}.",
            "MLflow says KeyError: 'HOME'",
        ),
    ),
    Case(
        "a single brace",
        "entry_points: {main: {command: 'run }'}}",
        differs=refused(
            "The command of entry point 'main' has odd braces: Single '}' encountered",
            "MLflow says ValueError without naming the entry point",
        ),
    ),
    Case(
        "a placeholder without a name",
        "entry_points: {main: {parameters: {a: {default: 1}}, command: 'find . -exec {} +'}}",
        differs=refused(
            "The command of entry point 'main' asks for {}, which is no parameter of it.",
            "MLflow says IndexError: Replacement index 0 out of range",
        ),
    ),
    Case(
        "a placeholder that formats",
        "entry_points: {main: {parameters: {a: {default: 1}}, command: 'run {a:.2f}'}}",
        differs=refused(
            "The command of entry point 'main' formats {a} with '.2f'",
            "MLflow says ValueError: Unknown format code, as it formats text",
        ),
    ),
    Case(
        "a placeholder that cuts",
        "entry_points: {main: {parameters: {a: {default: abcdef}}, command: 'run {a:.2}'}}",
        differs={
            "error": Difference(
                "The command of entry point 'main' formats {a} with '.2'",
                "cutting a quoted value cuts its closing quote, and lets it run as code",
            ),
        },
    ),
    Case(
        "a Python file without an MLproject",
        None,
        {"alpha": 0.5},
        entry="train model.py",
        files={"train model.py": ""},
    ),
    Case(
        "a shell script beside entry points",
        "entry_points: {main: {command: python main.py}}",
        {"n": "1 2"},
        entry="scripts/run.sh",
        files={"scripts/run.sh": ""},
    ),
    Case(
        "an R script",
        None,
        entry="train.R",
        files={"train.R": ""},
        differs={
            "command": Difference(
                "Rscript -e 'mlflow::mlflow_source(\"train.R\")' --args",
                "the same to Rscript; in MLflow's form a quote in the name ends the R code",
            )
        },
    ),
    Case(
        "a notebook",
        None,
        {"alpha": 0.5},
        entry="train.ipynb",
        files={"train.ipynb": "{}"},
        differs={
            "error": Difference(None, "MLflow runs no notebooks"),
            "entry_points": Difference([], "MLflow has no answer"),
            "declared": Difference({}, "MLflow has no answer"),
            "command": Difference("papermill train.ipynb -p alpha 0.5", "MLflow runs no notebooks"),
            "params": Difference({"alpha": "0.5"}, "MLflow has no answer"),
        },
    ),
    Case(
        "a script that is not there",
        None,
        entry="train.py",
        differs={
            "error": Difference(
                "There is no file train.py in the project", "MLflow starts Python, which then fails"
            ),
        },
    ),
]
