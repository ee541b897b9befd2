"""Where projects run: this machine, a container, Dask, Kubernetes, or an entry point of others."""

from tracker.projects.backends.opening import open_backend

__all__ = ["open_backend"]
