"""Texts from programs and clusters, made harmless for any form."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Give a text in one line, without what a terminal or a browser would obey."""
    return text if text.isprintable() else "".join(item if item.isprintable() else " " for item in text)
