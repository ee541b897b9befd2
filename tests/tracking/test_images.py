from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

import tracker
from tracker.artifacts import load_image, open_artifacts
from tracker.entities import Run
from tracker.errors import InvalidValue

GREY = np.array([[0, 100], [200, 255]], dtype=np.uint8)


def kept(run: Run, path: str) -> npt.NDArray[Any]:
    return np.asarray(load_image(f"runs:/{run.info.run_id}/{path}"))


@pytest.mark.parametrize(
    ("array", "pixels"),
    [
        (GREY, GREY),
        (GREY.astype(np.int64), GREY),
        (GREY[:, :, None], GREY),
        (np.array([[True, False]]), np.array([[255, 0]])),
        (np.array([[0.0, 0.5, 1.0]]), np.array([[0, 127, 255]])),
        (np.array([[-1.0, 0.0, 1.0]]), np.array([[0, 127, 255]])),
        (np.full((2, 2), 7.0), np.zeros((2, 2))),
        (np.dstack([GREY] * 3), np.dstack([GREY] * 3)),
        (np.dstack([GREY] * 4), np.dstack([GREY] * 4)),
    ],
)
def test_arrays_of_every_kind_become_images(
    array: npt.NDArray[Any], pixels: npt.NDArray[Any]
) -> None:
    with tracker.start_run() as run:
        tracker.log_image(array, "a.png")
    assert np.array_equal(kept(run, "a.png"), pixels)


def test_a_pil_image_is_kept_in_the_format_of_its_name() -> None:
    with tracker.start_run() as run:
        tracker.log_image(Image.fromarray(GREY), "deep/a.jpg")
    with open_artifacts(run.info.artifact_uri).open("deep/a.jpg") as file:
        assert Image.open(BytesIO(file.read())).format == "JPEG"


def test_a_series_of_images_has_mlflows_names_and_small_copies() -> None:
    large = np.zeros((300, 600), dtype=np.uint8)
    with tracker.start_run() as run:
        tracker.log_image(large, key="val/pred", step=3, timestamp=12345)
        tracker.log_image(large, key="val/pred", step=4)
    names = [info.path for info in open_artifacts(run.info.artifact_uri).list("images")]
    assert len(names) == 4
    third = [name for name in names if "+step+3+timestamp+12345+" in name]
    assert all(name.startswith("images/val~pred+step+") for name in names)
    (full,) = [name for name in third if name.endswith(".png")]
    (small,) = [name for name in third if name.endswith("+compressed.webp")]
    assert kept(run, full).shape == (300, 600)
    assert load_image(f"runs:/{run.info.run_id}/{small}").size == (256, 128)
    assert tracker.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros(3), "shape"),
        (np.zeros((2, 2, 2)), "shape"),
        (np.zeros((0, 2)), "some of them"),
        (np.array([["a"]]), "dtype"),
        (np.array([[256]]), "between 0 and 255"),
        (np.array([[-1]]), "between 0 and 255"),
        (np.array([[np.nan]]), "NaN"),
    ],
)
def test_arrays_that_are_no_images_are_refused(array: npt.NDArray[Any], reason: str) -> None:
    with tracker.start_run(), pytest.raises(InvalidValue, match=reason):
        tracker.log_image(array, "a.png")


def test_arguments_that_do_not_go_together_are_refused() -> None:
    with tracker.start_run():
        with pytest.raises(InvalidValue, match="either `artifact_file` or `key`"):
            tracker.log_image(GREY)
        with pytest.raises(InvalidValue, match="either `artifact_file` or `key`"):
            tracker.log_image(GREY, "a.png", key="k")
        with pytest.raises(InvalidValue, match="only with a `key`"):
            tracker.log_image(GREY, "a.png", step=1)
        with pytest.raises(InvalidValue, match="may hold only letters"):
            tracker.log_image(GREY, key="a:b")
        with pytest.raises(InvalidValue, match=r"cannot be saved as '\.xyz'"):
            tracker.log_image(GREY, "a.xyz")
        with pytest.raises(InvalidValue, match="not builtins.str"):
            tracker.log_image("a.png", "a.png")  # type: ignore[arg-type]  # the mistake
