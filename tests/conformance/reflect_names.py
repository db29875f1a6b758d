"""What the values that are names may be in one distribution, found by trying them with the code that reads them.

Words are looked for among the constants of the classes that read the option, and every one of them is tried. Classes
are all those in ``lib`` that Flink could make an instance of, or that ``META-INF/services`` of ``lib`` and ``plugins``
name. ``python -m tests.conformance.reflect_names VERSION [JAR...]`` prints them, with the schemes that file systems in
these jars know.
"""

from __future__ import annotations

import json
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jpype  # type: ignore[import-untyped]

from tests.conformance.jvm import Flink, leave
from tests.conformance.loaders import FORST, ROCKSDB, ROCKSDB_OF_1, Loaders

_RUNTIME = "org.apache.flink.runtime"
_CLASSES_WITH_WORDS = {
    "classloader.resolve-order": ("org.apache.flink.util.FlinkUserCodeClassLoaders$ResolveOrder",),
    "cleanup-strategy.type": ("org.apache.flink.configuration.CleanupOptions",),
    "execution.checkpointing.storage": (f"{_RUNTIME}.state.CheckpointStorageLoader",),
    "high-availability.type": (f"{_RUNTIME}.jobmanager.HighAvailabilityMode",),
    "high-availability.zookeeper.client.acl": (f"{_RUNTIME}.util.ZooKeeperUtils$ZkClientACLMode",),
    "jobmanager.execution.failover-strategy": (f"{_RUNTIME}.executiongraph.failover.FailoverStrategyFactoryLoader",),
    "metrics.latency.granularity": ("org.apache.flink.streaming.util.LatencyStats$Granularity",),
    "restart-strategy.type": ("org.apache.flink.configuration.RestartStrategyOptions$RestartStrategyType",),
    "security.ssl.provider": (f"{_RUNTIME}.net.SSLUtils",),
    "state.backend.rocksdb.predefined-options": (f"{ROCKSDB}.PredefinedOptions", f"{ROCKSDB_OF_1}.PredefinedOptions"),
    "state.backend.type": (f"{_RUNTIME}.state.StateBackendLoader",),
    "state.changelog.dstl.dfs.upload.retry-policy": ("org.apache.flink.changelog.fs.RetryPolicy",),
    "state.changelog.storage": (
        f"{_RUNTIME}.state.changelog.inmemory.InMemoryStateChangelogStorageFactory",
        "org.apache.flink.changelog.fs.FsStateChangelogStorageFactory",
    ),
    "taskmanager.network.bind-policy": (f"{_RUNTIME}.taskexecutor.HostBindPolicy",),
}
_NEEDS_A_LIBRARY = {"security.ssl.provider": ("OPENSSL",)}
"""Words that Flink knows and that need something which is not in ``lib``."""

_INSTANTIATED = {
    "execution.batch.adaptive.stream-graph-optimization.strategies": (
        f"{_RUNTIME}.scheduler.adaptivebatch.StreamGraphOptimizationStrategy",
    ),
    "execution.checkpointing.storage": (f"{_RUNTIME}.state.CheckpointStorageFactory",),
    "execution.job-status-changed-listeners": ("org.apache.flink.core.execution.JobStatusChangedListenerFactory",),
    "high-availability.type": (f"{_RUNTIME}.highavailability.HighAvailabilityServicesFactory",),
    "shuffle-service-factory.class": (f"{_RUNTIME}.shuffle.ShuffleServiceFactory",),
    "state.backend.forst.options-factory": (f"{FORST}.ForStOptionsFactory",),
    "state.backend.rocksdb.options-factory": (
        f"{ROCKSDB}.RocksDBOptionsFactory",
        f"{ROCKSDB_OF_1}.RocksDBOptionsFactory",
    ),
    "state.backend.type": (f"{_RUNTIME}.state.StateBackendFactory",),
    "taskmanager.network.hybrid-shuffle.external-remote-tier-factory.class": (
        f"{_RUNTIME}.io.network.partition.hybrid.tiered.tier.TierFactory",
    ),
}
"""The interface of which Flink makes an instance by the class's name; the newest name of it first."""

_SERVICES = {
    "events.reporter.<name>.factory.class": "org.apache.flink.events.reporter.EventReporterFactory",
    "external-resource.<resource_name>.driver-factory.class": (
        "org.apache.flink.api.common.externalresource.ExternalResourceDriverFactory"
    ),
    "jobmanager.failure-enrichers": "org.apache.flink.core.failure.FailureEnricherFactory",
    "metrics.reporter.<name>.factory.class": "org.apache.flink.metrics.reporter.MetricReporterFactory",
    "security.context.factory.classes": f"{_RUNTIME}.security.contexts.SecurityContextFactory",
    "security.module.factory.classes": f"{_RUNTIME}.security.modules.SecurityModuleFactory",
    "traces.reporter.<name>.factory.class": "org.apache.flink.traces.reporter.TraceReporterFactory",
}
"""The interface that Flink's plugins and libraries offer by ``META-INF/services``."""


def reflect_names(flink: Flink) -> dict[str, dict[str, Any]]:
    """Return what each option that names something may be: words, how they are compared, interface and its classes."""
    loaders = Loaders(flink)
    constants = _Constants(flink.home)
    found: dict[str, dict[str, Any]] = {}
    for key, classes in sorted(_CLASSES_WITH_WORDS.items()):
        candidates = constants.of(classes)
        candidates += [word.replace("-", "") for word in candidates if "-" in word]
        words = {word: _loaded(loaders, key, word) for word in candidates if _is_loaded(loaders, key, word)}
        any_case = all(_is_loaded(loaders, key, word.swapcase()) for word in words)
        words |= dict.fromkeys(_NEEDS_A_LIBRARY.get(key, ()))
        found[key] = {"words": _in_small_letters(words) if any_case else words, "any_case": any_case}
    for key, interfaces in _INSTANTIATED.items():
        interface, names = _implementations(flink, interfaces)
        if interface:
            loaded = {name: _loaded(loaders, key, name) if key in loaders.by_key else None for name in names}
            found.setdefault(key, {}).update(interface=interface, classes=loaded)
    services = dict(_services(flink.home))
    for key, interface in _SERVICES.items():
        if interface in services or constants.has(interface):
            found[key] = {"interface": interface, "classes": dict.fromkeys(services.get(interface, ()))}
    return found


class _Constants:
    """The constants of classes in ``lib``."""

    def __init__(self, home: Path) -> None:
        self._archives = [zipfile.ZipFile(jar) for jar in sorted((home / "lib").glob("*.jar"))]

    def has(self, class_name: str) -> bool:
        return self._bytes(class_name) is not None

    def of(self, class_names: tuple[str, ...]) -> list[str]:
        """Return all texts in these classes that may be words."""
        texts = {text for name in class_names for text in _texts(self._bytes(name) or b"")}
        return sorted(text for text in texts if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", text))

    def _bytes(self, class_name: str) -> bytes | None:
        path = class_name.replace(".", "/") + ".class"
        return next((archive.read(path) for archive in self._archives if path in archive.NameToInfo), None)


def _texts(content: bytes) -> Iterator[str]:
    """Yield the texts in a class file's constant pool."""
    if not content:
        return
    sizes = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
    (count,) = struct.unpack_from(">H", content, 8)
    position, index = 10, 1
    while index < count:
        tag = content[position]
        if tag == 1:
            (length,) = struct.unpack_from(">H", content, position + 1)
            yield content[position + 3 : position + 3 + length].decode("utf-8", "replace")
            position += 3 + length
        else:
            position += 1 + sizes[tag]
        index += 2 if tag in (5, 6) else 1


def _is_loaded(loaders: Loaders, key: str, value: str) -> bool:
    try:
        loaders.by_key[key](value)
    except jpype.JException:
        return False
    return True


def _loaded(loaders: Loaders, key: str, value: str) -> str | None:
    """Return the class of what Flink makes of a value; ``None`` where it makes nothing, or needs more for that."""
    try:
        loaded = loaders.by_key[key](value)
    except jpype.JException:
        return None
    java_class = loaded.getClass() if hasattr(loaded, "getClass") else None
    return None if java_class is None or java_class.isEnum() else str(java_class.getName())


def _in_small_letters(words: dict[str, str | None]) -> dict[str, str | None]:
    return {word.lower(): words[word] for word in sorted(words, key=str.lower)}


def _implementations(flink: Flink, interfaces: tuple[str, ...]) -> tuple[str | None, list[str]]:
    """Return the interface of this version, and the classes in ``lib`` that can be made by their names."""
    forName, modifier = jpype.java.lang.Class.forName, jpype.java.lang.reflect.Modifier  # noqa: N806 - Java's name
    loader = jpype.java.lang.ClassLoader.getSystemClassLoader()
    for interface in interfaces:
        try:
            declared = forName(interface, False, loader)
        except jpype.JException:
            continue
        names = []
        for name in _class_names(flink.home):
            try:
                candidate = forName(name, False, loader)
                fits = declared.isAssignableFrom(candidate) and not modifier.isAbstract(candidate.getModifiers())
                if fits and any(not c.getParameterTypes() for c in candidate.getConstructors()):
                    names.append(name)
            except jpype.JException:
                continue
        return interface, names
    return None, []


def _class_names(home: Path) -> Iterator[str]:
    for jar in sorted((home / "lib").glob("flink-dist-*.jar")):
        for name in sorted(zipfile.ZipFile(jar).namelist()):
            if name.startswith("org/apache/flink/") and name.endswith(".class") and "/shaded/" not in name:
                yield name.removesuffix(".class").replace("/", ".")


def _services(home: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each interface with the classes that a jar offers for it."""
    found: dict[str, list[str]] = {}
    for jar in sorted([*(home / "lib").glob("*.jar"), *(home / "plugins").glob("*/*.jar")]):
        archive = zipfile.ZipFile(jar)
        for name in archive.namelist():
            if name.startswith("META-INF/services/") and not name.endswith("/"):
                lines = (line.partition("#")[0].strip() for line in archive.read(name).decode().splitlines())
                found.setdefault(name.rpartition("/")[2], []).extend(filter(None, lines))
    yield from found.items()


def schemes_of(jar: Path) -> list[str]:
    """Return the schemes of the file systems in a jar."""
    urls = jpype.JArray(jpype.java.net.URL)([jpype.java.io.File(str(jar)).toURI().toURL()])
    loader = jpype.java.net.URLClassLoader(urls, jpype.java.lang.ClassLoader.getSystemClassLoader())
    interface = jpype.JClass("org.apache.flink.core.fs.FileSystemFactory").class_
    factories = list(jpype.java.util.ServiceLoader.load(interface, loader))
    return sorted(str(f.getScheme()) for f in factories if loader.equals(f.getClass().getClassLoader()))


def _jars(folder: Path, version: str) -> list[str]:
    return sorted(jar.name.replace(version, "{version}") for jar in folder.rglob("*.jar"))


def main(version: str, jars: list[str]) -> None:
    """Print the names of a version, and the schemes in further jars, as JSON."""
    flink = Flink(version)
    found = {
        "options": reflect_names(flink),
        "lib": _jars(flink.home / "lib", version),
        "plugins": _jars(flink.home / "plugins", version),
        "schemes": {jar: schemes_of(Path(jar)) for jar in jars},
    }
    json.dump(found, sys.stdout, indent=1)
    flink.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
    leave()
