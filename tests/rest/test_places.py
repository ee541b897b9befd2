"""Which files the server opens, whatever a run's location says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.rest.failures import ProtocolError
from tracker.rest.places import Places
from tracker.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / ".tracker")
    yield store
    store.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / "secret.txt").write_text("secret")
    return folder


def test_files_of_the_store_are_opened_and_told_as_the_servers(store: Store) -> None:
    info = store.create_run("0").info
    files = Places(store).files_of_run(info.run_id)
    files.put("a.txt", [b"text"])
    assert files.is_file("a.txt")
    assert Places(store).of_run(info) == f"mlflow-artifacts:/0/{info.run_id}/artifacts"


def test_a_run_whose_folder_is_a_link_to_elsewhere_is_not_opened(
    store: Store, secret: Path
) -> None:
    info = store.create_run("0").info
    folder = Path(info.artifact_uri)
    folder.parent.mkdir(parents=True)
    folder.symlink_to(secret)
    with pytest.raises(ProtocolError, match="not served"):
        Places(store).files_of_run(info.run_id)
    with pytest.raises(ProtocolError, match="not served"):
        Places(store).resolve(f"0/{info.run_id}/artifacts/secret.txt")


def test_a_location_that_a_client_chose_is_told_but_not_opened(store: Store, secret: Path) -> None:
    experiment_id = store.create_experiment("theirs", artifact_location=str(secret))
    info = store.create_run(experiment_id).info
    assert Places(store).of_run(info) == info.artifact_uri
    with pytest.raises(ProtocolError, match="not served"):
        Places(store).files_of_run(info.run_id)


def test_a_destination_may_be_behind_a_link_of_the_servers_owner(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "large disk")
    places = Places(store, str(tmp_path / "link"))
    location = places.for_new_experiment(None)
    info = store.create_run(store.create_experiment("large", artifact_location=location)).info
    places.files_of_run(info.run_id).put("a.txt", [b"text"])
    assert [path.name for path in (tmp_path / "large disk").rglob("*.txt")] == ["a.txt"]


def test_a_path_of_another_experiment_leads_nowhere(store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    other = store.create_experiment("other")
    for path in (f"{other}/{run_id}/artifacts/a", f"0/{run_id}/a", "0", "", f"0/{run_id}"):
        with pytest.raises(ProtocolError, match="no artifacts at"):
            Places(store).resolve(path)
