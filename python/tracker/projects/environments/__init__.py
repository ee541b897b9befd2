"""The environments of projects: chosen, made once for each content, and kept."""

from tracker.projects.environments.describing import describe
from tracker.projects.environments.preparing import choose, prepare

__all__ = ["choose", "describe", "prepare"]
