"""What can be done with a run: its cell and notebook, running it again, exporting, verifying."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class JobRow(TypedDict):
    """A process that works for a run. `said` is the last that it told; or why it failed.

    `new_run_id` is the run that a job of the kind `run` makes.
    """

    job_id: str
    kind: Literal["run", "verify"]
    run_id: str
    new_run_id: str | None
    state: Literal["waiting", "running", "done", "failed"]
    said: str


class RunLinks(TypedDict):
    """Where a run comes from. `notebook` is a path for Jupyter's contents API, null where there is
    none (any more). `source` is the cell as it was executed. `refused` has a reason for each of
    `open`, `run`, `export` and `verify` that cannot be done with this run.
    """

    notebook: str | None
    cell_id: str | None
    source: str | None
    refused: dict[str, str]
    jobs: list[JobRow]


class NotebookRequest(TypedDict):
    """With `slice_only` only the cells that the run depends on."""

    folder: str
    slice_only: NotRequired[bool]


class NotebookAnswer(TypedDict):
    """The notebook that was written, for Jupyter's contents API."""

    path: str


class PlanRequest(TypedDict):
    """`copy_large`: whether data may be copied that is too large to be copied unasked."""

    folder: str
    copy_large: NotRequired[bool]


class ParameterRow(TypedDict):
    """A parameter of what would be executed; `default` is null where a value must be given."""

    name: str
    type: str
    default: str | None
    value: str | None
    description: str


class PlanAnswer(TypedDict):
    """What would be executed, for whoever is asked.

    `content` is a digest of it, to be given back. `is_trusted` is false where it was not recorded
    by this user and not agreed to before: then one must agree. `code` is the program, where it is
    made of a notebook. `questions` are what `copy_large` answers with yes.
    """

    name: str
    entry_point: str
    parameters: list[ParameterRow]
    env_manager: str
    is_trusted: bool
    content: str
    description: str
    code: str | None
    remarks: list[str]
    questions: list[str]


class JobRequest(TypedDict):
    """Run again with other parameters, or verify. `content` is that of the plan."""

    folder: str
    kind: Literal["run", "verify"]
    content: str
    agreed: NotRequired[bool]
    env_manager: NotRequired[str]
    copy_large: NotRequired[bool]
    parameters: NotRequired[dict[str, str]]
    run_name: NotRequired[str]


class JobAnswer(TypedDict):
    """The job as it is now."""

    job: JobRow


class ExportRequest(TypedDict):
    """`path` is the folder to make, for Jupyter's contents API."""

    folder: str
    path: str
    copy_large: NotRequired[bool]
    allow_secrets: NotRequired[bool]


class ExportAnswer(TypedDict):
    """What was written, and what could not be taken along as it was."""

    path: str
    files: list[str]
    parameters: list[str]
    remarks: list[str]
    questions: list[str]
