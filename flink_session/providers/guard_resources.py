"""The guards as resources of a program. Their types and properties are in people's states."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from flink_session.providers.session_guard import ChangeGuard, DeleteGuard


class ChangeGuarded(Resource, module="flink_session", name="ChangeGuard"):
    """What all objects of a guarded session depend on."""

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(ChangeGuard(), name, dict(props), opts)


class DeleteGuarded(Resource, module="flink_session", name="DeleteGuard"):
    """What depends on all objects of a guarded session."""

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(DeleteGuard(), name, dict(props), opts)
