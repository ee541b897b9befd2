"""Keras and PyTorch Lightning are recorded epoch by epoch.

Both need a backend of hundreds of megabytes. So the real ones are tested where they are installed,
and everywhere small stand-ins, made here, that call back as the libraries document it.
"""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tracker
from tracker import TrackerWarning
from tracker.artifacts import load_text
from tracker.entities import Run
from tracker.tracking.autolog import keras, pytorch
from tracker.tracking.autolog.recorder import Settings

X = np.linspace(0.0, 1.0, 64).reshape(-1, 1)
Y = 2 * X


@pytest.fixture(autouse=True)
def on() -> Iterator[None]:
    tracker.autolog()
    yield
    tracker.autolog(disable=True)


def only_run() -> Run:
    (run,) = tracker.search_runs(output_format="list")
    return run


def points(run: Run, key: str) -> list[tuple[int, float]]:
    history = tracker.Client().get_metric_history(run.info.run_id, key)
    return [(point.step, point.value) for point in history]


def summary(run: Run) -> str:
    return load_text(f"runs:/{run.info.run_id}/model_summary.txt")


# -- Keras, stood in for ------------------------------------------------------------------------


class Callback:
    """What `keras.callbacks.Callback` is to the model: named events, and `model`."""

    model: Any

    def on_train_begin(self, logs: Any = None) -> None: ...

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None: ...


class Adds(Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs["learning_rate"] = 0.5


class Optimizer:
    def get_config(self) -> dict[str, object]:
        return {"name": "sgd", "learning_rate": 0.1}


@pytest.fixture
def stand_in() -> Any:
    """Return a model of a module like Keras whose loss is 1 / (epoch + 1), greeted."""

    class Model:
        optimizer = Optimizer()
        losses = (1.0, 0.5, 1 / 3)

        def fit(
            self,
            x: Any = None,
            y: Any = None,
            batch_size: int | None = None,
            epochs: int = 1,
            verbose: str = "auto",
            callbacks: list[Callback] | None = None,
        ) -> str:
            """Train it."""
            for callback in callbacks or ():
                callback.model = self
                callback.on_train_begin()
            for epoch in range(epochs):
                logs = {"loss": self.losses[epoch]}
                for callback in callbacks or ():
                    callback.on_epoch_end(epoch, logs)
            return "history"

        def summary(self, print_fn: Any) -> None:
            print_fn("a model")
            print_fn("of two lines", line_break=False)

    module: Any = ModuleType("keras")
    module.Model = Model
    module.callbacks = SimpleNamespace(Callback=Callback)
    keras.greet(module)
    keras.greet(module)  # a second time changes nothing
    return Model()


def test_keras_is_recorded_epoch_by_epoch(stand_in: Any) -> None:
    own = [Adds()]
    assert stand_in.fit(X, Y, 16, epochs=3, callbacks=own) == "history"
    run = only_run()
    assert run.info.status == "FINISHED"
    assert run.data.tags["mlflow.autologging"] == "keras"
    assert points(run, "loss") == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    assert points(run, "learning_rate") == [(0, 0.5), (1, 0.5), (2, 0.5)]
    assert run.data.params == {
        "batch_size": "16",
        "epochs": "3",
        "optimizer_name": "sgd",
        "optimizer_learning_rate": "0.1",
    }
    assert summary(run) == "a model\nof two lines"
    (used,) = run.inputs.dataset_inputs
    assert used.tags == {"mlflow.data.context": "train"}
    assert len(own) == 1
    assert stand_in.fit.__doc__ == "Train it."


def test_keras_in_a_run_is_recorded_to_it(stand_in: Any) -> None:
    with tracker.start_run() as run:
        stand_in.fit(X, Y)
    assert run.data.metrics == {"loss": 1.0}
    assert only_run().info.run_id == run.info.run_id


def test_a_keras_training_goes_on_where_parts_of_it_cannot_be_recorded(stand_in: Any) -> None:
    stand_in.optimizer = None
    stand_in.losses = ("no number",)
    with pytest.warns(TrackerWarning) as told:
        assert stand_in.fit(X, Y) == "history"
    words = " ".join(str(warning.message) for warning in told)
    assert "the optimizer of this keras training" in words
    assert "the metrics of this keras training" in words
    run = only_run()
    assert (run.info.status, run.data.metrics) == ("FINISHED", {})
    assert summary(run) == "a model\nof two lines"


def test_a_keras_training_that_fails_raises_its_own_error(stand_in: Any) -> None:
    with pytest.raises(IndexError):
        stand_in.fit(X, Y, epochs=4)
    run = only_run()
    assert run.info.status == "FAILED"
    assert len(points(run, "loss")) == 3


def test_keras_can_be_left_alone(stand_in: Any) -> None:
    keras.use(Settings(is_on=False))
    stand_in.fit(X, Y)
    assert tracker.search_runs(output_format="list") == []


# -- Lightning, stood in for --------------------------------------------------------------------


class LightningCallback:
    """What `lightning.pytorch.Callback` is to the trainer: named events."""

    def on_train_start(self, trainer: Any, pl_module: Any) -> None: ...

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None: ...


class Trainer:
    """What a trainer is to its callbacks, two epochs long."""

    max_epochs = 2
    current_epoch = 0
    fails = False

    def __init__(self, is_global_zero: bool = True) -> None:
        self.is_global_zero = is_global_zero
        self.callbacks: list[LightningCallback] = []
        self.optimizers = [SimpleNamespace(defaults={"lr": 0.1})]
        self.callback_metrics: dict[str, float] = {}

    def fit(self, model: object) -> None:
        for callback in self.callbacks:
            pickle.loads(pickle.dumps(callback)).on_train_epoch_end(self, model)  # as when spawned
            callback.on_train_start(self, model)
        for epoch in range(self.max_epochs):
            self.current_epoch = epoch
            self.callback_metrics = {"train_loss": 1.0 / (epoch + 1)}
            for callback in self.callbacks:
                callback.on_train_epoch_end(self, model)
        if self.fails:
            raise RuntimeError("out of memory")


@pytest.fixture
def lightning(monkeypatch: pytest.MonkeyPatch) -> type[Trainer]:
    """Return the trainer of a module like Lightning, greeted."""

    def summarize(module: object, max_depth: int) -> str:
        return f"summary of {module}"

    package: Any = ModuleType("stand_in_for_lightning")
    package.Callback = LightningCallback
    package.Trainer = type("Trainer", (Trainer,), {})
    summaries: Any = ModuleType("stand_in_for_lightning.utilities.model_summary")
    summaries.ModelSummary = summarize
    monkeypatch.setitem(sys.modules, summaries.__name__, summaries)
    pytorch.greet(package)
    found: type[Trainer] = package.Trainer
    return found


def test_lightning_is_recorded_epoch_by_epoch(lightning: type[Trainer]) -> None:
    trainer = lightning()
    trainer.fit("a model")
    run = only_run()
    assert run.data.tags["mlflow.autologging"] == "pytorch"
    assert points(run, "train_loss") == [(0, 1.0), (1, 0.5)]
    assert run.data.params == {"epochs": "2", "optimizer_name": "SimpleNamespace", "lr": "0.1"}
    assert summary(run) == "summary of a model"
    assert trainer.callbacks == []


def test_a_lightning_training_that_fails_raises_its_own_error(lightning: type[Trainer]) -> None:
    trainer = lightning()
    trainer.fails = True
    with pytest.raises(RuntimeError, match="out of memory"):
        trainer.fit("a model")
    assert only_run().info.status == "FAILED"
    assert trainer.callbacks == []


def test_only_the_first_of_several_lightning_processes_records(lightning: type[Trainer]) -> None:
    lightning(is_global_zero=False).fit("a model")
    assert tracker.search_runs(output_format="list") == []


# -- the real ones ------------------------------------------------------------------------------


def test_real_keras_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    real: Any = pytest.importorskip("keras")
    model = real.Sequential([real.Input((1,)), real.layers.Dense(1)])
    model.compile(optimizer=real.optimizers.SGD(0.1), loss="mse")
    history = model.fit(X, Y, batch_size=16, epochs=3, verbose=0, validation_split=0.25)
    run = only_run()
    for key in ("loss", "val_loss"):
        assert points(run, key) == list(enumerate(history.history[key]))
    assert run.data.params["batch_size"] == "16"
    assert run.data.params["optimizer_name"] == "sgd"
    assert float(run.data.params["optimizer_learning_rate"]) == pytest.approx(0.1)
    assert "dense" in summary(run)


@pytest.mark.parametrize("name", ["lightning.pytorch", "pytorch_lightning"])
def test_real_lightning_is_recorded(name: str, tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("torch")
    real: Any = pytest.importorskip(name)

    class Model(real.LightningModule):  # type: ignore[misc]  # it is not installed for mypy
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Any, number: int) -> Any:
            loss = ((self.layer(batch[0]) - batch[1]) ** 2).mean()
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch: Any, number: int) -> None:
            self.log("val_loss", ((self.layer(batch[0]) - batch[1]) ** 2).mean())

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    tensors = [torch.tensor(it, dtype=torch.float32) for it in (X, Y)]
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*tensors), batch_size=16)
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = real.Trainer(max_epochs=3, accelerator="cpu", default_root_dir=tmp_path, **quiet)
    trainer.fit(Model(), loader, loader)
    run = only_run()
    assert [step for step, _ in points(run, "train_loss")] == [0, 1, 2]
    assert [step for step, _ in points(run, "val_loss")] == [0, 1, 2]
    assert run.data.params["optimizer_name"] == "SGD"
    assert run.data.params["lr"] == "0.1"
    assert run.data.params["epochs"] == "3"
    assert "Linear" in summary(run)


def test_a_library_that_is_not_as_expected_is_imported_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "keras.py").write_text("version = '1'\n")
    program = "import tracker\ntracker.autolog()\nimport keras\nprint(keras.version)\n"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert result.stdout == "1\n"
    assert "cannot record trainings of the keras that is installed here" in result.stderr


# -- one library at a time ----------------------------------------------------------------------

ALONE = [tracker.keras, tracker.lightgbm, tracker.pytorch, tracker.xgboost]


def test_one_library_alone_can_be_recorded(stand_in: Any) -> None:
    tracker.autolog(disable=True)
    tracker.keras.autolog(log_datasets=False, log_models=False, extra_tags={"by": "keras"})
    stand_in.fit(X, Y)
    run = only_run()
    assert run.data.tags["by"] == "keras"
    assert run.inputs.dataset_inputs == ()
    tracker.keras.autolog(disable=True)
    stand_in.fit(X, Y)
    only_run()


@pytest.mark.parametrize("library", ALONE)
def test_options_are_those_of_mlflow(library: Any) -> None:
    mlflow = pytest.importorskip(library.__name__.replace("tracker.tracking.autolog", "mlflow"))
    theirs = inspect.signature(mlflow.autolog).parameters
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrackerWarning)
        library.autolog(**{name: it.default for name, it in theirs.items()})
    with pytest.raises(TypeError, match="has no option log_modles"):
        library.autolog(log_modles=True)


def test_an_option_that_has_no_effect_is_told() -> None:
    with pytest.warns(TrackerWarning, match="log_every_n_step has no effect"):
        tracker.pytorch.autolog(log_every_n_step=10)
