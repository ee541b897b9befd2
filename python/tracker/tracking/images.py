"""Images as artifacts: one under a name, or a series over steps in MLflow's layout."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tracker.errors import InvalidValue
from tracker.tracking.files import keep
from tracker.tracking.target import Target

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

LOGGED_IMAGES = "mlflow.loggedImages"
PREVIEW_SIZE = 256
"""Longest side of the small copy of an image, in pixels."""

_KEY = re.compile(r"[A-Za-z0-9_\-./ ]+")


@dataclass(frozen=True, slots=True)
class Series:
    """Where an image belongs in a series of images: `timestamp` in ms."""

    key: str
    step: int
    timestamp: int

    @classmethod
    def of(cls, key: str | None, step: int | None, timestamp: int | None) -> Series | None:
        """Return the place these arguments of `log_image` name; None where they name none.

        Raises InvalidValue for a key with other characters than letters, digits and ``_-./ ``, and
        for a step or timestamp without a key.
        """
        if key is None:
            if step is not None or timestamp is not None:
                raise InvalidValue("log_image takes `step` and `timestamp` only with a `key`.")
            return None
        if not _KEY.fullmatch(key):
            raise InvalidValue(
                f"The image key {key!r} may hold only letters, digits, underscores, dashes, "
                "periods, spaces and slashes."
            )
        return cls(key, int(step or 0), int(timestamp or time.time_ns() // 1_000_000))

    def name(self) -> str:
        """Return a new artifact path for an image of the series, without suffix."""
        flat = self.key.replace("/", "~")
        return f"images/{flat}+step+{self.step}+timestamp+{self.timestamp}+{uuid.uuid4()}"


def keep_image(run: Target, image: object, path: str | None, series: Series | None) -> None:
    """Keep an image under `path`, or in a series with a small copy. Raises InvalidValue."""
    if (path is None) == (series is None):
        raise InvalidValue("log_image takes either `artifact_file` or `key`, not both or neither.")
    picture = as_picture(image)
    if path is not None:
        keep(run, path, (encoded(picture, path),))
    if series is not None:
        name = series.name()
        keep(run, f"{name}.png", (encoded(picture, ".png"),))
        keep(run, f"{name}+compressed.webp", (encoded(preview(picture), ".webp"),))
        with run.tolerated("tags"):
            run.store.log_batch(run.run_id, tags={LOGGED_IMAGES: "True"})


def as_picture(image: object) -> Image.Image:
    """Return a PIL image for one, for an array, or for what has `to_pil()`. Raises InvalidValue."""
    import numpy as np
    from PIL import Image

    if isinstance(image, Image.Image):
        return image
    if isinstance(image, np.ndarray):
        return Image.fromarray(_pixels(image))
    to_pil = getattr(image, "to_pil", None)
    if to_pil is not None:
        return as_picture(to_pil())
    raise InvalidValue(
        f"log_image takes a PIL image or a NumPy array, not {type(image).__module__}."
        f"{type(image).__qualname__}. Figures are logged with log_figure."
    )


def _pixels(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return an image's array as bytes of shape (height, width) or (height, width, 3 or 4)."""
    import numpy as np

    is_flat = array.ndim == 2
    if not is_flat and not (array.ndim == 3 and array.shape[2] in (1, 3, 4)):
        raise InvalidValue(
            f"An image's array has the shape (height, width) or (height, width, 1, 3 or 4), not "
            f"{array.shape}."
        )
    if array.size == 0 or array.dtype.kind not in "buif":
        raise InvalidValue(
            f"An image's array holds bools, integers or floats, and some of them; this one has "
            f"dtype {array.dtype} and shape {array.shape}."
        )
    flat = array[:, :, 0] if not is_flat and array.shape[2] == 1 else array
    if flat.dtype.kind in "ui":
        return _checked_bytes(flat)
    scaled: npt.NDArray[np.uint8] = (_unit_range(flat) * 255).astype(np.uint8)
    return scaled


def _checked_bytes(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    import numpy as np

    low, high = int(array.min()), int(array.max())
    if low < 0 or high > 255:
        raise InvalidValue(
            f"An image's integers lie between 0 and 255; these lie between {low} and {high}."
        )
    return array.astype(np.uint8)


def _unit_range(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return floats as they are within 0 and 1, else stretched to just fill that range."""
    if array.dtype.kind == "b":
        return array
    low, high = float(array.min()), float(array.max())
    if low != low or high != high:
        raise InvalidValue("An image's array holds NaN, which is no colour.")
    if low >= 0 and high <= 1:
        return array
    return (array - low) / ((high - low) or 1.0)


def encoded(picture: Image.Image, name: str) -> bytes:
    """Return an image as the bytes of a file of that name. Raises InvalidValue (its suffix)."""
    from PIL import Image

    suffix = PurePosixPath(f"x{name}").suffix.lower()
    kind = Image.registered_extensions().get(suffix)
    if kind is None:
        raise InvalidValue(f"An image cannot be saved as '{suffix}'. Use .png, .jpg or .webp.")
    file = BytesIO()
    picture.save(file, format=kind)
    return file.getvalue()


def preview(picture: Image.Image) -> Image.Image:
    """Return a copy of an image whose longer side has `PREVIEW_SIZE` pixels."""
    scale = PREVIEW_SIZE / max(picture.size)
    return picture.resize((max(1, int(picture.width * scale)), max(1, int(picture.height * scale))))
