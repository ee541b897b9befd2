from __future__ import annotations

from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.inputtransformer2 import TransformerManager

from tracker.capture.trackline import TrackRequest, track_help
from tracker.magics.arguments import read_track_line
from tracker.magics.marker import Marker, read


def lines(source: str) -> list[str]:
    return source.splitlines(keepends=True)


def transformer_manager() -> Any:
    return TransformerManager()  # type: ignore[no-untyped-call]


def rewritten(source: str) -> str:
    found = read(lines(source))
    assert found is not None
    return found.source


def test_a_line_may_say_name_experiment_params_and_tags() -> None:
    line = "\"my run\" -e diabetes -p alpha=0.1 --param title='a = b' -t purpose=docs --tag x="
    assert read_track_line(line) == TrackRequest(
        "my run", "diabetes", {"alpha": "0.1", "title": "a = b"}, {"purpose": "docs", "x": ""}
    )
    assert read_track_line("") == TrackRequest()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("-p alpha", "expected NAME=VALUE, got 'alpha'"),
        ("-p =1", "expected NAME=VALUE, got '=1'"),
        ("-p", "expected one argument"),
        ("-p a=1 -p a=2", "-p gives 'a' two values"),
        ("two words", "unrecognized arguments: words"),
        ("--expermient x", "unrecognized arguments: --expermient"),
        ("'open", "no closing quotation in: 'open"),
    ],
)
def test_a_mistake_is_told_in_one_line(line: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_track_line(line)
    assert complaint in str(caught.value)
    assert str(caught.value).startswith("%%track")
    assert "\n" not in str(caught.value)


def test_the_mark_becomes_a_comment_and_the_lines_keep_their_numbers() -> None:
    assert rewritten("%%track a -p x=2\nx = 1\nx\n") == "# %%track a -p x=2\nx = 2\nx\n"
    assert rewritten("%%track\n\n\nx\n") == "# %%track\n\n\nx\n"


def test_a_cell_without_the_mark_is_left_alone() -> None:
    for source in [
        "x = 1\n",
        "%%tracker\nx\n",
        "%%track?\n",
        "#\n%%track\n",
        "%%bash\n%%track\nls",
    ]:
        assert read(lines(source)) is None
    assert Marker()(lines("x = 1\n")) == ["x = 1\n"]
    assert read([]) is None


def test_another_cell_magic_below_the_mark_moves_up() -> None:
    assert rewritten("%%track a\n%%time\nx\n") == "%%time\nx\n"
    assert rewritten("%%track a\n\n%%bash\nls\n") == "%%bash\nls\n"


def test_the_mark_may_stand_below_a_magic_that_runs_python() -> None:
    assert rewritten("%%time\n%%track a\nx\n") == "%%time\n# %%track a\nx\n"
    assert rewritten("%%capture o\n%%time\n%%track\nx\n") == "%%capture o\n%%time\n# %%track\nx\n"


def test_params_reach_below_another_magic() -> None:
    assert rewritten("%%track -p x=5\n%%time\nx = 1\n") == "%%time\nx = 5\n"


def test_a_param_that_the_cell_does_not_assign_stops_it() -> None:
    with pytest.raises(UsageError, match="No parameter 'beta' in this cell. There are: alpha"):
        read(lines("%%track -p beta=1\nalpha = 2\n"))
    with pytest.raises(UsageError, match="takes a number"):
        read(lines("%%track -p alpha=much\nalpha = 2\n"))


def test_nothing_to_run_is_a_mistake_and_help_is_not() -> None:
    with pytest.raises(UsageError, match="no code below it"):
        read(lines("%%track a\n\n"))
    found = read(lines("%%track --help\n"))
    assert found is not None
    assert found.request.help
    assert found.source == ""
    assert "track" in found.lines[0]
    assert "-e EXPERIMENT" in track_help()


def test_what_is_being_typed_is_incomplete_rather_than_wrong() -> None:
    manager = transformer_manager()
    manager.cleanup_transforms.append(Marker())
    assert manager.check_complete("%%track -p")[0] == "incomplete"
    assert manager.check_complete("%%track a\nx = 1")[0] == "incomplete"
    assert manager.check_complete("%%track a\nx = 1\n\n")[0] == "complete"


def test_a_cell_as_typed_is_read_as_ipython_cleans_it() -> None:
    marker = Marker()
    transforms = [*transformer_manager().cleanup_transforms, marker]
    found = marker.read_cell("\n\n   %%track a\n   x = 1\n", transforms)
    assert found is not None
    assert found.source == "# %%track a\nx = 1\n"
    assert marker.read_cell("%%track -p\nx\n", transforms) is None
    assert marker.read_cell("x = '%%track'\n", transforms) is None
