"""Doing something to a library once it is there, without importing it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

from tracker.tracking.losses import warn

Greeting = Callable[[ModuleType], None]


def when_imported(name: str, greet: Greeting) -> None:
    """Call `greet` with the module of that name: now, or right after it is first imported."""
    module = sys.modules.get(name)
    if module is not None and not getattr(module.__spec__, "_initializing", False):
        _meet(module, greet)
        return
    _greetings.setdefault(name, []).append(greet)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


class _Finder(MetaPathFinder):
    """Finds the awaited modules where everybody else finds them, and hears when they are loaded."""

    def __init__(self) -> None:
        self._looking: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the module's own spec, its loader wrapped; None for modules nobody awaits."""
        if fullname not in _greetings or fullname in self._looking:
            return None
        self._looking.add(fullname)
        try:
            spec = find_spec(fullname)
        finally:
            self._looking.discard(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, fullname)
        return spec


class _Loader(Loader):
    """Loads a module as its own loader does, and then greets it."""

    def __init__(self, loader: Loader, name: str) -> None:
        self._loader = loader
        self._name = name

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return what the module's own loader makes."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, leave it to its own loader from then on, and greet it."""
        self._loader.exec_module(module)
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        for greet in _greetings.pop(self._name, []):
            _meet(module, greet)


def _meet(module: ModuleType, greet: Greeting) -> None:
    """Greet a module; one that is not as expected is used without us, and its import goes on."""
    try:
        greet(module)
    except Exception as error:
        warn(
            f"autolog cannot record trainings of the {module.__name__} that is installed here: "
            f"{type(error).__name__}: {error}"
        )


_greetings: dict[str, list[Greeting]] = {}
_finder = _Finder()
