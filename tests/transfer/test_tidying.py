"""Names of other trackers become names that every store of ours can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.store import limits
from tracker.transfer.tidying import tidy_keys


@given(st.lists(st.text(max_size=300), unique=True, max_size=20))
def test_every_key_gets_one_of_its_own_that_can_be_kept(keys: list[str]) -> None:
    found = tidy_keys("metric", keys)
    assert list(found) == keys or set(found) == set(keys)
    assert len(set(found.values())) == len(keys)
    for key in found.values():
        limits.check_key("metric", key)
    assert tidy_keys("metric", keys) == found


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["loss", "val/acc"], ["loss", "val/acc"]),
        (["a@b", "a#b", "a_b"], ["a_b_2", "a_b_3", "a_b"]),
        (["../../x", "/x/", "a//b", ""], ["_/_/x", "x", "a/b", "_"]),
        (["x" * 300], ["x" * 250]),
    ],
)
def test_keys_stay_as_much_as_they_can(keys: list[str], expected: list[str]) -> None:
    found = tidy_keys("metric", keys)
    assert [found[key] for key in keys] == expected
