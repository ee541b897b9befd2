"""Packages for a JupyterLab of some tests that the environment of the tests must not have: they
change what every JupyterLab of that environment shows."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

LAYERS = Path(__file__).parents[2] / ".cache" / "layers"
INSTALL_SECONDS = 240


@dataclass(frozen=True)
class Layer:
    """Packages installed over the environment of the tests, which stays as it is."""

    prefix: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a process finds the packages, before all others."""
        added = {
            "PYTHONPATH": _site(self.prefix),
            "JUPYTER_PATH": self.prefix / "share" / "jupyter",
            "JUPYTER_CONFIG_PATH": self.prefix / "etc" / "jupyter",
        }
        known = {name: os.environ.get(name) for name in added}
        return {
            name: os.pathsep.join([str(path), *filter(None, [known[name]])])
            for name, path in added.items()
        }


def layer(*requirements: str) -> Layer:
    """Return the packages, installed now or by an earlier run of the tests."""
    installed = sorted(f"{one.name}=={one.version}" for one in distributions() if one.name)
    facts = "\n".join([sys.version, *requirements, *installed])
    prefix = LAYERS / hashlib.sha256(facts.encode()).hexdigest()[:16]
    if not prefix.is_dir():
        LAYERS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=LAYERS) as folder:
            # Nothing of what is there may be changed for it.
            (Path(folder) / "constraints").write_text("\n".join(installed))
            _install(Path(folder), requirements)
            (Path(folder) / "prefix").rename(prefix)
    return Layer(prefix)


def _install(folder: Path, requirements: tuple[str, ...]) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--prefix", str(folder / "prefix"), "--constraint", str(folder / "constraints")]
    done = subprocess.run(
        [*pip, *options, *requirements],
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _site(prefix: Path) -> str:
    return sysconfig.get_path("purelib", vars={"base": str(prefix)})
