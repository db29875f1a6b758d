"""What Flink asks of ``kubernetes.persistent-volume-claims``: names that the API server takes, and no two alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flink_session.configuration.findings import Finding
from flink_session.configuration.java_text import string_hash, trim
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?")
_SUFFIX = "-pvc"
_LONGEST_VOLUME_NAME, _LONGEST_CLAIM_NAME = 63, 253


def claim_findings(claims: Mapping[str, str]) -> Iterator[Finding]:
    """Find what ``PersistentVolumeClaimMountDecorator`` would refuse: names, paths, and pairs that collide."""
    key = Options.KUBERNETES_PERSISTENT_VOLUME_CLAIMS.key
    paths, names = set[str](), set[str]()
    for claim, path in claims.items():
        if not _SUBDOMAIN.fullmatch(claim) or len(claim) > _LONGEST_CLAIM_NAME:
            rule = "must consist of lower-case letters, digits, '-' and '.', at most 253, with neither at its ends"
            yield Finding(f"{key}, {claim}", None, rule, "name an existing claim")
        if not path.startswith("/") or not trim(path):
            yield Finding(f"{key}, {claim}", path, "must be an absolute path", "mount the claim at one")
        if path in paths:
            rule = "must be the path of one claim"
            yield Finding(f"{key}, {claim}", path, rule, "mount each claim at a path of its own")
        if volume_name(claim) in names:
            rule = f"must not become the volume {volume_name(claim)} beside another claim that does"
            yield Finding(f"{key}, {claim}", None, rule, "mount one of them by the pod template")
        paths.add(path)
        names.add(volume_name(claim))


def volume_name(claim: str) -> str:
    """Return the name of a claim's volume: dots become dashes; a long one is cut, and gets a hash in its place."""
    base = claim.replace(".", "-")
    if len(base + _SUFFIX) > _LONGEST_VOLUME_NAME:
        ending = f"-{string_hash(claim) & 0xFFFFF:05x}"
        base = base[: _LONGEST_VOLUME_NAME - len(ending + _SUFFIX)].rstrip("-") + ending
    return base + _SUFFIX
