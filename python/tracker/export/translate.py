"""Magics, shell lines and help requests -> the Python that does the same in a script.

What has no meaning outside a notebook becomes a comment; what cannot be carried over becomes a
comment as well, and a remark says so.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from tracker.capture.cellsource import Special, parse, split_lines

# About the notebook's own comfort: leaving them out changes no result.
_COMFORT = frozenset(
    [
        *(
            "load_ext",
            "reload_ext",
            "unload_ext",
            "matplotlib",
            "config",
            "autoreload",
            "precision",
        ),
        *("who", "whos", "who_ls", "history", "hist", "lsmagic", "magic", "quickref", "pinfo"),
        *("pinfo2", "psource", "pdoc", "pdef", "page", "xmode", "pdb", "debug", "colors", "color"),
        *("automagic", "pprint", "doctest_mode", "logstart", "logstop", "alias", "bookmark"),
        *("timeit", "memit", "mprun", "lprun", "prun", "notebook", "recall", "rerun", "load"),
        *("mlexport", "mlrun", "track", "tracker", "compare", "restore", "aimport", "gui", "ls"),
        *("less", "more", "man", "cat", "ll", "pwd", "conda_list", "system_info", "watermark"),
    ]
)
_INSTALLERS = frozenset({"pip", "pip3", "conda", "mamba", "uv"})
_SHELL_ALIASES = frozenset({"mkdir", "rmdir", "rm", "cp", "mv", "system", "sx", "sc"})
_DISPLAY_CELLS = frozenset({"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"})
_SHELL_CELLS = {"bash": "bash", "sh": "sh", "script": "", "!": "sh", "sx": "sh", "system": "sh"}
_PIP = re.compile(r"^(?:\S*python[\d.]*\s+-m\s+|\{sys\.executable\}\s+-m\s+)?(?:uv\s+)?pip3?\s")
_PIP_OPTIONS_WITH_VALUE = frozenset(
    {"-r", "-c", "-i", "-f", "-e", "--index-url", "--extra-index-url", "--find-links", "-t"}
)


@dataclass(slots=True)
class Translation:
    """Code for the script. `modules` it needs imported; `installs` are requirements named.

    `files` are those of Python that it runs.
    """

    code: str
    modules: set[str] = field(default_factory=set)
    installs: list[str] = field(default_factory=list)
    remark: str = ""
    files: list[str] = field(default_factory=list)


def translate(special: Special, helpers: str) -> Translation:
    """The code for one special line, without its indent; `helpers` names the runtime module."""
    if special.kind == "shell":
        return _shell(special, helpers)
    if special.kind == "magic":
        return _magic(special, helpers)
    if special.kind == "call":
        return Translation(
            _commented(special), remark=f"left out {special.text!r}: IPython calls it, Python not."
        )
    return Translation(_commented(special))


def translate_cell(name: str, arguments: str, body: str, helpers: str) -> Translation:
    """The code for a cell whose magic makes its body something else than Python."""
    if name in _SHELL_CELLS:
        words = arguments.split()
        interpreter = _SHELL_CELLS[name] or (words[0] if words else "sh")
        return Translation(
            f"{helpers}.shell({literal(body)}, executable={interpreter!r})",
            remark=f"runs a script by {interpreter}.",
        )
    if name in ("writefile", "file"):
        append = ", append=True" if "-a" in arguments.split()[:-1] else ""
        path = arguments.split()[-1] if arguments.split() else ""
        return Translation(f"{helpers}.write_file({path!r}, {literal(body)}{append})")
    whole = f"%%{name} {arguments}".rstrip() + "\n" + body
    if name in _DISPLAY_CELLS or name in _COMFORT:
        return Translation(comment(whole))
    return Translation(
        comment(whole), remark=f"left out: the cell magic %%{name} means nothing in a script."
    )


def _magic(special: Special, helpers: str) -> Translation:
    name, text = special.name, special.text
    if name in _INSTALLERS:
        return _install(special, f"{name} {text}")
    if name in _SHELL_ALIASES:
        command = text if name in ("system", "sx", "sc") else f"{name} {text}"
        return _run_command(special, command, helpers)
    if name == "time":
        code = f"{special.target} = {text}" if special.target else text
        return Translation(code if parse(code) is not None else _commented(special))
    if name == "cd":
        path = _unquoted(text) or "~"
        return Translation(
            f"os.chdir(os.path.expanduser({path!r}))",
            {"os"},
            remark=f"changes the working directory to {path!r}.",
        )
    if name in ("env", "set_env"):
        return _environment(special, helpers)
    if name == "run":
        return _run_file(special, helpers)
    if name == "pylab":
        return Translation(
            "from pylab import *\nimport numpy as np\nimport matplotlib.pyplot as plt"
        )
    if special.target and name == "pwd":
        return Translation(f"{special.target} = os.getcwd()", {"os"})
    if name in _COMFORT and not special.target:
        return Translation(_commented(special))
    if name == "capture":
        return Translation(_commented(special))
    return Translation(
        _commented(special), remark=f"left out %{name}, which means nothing in a script."
    )


def _shell(special: Special, helpers: str) -> Translation:
    command = special.text
    if _PIP.match(command) or command.split()[:1] in (["conda"], ["mamba"]):
        return _install(special, command)
    return _run_command(special, command, helpers)


def _run_command(special: Special, command: str, helpers: str) -> Translation:
    variables = ", globals()" if re.search(r"[{$]", command) else ""
    remark = f"runs the shell command {command!r}."
    if special.target:
        code = f"{special.target} = {helpers}.shell_lines({literal(command)}{variables})"
        return Translation(code, remark=remark)
    return Translation(f"{helpers}.shell({literal(command)}{variables})", remark=remark)


def _install(special: Special, command: str) -> Translation:
    names = requirements_named(command)
    what = f": {', '.join(names)} is among the requirements" if names else ""
    if len(names) > 1:
        what = what.replace(" is ", " are ")
    return Translation(
        _commented(special), installs=names, remark=f"left out {command.strip()!r}{what}."
    )


def requirements_named(command: str) -> list[str]:
    """Requirements that an install command names; none for other commands, files and options."""
    try:
        words = shlex.split(command)
    except ValueError:
        return []
    if "install" not in words or words[0] in ("conda", "mamba"):
        return []
    names, skip = [], False
    for word in words[words.index("install") + 1 :]:
        if skip or word.startswith("-"):
            skip = not skip and word in _PIP_OPTIONS_WITH_VALUE
        elif re.match(r"^[A-Za-z0-9][\w.-]*(\[[\w,.-]*\])?\s*([<>=!~]=?.*)?$", word):
            names.append(word)
    return names


def _environment(special: Special, helpers: str) -> Translation:
    match = re.match(r"^([^\s=]+)(?:\s*=\s*|\s+)(.+)$", special.text)
    if match is None:
        return Translation(_commented(special))
    value = match[2]
    if re.search(r"[{$]", value):
        code = f"{helpers}.expanded({literal(value)}, globals())"
        return Translation(f"os.environ[{match[1]!r}] = {code}", {"os"})
    return Translation(f"os.environ[{match[1]!r}] = {literal(value)}", {"os"})


def _run_file(special: Special, helpers: str) -> Translation:
    try:
        words = shlex.split(special.text)
    except ValueError:
        words = []
    while words and words[0] in ("-i", "-e", "-t"):
        words.pop(0)
    if not words or words[0].startswith("-") or words[0].endswith(".ipynb"):
        return Translation(
            _commented(special),
            remark=f"left out '%run {special.text}': only Python files can be run from a script.",
        )
    path = words[0] if words[0].endswith(".py") else words[0] + ".py"
    arguments = "".join(f", {word!r}" for word in words[1:])
    return Translation(f"{helpers}.run_file({path!r}, globals(){arguments})", files=[path])


def _commented(special: Special) -> str:
    sign = {"magic": f"%{special.name} ", "shell": "!"}.get(special.kind, "")
    assigned = f"{special.target} = " if special.target else ""
    return comment(f"{assigned}{sign}{special.text}".rstrip())


def comment(text: str) -> str:
    """The text as comment lines."""
    return "\n".join(f"# {line}".rstrip() for line in split_lines(text.rstrip("\r\n")))


def literal(text: str) -> str:
    """A string literal of the text: on as many lines as the text where that reads well."""
    if "\n" not in text.rstrip("\n"):
        return _double_quoted(text)
    if text.isprintable() or all(part.isprintable() for part in text.split("\n")):
        body = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        if not body.endswith('"'):
            return f'"""{body}"""'
    return repr(text)


def _double_quoted(text: str) -> str:
    return repr(text) if '"' in text or "'" not in repr(text)[:1] else f'"{repr(text)[1:-1]}"'


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
