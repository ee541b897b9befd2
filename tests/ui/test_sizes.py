"""Every view from a narrow sidebar's width to a wide screen: nothing sticks out.

`gallery.py` takes the pictures.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import NewPage
from tests.ui.lab import Lab
from tests.ui.test_page import START_MS, record
from tracker.store import open_store

WIDTHS = {280: 640, 600: 800, 1280: 800, 2560: 1440}
"""Widths of the window with the height that goes with them, in CSS pixels."""
VIEWS = {
    "list": ({}, ".jp-tracker-run-name"),
    "run": ({"show": "open-run"}, ".jp-tracker-curves[data-lines]"),
    "compare": ({"show": "compare-runs"}, ".jp-tracker-table td[data-run-id]"),
}
"""What the address of a view adds, and what is there once it is drawn."""
STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  const isCut = node => {
    for (let at = node.parentElement; at; at = at.parentElement) {
      const isScrolled = getComputedStyle(at).overflowX !== 'visible';
      if (isScrolled && at.getBoundingClientRect().right <= wide + 1) {
        return true;
      }
    }
    return false;
  };
  return [...document.querySelectorAll('body *')]
    .filter(node => node.getBoundingClientRect().right > wide + 1 && node.checkVisibility())
    .filter(node => !isCut(node))
    .map(node => node.outerHTML.slice(0, 160));
}"""


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_any_width(new_page: NewPage, lab: Lab, view: str) -> None:
    folder = f"sizes-{view}"
    store = open_store(lab.root / folder / ".tracker")
    ids = [record(store, f"run {i}", 0.1 * (i + 1)) for i in range(3)]
    shown, drawn = VIEWS[view]
    address = {"token": lab.token, "folder": folder, "runId": ids[0], "runIds": json.dumps(ids)}
    page = new_page()
    page.goto(f"{lab.url}tracker?{urlencode({**address, **shown})}")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(drawn).first).to_be_visible(timeout=START_MS)
        assert page.evaluate(STICKING_OUT) == []
