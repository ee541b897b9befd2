"""The card of a project's run: what it shows, when it can be cancelled, and that nothing acts."""

from __future__ import annotations

from dataclasses import fields
from html.parser import HTMLParser

import pytest

from tests.rendering import cards
from tracker.entities import RunStatus
from tracker.rendering import project
from tracker.rendering.card import Card
from tracker.rendering.project import ProjectCard

HOSTILE = "<img src=x onerror=alert(1)> \x1b[31m\u202e&amp; \"'"


def project_card(status: str = RunStatus.RUNNING, **facts: object) -> ProjectCard:
    card = cards.card(cards.run(status=status, params={"alpha": "0.5"}))
    common = {field.name: getattr(card, field.name) for field in fields(Card)}
    facts.setdefault("source", "https://example.org/wine.git#train")
    return ProjectCard(**{**common, **facts})


class Tags(HTMLParser):
    """The names and links of all elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]


def test_it_tells_where_the_project_came_from_and_what_it_printed_last() -> None:
    lines = [f"epoch  {number}" for number in range(30)]
    card = project_card(lines=lines, version="v1 (0f8fad5b)", environment="uv", entry_point="fit")
    text = project.render_text(card)
    assert "fit of https://example.org/wine.git#train · v1 (0f8fad5b) · uv" in text
    assert "  | epoch  29" in text and "epoch  21" not in text
    html = project.render_html(card)
    assert "epoch  29" in html and "epoch  21" not in html and "<details" not in html
    ended = project.render_html(project_card(RunStatus.FINISHED, lines=lines))
    assert "<details" in ended and "epoch  12" in ended and "open>" not in ended
    failed = project_card(RunStatus.FAILED, lines=lines, error="exit code 3")
    assert "open>" in project.render_html(failed)


@pytest.mark.parametrize(
    ("status", "may_cancel", "has_link"),
    [("RUNNING", True, True), ("RUNNING", False, False), ("FINISHED", True, False)],
)
def test_it_can_be_cancelled_while_it_runs_and_somebody_listens(
    status: str, may_cancel: bool, has_link: bool
) -> None:
    card = project_card(status, may_cancel=may_cancel)
    links = Tags(project.render_html(card)).links
    assert (f"#tracker-cancel={card.run.info.run_id}" in links) is has_link


def test_nothing_that_a_project_says_of_itself_acts() -> None:
    card = project_card(
        lines=[HOSTILE], source=HOSTILE, entry_point=HOSTILE, version=HOSTILE, environment=HOSTILE
    )
    html, text = project.render_html(card), project.render_text(card)
    assert "img" not in Tags(html).names
    for shown in (html, text):
        assert "\x1b" not in shown and "\u202e" not in shown
