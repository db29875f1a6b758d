"""The jars that a release of Flink consists of, and the file systems in those that are switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from flink_session.configuration.catalogue.data import names_recording
from flink_session.configuration.catalogue.spelling import nearest_key

_VERSION = "-{version}.jar"


@dataclass(frozen=True, slots=True)
class JarCatalogue:
    """The jars of one series. Made by :func:`jar_catalogue`.

    Attributes:
        series: the series.
        folders: the names of jars by their artifacts, for ``lib``, ``opt`` and ``plugins``; each may have a
            ``{version}`` to be filled in.
        file_systems: the artifacts in ``opt`` that know a scheme, by schemes.
    """

    series: str
    folders: Mapping[str, Mapping[str, str]]
    file_systems: Mapping[str, tuple[str, ...]]

    def artifacts(self, folder: str) -> Mapping[str, str]:
        """Return the names of the jars in a folder by their artifacts."""
        return self.folders[folder]

    def names(self, folder: str, release: str) -> frozenset[str]:
        """Return the file names of a folder in a release, such as ``2.2.1``."""
        return frozenset(name.format(version=release) for name in self.folders[folder].values())

    def nearest(self, folder: str, artifact: str) -> str | None:
        """Return the name of the jar that somebody may have meant."""
        near = nearest_key(artifact, self.folders[folder])
        return self.folders[folder][near] if near else None

    def first_series_with(self, artifact: str) -> str | None:
        """Return the first series whose ``opt`` or ``plugins`` has an artifact; ``None`` where none has it."""
        recorded = names_recording()
        for series in recorded.series:
            jars = (*recorded.jars_of("opt", series), *recorded.jars_of("plugins", series))
            if f"{artifact}{_VERSION}" in jars:
                return series
        return None


@cache
def jar_catalogue(series: str) -> JarCatalogue:
    """Return the jars of a series that is recorded."""
    recorded = names_recording()
    folders = {
        folder: {
            name.removesuffix(".jar").removesuffix("-{version}"): name for name in recorded.jars_of(folder, series)
        }
        for folder in recorded.jars
    }
    schemes = {
        scheme: tuple(by_series[series]) for scheme, by_series in recorded.schemes.items() if series in by_series
    }
    return JarCatalogue(series, folders, schemes)
