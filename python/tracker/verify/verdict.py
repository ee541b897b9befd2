"""Two runs' facts -> what is the same, what is not, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tracker.verify.facts import Facts, Picture

TOLERANCE = 1e-6
"""How far metrics may be apart, relative to the larger: what another order of sums does."""


class VerdictKind(StrEnum):
    """What became of a reproduction."""

    EXACT = "reproduced exactly"
    CLOSE = "within tolerance"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same. `what` names it; `apart` is relative, None for no number."""

    what: str
    text: str
    apart: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of it, in one word and in a sentence; `cause` is the likely reason, or ""."""

    kind: VerdictKind
    detail: str
    tolerance: float | None = None
    cause: str = ""
    differences: tuple[Difference, ...] = field(default=())


def compare(original: Facts, again: Facts, tolerance: float = TOLERANCE) -> Verdict:
    """Compare a run with the one that stands for it."""
    found = [*differences(original, again)]
    beyond = [each for each in found if each.apart is None or each.apart > tolerance]
    if beyond:
        more = f" (and {len(beyond) - 1} more)" if len(beyond) > 1 else ""
        return Verdict(VerdictKind.DIFFERS, beyond[0].text + more, differences=tuple(found))
    if found:
        largest = max(found, key=lambda each: each.apart or 0.0)
        detail = f"{largest.text}, which is {largest.apart:.1e} apart; {tolerance:g} is allowed"
        return Verdict(VerdictKind.CLOSE, detail, tolerance, differences=tuple(found))
    return Verdict(VerdictKind.EXACT, _compared(original, again))


def differences(original: Facts, again: Facts) -> Iterator[Difference]:
    """Everything that is not the same, the most telling first."""
    yield from _ends(original, again)
    yield from _metrics(original, again)
    yield from _figures(original.figures, again.figures)
    yield from _files(original, again)


def _ends(original: Facts, again: Facts) -> Iterator[Difference]:
    was, now = original.run.info.status, again.run.info.status
    if was != now:
        text = f"the original run ended {was}, this one {now}"
        yield Difference("status", text)


def _metrics(original: Facts, again: Facts) -> Iterator[Difference]:
    for key in sorted({*original.metrics, *again.metrics}):
        was, now = original.metrics.get(key), again.metrics.get(key)
        if now is None:
            yield Difference(key, f"metric {key!r} was {was!r} and is not logged any more")
        elif was is None:
            yield Difference(key, f"metric {key!r} is {now!r} and was not logged before")
        elif was != now and not (math.isnan(was) and math.isnan(now)):
            yield Difference(key, f"metric {key!r} was {was!r} and is {now!r}", _apart(was, now))


def _apart(was: float, now: float) -> float:
    if not (math.isfinite(was) and math.isfinite(now)):
        return math.inf
    return abs(was - now) / max(abs(was), abs(now))


def _figures(original: Sequence[Picture], again: Sequence[Picture]) -> Iterator[Difference]:
    if not original or len(original) != len(again):
        # Pictures that were displayed from elsewhere have nothing to stand beside.
        return
    for number, (was, now) in enumerate(zip(original, again, strict=True), start=1):
        if was.digest != now.digest and not same_pixels(was.content, now.content):
            yield Difference(f"figure {number}", f"figure {number} ({was.path}) looks different")


def same_pixels(one: bytes, other: bytes) -> bool:
    """Whether two pictures show the same; False where they cannot be read."""
    try:
        import io

        from PIL import Image

        with Image.open(io.BytesIO(one)) as left, Image.open(io.BytesIO(other)) as right:
            is_same = left.size == right.size and left.mode == right.mode
            return is_same and left.tobytes() == right.tobytes()
    except Exception:  # no Pillow, no picture, or one too large to look at
        return False


def _files(original: Facts, again: Facts) -> Iterator[Difference]:
    for path, digest in sorted(original.files.items()):
        if path not in again.files:
            yield Difference(path, f"the file {path!r} was not made")
        elif again.files[path] != digest:
            yield Difference(path, f"the file {path!r} has another content")
    for path in sorted(again.files.keys() - original.files.keys()):
        yield Difference(path, f"the file {path!r} was not there before")


def _compared(original: Facts, again: Facts) -> str:
    figures = len(original.figures) if len(original.figures) == len(again.figures) else 0
    counts = [
        (len(original.metrics), "metric", "metrics"),
        (figures, "figure", "figures"),
        (len(original.files), "file", "files"),
    ]
    parts = [f"{n} {one if n == 1 else many}" for n, one, many in counts if n]
    told = f"{', '.join(parts)} the same" if parts else "it ended as before; nothing was logged"
    left = len(original.figures) - figures
    if left:
        told += f"; {left} pictures had nothing to stand beside"
    if original.times:
        told += f"; not compared, as they measure time: {', '.join(sorted(original.times))}"
    return told
