"""Requests and limits: names of resources, amounts, and which of them must agree."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from flink_session.kubernetes.checks.api_rules import QUALIFIED_NAME_RULE, is_qualified_name
from flink_session.kubernetes.checks.pod_validation.fault import Fault, Path
from flink_session.kubernetes.checks.quantities import parse_quantity
from flink_session.kubernetes.manifests import Manifest

_CONTAINERS_OWN = ("cpu", "memory", "ephemeral-storage")
_PODS_OWN = ("cpu", "memory")
_HUGE_PAGES = "hugepages-"


def check_resources(resources: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    """Find what the API server refuses in a container's requests and limits."""
    yield from _amounts(resources, path, _CONTAINERS_OWN)
    names = {name for field in ("requests", "limits") for name in resources.get(field, {})}
    if any(map(_is_huge_pages, names)) and not names & {"cpu", "memory"}:
        yield Fault(path, "must have cpu or memory beside huge pages", "add one of them")
    claims = {item.get("name") for item in pod["spec"].get("resourceClaims", [])}
    for index, claim in enumerate(resources.get("claims", [])):
        if claim.get("name") not in claims:
            rule = "must be the name of one of spec.resourceClaims"
            yield Fault((*path, "claims", index, "name"), rule, "add the claim, or correct the name", claim.get("name"))


def check_overhead(overhead: Manifest, path: Path) -> Iterator[Fault]:
    """Find what is no amount of a resource."""
    yield from _single_amounts(overhead, path, _CONTAINERS_OWN)


def check_pod_resources(spec: Manifest) -> Iterator[Fault]:
    """Find what the API server refuses in the requests and limits of the pod as a whole."""
    resources, path = spec.get("resources", {}), ("spec", "resources")
    if "claims" in resources:
        yield Fault((*path, "claims"), "must not be there", "give the claims to a container")
    yield from _amounts(resources, path, _PODS_OWN)
    for name, text in resources.get("limits", {}).items():
        for container in spec.get("containers", []):
            limit = container.get("resources", {}).get("limits", {}).get(name, "0")
            if (_amount(limit) or 0) > (_amount(text) or 0):
                rule = f"must be at least {limit}, the limit of the container {container.get('name')}"
                yield Fault((*path, "limits", name), rule, "raise it, or lower that", text)
    for name, text in resources.get("requests", {}).items():
        together = _requested(spec, name)
        if together > (_amount(text) or 0):
            rule = f"must be at least {float(together):g}, what the containers request together"
            yield Fault((*path, "requests", name), rule, "raise it, or lower those", text)


def _single_amounts(amounts: Manifest, path: Path, own: tuple[str, ...]) -> Iterator[Fault]:
    for name, text in amounts.items():
        if rule := _name_rule(name, own):
            yield Fault((*path, name), rule, "correct the name")
        elif rule := _amount_rule(name, text):
            yield Fault((*path, name), rule, value=text)


def _amounts(resources: Manifest, path: Path, own: tuple[str, ...]) -> Iterator[Fault]:
    for field in ("requests", "limits"):
        yield from _single_amounts(resources.get(field, {}), (*path, field), own)
    for name, text in resources.get("requests", {}).items():
        request, limit = _amount(text), _amount(resources.get("limits", {}).get(name))
        exact = _is_huge_pages(name) or not _is_native(name)
        if (
            request is not None
            and limit is not None
            and limit >= 0
            and (request > limit or (exact and request != limit))
        ):
            rule = f"must be {'equal to' if exact else 'at most'} the limit, {resources['limits'][name]}"
            yield Fault((*path, "requests", name), rule, "correct it, or the limit", text)
        elif exact and name not in resources.get("limits", {}):
            yield Fault((*path, "requests", name), "must have a limit, too", "give it as a limit instead")


def _name_rule(name: str, own: tuple[str, ...]) -> str | None:
    if not is_qualified_name(name):
        return QUALIFIED_NAME_RULE
    if ("/" not in name or own is _PODS_OWN) and name not in own and not _is_huge_pages(name):
        others = "" if own is _PODS_OWN else ", or a name with a '/' in it"
        return f"must be {', '.join(own)} or {_HUGE_PAGES}SIZE{others}"
    if not _is_native(name) and (name.startswith("requests.") or not is_qualified_name(f"requests.{name}")):
        return "must not start with 'requests.', nor be longer than 253 characters before the '/'"
    return None


def _amount_rule(name: str, text: str) -> str | None:
    amount = _amount(text)
    if amount is None:
        return None  # what is no quantity is found where quantities are read
    if amount < 0:
        return "must be a quantity, such as 500m, 2 or 1.5Gi"
    if not _is_native(name) and amount.denominator != 1:
        return "must be a whole number"
    if _is_huge_pages(name):
        size = parse_quantity(name.removeprefix(_HUGE_PAGES))
        if not size or size < 0 or size.denominator != 1 or amount % size:
            return "must be a multiple of the size in its name"
    return None


def _amount(text: str | None) -> Fraction | None:
    """Read an amount; the API server rounds it up to thousandths."""
    amount = None if text is None else parse_quantity(text)
    return None if amount is None else Fraction(math.ceil(amount * 1000), 1000)


def _is_native(name: str) -> bool:
    return "/" not in name or "kubernetes.io/" in name


def _is_huge_pages(name: str) -> bool:
    return name.startswith(_HUGE_PAGES)


def _requested(spec: Manifest, name: str) -> Fraction:
    """Add up what the containers request, as the scheduler does: init containers run one after the other."""
    request: Callable[[Manifest], Fraction] = lambda item: _request(item, name)  # noqa: E731
    running, peak = Fraction(0), Fraction(0)
    for container in spec.get("initContainers", []):
        peak = max(peak, running + request(container))
        running += request(container) if container.get("restartPolicy") == "Always" else 0
    return max(peak, running + sum(map(request, spec.get("containers", [])), Fraction(0)))


def _request(container: Manifest, name: str) -> Fraction:
    resources = container.get("resources", {})
    return _amount(resources.get("requests", {}).get(name, resources.get("limits", {}).get(name))) or Fraction(0)
