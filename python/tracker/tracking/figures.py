"""Figures of matplotlib, plotly, and libraries that draw with them, as the bytes of a file."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from tracker.errors import InvalidValue

_PLOTLY_IMAGES = ("png", "jpg", "jpeg", "webp", "svg", "pdf")


def rendered(figure: object, name: str, options: Mapping[str, object]) -> bytes:
    """Return the figure as the file of that name; `options` go to the library's own save function.

    Raises InvalidValue where this is no figure, or a format its library does not write.
    """
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    if hasattr(figure, "write_html") and hasattr(figure, "to_json"):
        return _plotly(figure, suffix, dict(options))
    if hasattr(figure, "savefig"):
        return _matplotlib(figure, suffix, dict(options))
    raise InvalidValue(
        f"log_figure takes a matplotlib or plotly figure, not {type(figure).__module__}."
        f"{type(figure).__qualname__}. Images are logged with log_image."
    )


def _matplotlib(figure: Any, suffix: str, options: dict[str, Any]) -> bytes:
    options.setdefault("format", suffix or "png")
    file = BytesIO()
    try:
        figure.savefig(file, **options)
    except ValueError as error:
        if "format" in str(error).lower():
            raise InvalidValue(f"The figure cannot be saved as '.{suffix}': {error}") from error
        raise
    return file.getvalue()


def _plotly(figure: Any, suffix: str, options: dict[str, Any]) -> bytes:
    if suffix == "html":
        options.setdefault("include_plotlyjs", "cdn")
        options.pop("auto_open", None)
        return str(figure.to_html(**options)).encode()
    if suffix == "json":
        return str(figure.to_json(**options)).encode()
    if suffix in _PLOTLY_IMAGES:
        image: bytes = figure.to_image(format=suffix, **options)
        return image
    raise InvalidValue(
        f"A plotly figure cannot be saved as '.{suffix}'. Use .html, .json or "
        f"{', '.join('.' + image for image in _PLOTLY_IMAGES)}."
    )
