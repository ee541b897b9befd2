"""The card of a project's run: that of any run, with where it came from and what it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tracker.rendering import html, text
from tracker.rendering.card import Card
from tracker.rendering.wording import clean, verbatim

CANCEL = "#tracker-cancel="
"""What the panel recognises: a link to this plus a run id asks, and cancels the run."""

SHOWN_LINES = 8
KEPT_LINES = 20
"""Lines of output that are seen at a glance while the project runs, and that unfold afterwards."""
_LONGEST_LINE = 240
_CODE = (
    "margin:6px 0 2px;padding:5px 9px;border-radius:4px;overflow-x:auto;white-space:pre;"
    "background:rgba(128,128,128,.11);color:inherit;line-height:1.45;"
    "font-family:var(--jp-code-font-family,monospace);font-size:12px"
)


@dataclass(frozen=True, slots=True)
class ProjectCard(Card):
    """A project's run. `source` is its folder or URL, `lines` the last ones that it printed.

    `version` and `environment` are "" where there is nothing to say of them. `may_cancel` says that
    somebody listens to the cancel link.
    """

    source: str = ""
    entry_point: str = "main"
    version: str = ""
    environment: str = ""
    lines: Sequence[str] = ()
    may_cancel: bool = False


def render_html(card: ProjectCard) -> str:
    """Return the card; what the project printed is escaped like everything else in it."""
    action = ""
    if card.may_cancel and card.is_running:
        action = (
            f'<a href="{CANCEL}{html.text(card.run.info.run_id, 64)}" style="{html.LINK_STYLE};'
            'color:var(--jp-error-color1,#d32f2f);margin-right:10px">Cancel</a>'
        )
    about = f'<div style="{html.MUTED}">{_about(card)}</div>'
    return html.render(card, action=action, about=about, below=_output(card))


def render_text(card: ProjectCard) -> str:
    """Return the card as lines of text without control characters."""
    first, *rest = text.render(card).splitlines()
    about = "  " + " · ".join(clean(part, 200) for part in _origin(card))
    shown = [f"  | {verbatim(line, _LONGEST_LINE)}" for line in card.lines[-SHOWN_LINES:]]
    return "\n".join([first, about, *rest, *shown])


def _origin(card: ProjectCard) -> list[str]:
    parts = [f"{card.entry_point} of {card.source}", card.version, card.environment]
    return [part for part in parts if part]


def _about(card: ProjectCard) -> str:
    entry = f"<bdi>{html.text(card.entry_point, 60)}</bdi> of"
    source = f'<bdi style="overflow-wrap:anywhere">{html.text(card.source, 200)}</bdi>'
    rest = [f"<bdi>{html.text(part, 80)}</bdi>" for part in (card.version, card.environment)]
    return " · ".join([f"{entry} {source}", *(part for part in rest if part != "<bdi></bdi>")])


def _output(card: ProjectCard) -> str:
    if not card.lines:
        return ""
    if card.is_running:
        return _code(card.lines[-SHOWN_LINES:])
    start = '<details style="margin:4px 0 0"' + (" open>" if card.error else ">")
    title = f'<summary style="{html.MUTED};cursor:pointer">Output</summary>'
    return f"{start}{title}{_code(card.lines[-KEPT_LINES:])}</details>"


def _code(lines: Sequence[str]) -> str:
    shown = "\n".join(escape(verbatim(line, _LONGEST_LINE)) for line in lines)
    return f'<pre class="tracker-log" style="{_CODE}">{shown}</pre>'
