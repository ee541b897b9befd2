"""The tags that tell where a run comes from: user, source, git. Each fact may fail alone."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tracker.tracking import git
from tracker.tracking.environment import variable

USER = "mlflow.user"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"
GIT_COMMIT = "mlflow.source.git.commit"
GIT_BRANCH = "mlflow.source.git.branch"
GIT_REPO_URL = "mlflow.source.git.repoURL"


Provider = Callable[[], dict[str, str]]

_providers: list[Provider] = []


def add_provider(provide: Provider) -> None:
    """Let somebody who knows more, such as the notebook's face, add to the tags of new runs."""
    _providers.append(provide)


def remove_provider(provide: Provider) -> None:
    """Ask it no longer. Does nothing where it was not added."""
    if provide in _providers:
        _providers.remove(provide)


def context_tags() -> dict[str, str]:
    """Return the tags of a run that starts now. Never raises."""
    tags: dict[str, str] = {}
    known: tuple[Provider, ...] = (_user_tags, _source_tags, _git_tags)
    for provide in (*known, *_providers, _environment_tags):
        tags.update(_tried(provide))
    return tags


def _tried(provide: Callable[[], dict[str, str]]) -> dict[str, str]:
    try:
        return provide()
    except Exception:  # a missing fact is a missing tag, never a failed run
        return {}


@functools.cache
def _user_tags() -> dict[str, str]:
    import getpass

    return {USER: getpass.getuser()}


def _source_tags() -> dict[str, str]:
    notebook = notebook_name()
    if notebook is not None:
        return {SOURCE_NAME: notebook, SOURCE_TYPE: "NOTEBOOK"}
    return {SOURCE_NAME: sys.argv[0] or "<console>", SOURCE_TYPE: "LOCAL"}


def notebook_name() -> str | None:
    """Return the file name of the notebook that this kernel executes, None outside a kernel.

    "<notebook>" where nobody told the kernel the name: it is never guessed by asking servers.
    """
    shell = _kernel_shell()
    if shell is None:
        return None
    told = getattr(shell, "user_ns", {}).get("__vsc_ipynb_file__") or _name_from_server()
    return Path(str(told)).name if told else "<notebook>"


def _name_from_server() -> str | None:
    name = os.environ.get("JPY_SESSION_NAME") or os.environ.get("IPYNB_FILE")
    return name if name and name.endswith(".ipynb") else None


def _kernel_shell() -> object | None:
    """Return the shell of the running kernel, without loading IPython where it is not."""
    ipython = sys.modules.get("IPython")
    if ipython is None or "ipykernel" not in sys.modules:
        return None
    shell: object | None = ipython.get_ipython()
    return shell if getattr(shell, "kernel", None) is not None else None


def _git_tags() -> dict[str, str]:
    git_dir = git.find_git_dir(_source_folder())
    if git_dir is None:
        return {}
    facts = git.read_facts(git_dir)
    tags = {GIT_COMMIT: facts.commit, GIT_BRANCH: facts.branch, GIT_REPO_URL: facts.repo_url}
    return {key: value for key, value in tags.items() if value}


def _source_folder() -> Path:
    """Return where the running program lives: the script's folder, else the working directory."""
    main = sys.argv[0] if sys.argv else ""
    if main and _kernel_shell() is None and Path(main).is_file():
        return Path(main).resolve().parent
    return Path.cwd()


def _environment_tags() -> dict[str, str]:
    """Return the tags that whoever started this process wants on its runs, from a JSON object."""
    text = variable("RUN_CONTEXT")
    if not text:
        return {}
    import json

    return {str(key): str(value) for key, value in json.loads(text).items()}
