"""Repositories and archives that would run something, or reach out of their folder."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from tests.projects.repositories import commit, git, make_bare, make_repository
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.sources import discard, fetch
from tracker.projects.sources_checkout import MOST_SUBMODULES

FILES = {"MLproject": "name: demo\n"}


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """Return the file that appears if something was run."""
    return tmp_path / "ran"


@pytest.mark.parametrize(
    "uri",
    [
        "ext::sh -c 'touch {ran}'",
        "ext::sh%20-c%20touch%20{ran}",
        "git+ext::sh -c 'touch {ran}'",
        "fd::17",
        "::x",
        "ssh://-oProxyCommand=touch%20{ran}/x",
        "ssh://-oProxyCommand=touch@host/x",
        "-oProxyCommand=touch:x.git",
        "git@-oProxyCommand=touch:x.git",
        "git@host:-x.git",
        "--upload-pack=touch {ran}",
        "gopher://host/x.git",
        "javascript://host/x.git",
        "https:///x.git",
        "https://host/x.git\nevil",
        "https://[host/x.git",
    ],
)
def test_addresses_that_would_run_something_are_refused(uri: str, ran: Path, cache: Path) -> None:
    with pytest.raises(TrackerError):
        fetch(uri.format(ran=ran), cache=cache)
    assert not ran.exists()
    assert not cache.exists()


@pytest.mark.parametrize(
    "version", ["--upload-pack=touch x", "-f", "", "a..b", "a b", "HEAD@{1}", "v1^{/x}", "a\nb"]
)
def test_versions_that_git_would_take_for_something_else_are_refused(
    version: str, tmp_path: Path, cache: Path
) -> None:
    repository = make_repository(tmp_path / "origin", FILES)
    with pytest.raises(InvalidValue, match="can be no commit, branch or tag"):
        fetch(str(repository), version, cache=cache)


def test_nothing_is_run_for_a_repository_that_asks_for_it(
    tmp_path: Path, ran: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = make_repository(tmp_path / "origin", FILES)
    touch = f"touch {ran}; cat"
    commit(repository, {".gitattributes": "* filter=evil\n", ".lfsconfig": "[lfs]\nurl = x\n"})
    bare = make_bare(repository)
    templates = tmp_path / "templates" / "hooks"
    for hooks in (bare / "hooks", templates):
        hooks.mkdir(parents=True, exist_ok=True)
        for name in ("post-checkout", "reference-transaction", "post-merge", "pre-auto-gc"):
            (hooks / name).write_text(f"#!/bin/sh\n{touch}\n")
            (hooks / name).chmod(0o755)
    # What a user may have configured for their own work; a stranger's files shall not start it.
    (tmp_path / ".gitconfig").write_text(
        f"[core]\nhooksPath = {templates}\nfsmonitor = {touch}\n"
        f"[init]\ntemplateDir = {templates.parent}\n"
        f'[filter "evil"]\nsmudge = {touch}\nprocess = {touch}\nrequired = true\n'
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(templates.parent))
    checkout = fetch(str(bare), cache=cache)
    assert (checkout.folder / "MLproject").read_text() == FILES["MLproject"]
    assert not (checkout.folder / ".git" / "hooks").exists()
    assert not ran.exists()
    discard(checkout)


def test_an_address_that_the_users_configuration_turns_into_a_helper_is_refused(
    tmp_path: Path, ran: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text(
        f'[url "ext::touch {ran} "]\ninsteadOf = https://example.invalid/\n'
        "[protocol]\nallow = always\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(TrackerError, match="transport 'ext' not allowed"):
        fetch("https://example.invalid/x.git", cache=cache)
    assert not ran.exists()


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("secret", "/etc/passwd"),
        ("secret", "../../../etc/passwd"),
        ("sub/up", "../.."),
        ("sub/inner", "../../elsewhere/x"),
    ],
)
def test_links_that_lead_out_of_the_tree_are_refused(
    link: str, target: str, tmp_path: Path, cache: Path
) -> None:
    repository = make_repository(tmp_path / "origin", {**FILES, "sub/x": ""})
    (repository / link).symlink_to(target)
    commit(repository)
    with pytest.raises(InvalidValue, match=f"leads out of it, and is not used: {link} -> "):
        fetch(f"git+{repository.as_uri()}", cache=cache)
    assert not [path for path in (cache / "git").rglob("*") if path.is_file()]


def test_links_inside_of_the_tree_are_kept(tmp_path: Path, cache: Path) -> None:
    repository = make_repository(tmp_path / "origin", {**FILES, "sub/x": "1"})
    (repository / "link").symlink_to("sub/x")
    (repository / "sub" / "back").symlink_to("../sub")
    (repository / "circle").symlink_to("circle")
    commit(repository)
    checkout = fetch(f"git+{repository.as_uri()}", cache=cache)
    assert (checkout.folder / "link").read_text() == "1"
    assert (checkout.folder / "sub/back/x").is_file()
    discard(checkout)


def add_submodule(repository: Path, url: str, path: str = "module") -> None:
    """Record a submodule as an attacker can: without git's own checks."""
    somewhere = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{somewhere},{path}")
    with (repository / ".gitmodules").open("a") as file:
        file.write(f'[submodule "{path}"]\npath = {path}\nurl = {url}\nupdate = !touch ran\n')
    git(repository, "add", ".gitmodules")
    git(repository, "commit", "--quiet", "--message", "submodule")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ext::touch {ran}", "a helper that runs commands"),
        ("-oProxyCommand=x", "There is no folder|option"),
        ("ssh://-oProxyCommand=touch/x", "names no host"),
        ("../../../../../../../../../x", "no such address|cannot be|Nothing could be"),
    ],
)
def test_submodules_from_odd_places_are_refused(
    url: str, reason: str, tmp_path: Path, ran: Path, cache: Path
) -> None:
    repository = make_repository(tmp_path / "origin", FILES)
    add_submodule(repository, url.format(ran=ran))
    with pytest.raises(TrackerError, match=reason):
        fetch(f"git+{repository.as_uri()}", cache=cache)
    assert not ran.exists()


def test_the_files_of_this_machine_are_no_submodule_of_a_remote_repository() -> None:
    from tracker.projects.sources_checkout import _submodule_address
    from tracker.projects.sources_uri import remote_address

    parent = remote_address("https://example.com/a/b.git")
    with pytest.raises(InvalidValue, match="asks for files of this machine"):
        _submodule_address(parent, "file:///home/user/secret")
    assert _submodule_address(parent, "../c.git").url == "https://example.com/a/c.git"
    ssh = remote_address("git@example.com:a/b.git")
    assert _submodule_address(ssh, "../c.git").url == "git@example.com:a/c.git"


def test_submodules_are_bounded(tmp_path: Path, cache: Path) -> None:
    module = make_repository(tmp_path / "module", {"x": ""})
    head = git(module, "rev-parse", "HEAD")
    repository = make_repository(tmp_path / "origin", FILES)
    names = [f"m{number}" for number in range(MOST_SUBMODULES + 1)]
    for name in names:
        git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},{name}")
    text = "".join(f'[submodule "{n}"]\npath = {n}\nurl = {tmp_path}/none\n' for n in names)
    (repository / ".gitmodules").write_text(text)
    git(repository, "add", ".gitmodules")
    git(repository, "commit", "--quiet", "--message", "many")
    with pytest.raises(InvalidValue, match="has more submodules than are fetched"):
        fetch(f"git+{repository.as_uri()}", cache=cache)


def archive(file: Path, name: str, mode: int = stat.S_IFREG | 0o644) -> Path:
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("MLproject", "name: demo\n")
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        made.writestr(member, "evil")
    return file


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:/evil", "..\\evil"])
def test_archives_that_write_out_of_their_folder_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="attempts path traversal"):
        fetch(str(archive(tmp_path / "project.zip", name)))
    assert not (tmp_path / "evil").exists()


def test_archives_with_links_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="holds a symbolic link"):
        fetch(str(archive(tmp_path / "project.zip", "link", stat.S_IFLNK | 0o777)))


def test_archives_that_unpack_to_too_much_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archive(tmp_path / "project.zip", "x")
    monkeypatch.setattr("tracker.projects.sources_zip.LARGEST_CONTENT", 5)
    with pytest.raises(InvalidValue, match="is not unpacked"):
        fetch(str(file))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project.zip").write_bytes(os.urandom(100))
    with pytest.raises(InvalidValue, match=r"is no \.zip archive that can be read"):
        fetch(str(tmp_path / "project.zip"))
