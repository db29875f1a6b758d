"""The review as one HTML file that needs nothing else: no script, no font, no network.

Jinja escapes whatever is put into the template; the only links are those of Flink's documentation.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ..model import Impact, Review
from . import drawing, words
from .plain import one_line

if TYPE_CHECKING:
    from jinja2 import Template


def to_html(review: Review) -> str:
    """Write a review as a document."""
    return _template().render(review=review, created=Impact.SESSION_CREATED, asked_from=Impact.JOBS_RECOVER.rank) + "\n"


def _finalized(value: object) -> object:
    """Give what a text may be; what the template itself has made is markup already."""
    return one_line(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.globals.update(
        level=words.level,
        title=words.title,
        value=words.value,
        remarks_on=words.remarks_on,
        secret_words=words.secret_words,
        object_words=words.object_words,
        size_rows=words.size_rows,
        signs=words.SIGNS,
        chain=drawing.chain,
        chain_width=drawing.CHAIN_WIDTH,
        roles=drawing.roles,
    )
    return environment.get_template("review.html.j2")
