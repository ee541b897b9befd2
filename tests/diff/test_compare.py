"""`tracker.compare`: what differs between runs, as tables, as data and to look at."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import tracker
from tests.diff.conftest import executed, keep_run
from tracker.comparing import Comparison, compare
from tracker.diff import difference, find_runs
from tracker.entities import Dataset, DatasetInput, Metric
from tracker.errors import InvalidValue, NotFound
from tracker.rendering import comparison, comparison_text
from tracker.store import Store
from tracker.tracking import session

HOSTILE = "<script>alert(1)</script>"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\nnot really").decode()


@pytest.fixture
def two(store: Store) -> Comparison:
    """A run beside another that differs from it in everything."""
    outputs: list[dict[str, object]] = [
        {"output_type": "stream", "name": "stdout", "text": "epoch 1\nloss 0.5\n"},
        {"output_type": "display_data", "data": {"image/png": PNG}, "metadata": {}},
    ]
    first = keep_run(
        store,
        "first",
        executed("import numpy", "rate = 0.1\ndepth = 3", "fit(rate)"),
        params={"rate": "0.1", "kind": "tree"},
        outputs=outputs,
        packages={"numpy": "1.26.4", "scipy": "1.11.0"},
    )
    outputs = [{"output_type": "stream", "name": "stdout", "text": "epoch 1\nloss 0.25\n"}]
    second = keep_run(
        store,
        f"second {HOSTILE}",
        executed("import numpy", "rate = 0.2\ndepth = 3", "fit(rate)"),
        params={"rate": "0.2", "kind": "tree", "more": HOSTILE},
        outputs=outputs,
        packages={"numpy": "2.0.0", "pandas": "2.2.0"},
    )
    for run, loss, digest in ((first, 0.5, "aaaa"), (second, 0.25, "bbbb")):
        store.log_batch(run.info.run_id, metrics=[Metric("loss", loss, 1), Metric("same", 1, 1)])
        dataset = Dataset("X", digest, "code", "{}", None, json.dumps({"num_rows": 1500}))
        store.log_inputs(run.info.run_id, [DatasetInput(dataset)])
    ids = [first.info.run_id, second.info.run_id]
    return Comparison(difference([store.get_run(run_id) for run_id in ids]))


def test_tables_have_a_column_for_each_run_and_say_what_differs(two: Comparison) -> None:
    one, other = (run.info.run_id for run in two.runs)
    assert list(two.params.loc["rate", [one, other]]) == ["0.1", "0.2"]
    assert dict(two.params["differs"]) == {"rate": True, "kind": False, "more": True}
    assert two.params.loc["more", one] is None
    assert two.metrics.loc["loss", other] == 0.25
    assert dict(two.metrics["differs"]) == {"loss": True, "same": False}
    assert two.packages[[one, other]].to_dict("index") == {
        "numpy": {one: "1.26.4", other: "2.0.0"},
        "pandas": {one: None, other: "2.2.0"},
        "scipy": {one: "1.11.0", other: None},
    }
    assert two.datasets[one].tolist() == ["aaaa, 1,500 rows"]
    assert not two.environment["differs"].any()
    (changed,) = [row for row in two.code.to_dict("records") if row["kind"] != "equal"]
    assert (changed["left"], changed["right"]) == ("rate = 0.1\ndepth = 3", "rate = 0.2\ndepth = 3")
    assert not two.is_code_equal


def test_the_data_is_json_and_names_each_change(two: Comparison) -> None:
    plain = json.loads(json.dumps(two.to_dict(), allow_nan=False))
    (code,) = plain["code"]
    (cell,) = [cell for cell in code["cells"] if cell["kind"] == "changed"]
    changed = [line for line in cell["lines"] if line["kind"] == "changed"]
    assert changed[0]["right"] == [
        {"text": "rate = ", "is_changed": False},
        {"text": "0.2", "is_changed": True},
    ]
    assert plain["outputs"][0]["figures"] == ["cell/figures/figure_1.png"]
    assert plain["metrics"][0] == {"name": "loss", "values": [0.5, 0.25], "differs": True}


def test_the_text_says_it_all(two: Comparison) -> None:
    text = str(two)
    assert "Params: 2 params differ, 1 the same" in text
    assert "Code: 1 cell changed, 1 the same" in text
    assert "  In [2]: changed\n    - rate = 0.1\n    + rate = 0.2\n      depth = 3" in text
    assert "    - loss 0.5\n    + loss 0.25" in text
    assert "0.25 (−0.25)" in text
    assert "figures: first 1, second" in text


class Page(HTMLParser):
    """The elements of a page and their addresses."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in ("img",):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_shows_no_markup_but_ours(two: Comparison) -> None:
    bundle = two._repr_mimebundle_()
    page = Page(bundle["text/html"])
    assert page.open == []
    assert page.elements.isdisjoint({"script", "style", "iframe", "link"})
    assert "&lt;script&gt;" in bundle["text/html"]
    assert all(a.startswith(("#tracker-run=", "data:image/png;base64,")) for a in page.addresses)
    assert "<ins" in bundle["text/html"] and "<del" in bundle["text/html"]
    assert bundle["text/plain"] == str(two)


@pytest.mark.parametrize(
    "content", [b"[", b"{}", b"[1]", b'[{"data": 3}]', b'[{"data": {"image/png": 5}}]', b"\xff"]
)
def test_files_that_are_not_what_they_should_be_are_as_if_missing(
    content: bytes, store: Store
) -> None:
    runs = [keep_run(store, name, executed("x = 1")) for name in ("a", "b")]
    folder = Path(runs[0].info.artifact_uri)
    for path in ("cell/outputs.json", "environment/environment.json", "code/session.json"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    found = difference(runs)
    assert not found.code[0].is_known
    assert "not kept by one of the runs" in comparison_text.render(found)
    assert comparison.render(found)


def test_several_runs_are_held_against_the_first(store: Store) -> None:
    runs = [keep_run(store, f"r{n}", executed(f"x = {n // 2}")) for n in range(4)]
    found = difference(runs)
    assert [code.is_equal for code in found.code] == [True, False, False]
    assert "Code of r0 and r2: 1 cell changed" in comparison_text.render(found)


def test_runs_are_found_by_id_beginning_name_and_age(store: Store) -> None:
    runs = [store.create_run("0", run_name=name, start_time=at) for at, name in
            enumerate(["old", "twice", "twice", "it's new"], 1)]  # fmt: skip
    ids = [run.info.run_id for run in runs]
    names = ["latest", "previous", "old", ids[1], ids[2][:12], "it's new"]
    found = [run.info.run_id for run in find_runs(store, names)]
    assert found == [ids[3], ids[2], ids[0], ids[1], ids[2], ids[3]]
    with pytest.raises(InvalidValue, match="could be one of 2 runs"):
        find_runs(store, ["twice"])
    for nobody in ("nobody", "", "100%", "'\"", "x' OR 1=1"):
        with pytest.raises(NotFound, match="There is no run"):
            find_runs(store, [nobody])


@pytest.fixture
def recorded_to(store: Store, tmp_path: Path) -> Iterator[Store]:
    tracker.set_tracking_uri(tmp_path / ".tracker")
    yield session.current_store()
    tracker.set_tracking_uri(None)


def test_compare_takes_names_and_runs_alike(recorded_to: Store) -> None:
    with pytest.raises(NotFound, match="holds no run"):
        compare(["latest"])
    first = keep_run(recorded_to, "first", executed("x = 1"))
    with pytest.raises(NotFound, match="only one run"):
        compare(["previous", "latest"])
    with pytest.raises(InvalidValue, match="2 to 20 runs, not of 1"):
        compare([first])
    with pytest.raises(InvalidValue, match="takes a list"):
        compare("first")
    keep_run(recorded_to, "second", executed("x = 1"))
    found = tracker.compare([first, "second"])
    assert found.is_code_equal
    assert repr(found) == "<Comparison of first, second>"
