from __future__ import annotations

import json
import platform
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from tracker.capture import environment


def test_only_distributions_of_imported_modules_are_named() -> None:
    found = environment.imported_distributions(["pytest", "json", "no_such_module", "yaml"])
    assert found == {"pytest": version("pytest"), "PyYAML": version("PyYAML")}


def test_modules_are_found_as_the_standard_library_finds_them() -> None:
    providers = packages_distributions()
    modules = environment.imported_modules()
    expected = {name for module in modules for name in providers.get(module, [])}
    assert expected == set(environment.imported_distributions(modules))


def test_a_distribution_installed_meanwhile_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert environment.imported_distributions(["a_new_module"]) == {}
    info = tmp_path / "brand_new-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Brand.New\nVersion: 1.5\n")
    (info / "RECORD").write_text("brand_new_module/__init__.py,,\nbrand_new_single.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = environment.imported_distributions(["brand_new_module"])
    assert found == {"Brand.New": "1.5"}


def test_the_environment_is_json_and_its_requirements_can_be_read_by_pip() -> None:
    facts = environment.describe(["pytest"])
    assert json.loads(json.dumps(facts)) == facts
    assert facts["python"] == platform.python_version()
    assert facts["distributions"] == {"pytest": version("pytest")}
    assert environment.requirements(facts) == f"pytest=={version('pytest')}\n"


def test_every_part_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise OSError("not on this machine")

    monkeypatch.setattr(platform, "platform", refuse)
    facts = environment.describe([])
    assert "platform" not in facts
    assert facts["python"] == platform.python_version()
    assert environment.requirements({}) == ""
