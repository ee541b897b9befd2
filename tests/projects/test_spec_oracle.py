"""What we read in an MLproject is what the real MLflow reads; every difference is one we mean."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.projects.oracle.answers import of_mlflow, of_ours
from tests.projects.oracle.case import ASPECTS, Case, Difference
from tests.projects.oracle.commands import COMMANDS
from tests.projects.oracle.environments import ENVIRONMENTS
from tests.projects.oracle.spellings import SPELLINGS
from tests.projects.oracle.traps import TRAPS

CASES = [*SPELLINGS, *COMMANDS, *ENVIRONMENTS, *TRAPS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_a_project_means_what_it_means_to_mlflow_but_for_listed_differences(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, storage, elsewhere = (tmp_path / name for name in ("project", "storage", "elsewhere"))
    for place in (folder, storage, elsewhere):
        place.mkdir()
    case.write(folder)
    monkeypatch.chdir(elsewhere if case.elsewhere else folder)
    monkeypatch.setenv("SHELL", "/bin/bash")
    theirs, ours = of_mlflow(case, folder, storage), of_ours(case, folder, storage)
    print(theirs, ours, sep="\n")  # shown where the test fails
    only_one_fails = (theirs.get("error") is None) != (ours.get("error") is None)
    for aspect in ASPECTS:
        found, wanted = ours.get(aspect), theirs.get(aspect)
        difference = case.differs.get(aspect)
        if difference is not None:
            assert not _agree(aspect, found, wanted), f"{aspect} does not differ any more"
            _check(aspect, found, difference)
        elif aspect == "error" or not only_one_fails:
            assert _agree(aspect, found, wanted), aspect


def test_the_table_is_as_large_as_promised_and_its_names_are_unique() -> None:
    assert len(CASES) >= 30
    assert len({case.name for case in CASES}) == len(CASES)


NAMES = st.from_regex(r"[a-zA-Z][a-zA-Z_-]{0,6}", fullmatch=True)
SCALARS = st.one_of(
    st.integers(-9999, 9999),
    st.floats(-1e6, 1e6),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.lists(st.integers(0, 9), max_size=3),
)
TYPES = st.sampled_from(["string", "str", "int", "float", "boolean", "number", "list[str]"])
PARAMETERS = st.dictionaries(
    NAMES,
    st.one_of(
        TYPES,
        st.fixed_dictionaries(
            {}, optional={"type": TYPES, "default": SCALARS, "description": NAMES}
        ),
    ),
    max_size=5,
)
STYLES = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "default_style": st.sampled_from([None, None, '"', "'"]),
        "width": st.sampled_from([20, 80, 1000]),
        "line_break": st.sampled_from(["\n", "\r\n"]),
    }
)


@given(PARAMETERS, st.dictionaries(NAMES, SCALARS, max_size=4), STYLES)
@settings(max_examples=60)
def test_generated_projects_mean_what_they_mean_to_mlflow(
    parameters: dict[str, object], given_values: dict[str, object], style: dict[str, Any]
) -> None:
    command = "run " + " ".join(f"--{name}={{{name}}}" for name in parameters)
    entry_points = {"main": {"parameters": parameters, "command": command}}
    if style["default_style"]:  # in which numbers and lists are not what they were
        parameters.update(dict.fromkeys(parameters, "str"))
    text = yaml.dump({"name": "x", "entry_points": entry_points}, allow_unicode=True, **style)
    case = Case("generated", text, given_values)
    with tempfile.TemporaryDirectory() as place:
        folder, storage = Path(place, "project"), Path(place, "storage")
        folder.mkdir()
        storage.mkdir()
        case.write(folder)
        theirs, ours = of_mlflow(case, folder, storage), of_ours(case, folder, storage)
    for aspect in ASPECTS:
        assert _agree(aspect, ours.get(aspect), theirs.get(aspect)), (aspect, theirs, ours)


def _agree(aspect: str, ours: object, theirs: object) -> bool:
    """Ours may say more in an error than MLflow does."""
    if aspect == "error" and ours is not None and theirs is not None:
        return str(theirs).rstrip(".") in str(ours)
    return ours == theirs


def _check(aspect: str, found: object, difference: Difference) -> None:
    assert len(difference.why.split()) > 3
    if aspect == "error" and difference.ours is not None:
        assert str(found).startswith(str(difference.ours))
    else:
        assert found == difference.ours, aspect
