"""The card as people meet it: with all of HTML, stripped of nearly all of it, and as text."""

from __future__ import annotations

import html as html_module
import math
import re
from html.parser import HTMLParser

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rendering.cards import card, run
from tracker.entities import RunStatus
from tracker.rendering import html, text
from tracker.rendering.card import MAX_CHILDREN, Card

LOSS = {"loss": [2.0, 1.0, 0.5, 0.25]}

TAGS = {
    "a",
    "bdi",
    "circle",
    "div",
    "g",
    "path",
    "span",
    "strong",
    "svg",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
}
ATTRIBUTES = {
    "aria-hidden",
    "class",
    "colspan",
    "cx",
    "cy",
    "d",
    "data-run-id",
    "fill",
    "height",
    "href",
    "r",
    "role",
    "scope",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-width",
    "style",
    "title",
    "transform",
    "width",
}


class Reading(HTMLParser):
    """What a browser would make of the card."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("path", "circle"):
            self.open.append(tag)
        for key, value in attrs:
            self.attributes.setdefault(key, []).append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "circle"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def stripped(markup: str) -> str:
    """The words of the card on a host that keeps neither attributes nor pictures."""
    blocks = re.sub(r"</(div|tr)>", "\n", markup)
    cells = re.sub(r"</t[dh]>", " | ", blocks)
    lines = html_module.unescape(re.sub(r"<[^>]*>", "", cells)).split("\n")
    return "\n".join(line.replace("\u2002", "").strip() for line in lines if line.strip(" |"))


def test_without_styles_and_pictures_the_card_still_says_everything() -> None:
    shown = run("steady", params={"lr": "0.1", "epochs": "20"}, metrics=LOSS)
    assert stripped(html.render(card(shown, metrics=LOSS))) == (
        "steady ● finished in 1.2 s experiment diabetes Open in panel\n"
        "lr = 0.1, epochs = 20\n"
        "metric | last | curve | min | max |\n"
        "loss | 0.25 | █▄▂▁ | 0.25 | 2 |"
    )


def test_the_same_as_text() -> None:
    shown = run("steady", params={"lr": "0.1", "epochs": "20"}, metrics=LOSS)
    assert text.render(card(shown, metrics=LOSS)) == (
        "● steady  finished in 1.2 s, experiment diabetes\n"
        "  lr = 0.1, epochs = 20\n"
        "  loss  0.25  █▄▂▁  min 0.25, max 2, 4 points"
    )


def test_metrics_of_one_point_need_one_row() -> None:
    shown = run(metrics={"rmse": [54.2], "r2": [0.48]})
    assert stripped(html.render(card(shown))).endswith("rmse | r2 |\n54.2 | 0.48 |")


def test_a_running_run_counts_its_time_and_a_failed_one_says_why() -> None:
    running = card(run(status=RunStatus.RUNNING, milliseconds=None), now=61_000)
    assert "running for 1 min 1 s" in stripped(html.render(running))
    failed = card(run(status=RunStatus.FAILED), error="ValueError: <b>no</b>")
    assert stripped(html.render(failed)).endswith("\nValueError: <b>no</b>")
    assert text.render(failed).endswith("\n  ValueError: <b>no</b>")


def test_metrics_of_the_machine_come_last_and_what_has_no_room_is_counted() -> None:
    metrics = {"system/cpu": [1.0], **{f"m{i}": [1.0] for i in range(9)}}
    words = stripped(html.render(card(run(metrics=metrics))))
    assert "m0 | m1" in words
    assert "system" not in words
    assert "and 2 more metrics" in words
    params = {f"p{i}": "1" for i in range(20)}
    assert "and 4 more" in stripped(html.render(card(run(params=params))))


def children(count: int) -> list[dict[str, str]]:
    return [{"alpha": str(i), "seed": "0"} for i in range(count)]


def test_runs_inside_the_run_stand_in_a_table_of_what_differs() -> None:
    inner = [
        run(f"alpha {p['alpha']}", params=p, metrics={"rmse": [50.5]}, run_id=f"{i:032x}")
        for i, p in enumerate(children(2))
    ]
    shown = card(run("grid"), children=inner, child_count=2)
    assert stripped(html.render(shown)).endswith(
        "run | state | time | alpha | rmse |\n"
        "alpha 0 | ● finished | 1.2 s | 0 | 50.5 |\n"
        "alpha 1 | ● finished | 1.2 s | 1 | 50.5 |"
    )
    assert f"#tracker-run={0:032x}" in Reading(html.render(shown)).attributes["href"]
    assert text.render(shown).splitlines()[1:] == [
        "  ● alpha 0  finished in 1.2 s  alpha = 0  rmse 50.5",
        "  ● alpha 1  finished in 1.2 s  alpha = 1  rmse 50.5",
    ]


def test_only_the_latest_runs_inside_are_shown_and_the_others_counted() -> None:
    inner = [run(f"number {i}") for i in range(MAX_CHILDREN + 3)]
    shown = card(run("grid"), children=inner, child_count=25)
    words = stripped(html.render(shown))
    assert "number 2 |" not in words
    assert "number 12 |" in words
    assert "15 earlier runs of this cell not shown" in words


def test_the_card_tells_no_absolute_path_and_links_only_to_its_run() -> None:
    shown = run(metrics=LOSS)
    reading = Reading(html.render(card(shown, metrics=LOSS)))
    assert reading.attributes["href"] == [f"#tracker-run={shown.info.run_id}"]
    assert shown.info.artifact_uri not in html.render(card(shown))


HOSTILE = st.one_of(
    st.text(st.characters(), max_size=80),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onmouseover='alert(1)",
            "</title></svg><iframe>",
            "&lt;b&gt;",
            "javascript:alert(1)",
            "\u202e<!--",
            "]]>",
        ]
    ),
)


@st.composite
def hostile_cards(draw: st.DrawFn) -> Card:
    params = draw(st.dictionaries(HOSTILE, HOSTILE, max_size=4))
    points = st.lists(st.floats(), min_size=1, max_size=5)
    metrics = draw(st.dictionaries(HOSTILE, points, max_size=3))
    inner = run(draw(HOSTILE), params=params, metrics=metrics, run_id=draw(HOSTILE))
    shown = run(draw(HOSTILE), status=draw(HOSTILE), metrics=metrics, run_id=draw(HOSTILE))
    return card(
        shown,
        metrics=metrics,
        params=params,
        experiment=draw(HOSTILE),
        error=draw(HOSTILE),
        notes=(draw(HOSTILE),),
        children=[inner, run("b")],
        child_count=2,
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_cards())
def test_nothing_hostile_gets_out_of_its_place(shown: Card) -> None:
    reading = Reading(html.render(shown))
    assert set(reading.tags) <= TAGS
    assert set(reading.attributes) <= ATTRIBUTES
    assert all(href.startswith("#tracker-run=") for href in reading.attributes["href"])
    assert reading.open == []
    styles = " ".join(reading.attributes["style"])
    assert "url(" not in styles
    html.render(shown).encode("utf-8")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_cards())
def test_text_cannot_steer_a_terminal(shown: Card) -> None:
    lines = text.render(shown).encode("utf-8").decode()
    assert not any(ord(c) < 32 and c != "\n" for c in lines)
    assert len(lines) < 20_000


def test_special_values_of_metrics_are_words() -> None:
    shown = run(metrics={"loss": [1.0, math.nan]})
    assert "loss | NaN |  | 1 | 1 |" in stripped(html.render(card(shown)))
