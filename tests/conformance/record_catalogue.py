"""Record the option catalogue: the options of all supported Flink versions, as ``flink_session`` ships them.

``python -m tests.conformance.record_catalogue`` needs the jars of every version. What it writes are facts: keys, types,
defaults. Flink's descriptions are Flink's own text and stay out.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.conformance.distributions import FLINK_VERSIONS

CATALOGUE = Path(__file__).parents[2] / "flink_session" / "configuration" / "catalogue" / "options.json.gz"

_NOT_OF_A_CLUSTER = (
    # Options of tables, formats, catalogs and hints: they stand in a CREATE TABLE or a query, under short keys.
    "org.apache.flink.connector.",
    "org.apache.flink.formats.",
    "org.apache.flink.table.api.config.LookupJoinHintOptions",
    "org.apache.flink.table.api.config.MLPredictRuntimeConfigOptions",
    "org.apache.flink.table.api.config.VectorSearchRuntimeConfigOptions",
    "org.apache.flink.table.catalog.FileCatalogStoreFactoryOptions",
    "org.apache.flink.table.catalog.GenericInMemoryCatalogFactoryOptions",
    "org.apache.flink.table.planner.hint.",
    "org.apache.flink.table.connector.",
    "org.apache.flink.table.factories.",
    "org.apache.flink.table.module.",
    "org.apache.flink.table.runtime.arrow.",
    "org.apache.flink.table.sinks.",
    "org.apache.flink.table.utils.python.",
    # What Flink writes for itself into the configuration of a task or a query.
    "org.apache.flink.streaming.api.graph.",
    "org.apache.flink.table.planner.utils.",
)
_OF_A_CLUSTER_ALL_THE_SAME = ("org.apache.flink.connector.base.source.reader.SourceReaderOptions",)
_KEYS_WITHOUT_A_DOT = ("external-resources", "scheduler-mode")
"""The only ones that a cluster knows; all others are parts of longer keys, or of tables."""

_TYPES = {
    "java.lang.String": "string",
    "java.lang.Boolean": "boolean",
    "java.lang.Integer": "int",
    "java.lang.Long": "long",
    "java.lang.Float": "float",
    "java.lang.Double": "double",
    "java.time.Duration": "duration",
    "java.util.Map": "map",
    "org.apache.flink.configuration.MemorySize": "memory",
}

_PREFIXES = (
    # Taken from constants of Flink's *Options classes, which are no options.
    "containerized.master.env.",
    "containerized.taskmanager.env.",
    "events.reporter.",
    "metrics.reporter.",
    "traces.reporter.",
    "security.delegation.token.provider.",
    # File systems hand these on to the libraries that they are made of; their plugins are not in lib/.
    "azure.",
    "flink.hadoop.",
    "flink.yarn.",
    "fs.",
    "gs.",
    "oss.",
    "presto.",
    "s3.",
    "s3a.",
    # Each gateway endpoint and each catalog store has options of its own.
    "sql-gateway.endpoint.",
    "table.catalog-store.",
)


def main() -> None:
    """Reflect over each distribution in a JVM of its own, and write the catalogue."""
    by_version = [_entries(_reflect(version)) for version in FLINK_VERSIONS]
    CATALOGUE.write_bytes(pack(by_version))
    print(f"{CATALOGUE.name}: {len(set().union(*by_version))} options, {CATALOGUE.stat().st_size} bytes")


def pack(by_version: list[dict[str, tuple[Any, ...]]]) -> bytes:
    """Merge the versions: of each key its variants, with the bits of their versions. Always the same bytes."""
    types: dict[str, int] = {}
    options: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for bit, entries in enumerate(by_version):
        for key, (type_name, *rest) in entries.items():
            index = types.setdefault(type_name, len(types))
            variant = options[key].setdefault(json.dumps([index, *rest]), [0, index, *rest])
            variant[0] |= 1 << bit
    catalogue = {
        "versions": [".".join(version.split(".")[:2]) for version in FLINK_VERSIONS],
        "types": list(types),
        "prefixes": sorted(_PREFIXES),
        "options": {key: list(options[key].values()) for key in sorted(options)},
    }
    text = json.dumps(catalogue, separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def _entries(options: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """Return the entries of one version by key. Where two classes declare a key, the one that says more has it."""
    declared: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for option in options:
        key = _whole_key(option)
        if key is not None:
            declared[key].append(option)
    return {key: _entry(sorted(same, key=_says_less)) for key, same in declared.items()}


def _says_less(option: dict[str, Any]) -> tuple[bool, bool, str]:
    return _is_deprecated(option), "default" not in option, option["declared_in"] + option["field"]


def _is_deprecated(option: dict[str, Any]) -> bool:
    return "Deprecated" in option.get("annotations", ()) or option["declared_in"].endswith(".ConfigConstants")


def _whole_key(option: dict[str, Any]) -> str | None:
    """Return the key as it stands in a configuration; ``None`` for what is not an option of a cluster."""
    declared_in = option["declared_in"]
    if declared_in.startswith(_NOT_OF_A_CLUSTER) and declared_in not in _OF_A_CLUSTER_ALL_THE_SAME:
        return None
    key: str = option["key"]
    if "suffix_of" in option:
        # Options of one kind of reporter come under an example's name: a reporter of that name may be of another kind.
        return f"{option['suffix_of']}.{key}" if "<" in option["suffix_of"] else None
    return None if "#" in key or ("." not in key and key not in _KEYS_WITHOUT_A_DOT) else key


def _entry(same: list[dict[str, Any]]) -> tuple[Any, ...]:
    best = same[0]
    fallback = list(dict.fromkeys(key for option in same for key in option["fallback_keys"]))
    former = list(dict.fromkeys(key for option in same for key in option["deprecated_keys"]))
    return _type_name(best), best.get("default"), fallback, former, int(_is_deprecated(best))


def _type_name(option: dict[str, Any]) -> str:
    constants = option.get("constants")
    name = f"enum {' '.join(constants)}" if constants else _TYPES.get(option["type"], "string")
    return f"list<{name}>" if option["list"] else name


def _reflect(version: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.conformance.reflect_options", version]
    found: list[dict[str, Any]] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


if __name__ == "__main__":
    main()
