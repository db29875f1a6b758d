"""The fixtures of whole commands on a project."""

from tests.support.engine.project import api, folder, run

__all__ = ["api", "folder", "run"]
