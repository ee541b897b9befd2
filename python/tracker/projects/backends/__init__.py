"""Where projects run: this machine, a container, Dask, Kubernetes, or an entry point of others."""
