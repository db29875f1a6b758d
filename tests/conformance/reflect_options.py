"""All options that the classes of a Flink distribution declare, by reflection.

Flink has no list of its options: each is a static field somewhere in some jar. So every class that mentions
``ConfigOption`` is loaded, and its fields read. ``python -m tests.conformance.reflect_options VERSION`` prints them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jpype  # type: ignore[import-untyped]

from tests.conformance.jvm import Flink, leave

_DESCRIPTOR = b"Lorg/apache/flink/configuration/ConfigOption;"


def reflect_options(flink: Flink) -> list[dict[str, Any]]:
    """Return every option with where it is declared, in a stable order."""
    options: dict[tuple[str, str], dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for jar, class_names in _declaring_classes(flink.home, Path(scratch)):
            loader = _loader(jar)
            for class_name in class_names:
                for option in _options_of(class_name, loader, flink):
                    options.setdefault((option["key"], option["declared_in"]), option)
    return [options[place] for place in sorted(options)]


def _declaring_classes(home: Path, scratch: Path) -> Iterator[tuple[Path, list[str]]]:
    jars = [path for pattern in ("lib/*.jar", "opt/*.jar", "plugins/*/*.jar") for path in sorted(home.glob(pattern))]
    while jars:
        jar = jars.pop(0)
        names = []
        with zipfile.ZipFile(jar) as archive:
            for name in archive.namelist():
                if name.endswith(".jar"):
                    jars.append(Path(archive.extract(name, scratch)))
                elif _is_flinks_class(name) and _DESCRIPTOR in archive.read(name):
                    names.append(name.removesuffix(".class").replace("/", "."))
        if names:
            yield jar, sorted(names)


def _is_flinks_class(name: str) -> bool:
    return name.startswith("org/apache/flink/") and name.endswith(".class") and "/shaded/" not in name


def _loader(jar: Path) -> Any:
    urls = jpype.JArray(jpype.java.net.URL)([jpype.java.io.File(str(jar)).toURI().toURL()])
    return jpype.java.net.URLClassLoader(urls, jpype.java.lang.ClassLoader.getSystemClassLoader())


def _options_of(class_name: str, loader: Any, flink: Flink) -> Iterator[dict[str, Any]]:
    modifier = jpype.java.lang.reflect.Modifier
    try:
        declaring = jpype.java.lang.Class.forName(class_name, True, loader)
        fields = declaring.getDeclaredFields()
    except jpype.JException as error:
        print(f"{class_name}: {error.getClass().getSimpleName()} {error.getMessage()}", file=sys.stderr)
        return
    for field in fields:
        if not modifier.isStatic(field.getModifiers()) or field.getType().getSimpleName() != "ConfigOption":
            continue
        field.setAccessible(True)
        option = field.get(None)
        if option is not None:
            yield {
                "declared_in": class_name,
                "field": str(field.getName()),
                **_describe(option, flink),
                **_documentation(field, declaring),
            }


def _describe(option: Any, flink: Flink) -> dict[str, Any]:
    java_type = _private(option, "clazz")
    keys = [(str(key.getKey()), bool(key.isDeprecated())) for key in option.fallbackKeys()]
    described: dict[str, Any] = {
        "key": str(option.key()),
        "type": str(java_type.getName()),
        "list": bool(_private(option, "isList")),
        "fallback_keys": [key for key, deprecated in keys if not deprecated],
        "deprecated_keys": [key for key, deprecated in keys if deprecated],
    }
    if java_type.isEnum():
        described["constants"] = [str(constant.toString()) for constant in java_type.getEnumConstants()]
    if option.hasDefaultValue():
        configuration = flink.configuration({})
        configuration.set(option, option.defaultValue())
        described["default"] = str(configuration.toMap().get(option.key()))
    return described


def _documentation(field: Any, declaring: Any) -> dict[str, Any]:
    """Return what Flink's documentation annotations say of a field: where its key is only the end of a longer one."""
    said: dict[str, Any] = {}
    for annotation in field.getAnnotations():
        name = str(annotation.annotationType().getSimpleName())
        said.setdefault("annotations", []).append(name)
        if name == "SuffixOption":
            said["suffix_of"] = str(annotation.value())
    for annotation in declaring.getAnnotations():
        if str(annotation.annotationType().getSimpleName()) == "SuffixOption":
            said.setdefault("suffix_of", str(annotation.value()))
    return said


def _private(option: Any, name: str) -> Any:
    field = jpype.JClass("org.apache.flink.configuration.ConfigOption").class_.getDeclaredField(name)
    field.setAccessible(True)
    return field.get(option)


def main(version: str) -> None:
    """Print the options of a version as JSON."""
    flink = Flink(version)
    json.dump(reflect_options(flink), sys.stdout)
    flink.close()


if __name__ == "__main__":
    main(sys.argv[1])
    leave()
