"""Who we say we are, where that comes from, and that it is written nowhere."""

from __future__ import annotations

import base64
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.rest.certificates import Authority
from tests.store.rest.scripted import Scripted, says, scripted
from tracker.errors import InvalidValue, StoreError
from tracker.remote import address
from tracker.remote.errors import NotAllowed
from tracker.store import open_store

SECRET = "pässw0rd/with:everything"
RUN = {"info": {"run_id": "a" * 32, "experiment_id": "0", "start_time": 1}, "data": {}}


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted(says({"run": RUN})) as server:
        yield server


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def authorization(server: Scripted, uri: str | None = None) -> str | None:
    """Return what the server is told of us."""
    store = open_store(uri or server.uri)
    store.get_run("a" * 32)
    store.close()
    return server.seen[-1][2].get("authorization")


def test_nobody_is_named_where_no_credentials_are_known(server: Scripted) -> None:
    assert authorization(server) is None


@pytest.mark.parametrize("prefix", ["TRACKER", "MLFLOW"])
def test_user_and_password_come_from_the_environment(
    server: Scripted, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setenv(f"{prefix}_TRACKING_USERNAME", "ada")
    monkeypatch.setenv(f"{prefix}_TRACKING_PASSWORD", SECRET)
    monkeypatch.setenv(f"{prefix}_TRACKING_TOKEN", "not this")
    assert authorization(server) == basic("ada", SECRET)


@pytest.mark.parametrize("prefix", ["TRACKER", "MLFLOW"])
def test_a_token_comes_from_the_environment_and_may_change(
    server: Scripted, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    for token in ("first", "second"):
        monkeypatch.setenv(f"{prefix}_TRACKING_TOKEN", token)
        assert authorization(server) == f"Bearer {token}"


def test_a_token_that_is_none_is_not_repeated(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "bad\r\ntoken-xyz")
    with pytest.raises(InvalidValue) as caught:
        authorization(server)
    assert "token-xyz" not in str(caught.value)


def test_mlflows_file_of_credentials_is_read(server: Scripted, tmp_path: Path) -> None:
    (tmp_path / ".mlflow").mkdir()
    (tmp_path / ".mlflow" / "credentials").write_text(
        "[mlflow]\nmlflow_tracking_username = ada\nmlflow_tracking_password = 100%x\n"
    )
    assert authorization(server) == basic("ada", "100%x")


def test_what_the_uri_holds_is_used_and_written_nowhere(
    server: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    outbox: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "not this")
    uri = f"http://ada:p%40ss-w0rd@{server.netloc}"
    assert authorization(server, uri) == basic("ada", "p@ss-w0rd")
    store = open_store(uri)
    assert store.uri == server.uri and "ss-w0rd" not in repr(store)
    assert open_store(store.uri) is store
    assert authorization(server, store.uri) == basic("ada", "p@ss-w0rd")
    run = store.create_run("0")
    store.log_metric(run.info.run_id, "loss", 1.0, 1, 1)
    assert "ss-w0rd" not in run.info.artifact_uri
    server.server.shutdown()
    server.server.server_close()
    with pytest.raises(StoreError) as caught:
        store.search_runs(None)
    store.close()
    written = b"".join(file.read_bytes() for file in outbox.rglob("*") if file.is_file())
    assert "HTTP Request" not in caplog.text
    for text in (str(caught.value), caplog.text, written.decode("latin-1")):
        assert "ss-w0rd" not in text and "not this" not in text
    assert b"127.0.0.1" in written


@pytest.mark.parametrize(
    "uri",
    [
        "http://ada:s3cret@",
        "https://ada:s3cret@host:port",
        "https://ada:s3cret@host/?x=1",
        "http://ada:s3cret@host/#x",
        "http://ada:s3cret@ho st/",
        "databricks://a/b:c",
    ],
)
def test_a_uri_that_cannot_be_is_refused_without_its_secrets(uri: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        open_store(uri)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "base"),
    [
        ("HTTP://Example.ORG:80/", "http://example.org"),
        ("https://example.org:443/mlflow/", "https://example.org/mlflow"),
        ("https://u:p@[::1]:5000", "https://[::1]:5000"),
    ],
)
def test_one_server_has_one_address(uri: str, base: str) -> None:
    assert address.parse(uri)[0].base == base


def test_a_server_that_lets_nobody_in_says_what_to_do() -> None:
    with scripted(says({"message": "who are you"}, 401)) as server:
        store = open_store(server.uri)
        with pytest.raises(NotAllowed, match="MLFLOW_TRACKING_TOKEN"):
            store.create_run("0")
        store.close()


# -- Databricks ---------------------------------------------------------------------------------


def test_databricks_is_told_by_host_and_token_of_the_environment(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", server.uri + "/")
    monkeypatch.setenv("DATABRICKS_TOKEN", "dapi123")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "not this")
    assert authorization(server, "databricks") == "Bearer dapi123"
    assert server.seen[-1][1].startswith("/api/2.0/mlflow/runs/get?")
    assert open_store("databricks").uri == "databricks"


def test_databricks_is_told_by_a_profile(
    server: Scripted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".databrickscfg"
    file.write_text(
        f"[DEFAULT]\nhost = {server.uri}\ntoken = of-default\n"
        f"[work]\nhost = {server.uri}\ntoken = dapi%456\n"
        f"[old]\nhost = {server.uri}\nusername = ada\npassword = x\n"
    )
    assert authorization(server, "databricks") == "Bearer of-default"
    assert authorization(server, "databricks://work") == "Bearer dapi%456"
    assert authorization(server, "databricks://old") == basic("ada", "x")
    monkeypatch.setenv("DATABRICKS_CONFIG_PROFILE", "work")
    assert authorization(server, "databricks") == "Bearer dapi%456"
    for profile in ("nobody", "DEFAULTS"):
        with pytest.raises(StoreError, match=profile):
            open_store(f"databricks://{profile}")
    file.write_text("no ini: dapi-secret\n=\n")
    with pytest.raises(StoreError, match="INI") as caught:
        open_store("databricks://work")
    assert "dapi-secret" not in str(caught.value)


# -- TLS ----------------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def server_side(authority: Authority, *, asks_for_ours: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.sign("server"))
    if asks_for_ours:
        context.load_verify_locations(authority.file)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def test_a_certificate_is_checked_with_the_authority_that_is_named(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(says({"run": RUN}), server_side(authority)) as server:
        with pytest.raises(StoreError, match="SERVER_CERT_PATH"):
            authorization(server)
        monkeypatch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(authority.file))
        assert authorization(server) is None and server.seen
        monkeypatch.setenv("MLFLOW_TRACKING_INSECURE_TLS", "true")
        with pytest.raises(InvalidValue, match="only one"):
            authorization(server)


def test_certificates_are_not_checked_where_that_is_asked_for(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_INSECURE_TLS", "true")
    with scripted(says({"run": RUN}), server_side(authority)) as server:
        assert authorization(server) is None and server.seen


def test_our_own_certificate_is_shown(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(authority.file))
    tls = server_side(authority, asks_for_ours=True)
    with scripted(says({"run": RUN}), tls) as server:
        with pytest.raises(StoreError):
            authorization(server)
        monkeypatch.setenv("MLFLOW_TRACKING_CLIENT_CERT_PATH", str(authority.sign("client")))
        assert authorization(server) is None and server.seen
        monkeypatch.setenv("MLFLOW_TRACKING_CLIENT_CERT_PATH", "/nowhere.pem")
        with pytest.raises(StoreError, match=r"nowhere\.pem"):
            authorization(server)
