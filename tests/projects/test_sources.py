"""Where projects come from: folders, git repositories, archives."""

from __future__ import annotations

import base64
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.projects.repositories import commit, git, make_bare, make_repository
from tracker.errors import InvalidValue, NotFound, TrackerError
from tracker.projects.model import Checkout
from tracker.projects.sources import discard, fetch
from tracker.projects.sources_uri import parse, shown
from tracker.projects.spec import project_of

PROJECT = {"MLproject": "name: demo\n", "sub/v1.0/MLproject": "name: inner\n"}
LOGIN = "somebody:s3cret%40word"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with a tag, a second commit and a branch."""
    folder = make_repository(tmp_path_factory.mktemp("template") / "origin", PROJECT)
    git(folder, "tag", "v1")
    git(folder, "tag", "--annotate", "--message", "x", "v1-annotated")
    commit(folder, {"second.txt": "2"})
    git(folder, "switch", "--quiet", "--create", "feature/x")
    commit(folder, {"feature.txt": "3"})
    git(folder, "switch", "--quiet", "main")
    return folder


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> Path:
    """Return a copy of the template, which a test may change."""
    return Path(shutil.copytree(template, tmp_path / "origin"))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def got(checkout: Checkout) -> set[str]:
    """Return the files that came, and throw them away."""
    names = {path.name for path in checkout.folder.iterdir()} - {".git"}
    discard(checkout)
    return names


def test_a_folder_is_used_where_it_is(repository: Path, cache: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    for uri in (str(repository), repository.as_uri(), f"'{repository}'"):
        checkout = fetch(uri, cache=cache)
        assert (checkout.folder, checkout.origin) == (repository, str(repository))
        assert checkout.is_local
        assert (checkout.commit, checkout.branch) == (head, None)
        discard(checkout)
    inner = fetch(f"{repository}#sub/v1.0", cache=cache)
    assert inner.folder == repository / "sub" / "v1.0"
    assert project_of(inner).name == "inner"
    assert (repository / "MLproject").exists()
    assert not cache.exists()


def test_a_folder_with_a_hash_in_its_name_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "c#project").mkdir()
    assert fetch(tmp_path / "c#project").folder == tmp_path / "c#project"


@pytest.mark.parametrize(
    ("version", "files", "branch"),
    [
        ("v1", {"MLproject", "sub"}, None),
        ("v1-annotated", {"MLproject", "sub"}, None),
        ("refs/tags/v1", {"MLproject", "sub"}, None),
        ("main", {"MLproject", "sub", "second.txt"}, "main"),
        ("HEAD", {"MLproject", "sub", "second.txt"}, None),
        ("feature/x", {"MLproject", "sub", "second.txt", "feature.txt"}, "feature/x"),
    ],
)
def test_a_version_is_a_tag_or_a_branch(
    version: str, files: set[str], branch: str | None, repository: Path, cache: Path
) -> None:
    checkout = fetch(str(make_bare(repository)), version, cache=cache)
    assert checkout.commit == git(repository, "rev-parse", f"{version}^{{commit}}")
    assert (checkout.branch, checkout.version) == (branch, version)
    assert git(checkout.folder, "rev-parse", "HEAD") == checkout.commit
    assert got(checkout) == files


def test_a_version_is_a_commit_whole_or_abbreviated(repository: Path, cache: Path) -> None:
    bare = make_bare(repository)
    first = git(repository, "rev-parse", "v1")
    for version in (first, first[:10]):
        checkout = fetch(f"git+{bare.as_uri()}", version, cache=cache)
        assert (checkout.commit, checkout.branch) == (first, None)
        assert got(checkout) == {"MLproject", "sub"}


def test_of_a_bare_repository_the_default_branch_is_fetched(repository: Path, cache: Path) -> None:
    bare = make_bare(repository)
    git(bare, "symbolic-ref", "HEAD", "refs/heads/feature/x")
    checkout = fetch(f"{bare.as_uri()}#sub/v1.0", cache=cache)
    assert not checkout.is_local
    assert (checkout.origin, checkout.subfolder) == (str(bare), "sub/v1.0")
    assert checkout.commit == git(repository, "rev-parse", "feature/x")
    assert project_of(checkout).name == "inner"
    discard(checkout)


def test_only_one_commit_is_fetched(repository: Path, cache: Path) -> None:
    checkout = fetch(str(make_bare(repository)), "feature/x", cache=cache)
    assert git(checkout.folder, "rev-list", "--count", "HEAD") == "1"
    assert git(checkout.folder, "status", "--porcelain") == ""
    discard(checkout)


def test_a_version_of_a_work_tree_leaves_that_as_it_is(repository: Path, cache: Path) -> None:
    (repository / "MLproject").write_text("name: changed\n")
    checkout = fetch(f"{repository / 'sub'}#v1.0", "v1", cache=cache)
    assert checkout.subfolder == "sub/v1.0"
    assert project_of(checkout).name == "inner"
    assert got(checkout) == {"MLproject"}
    assert (repository / "MLproject").read_text() == "name: changed\n"
    assert git(repository, "branch", "--show-current") == "main"


def test_everybody_gets_a_copy_of_their_own(repository: Path, cache: Path) -> None:
    first = fetch(str(repository), "v1", cache=cache)
    (first.folder / "left behind").touch()
    (first.folder / "MLproject").write_text("changed")
    second = fetch(str(repository), "v1", cache=cache)
    assert first.folder != second.folder
    assert project_of(second).name == "demo"
    assert got(second) == {"MLproject", "sub"}
    discard(first)
    assert not first.folder.exists()


def test_a_commit_that_was_fetched_needs_its_repository_no_more(
    repository: Path, cache: Path
) -> None:
    bare = make_bare(repository)
    address = f"git+{bare.as_uri()}"
    discard(fetch(address, "feature/x", cache=cache))
    head = git(repository, "rev-parse", "feature/x")
    for place in (bare / "objects").iterdir():
        shutil.rmtree(place)
    assert "feature.txt" in got(fetch(address, head, cache=cache))


def test_ten_at_once_get_the_same(repository: Path, cache: Path) -> None:
    bare = make_bare(repository)
    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(lambda _: fetch(str(bare), "v1", cache=cache), range(10)))
    assert len({checkout.folder for checkout in found}) == 10
    assert {checkout.commit for checkout in found} == {git(repository, "rev-parse", "v1")}
    assert all(got(checkout) == {"MLproject", "sub"} for checkout in found)
    (room,) = (cache / "git").iterdir()
    assert [path.name for path in room.iterdir()] == [git(repository, "rev-parse", "v1")]


def test_submodules_come_along_at_their_commit(tmp_path: Path, cache: Path) -> None:
    innermost = make_repository(tmp_path / "innermost", {"deep.txt": "3"})
    inner = make_repository(tmp_path / "inner", {"lib.py": "1"})
    git(inner, "submodule", "--quiet", "add", "../innermost", "deeper")
    commit(inner)
    outer = make_repository(tmp_path / "outer", PROJECT)
    git(outer, "submodule", "--quiet", "add", inner.as_uri(), "libs/inner")
    commit(outer)
    commit(inner, {"lib.py": "later"})
    checkout = fetch(f"git+{outer.as_uri()}", cache=cache)
    assert (checkout.folder / "libs/inner/lib.py").read_text() == "1"
    assert (checkout.folder / "libs/inner/deeper/deep.txt").read_text() == "3"
    assert innermost.exists()
    discard(checkout)


@pytest.mark.parametrize(
    ("uri", "version", "error", "reason"),
    [
        ("{repository}", "v2", NotFound, "Unable to checkout version 'v2' of git repo .*It has v1"),
        ("{repository}", "0" * 40, NotFound, "Unable to checkout version '0000"),
        ("{repository}", "abcdef12", NotFound, "Unable to checkout version 'abcdef12'"),
        ("{repository}#nowhere", None, NotFound, "Could not find subdirectory nowhere of"),
        ("{repository}#nowhere", "v1", NotFound, "Could not find subdirectory nowhere of"),
        ("{repository}#sub/../../x", None, InvalidValue, "leads out of the project"),
        ("{repository}#..", "v1", InvalidValue, "leads out of the project"),
        ("{repository}/MLproject", None, InvalidValue, "is a file"),
        ("{tmp}", "v1", InvalidValue, "Setting a version is only supported for Git project URIs"),
        ("nowhere/at/all", None, NotFound, "no folder nowhere/at/all, and it is no URL"),
        ("file:///nowhere/at/all", None, NotFound, "There is no folder /nowhere/at/all"),
        ("file://host/share", None, InvalidValue, "a file on this machine"),
        ("http://127.0.0.1:9/x.git", None, TrackerError, "cannot be read: .*onnect"),
        ("http://127.0.0.1:9/x.zip", None, TrackerError, "Unable to retrieve ZIP file http"),
        ("", None, InvalidValue, "is no URI of a project"),
        ("https://host/x.zip", "v1", InvalidValue, "Setting a version is only supported for Git"),
        (
            "https://host/x.git?a=s3cret",
            None,
            InvalidValue,
            "^https://host/x.git: .* has no .query",
        ),
    ],
)
def test_what_is_wrong_is_said(
    uri: str,
    version: str | None,
    error: type[Exception],
    reason: str,
    repository: Path,
    cache: Path,
    tmp_path: Path,
) -> None:
    with pytest.raises(error, match=reason):
        fetch(uri.format(repository=repository, tmp=tmp_path), version, cache=cache)


def test_without_git_it_is_said_that_git_is_missing(
    repository: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrackerError, match="git is not installed"):
        fetch(str(repository), "v1", cache=cache)
    assert fetch(str(repository), cache=cache).folder == repository


def test_over_ssh_the_users_own_ssh_is_asked(
    repository: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = make_bare(repository)
    ssh = tmp_path / "ssh"
    # It does what the host would: `ssh OPTIONS user@host "git-upload-pack '/path'"`.
    ssh.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nfor last; do :; done\nexec sh -c "$last"\n'
    )
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    for uri in (f"git@example.com:{bare}", f"ssh://git:s3cret@example.com{bare}"):
        checkout = fetch(uri, "v1", cache=cache)
        assert "s3cret" not in checkout.uri + checkout.origin
        assert "git@example.com" in checkout.origin
        assert got(checkout) == {"MLproject", "sub"}
    asked = (tmp_path / "asked").read_text()
    assert "git@example.com git-upload-pack" in asked
    assert "s3cret" not in asked


def test_that_git_lfs_was_not_run_is_remarked(repository: Path, cache: Path) -> None:
    commit(repository, {".gitattributes": "*.txt text\n*.bin filter=lfs -text\n"})
    checkout = fetch(f"git+{repository.as_uri()}", cache=cache)
    (remark,) = project_of(checkout).remarks
    assert (remark.file, remark.line) == (".gitattributes", 2)
    assert "git-lfs keeps elsewhere were not fetched" in remark.message
    discard(checkout)


def test_what_a_killed_process_left_half_fetched_is_removed(repository: Path, cache: Path) -> None:
    address = f"git+{repository.as_uri()}"
    discard(fetch(address, "v1", cache=cache))
    (room,) = (cache / "git").iterdir()
    for name, age in ((".fetching-old", 2 * 86_400), (".fetching-new", 60)):
        (room / name).mkdir()
        then = time.time() - age
        os.utime(room / name, (then, then))
    discard(fetch(address, "main", cache=cache))
    assert not (room / ".fetching-old").exists()
    assert (room / ".fetching-new").exists()


@given(st.text(st.sampled_from("ab:/@#?.-+~% \\[]0'\"gitsh"), max_size=40))
def test_any_text_is_a_source_or_is_refused(text: str) -> None:
    for start in ("", "https://", "git@", "file:", "git+ssh://", "ext"):
        try:
            source = parse(start + text)
        except TrackerError:
            continue
        assert ".." not in Path(source.subfolder).parts
        address = source.address
        assert source.path or (address and address.protocol in ("https", "ssh", "file"))


@given(st.text("abc%40:!$&", min_size=1), st.sampled_from(["x.git", "x.zip", "x.git#sub"]))
def test_what_logs_in_is_never_part_of_what_is_shown(login: str, rest: str) -> None:
    secret = f"somebody:{login}s3cret"
    uri = f"https://{secret}@example.com/{rest}"
    source = parse(uri)
    assert "s3cret" not in f"{source!r} {source.origin} {shown(uri)} {shown(f'git+{uri}')}"
    assert source.address is not None
    assert source.address.login == secret


class _Guarded(SimpleHTTPRequestHandler):
    """Gives files only to whoever logs in."""

    def do_GET(self) -> None:
        wanted = base64.b64encode(b"somebody:s3cret@word").decode()
        if self.headers.get("Authorization") == f"Basic {wanted}" or "?sig=s3cret" in self.path:
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output free of it."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Serve the test's folder over HTTP to whoever logs in; return host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Guarded, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_over_http_credentials_are_used_and_kept_nowhere(
    repository: Path, site: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = make_bare(repository)
    calls, real = tmp_path / "calls", shutil.which("git")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(f'#!/bin/sh\necho "$@" >> {calls}\nexec {real} "$@"\n')
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    uri = f"git+http://{LOGIN}@{site}/{bare.name}#sub/v1.0"
    checkout = fetch(uri, "v1", cache=cache)
    assert checkout.uri == f"git+http://{site}/{bare.name}#sub/v1.0"
    assert checkout.origin == f"http://{site}/{bare.name}"
    assert got(checkout) == {"MLproject"}
    with pytest.raises(NotFound) as failed:
        fetch(uri, "v9", cache=cache)
    with pytest.raises(TrackerError) as refused:
        fetch(uri.replace("word", "wrong"), "v1", cache=tmp_path / "other")
    texts = [str(failed.value), str(refused.value), calls.read_text()]
    texts += [path.read_text("latin-1") for path in cache.rglob("*") if path.is_file()]
    assert not [text for text in texts if "s3cret" in text]
    assert "ls-remote" in calls.read_text()


def test_an_archive_is_unpacked_from_a_file_and_over_http(site: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "project.zip", "w") as archive:
        for name, text in PROJECT.items():
            archive.writestr(name, text)
        script = zipfile.ZipInfo("run.sh")
        script.external_attr = 0o100755 << 16
        archive.writestr(script, "true")
    file = tmp_path / "project.zip"
    for uri in (str(file), file.as_uri(), f"http://{LOGIN}@{site}/project.zip"):
        checkout = fetch(f"{uri}#sub/v1.0")
        assert project_of(checkout).name == "inner"
        assert LOGIN not in checkout.uri + checkout.origin
        assert not checkout.is_local
        discard(checkout)
    signed = fetch(f"http://{site}/project.zip?sig=s3cret#sub")
    assert signed.uri == f"http://{site}/project.zip#sub"
    assert signed.origin == f"http://{site}/project.zip"
    discard(signed)
    whole = fetch(str(file))
    assert os.access(whole.folder / "run.sh", os.X_OK)
    assert got(whole) == {"MLproject", "sub", "run.sh"}
    with pytest.raises(TrackerError, match=f"http://{site}/no.zip: the server answered 404"):
        fetch(f"http://{LOGIN}@{site}/no.zip")
