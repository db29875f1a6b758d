"""The base of all errors that a user can cause or repair, so that one `except` at the edge shows them well."""

from __future__ import annotations


class UserError(Exception):
    """Shown without a traceback. The message is complete: what, which value, and the way out.

    `status` is the exit status of the command.
    """

    status = 1
