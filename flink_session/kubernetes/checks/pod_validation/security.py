"""Security contexts of a pod and its containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flink_session.kubernetes.checks.pod_validation.fault import Fault, Path
from flink_session.kubernetes.checks.pod_validation.field_rules import stays_below
from flink_session.kubernetes.checks.pod_validation.object_rule import ObjectRule, named, repeated
from flink_session.kubernetes.manifests import Manifest

_LARGEST_ID = (1 << 31) - 1
_IPC_PARAMETERS = frozenset(
    ("kernel.sem", *(f"kernel.{name}" for name in ("shmall", "shmmax", "shmmni", "shm_rmid_forced", "shm")))
) | frozenset(f"kernel.{name}" for name in ("msgmax", "msgmnb", "msgmni", "msg"))


def _container(context: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    if context.get("procMount") == "Unmasked" and pod["spec"].get("hostUsers", True):
        yield Fault((*path, "procMount"), "must come with spec.hostUsers: false", "set that, or remove it", "Unmasked")
    if context.get("allowPrivilegeEscalation") is False:
        place = (*path, "allowPrivilegeEscalation")
        if context.get("privileged"):
            yield Fault(place, "must not be false beside privileged: true", "remove one of them")
        if "CAP_SYS_ADMIN" in context.get("capabilities", {}).get("add", []):
            yield Fault(place, "must not be false beside the capability CAP_SYS_ADMIN", "remove one of them")


def _pod(context: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    for index, group in enumerate(context.get("supplementalGroups", [])):
        if not 0 <= (group or 0) <= _LARGEST_ID:
            yield Fault((*path, "supplementalGroups", index), f"must be from 0 to {_LARGEST_ID}", value=group)
    sysctls = context.get("sysctls", [])
    yield from repeated(named(sysctls, (*path, "sysctls"), "name"))
    for index, item in enumerate(sysctls):
        name = _dotted(item.get("name") or "")
        shared = "hostNetwork" if name.startswith("net.") else "hostIPC" if _of_ipc(name) else None
        if shared and pod["spec"].get(shared):
            rule = f"must not be there, since spec.{shared} shares it with the node"
            yield Fault((*path, "sysctls", index, "name"), rule, "remove one of them", item["name"])


def _dotted(name: str) -> str:
    """Write a kernel parameter with dots; where the first one is a slash, slashes and dots have changed places."""
    separator = next((letter for letter in name if letter in "./"), ".")
    return name if separator == "." else name.translate(str.maketrans("./", "/."))


def _of_ipc(name: str) -> bool:
    return name in _IPC_PARAMETERS or name.startswith("fs.mqueue.")


def _seccomp(profile: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    yield from _local_profile(profile, path)
    if profile.get("type") == "Localhost" and not stays_below(profile.get("localhostProfile", "")):
        rule = "must be a relative path without '..'"
        yield Fault((*path, "localhostProfile"), rule, value=profile["localhostProfile"])


def _app_armor(profile: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    yield from _local_profile(profile, path)
    name = profile.get("localhostProfile", "-")
    if profile.get("type") == "Localhost" and (not name.strip() or name != name.strip() or len(name) > 4095):
        rule = "must be a name of at most 4095 characters without white space around it"
        yield Fault((*path, "localhostProfile"), rule, value=name)


def _local_profile(profile: Manifest, path: Path) -> Iterator[Fault]:
    kind = profile.get("type")
    if kind == "Localhost" and "localhostProfile" not in profile:
        yield Fault((*path, "localhostProfile"), "must be set, since the type is Localhost", "set it")
    elif kind in ("RuntimeDefault", "Unconfined") and "localhostProfile" in profile:
        yield Fault((*path, "localhostProfile"), f"must not be there, since the type is {kind}", "remove it")


SECURITY_RULES: Mapping[str, ObjectRule] = {
    "AppArmorProfile": _app_armor,
    "PodSecurityContext": _pod,
    "SeccompProfile": _seccomp,
    "SecurityContext": _container,
}
