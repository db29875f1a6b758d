"""Record what values that are names may be, and which jars a distribution has, as ``flink_session`` ships it.

``python -m tests.conformance.record_names`` needs the jars of every version and Maven: the file systems of ``opt/`` are
in no package from PyPI. Of each series it takes the newest of them that Maven finds, and of a series for which it finds
none, the newest of the series before.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flink_session.configuration.flink_version import NEWEST_PATCH
from tests.conformance.distributions import FLINK_VERSIONS, cache_folder

NAMES = Path(__file__).parents[2] / "flink_session" / "configuration" / "catalogue" / "names.json.gz"

_FILE_SYSTEMS = (
    "flink-azure-fs-hadoop",
    "flink-gs-fs-hadoop",
    "flink-oss-fs-hadoop",
    "flink-s3-fs-hadoop",
    "flink-s3-fs-native",
    "flink-s3-fs-presto",
)
_FIRST_SERIES = {"flink-s3-fs-native": "2.3"}
_FURTHER_IN_OPT = {
    # As the release's archive has them: the packages from PyPI have only Python and the SQL client.
    "flink-cep-scala_2.12-{version}.jar": ("1.20",),
    "flink-python-{version}.jar": tuple(NEWEST_PATCH),
    "flink-queryable-state-runtime-{version}.jar": tuple(NEWEST_PATCH),
    "flink-sql-client-{version}.jar": tuple(NEWEST_PATCH),
    "flink-sql-gateway-{version}.jar": tuple(NEWEST_PATCH),
    "flink-state-processor-api-{version}.jar": tuple(NEWEST_PATCH),
    "flink-table-planner_2.12-{version}.jar": tuple(NEWEST_PATCH),
}


def main() -> None:
    """Look into each distribution in a JVM of its own, and write what was found."""
    series = [version.rpartition(".")[0] for version in FLINK_VERSIONS]
    jars = {name: _file_system_jars(name) for name in series}
    found = dict(
        zip(series, (_reflect(v, jars[s].values()) for v, s in zip(FLINK_VERSIONS, series, strict=True)), strict=True)
    )
    schemes = _schemes(found, jars)
    NAMES.write_bytes(pack(found, schemes))
    print(f"{NAMES.name}: {len(schemes)} schemes, {NAMES.stat().st_size} bytes")


def pack(found: dict[str, dict[str, Any]], schemes: dict[str, dict[str, list[str]]]) -> bytes:
    """Merge the series: of each fact its variants, with the bits of their series. Always the same bytes."""
    options: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    stands_for: dict[str, dict[str, str]] = defaultdict(dict)
    jars: dict[str, dict[str, int]] = {"lib": {}, "opt": {}, "plugins": {}}
    for bit, (series, content) in enumerate(found.items()):
        for key, option in content["options"].items():
            words, classes = sorted(option.get("words", ())), sorted(option.get("classes", ()))
            variant = [words, int(option.get("any_case", False)), option.get("interface"), classes]
            options[key].setdefault(json.dumps(variant), [0, *variant])[0] |= 1 << bit
            if "interface" in option:
                stands_for[key].update(_words_of_classes(option))
        for folder, names in (("lib", content["lib"]), ("plugins", content["plugins"]), ("opt", _opt(series, schemes))):
            for name in names:
                jars[folder][name] = jars[folder].get(name, 0) | 1 << bit
    names = {
        "versions": list(found),
        "options": {key: list(options[key].values()) for key in sorted(options)},
        "stands_for": {key: dict(sorted(words.items())) for key, words in sorted(stands_for.items()) if words},
        "jars": {folder: dict(sorted(masks.items())) for folder, masks in jars.items()},
        "schemes": {scheme: schemes[scheme] for scheme in sorted(schemes)},
    }
    return gzip.compress(json.dumps(names, separators=(",", ":")).encode(), compresslevel=9, mtime=0)


def _words_of_classes(option: dict[str, Any]) -> dict[str, str]:
    """Return for classes, and words, the shortest word that makes Flink load the same."""
    words = option.get("words", {})
    by_loaded = {loaded: word for word, loaded in sorted(words.items(), key=lambda item: -len(item[0])) if loaded}
    known = {**option.get("classes", {}), **words}
    return {name: by_loaded[loaded] for name, loaded in known.items() if by_loaded.get(loaded, name) != name}


def _opt(series: str, schemes: dict[str, dict[str, list[str]]]) -> list[str]:
    further = [name for name, there in _FURTHER_IN_OPT.items() if series in there]
    return [*further, *(f"{name}-{{version}}.jar" for name in _FILE_SYSTEMS if _is_there(name, series))]


def _schemes(found: dict[str, dict[str, Any]], jars: dict[str, dict[str, Path]]) -> dict[str, dict[str, list[str]]]:
    """Return the jars that know each scheme, by series."""
    schemes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in _FILE_SYSTEMS:
        known: list[str] = []
        for series, content in found.items():
            if name in jars[series]:
                known = content["schemes"][str(jars[series][name])]
            for scheme in known if _is_there(name, series) else ():
                schemes[scheme][series].append(name)
    return schemes


def _is_there(name: str, series: str) -> bool:
    order = list(NEWEST_PATCH).index
    return order(series) >= order(_FIRST_SERIES.get(name, "1.20"))


def _file_system_jars(series: str) -> dict[str, Path]:
    """Fetch the newest jars of a series that Maven finds."""
    found = {}
    for name in _FILE_SYSTEMS:
        for patch in range(NEWEST_PATCH[series], -1, -1) if _is_there(name, series) else ():
            jar = _fetch(name, f"{series}.{patch}")
            if jar is not None:
                found[name] = jar
                break
    return found


def _fetch(name: str, version: str) -> Path | None:
    folder = cache_folder() / "flink-file-systems"
    jar = folder / f"{name}-{version}.jar"
    if not jar.exists():
        command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact=org.apache.flink:{name}:{version}"]
        result = subprocess.run(
            [*command, f"-DoutputDirectory={folder}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=os.path.sep
        )
        print(f"{name}-{version}.jar: {'found' if result.returncode == 0 else 'not there'}")
    return jar if jar.exists() else None


def _reflect(version: str, jars: Iterable[Path]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.conformance.reflect_names", version, *map(str, jars)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


if __name__ == "__main__":
    main()
