"""The process that does for the server what takes long or executes what runs did.

`python -m tracker.server.work.worker` reads an order, one JSON object, from stdin, and writes what
comes of it to stdout, one JSON object a line: `{"said": text}` on the way; at the end
`{"done": answer}` or `{"failed": text}`. It goes on when nobody reads that any more: a server that
ends leaves runs that were asked for running.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tracker.entities import RunStatus
from tracker.errors import InvalidState, InvalidValue, ProjectError, TrackerError
from tracker.projects import facts
from tracker.server.notebooks.origin import AGAIN_OF
from tracker.server.work.preparing import (
    Prepared,
    as_answer,
    content_of,
    is_trusted,
    prepare,
    remember,
)
from tracker.store.base import Store
from tracker.tracking import session
from tracker.tracking.context import SOURCE_NAME

_LONGEST_REASON: Final = 500

Order = Mapping[str, Any]
"""`task`, `store`, `run_id`, and what the task takes besides; written by `jobs`."""


class _Cancelled(InvalidState):
    """Somebody cancelled the run before it began."""


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Do one order; return 0 where it could be done."""
    # What is to end ends what it started, as Ctrl-C does.
    signal.signal(signal.SIGTERM, _interrupt)
    order: Order = json.loads(sys.stdin.buffer.readline())
    # What a project prints, or a library here, is no answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def write(answer: Mapping[str, object]) -> None:
        with suppress(OSError):  # the server has ended
            answers.write(json.dumps(answer).encode() + b"\n")
            answers.flush()

    try:
        with tempfile.TemporaryDirectory(prefix="tracker-again-", ignore_cleanup_errors=True) as at:
            done = _TASKS[order["task"]](order, Path(at), lambda line: write({"said": line}))
    except TrackerError as error:
        write({"failed": error.message})
        return 1
    except KeyboardInterrupt:
        write({"failed": "Cancelled"})
        return 1
    except Exception as error:
        write({"failed": f"{type(error).__name__}: {error}"})
        raise
    write({"done": done})
    return 0


def _plan(order: Order, folder: Path, say: Callable[[str], None]) -> object:
    return as_answer(_prepared(_store(order), order, folder))


def _export(order: Order, folder: Path, say: Callable[[str], None]) -> object:
    from tracker.export import from_run, to_mlproject

    questions: list[str] = []

    def confirm(question: str) -> bool:
        questions.append(question)
        return bool(order["copy_large"])

    source = from_run(_store(order), order["run_id"])
    result = to_mlproject(
        Path(order["folder"]),
        source=source,
        allow_secrets=order["allow_secrets"],
        confirm=confirm,
    )
    return {
        "files": list(result.files),
        "parameters": [each.name for each in result.parameters],
        "remarks": list(result.remarks),
        "questions": questions,
    }


def _run(order: Order, folder: Path, say: Callable[[str], None]) -> object:
    """Run what a run executed again, as the new run that is there for it."""
    store, new_run_id = _store(order), order["new_run_id"]
    # It belongs to this process from here on: the end of the server is not its end.
    store.update_run(new_run_id, status=RunStatus.RUNNING)
    try:
        _run_prepared(store, order, _prepared(store, order, folder))
    except ProjectError:
        raise
    except BaseException as error:
        # Nobody else ends a run that did not begin.
        if store.get_run(new_run_id).info.status == RunStatus.RUNNING:
            is_cancelled = isinstance(error, KeyboardInterrupt | _Cancelled)
            status = RunStatus.KILLED if is_cancelled else RunStatus.FAILED
            why = str(error)[:_LONGEST_REASON] or "Cancelled before it began"
            store.log_batch(new_run_id, tags={facts.ERROR: why, facts.CANCEL: None})
            store.update_run(new_run_id, status=status)
        raise
    return None


def _run_prepared(store: Store, order: Order, prepared: Prepared) -> None:
    from tracker.projects import planning, running

    given: dict[str, str] = order["parameters"]
    plan = prepared.plan({**prepared.params, **given}, order["env_manager"])
    with planning.discarded_on_error(plan.checkout):
        _check(prepared, order, plan)
        if facts.CANCEL in store.get_run(order["new_run_id"]).data.tags:
            raise _Cancelled("Cancelled before it began")
        submitted = running.submit(
            planning.with_downloads(plan, {**prepared.params, **given}, None),
            run_id=order["new_run_id"],
            synchronous=True,
        )
    if prepared.export is not None:
        _tell_origin(store, order["new_run_id"], prepared)
    running.wait_for(submitted)
    submitted.check()


def _verify(order: Order, folder: Path, say: Callable[[str], None]) -> object:
    """Run the export of a run and note on both runs whether it gave the same."""
    from tracker.verify import original_runs, verify

    store = _store(order)
    prepared = _prepared(store, order, folder)
    export, source = prepared.export, prepared.source
    if export is None or source is None:
        raise InvalidValue("A project's run is not verified: run it again, and compare.")
    _check(prepared, order, prepared.plan({}, order["env_manager"]))
    proof = verify(
        export,
        original_runs(store, source.session_id, export) or [prepared.original],
        store,
        base_folder=source.base,
        env_manager=order["env_manager"] or "uv",
        wanted=prepared.original.info.run_id,
        tell=say,
    )
    _tell_origin(store, proof.run_id, prepared)
    return "\n".join(proof.lines())


_TASKS: Final[dict[str, Callable[[Order, Path, Callable[[str], None]], object]]] = {
    "plan": _plan,
    "export": _export,
    "run": _run,
    "verify": _verify,
}


def _store(order: Order) -> Store:
    session.set_tracking_uri(order["store"])
    return session.current_store()


def _prepared(store: Store, order: Order, folder: Path) -> Prepared:
    run = store.get_run(order["run_id"])
    return prepare(store, run, folder, copy_large=order["copy_large"])


def _check(prepared: Prepared, order: Order, plan: Any) -> None:
    """Refuse what is not what was shown, and what nobody agreed to."""
    if content_of(prepared, plan) != order["content"]:
        raise InvalidState(
            "It was not run: what would be executed has changed since it was shown. Look at it "
            "again."
        )
    if is_trusted(prepared, plan):
        return
    if not order["agreed"]:
        raise InvalidState("It was not run: it was not recorded by you, and you did not agree.")
    remember(prepared, plan)


def _tell_origin(store: Store, run_id: str, prepared: Prepared) -> None:
    """Have the run say which notebook it is of: the folder that it runs in goes away."""
    name = prepared.original.data.tags.get(SOURCE_NAME)
    origin = {AGAIN_OF: prepared.original.info.run_id}
    store.log_batch(run_id, tags={**origin, **({SOURCE_NAME: name} if name else {})})


if __name__ == "__main__":
    sys.exit(main())
