"""Every endpoint that the classes of a Flink distribution describe, by reflection.

Flink has no list of its endpoints either: each is a class of message headers. So every class of `flink-dist` that is a
specification of a REST handler is asked for what it says of itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jpype  # type: ignore[import-untyped]

from tests.conformance.jvm import Flink

_PACKAGES = ("org/apache/flink/runtime/rest/", "org/apache/flink/runtime/webmonitor/")
_DECORATOR = "org.apache.flink.runtime.rest.messages.CustomHeadersDecorator"
"""Adds HTTP headers to another class's endpoint, and has none of its own."""


@dataclass(frozen=True, slots=True)
class Headers:
    """What one class of headers says.

    Attributes:
        status: of the answer when all goes well; None where the class does not say, as of files.
        parameters: of the path; None where the class has none to ask, as `query`.
    """

    method: str
    path: str
    status: int | None
    parameters: frozenset[str]
    query: frozenset[str]


def rest_headers(flink: Flink) -> list[Headers]:
    """Return all endpoints of this version."""
    return sorted(map(_describe, _instances(flink)), key=lambda item: (item.path, item.method))


def _instances(flink: Flink) -> Iterator[Any]:
    specification = jpype.JClass("org.apache.flink.runtime.rest.handler.RestHandlerSpecification").class_
    modifier, loader = jpype.java.lang.reflect.Modifier, jpype.java.lang.ClassLoader.getSystemClassLoader()
    with zipfile.ZipFile(flink.home / "lib" / f"flink-dist-{flink.version}.jar") as archive:
        names = [name for name in archive.namelist() if name.startswith(_PACKAGES) and name.endswith(".class")]
    for name in names:
        class_ = jpype.java.lang.Class.forName(name.removesuffix(".class").replace("/", "."), False, loader)
        if not specification.isAssignableFrom(class_) or modifier.isAbstract(class_.getModifiers()):
            continue
        if class_.getName() == _DECORATOR:
            continue
        if any(method.getName() == "getInstance" for method in class_.getMethods()):
            yield class_.getMethod("getInstance").invoke(None)
        else:
            constructor = class_.getDeclaredConstructor()
            constructor.setAccessible(True)
            yield constructor.newInstance()


def _describe(headers: Any) -> Headers:
    said = {str(method.getName()) for method in headers.getClass().getMethods()}
    parameters = headers.getUnresolvedMessageParameters() if "getUnresolvedMessageParameters" in said else None
    return Headers(
        str(headers.getHttpMethod()),
        str(headers.getTargetRestEndpointURL()),
        int(headers.getResponseStatusCode().code()) if "getResponseStatusCode" in said else None,
        frozenset(str(item.getKey()) for item in parameters.getPathParameters()) if parameters else frozenset(),
        frozenset(str(item.getKey()) for item in parameters.getQueryParameters()) if parameters else frozenset(),
    )
