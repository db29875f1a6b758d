"""Every endpoint that the classes of a Flink distribution describe, by reflection.

Flink has no list of its endpoints either: each is a class of message headers. So every class of `flink-dist` that is a
specification of a REST handler is asked for what it says of itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jpype  # type: ignore[import-untyped]

from tests.conformance.jvm import Flink

_PACKAGES = ("org/apache/flink/runtime/rest/", "org/apache/flink/runtime/webmonitor/")
_GATEWAYS = "org/apache/flink/table/gateway/rest/header/"
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
    return _sorted(_instances(flink.home / "lib" / f"flink-dist-{flink.version}.jar", _PACKAGES))


def gateway_headers(jar: Path, api_version: str) -> list[Headers]:
    """Return all endpoints of the SQL Gateway that a version of its API has, as `V2`."""
    found = _instances(jar, (_GATEWAYS,))
    return _sorted(item for item in found if api_version in map(str, item.getSupportedAPIVersions()))


def _sorted(found: Iterable[Any]) -> list[Headers]:
    return sorted(map(_describe, found), key=lambda item: (item.path, item.method))


def _instances(jar: Path, packages: tuple[str, ...]) -> Iterator[Any]:
    specification = jpype.JClass("org.apache.flink.runtime.rest.handler.RestHandlerSpecification").class_
    modifier, loader = jpype.java.lang.reflect.Modifier, jpype.java.lang.ClassLoader.getSystemClassLoader()
    with zipfile.ZipFile(jar) as archive:
        names = [name for name in archive.namelist() if name.startswith(packages) and name.endswith(".class")]
    for name in names:
        class_ = jpype.java.lang.Class.forName(name.removesuffix(".class").replace("/", "."), False, loader)
        if not specification.isAssignableFrom(class_) or modifier.isAbstract(class_.getModifiers()):
            continue
        if class_.getName() == _DECORATOR:
            continue
        makers = [method for method in class_.getMethods() if _makes(method, class_)]
        for method in makers:
            # One that differs by the version of the API has one for each.
            yield method.invoke(None)
        if not makers:
            constructor = class_.getDeclaredConstructor()
            constructor.setAccessible(True)
            yield constructor.newInstance()


def _makes(method: Any, class_: Any) -> bool:
    """Tell whether a method is one that gives an instance of its class without being told anything."""
    is_static = jpype.java.lang.reflect.Modifier.isStatic(method.getModifiers())
    return bool(is_static and not method.getParameterCount() and class_.isAssignableFrom(method.getReturnType()))


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
