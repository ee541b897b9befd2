"""The question before a project's first run, and what was agreed to."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.projects.repositories import commit, make_repository
from tracker.errors import InvalidState
from tracker.projects import trust
from tracker.projects.command import build_command
from tracker.projects.disclosure import description
from tracker.projects.model import Checkout, EnvManager, Plan
from tracker.projects.sources import discard, fetch
from tracker.projects.spec import project_of

MLPROJECT = """
python_env: env.yaml
entry_points:
  main:
    parameters: {data: {type: str, default: d.csv}}
    command: python train.py {data}
"""
FILES = {
    "MLproject": MLPROJECT,
    "env.yaml": "python: '3.12'\nbuild_dependencies: [pip]\ndependencies: [numpy==2.1]\n",
    "train.py": "import helper\n",
    "helper.py": "",
}


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep agreements in the test's folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert (
        trust.record_file() == tmp_path / "data" / "jupyterlab-tracker" / "trusted-projects.jsonl"
    )
    return tmp_path / "data"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "origin", FILES)


def plan_for(checkout: Checkout, entry_point: str = "main") -> Plan:
    project = project_of(checkout)
    return Plan(checkout, project, build_command(project, entry_point), EnvManager.UV)


def answering(text: str) -> Callable[[str], str]:
    return lambda _question: text


def asked(plan: Plan, answer: str = "y") -> bool:
    """Return whether confirming the plan asks, and give the answer then."""
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return answer

    trust.confirm(plan, show=questions.append, ask=ask)
    return bool(questions)


def fetched(repository: Path, tmp_path: Path, subfolder: str = "") -> Plan:
    uri = f"git+{repository.as_uri()}" + (f"#{subfolder}" if subfolder else "")
    return plan_for(fetch(uri, cache=tmp_path / "cache"))


def test_what_was_agreed_to_is_not_asked_again(repository: Path, tmp_path: Path) -> None:
    first, second = fetched(repository, tmp_path), fetched(repository, tmp_path)
    assert not trust.is_trusted(first)
    assert asked(first)
    assert not asked(second)
    assert trust.is_trusted(second)
    for plan in (first, second):
        discard(plan.checkout)


@pytest.mark.parametrize("name", [*FILES, "new.py"])
def test_any_change_of_what_was_fetched_is_asked_about(
    name: str, repository: Path, tmp_path: Path
) -> None:
    before = fetched(repository, tmp_path)
    trust.remember(before)
    commit(repository, {name: FILES.get(name, "") + "# changed\n"})
    after = fetched(repository, tmp_path)
    assert asked(after)
    for plan in (before, after):
        discard(plan.checkout)


def test_an_agreement_is_for_one_origin_and_one_subfolder(repository: Path, tmp_path: Path) -> None:
    commit(repository, {f"sub/{name}": text for name, text in FILES.items()})
    plans = [fetched(repository, tmp_path), fetched(repository, tmp_path, "sub")]
    other = repository.rename(tmp_path / "other")
    plans.append(fetched(other, tmp_path))
    assert [asked(plan) for plan in plans] == [True, True, True]
    for plan in plans:
        discard(plan.checkout)


def test_in_a_local_folder_only_what_defines_the_run_is_asked_about_again(
    repository: Path,
) -> None:
    assert asked(plan_for(fetch(repository)))
    (repository / "train.py").write_text("print('being worked on')\n")
    (repository / "notes.txt").touch()
    assert not asked(plan_for(fetch(repository)))
    (repository / "env.yaml").write_text("dependencies: [evil]\n")
    assert asked(plan_for(fetch(repository)))
    (repository / "MLproject").write_text(MLPROJECT.replace("train.py", "evil.py"))
    assert asked(plan_for(fetch(repository)))


def test_a_store_that_came_along_makes_no_folder_trusted(repository: Path) -> None:
    (repository / ".tracker").mkdir()
    assert asked(plan_for(fetch(repository)))


def test_what_the_user_exported_is_not_asked_about(repository: Path) -> None:
    trust.remember_folder(repository / ".." / repository.name)
    assert not asked(plan_for(fetch(repository)))
    assert not asked(plan_for(fetch(repository / ".." / repository.name)))


def test_yes_runs_it_this_time_and_remembers_nothing(repository: Path, data_folder: Path) -> None:
    trust.confirm(plan_for(fetch(repository)), yes=True, ask=answering("n"))
    assert not data_folder.exists()


@pytest.mark.parametrize("answer", ["n", "", "no", "later"])
def test_anything_but_yes_is_no(answer: str, repository: Path) -> None:
    plan = plan_for(fetch(repository))
    with pytest.raises(InvalidState, match="you did not agree"):
        asked(plan, answer)
    assert not trust.is_trusted(plan)


@pytest.mark.parametrize("error", [EOFError, NotImplementedError, OSError])
def test_where_nobody_can_answer_nothing_is_run(error: type[Exception], repository: Path) -> None:
    def ask(_question: str) -> str:
        raise error

    with pytest.raises(InvalidState, match="nobody can be asked here. Say --yes"):
        trust.confirm(plan_for(fetch(repository)), show=lambda _text: None, ask=ask)


def test_agreements_are_for_their_owner_alone(repository: Path) -> None:
    plan = plan_for(fetch(repository))
    trust.remember(plan)
    file = trust.record_file()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["origin"] == str(repository)
    file.chmod(0o666)
    assert not trust.is_trusted(plan)
    trust.remember(plan)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().splitlines()) == 1


def test_a_damaged_record_is_no_agreement_and_no_error(repository: Path) -> None:
    plan = plan_for(fetch(repository))
    trust.remember(plan)
    file = trust.record_file()
    file.write_bytes(b'\xff{"origin": 1}\n[' + b"[" * 100_000 + b"\nnull\n" + file.read_bytes())
    assert trust.is_trusted(plan)
    file.write_bytes(b"x")
    assert not trust.is_trusted(plan)


def test_what_would_be_executed_is_shown(repository: Path, tmp_path: Path) -> None:
    plan = fetched(repository, tmp_path)
    assert description(plan).splitlines() == [
        "This project has not been run from here as it is now:",
        f"  from         {repository}",
        f"  commit       {plan.checkout.commit}",
        "  entry point  main",
        "  command      python train.py d.csv",
        "  environment  uv, from env.yaml",
        "               uses Python 3.12",
        "               installs: pip",
        "               installs: numpy==2.1",
        "It will be able to do on this machine whatever you can do.",
    ]
    discard(plan.checkout)


def test_nothing_can_be_hidden_from_whoever_is_asked(tmp_path: Path) -> None:
    text = 'entry_points: {main: {command: "rm -rf ~ \\r\\e[2K\\e[1Aecho hello \\u202e"}}'
    (tmp_path / "MLproject").write_text(text)
    shown = description(plan_for(fetch(tmp_path)))
    assert "rm -rf ~ \\r\\x1b[2K\\x1b[1Aecho hello \\u202e" in shown
    assert all(letter == "\n" or letter.isprintable() for letter in shown)


def test_containers_are_shown_with_what_they_get_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "MLproject").write_text(
        "docker_env: {image: i, volumes: ['/:/host'], environment: [AWS_SECRET, [A, b]]}\n"
        "entry_points: {main: {command: run}}\n"
    )
    shown = description(plan_for(fetch(tmp_path)))
    for line in (
        "runs in a container of the image i",
        "lets the container use this machine's files: /:/host",
        "gives the container your environment variables: AWS_SECRET",
        "sets: A=b",
    ):
        assert line in shown


def test_what_an_environment_cannot_be_made_of_is_told_and_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "MLproject").write_text(MLPROJECT)
    (tmp_path / "env.yaml").write_text("[")
    plan = plan_for(fetch(tmp_path))
    assert "env.yaml" in description(plan)
    local = Plan(plan.checkout, plan.project, plan.command, EnvManager.LOCAL)
    assert "nothing is installed" in description(local)
