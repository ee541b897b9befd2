from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rendering.wording import clean, duration, number, state_word


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (0.05, "0.05"),
        (54.23312, "54.23"),
        (0.99999, "1"),
        (1234.5678, "1235"),
        (9_999_999.0, "9999999"),
        (12_345_678.0, "1.235e7"),
        (0.000123456, "1.235e-4"),
        (-2.5e-9, "-2.5e-9"),
        (1e300, "1e300"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers_are_read_with_four_digits(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(min_value=-1e308, max_value=1e308))
def test_a_number_reads_back_as_nearly_the_same(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, rel=1e-3, abs=1e-320)
    assert len(number(value)) <= 11


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0 ms"),
        (-5, "0 ms"),
        (999, "999 ms"),
        (1000, "1.0 s"),
        (59_949, "59.9 s"),
        (59_999, "1 min 0 s"),
        (200_000, "3 min 20 s"),
        (3_599_999, "1 h 0 min"),
        (7_500_000, "2 h 5 min"),
        (90_000_000, "1 d 1 h"),
    ],
)
def test_durations_have_the_two_units_that_matter(milliseconds: int, text: str) -> None:
    assert duration(milliseconds) == text


def test_known_states_are_words_and_unknown_ones_are_shown_as_stored() -> None:
    assert state_word("KILLED") == "killed"
    assert state_word("PAUSED\x1b[31m") == "paused�[31m"


def test_text_becomes_one_line_that_cannot_steer_a_terminal_or_reorder_its_neighbours() -> None:
    assert clean("a\r\n\tb  c", 20) == "a b c"
    assert clean("\x1b[2Jgone", 20) == "�[2Jgone"
    assert clean("name\u202egnp.exe", 20) == "name�gnp.exe"
    assert clean("x" * 30, 10) == "x" * 9 + "…"


@given(st.text(st.characters(), max_size=300), st.integers(1, 60))
def test_cleaned_text_is_bounded_encodable_and_printable(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert cleaned.encode("utf-8")[:0] == b""
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in cleaned)
