"""What is done with runs from the panel: notebooks of them, again, exports, proofs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.again import (
    CELLS,
    NOTEBOOK,
    links,
    notebook_run,
    plan,
    until,
    until_over,
)
from tests.server.conftest import Ask
from tests.server.test_wire import SHAPES, faults
from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.server.backend import Backend
from tracker.store import Store


async def test_a_run_of_ones_own_runs_again_with_another_value(ask: Ask, store: Store) -> None:
    run = notebook_run(store)
    shown = await plan(ask, run)
    assert shown["is_trusted"] is True
    assert [(p["name"], p["type"], p["value"]) for p in shown["parameters"]] == [
        ("rate", "float", "0.5")
    ]
    assert "rate" in shown["code"] and shown["env_manager"] == "local"
    body = {"folder": "", "kind": "run", "content": shown["content"], "env_manager": "local"}
    own = {"parameters": {"rate": "0.75"}, "run_name": "second"}
    job = (await ask("runs", run.info.run_id, "jobs", body={**body, **own}))["job"]
    new = job["new_run_id"]
    # It is there at once, to be looked at.
    assert store.get_run(new).info.run_name == "second"
    await until(lambda: store.get_run(new).info.status != "RUNNING", "the end of the run")
    again = store.get_run(new)
    assert again.info.status == "FINISHED", again.data.tags
    assert again.data.params["rate"] == "0.75"
    assert again.data.metrics["twice"] == 1.5
    assert again.data.tags["mlflow.source.name"] == NOTEBOOK
    assert again.data.tags["tracker.again.of"] == run.info.run_id
    await until_over(ask, new)
    told = await links(ask, new)
    assert [(j["kind"], j["state"]) for j in told["jobs"]] == [("run", "done")]
    assert told["cell_id"] == "c1"

    repeated = await plan(ask, again)
    assert repeated["parameters"][0]["value"] == "0.75"
    assert repeated["content"] == shown["content"]


async def test_code_of_strangers_is_shown_and_agreed_to_before_it_runs(
    ask: Ask, store: Store, tmp_path: Path
) -> None:
    mark = tmp_path / "was-run"
    cell = f"from pathlib import Path\nPath({str(mark)!r}).write_text('x')"
    run = notebook_run(store, cell, is_signed=False)
    shown = await plan(ask, run)
    assert shown["is_trusted"] is False
    assert str(mark) in shown["code"] and "python main.py" in shown["description"]
    body = {"folder": "", "kind": "run", "content": shown["content"], "env_manager": "local"}
    for change, words in (({}, "did not agree"), ({"content": "0", "agreed": True}, "changed")):
        job = (await ask("runs", run.info.run_id, "jobs", body={**body, **change}))["job"]
        new = job["new_run_id"]
        await until_over(ask, new)
        assert store.get_run(new).info.status == "FAILED"
        assert words in store.get_run(new).data.tags["tracker.error"]
    assert not mark.exists()
    job = (await ask("runs", run.info.run_id, "jobs", body={**body, "agreed": True}))["job"]
    await until_over(ask, job["new_run_id"])
    assert mark.exists()
    assert (await plan(ask, run))["is_trusted"] is True


async def test_a_signature_does_not_pass_for_other_code(ask: Ask, store: Store) -> None:
    run, other = notebook_run(store), notebook_run(store, "x = 1", is_signed=False)
    own = open_artifacts(run.info.artifact_uri).open(tags.SIGNATURE_FILE).read()
    open_artifacts(other.info.artifact_uri).put(tags.SIGNATURE_FILE, [own])
    assert (await plan(ask, other))["is_trusted"] is False


async def test_a_proof_is_noted_on_the_run(ask: Ask, store: Store) -> None:
    run = notebook_run(store)
    run_id = run.info.run_id
    shown = await plan(ask, run)
    body = {"folder": "", "kind": "verify", "content": shown["content"], "env_manager": "local"}
    job = (await ask("runs", run_id, "jobs", body=body))["job"]
    assert job["new_run_id"] is None
    await until_over(ask, run_id)
    assert "tracker.reproduction.verdict" in store.get_run(run_id).data.tags
    (told,) = (await links(ask, run_id))["jobs"]
    assert told["state"] == "done" and "first:" in told["said"]


async def test_a_run_becomes_a_notebook_beside_its_own_and_nothing_is_replaced(
    ask: Ask, store: Store, jp_root_dir: Path
) -> None:
    run = notebook_run(store)
    (jp_root_dir / NOTEBOOK).write_text("{}")
    body = {"folder": ""}
    paths = [(await ask("runs", run.info.run_id, "notebook", body=body))["path"] for _ in range(2)]
    assert len(set(paths)) == 2
    for path in paths:
        content = json.loads((jp_root_dir / path).read_text())
        assert [cell["source"] for cell in content["cells"]] == CELLS
    assert (jp_root_dir / NOTEBOOK).read_text() == "{}"
    told = await links(ask, run.info.run_id)
    assert (told["notebook"], told["cell_id"], told["source"]) == (NOTEBOOK, "c1", CELLS[1])
    assert told["refused"] == {}


async def test_an_export_is_written_where_nothing_is(
    ask: Ask, refusal: Ask, store: Store, jp_root_dir: Path
) -> None:
    run = notebook_run(store)
    route = ("runs", run.info.run_id, "export")
    answer = await ask(*route, body={"folder": "", "path": "exported"})
    assert faults(answer, SHAPES["ExportAnswer"]) == []
    assert answer["path"] == "exported" and "MLproject" in answer["files"]
    assert answer["parameters"] == ["rate"]
    assert (jp_root_dir / "exported" / "MLproject").is_file()
    status, error = await refusal(*route, body={"folder": "", "path": "exported"})
    assert status == 400 and "there already" in error["message"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../out", "leads out"),
        ("/etc/out", ""),
        ("a/../../out", "leads out"),
        ("%2e%2e/out", "leads out"),
        (".hidden", "hidden"),
        ("", "name"),
        ("missing/out", "no folder"),
        ("link/out", "leads out"),
        ("a\\b", "backslash"),
        (3, "path"),
    ],
)
async def test_an_export_cannot_be_sent_elsewhere(
    refusal: Ask, store: Store, jp_root_dir: Path, tmp_path: Path, path: object, words: str
) -> None:
    run = notebook_run(store)
    (tmp_path / "elsewhere").mkdir()
    (jp_root_dir / "link").symlink_to(tmp_path / "elsewhere")
    before = sorted(tmp_path.iterdir())
    status, error = await refusal(
        "runs", run.info.run_id, "export", body={"folder": "", "path": path}
    )
    assert status == 400
    assert words in error["message"]
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "delete"}, "kind"),
        ({"content": 1}, "content"),
        ({"agreed": "yes"}, "agreed"),
        ({"env_manager": "rm -rf"}, "env_manager"),
        ({"parameters": ["a"]}, "parameters"),
        ({"parameters": {"a": 1}}, "'a'"),
        ({"parameters": {"a": "\0"}}, "cannot be used"),
        ({"parameters": {str(n): "" for n in range(1001)}}, "at most"),
        ({"folder": "../.."}, "leads out"),
    ],
)
async def test_what_makes_no_sense_starts_nothing(
    refusal: Ask, store: Store, backend: Backend, body: dict[str, object], words: str
) -> None:
    run = notebook_run(store)
    whole = {"folder": "", "kind": "run", "content": "x", **body}
    status, error = await refusal("runs", run.info.run_id, "jobs", body=whole)
    assert status == 400
    assert words in error["message"]
    assert len(store.search_runs(None)) == 1
    assert backend.jobs.of(str(store.uri), run.info.run_id) == []


async def test_values_are_values_whatever_they_hold(ask: Ask, store: Store, tmp_path: Path) -> None:
    """A value for the shell is a value: what is inside is not run."""
    run = notebook_run(store, "import tracker\nname = 'a'", CELLS[1].replace("rate * 2", "1"))
    shown = await plan(ask, run)
    (found,) = shown["parameters"]
    hostile = f"$(touch {tmp_path}/pwned); touch {tmp_path}/pwned #'\"`"
    body = {"folder": "", "kind": "run", "content": shown["content"], "env_manager": "local"}
    given = {"parameters": {found["name"]: hostile}}
    job = (await ask("runs", run.info.run_id, "jobs", body={**body, **given}))["job"]
    await until_over(ask, job["new_run_id"])
    again = store.get_run(job["new_run_id"])
    assert again.data.params[found["name"]] == hostile
    assert not (tmp_path / "pwned").exists()


async def test_what_cannot_be_done_says_why(ask: Ask, store: Store) -> None:
    bare = store.create_run("0").info.run_id
    assert set((await links(ask, bare))["refused"]) == {"open", "run", "export", "verify"}
    project = store.create_run(
        "0", tags={"mlflow.source.type": "PROJECT", "mlflow.source.name": "/nowhere"}
    ).info.run_id
    refused = (await links(ask, project))["refused"]
    assert "run" not in refused and "project" in refused["verify"]


async def test_a_hostile_notebook_name_leads_nowhere(ask: Ask, store: Store) -> None:
    for name in ("../../x.ipynb", "/etc/x.ipynb", "a\0.ipynb"):
        run_id = store.create_run("0", tags={"mlflow.source.name": name}).info.run_id
        assert (await links(ask, run_id))["notebook"] is None
