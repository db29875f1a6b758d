"""What can be wrong with what a review is to be made of."""

from __future__ import annotations

from flink_session.errors import UserError


class SourceError(UserError):
    """A file, pipe or revision is no preview that can be read; says what it is and what would do."""
