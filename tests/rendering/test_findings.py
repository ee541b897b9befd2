"""What was found about a run's cells, as its card tells it."""

from __future__ import annotations

from tracker.entities import Run, RunData, RunInfo
from tracker.rendering import html, text
from tracker.rendering.card import Card

RUN = Run(
    RunInfo("0f8fad5b", "0", "brave-otter-12", "ada", "FINISHED", 1_000, 2_000, ""), RunData()
)


def test_findings_are_one_line_with_details_below() -> None:
    card = Card(RUN, "study", 2_000, findings=["In [3] was edited", "<b>`x`</b> was\nchanged"])
    markup = html.render(card)
    line = "Running the notebook from top to bottom may give another result: 2 reasons"
    assert f"{line}</summary>" in markup
    assert "<li>&lt;b&gt;`x`&lt;/b&gt; was changed</li>" in markup
    assert text.render(card).splitlines()[-3:] == [
        f"  {line}",
        "    - In [3] was edited",
        "    - <b>`x`</b> was changed",
    ]


def test_a_run_of_which_nothing_was_found_says_nothing_of_it() -> None:
    card = Card(RUN, "study", 2_000)
    assert "<details" not in html.render(card)
    assert "top to bottom" not in text.render(card)
