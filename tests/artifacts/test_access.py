from __future__ import annotations

from pathlib import Path

import pytest

import tracker
from tracker.artifacts import (
    download_artifacts,
    list_artifacts,
    load_dict,
    load_image,
    load_text,
)
from tracker.errors import InvalidValue, NotFound, TrackerError


@pytest.fixture
def run_id(tmp_path: Path) -> str:
    """Return a run with artifacts, in a store of its own."""
    tracker.set_tracking_uri(tmp_path / "store")
    with tracker.start_run() as run:
        tracker.log_text("Grüße\n", "notes/hello.txt")
        tracker.log_dict({"a": [1, 2]}, "config.json")
        tracker.log_dict({"a": [1, 2]}, "config.yaml")
    return run.info.run_id


def test_files_are_read_by_run_and_path(run_id: str) -> None:
    assert load_text(f"runs:/{run_id}/notes/hello.txt") == "Grüße\n"
    assert load_dict(f"runs:/{run_id}/config.json") == {"a": [1, 2]}
    assert load_dict(f"runs:/{run_id}/config.yaml") == {"a": [1, 2]}


def test_files_are_read_by_the_uri_of_the_artifact(run_id: str) -> None:
    uri = tracker.get_run(run_id).info.artifact_uri
    assert load_text(f"{uri}/notes/hello.txt") == "Grüße\n"
    assert [info.path for info in list_artifacts(f"{uri}/notes")] == ["notes/hello.txt"]


def test_folders_are_listed(run_id: str) -> None:
    paths = ["config.json", "config.yaml", "notes"]
    assert [info.path for info in list_artifacts(run_id=run_id)] == paths
    assert [info.path for info in list_artifacts(f"runs:/{run_id}")] == paths
    inside = list_artifacts(run_id=run_id, artifact_path="notes")
    assert [info.path for info in inside] == ["notes/hello.txt"]


def test_a_file_or_all_of_a_run_is_downloaded(run_id: str, tmp_path: Path) -> None:
    one = download_artifacts(
        run_id=run_id, artifact_path="notes/hello.txt", dst_path=str(tmp_path / "one")
    )
    assert Path(one) == tmp_path / "one" / "notes" / "hello.txt"
    everything = Path(download_artifacts(f"runs:/{run_id}", dst_path=str(tmp_path / "all")))
    files = sorted(path.relative_to(everything).as_posix() for path in everything.rglob("*.*"))
    assert files == ["config.json", "config.yaml", "notes/hello.txt"]
    folder = Path(download_artifacts(run_id=run_id, artifact_path="notes"))
    assert [path.name for path in folder.iterdir()] == ["hello.txt"]


def test_a_download_does_not_follow_a_link_out_of_its_folder(run_id: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "notes").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidValue, match="symbolic link"):
        download_artifacts(run_id=run_id, dst_path=str(tmp_path / "target"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_is_not_there_is_not_found(run_id: str) -> None:
    for uri in (f"runs:/{run_id}/missing", "runs:/0123456789abcdef/x"):
        with pytest.raises(NotFound):
            load_text(uri)
        with pytest.raises(NotFound):
            download_artifacts(uri)


def test_exactly_one_way_of_naming_an_artifact_is_taken(run_id: str) -> None:
    with pytest.raises(InvalidValue, match="exactly one"):
        list_artifacts()
    with pytest.raises(InvalidValue, match="exactly one"):
        list_artifacts(f"runs:/{run_id}", run_id=run_id)
    with pytest.raises(InvalidValue, match="belongs to `run_id`"):
        download_artifacts(f"runs:/{run_id}", artifact_path="x")


def test_paths_that_lead_elsewhere_are_refused(run_id: str) -> None:
    for path in ("../../secret", "%2e%2e/secret", "/etc/passwd"):
        with pytest.raises(InvalidValue):
            load_text(f"runs:/{run_id}/{path}")


def test_content_of_another_kind_is_told(run_id: str) -> None:
    with pytest.raises(InvalidValue, match="is not an image"):
        load_image(f"runs:/{run_id}/config.json")
    with pytest.raises(InvalidValue, match="is not JSON"):
        load_dict(f"runs:/{run_id}/notes/hello.txt")


def test_a_file_is_read_by_the_name_that_mlflows_clients_have_for_it(
    run_id: str, tmp_path: Path
) -> None:
    # As `mlflow.get_artifact_uri` says it in a project, to whom an endpoint serves our store.
    uri = f"mlflow-artifacts:/0/{run_id}/artifacts"
    assert load_text(f"{uri}/notes/hello.txt") == "Grüße\n"
    everything = Path(download_artifacts(uri, dst_path=str(tmp_path / "all")))
    assert (everything / "config.json").exists()
    for strange in (f"{uri}/../../other", f"mlflow-artifacts://host/0/{run_id}/artifacts/x"):
        with pytest.raises(TrackerError):
            download_artifacts(strange, dst_path=str(tmp_path / "no"))
    assert not (tmp_path / "no").exists()
