"""Uploaded jars."""

from __future__ import annotations

from ..reading import Model, of


class JarEntry(Model):
    """A class in a jar with a `main` that its manifest names."""

    name: str
    description: str | None = of("description", default=None)


class Jar(Model):
    """One of GET /jars; `uploaded` in milliseconds of the epoch."""

    id: str
    name: str
    uploaded: int
    entries: list[JarEntry] = of("entry", default=[])
