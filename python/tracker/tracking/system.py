"""System metrics of the machine a run is on: processor, memory, disk, network, GPUs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from time import time_ns
from typing import Any

from tracker.entities import Metric
from tracker.errors import InvalidValue
from tracker.tracking.active import ActiveRun
from tracker.tracking.environment import variable
from tracker.tracking.losses import Tolerated

PREFIX = "system/"
INTERVAL = 10.0
"""Seconds between two samples where nobody says otherwise."""

_PRIMING = 0.5
"""Seconds that a first share of the processor is measured over."""
_MEGABYTE = 1e6
Sample = Mapping[str, float]


def enable_system_metrics_logging() -> None:
    """Record system metrics with every run that starts from now on."""
    os.environ["TRACKER_ENABLE_SYSTEM_METRICS_LOGGING"] = "true"


def disable_system_metrics_logging() -> None:
    """Record system metrics only with runs that ask for them."""
    os.environ["TRACKER_ENABLE_SYSTEM_METRICS_LOGGING"] = "false"


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Take a sample every `interval` seconds; None for every 10."""
    _set("TRACKER_SYSTEM_METRICS_SAMPLING_INTERVAL", interval)


def set_system_metrics_samples_before_logging(samples: int | None) -> None:
    """Log the mean of `samples` samples; None for every single one."""
    _set("TRACKER_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", samples)


def set_system_metrics_node_id(node_id: str | None) -> None:
    """Put this machine's name into the keys, for runs that go on on several machines."""
    _set("TRACKER_SYSTEM_METRICS_NODE_ID", node_id)


def _set(name: str, value: object) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = str(value)


def _number(name: str, default: float) -> float:
    text = variable(name)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise InvalidValue(f"{name} is {text!r}; it is a number greater than 0.")
    return number


@dataclass(frozen=True, slots=True)
class Settings:
    """How to sample: every `interval` seconds, logging the mean of `samples` under `prefix`."""

    interval: float
    samples: int
    prefix: str

    @classmethod
    def read(cls) -> Settings:
        """Return what the environment says. Raises InvalidValue, also where psutil is missing."""
        if find_spec("psutil") is None:
            raise InvalidValue(
                "System metrics need psutil. Run `pip install psutil`, or start the run with "
                "log_system_metrics=False."
            )
        node = variable("SYSTEM_METRICS_NODE_ID")
        return cls(
            interval=_number("SYSTEM_METRICS_SAMPLING_INTERVAL", INTERVAL),
            samples=int(_number("SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", 1)) or 1,
            prefix=f"{PREFIX}{node}/" if node else PREFIX,
        )


class SystemMonitor:
    """A thread that samples the machine until the run ends."""

    def __init__(
        self, run: ActiveRun, settings: Settings, *, first_step: int = 0, delay: float = 0.0
    ) -> None:
        self._settings = settings
        self._run_id, self._store = run.run_id, run.store
        self._step = first_step
        self._delay = delay
        self._sources = [] if delay else _sources()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="tracker-system", daemon=True)

    @classmethod
    def start(
        cls, run: ActiveRun, settings: Settings, *, is_resumed: bool = False
    ) -> SystemMonitor:
        """Return a monitor at work; that of a resumed run goes on after the last step."""
        monitor = cls(run, settings, first_step=_next_step(run) if is_resumed else 0)
        monitor._thread.start()
        return monitor

    @classmethod
    def start_later(cls, run: ActiveRun, settings: Settings, delay: float) -> SystemMonitor:
        """Return a monitor that takes its first sample in `delay` seconds, if the run still goes.

        Nothing is loaded before.
        """
        monitor = cls(run, settings, first_step=_next_step(run), delay=delay)
        monitor._thread.start()
        return monitor

    def finish(self) -> None:
        """Stop sampling. Called from the thread that ends the run."""
        self._stopped.set()
        self._thread.join(timeout=2)

    def _watch(self) -> None:
        if self._delay and not self._begin_late():
            return
        while not self._stopped.is_set():
            samples = []
            for _ in range(self._settings.samples):
                samples.append(self._sample())
                if self._stopped.wait(self._settings.interval):
                    return
            self._log(_mean(samples))

    def _begin_late(self) -> bool:
        """Wait, then log a first sample at once; return whether there is a run to watch."""
        if self._stopped.wait(self._delay):
            return False
        self._sources = _sources()
        self._sample()  # the processor's share is of the time since the last look
        if self._stopped.wait(_PRIMING):
            return False
        self._log(self._sample())
        return True

    def _sample(self) -> Sample:
        values: dict[str, float] = {}
        for source in list(self._sources):
            try:
                values.update(source())
            except Exception:  # what this machine cannot tell is left out from now on
                self._sources.remove(source)
        return values

    def _log(self, values: Sample) -> None:
        now = time_ns() // 1_000_000
        points = [
            Metric(self._settings.prefix + key, value, now, self._step)
            for key, value in values.items()
        ]
        with Tolerated(self._run_id, "system metrics", len(points)):
            self._store.log_batch(self._run_id, metrics=points)
        self._step += 1


def _next_step(run: ActiveRun) -> int:
    summaries = run.data.summaries.items()
    steps = [summary.last_step for key, summary in summaries if key.startswith(PREFIX)]
    return max(steps, default=-1) + 1


def _mean(samples: list[Sample]) -> Sample:
    keys = dict.fromkeys(key for sample in samples for key in sample)
    columns = {key: [sample[key] for sample in samples if key in sample] for key in keys}
    return {
        key: values[-1] if key.startswith("network_") else round(sum(values) / len(values), 1)
        for key, values in columns.items()
    }


def _sources() -> list[Callable[[], Sample]]:
    sources: list[Callable[[], Sample]] = [_processor, _memory, _disk]
    for make in (_network, _gpus):
        try:
            sources.append(make())
        except Exception:  # no network counters, no GPU, or no library for it
            continue
    return sources


def _processor() -> Sample:
    return {"cpu_utilization_percentage": import_module("psutil").cpu_percent()}


def _memory() -> Sample:
    memory = import_module("psutil").virtual_memory()
    return {
        "system_memory_usage_megabytes": memory.used / _MEGABYTE,
        "system_memory_usage_percentage": memory.used / memory.total * 100,
    }


def _disk() -> Sample:
    disk = import_module("psutil").disk_usage(os.sep)
    return {
        "disk_usage_percentage": disk.percent,
        "disk_usage_megabytes": disk.used / _MEGABYTE,
        "disk_available_megabytes": disk.free / _MEGABYTE,
    }


def _network() -> Callable[[], Sample]:
    """Return the source of what was sent and received since now."""
    psutil: Any = import_module("psutil")
    start = psutil.net_io_counters()

    def sample() -> Sample:
        now = psutil.net_io_counters()
        return {
            "network_receive_megabytes": (now.bytes_recv - start.bytes_recv) / _MEGABYTE,
            "network_transmit_megabytes": (now.bytes_sent - start.bytes_sent) / _MEGABYTE,
        }

    return sample


def _gpus() -> Callable[[], Sample]:
    """Return the source of what NVIDIA's GPUs do. Raises where there are none."""
    nvml: Any = import_module("pynvml")
    nvml.nvmlInit()
    handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]

    def sample() -> Sample:
        return {
            f"gpu_{index}_{name}": value
            for index, handle in enumerate(handles)
            for name, value in _gpu(nvml, handle).items()
        }

    return sample


def _gpu(nvml: Any, handle: Any) -> Sample:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    watts = nvml.nvmlDeviceGetPowerUsage(handle) / 1000
    limit = nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000
    return {
        "memory_usage_percentage": memory.used / memory.total * 100,
        "memory_usage_megabytes": memory.used / _MEGABYTE,
        "utilization_percentage": float(nvml.nvmlDeviceGetUtilizationRates(handle).gpu),
        "power_usage_watts": watts,
        "power_usage_percentage": watts / limit * 100,
    }
