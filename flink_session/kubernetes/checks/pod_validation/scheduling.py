"""Where a pod may run: tolerations, affinities and spread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flink_session.kubernetes.checks.api_rules import (
    DNS_LABEL,
    DNS_SUBDOMAIN,
    LABEL_VALUE,
    QUALIFIED_NAME_RULE,
    is_qualified_name,
)
from flink_session.kubernetes.checks.pod_validation.fault import Fault, Path, listed
from flink_session.kubernetes.checks.pod_validation.object_rule import ObjectRule, check_labels, repeated
from flink_session.kubernetes.manifests import Manifest

_WITH_VALUES, _WITHOUT_VALUES, _WITH_ONE_VALUE = ("In", "NotIn"), ("Exists", "DoesNotExist"), ("Gt", "Lt")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _toleration(toleration: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    key, operator, value = (toleration.get(name) or "" for name in ("key", "operator", "value"))
    if key and not is_qualified_name(key):
        yield Fault((*path, "key"), QUALIFIED_NAME_RULE, value=key)
    if operator not in ("", "Equal", "Exists"):
        yield Fault((*path, "operator"), "must be Equal or Exists", "choose one of them", operator)
    elif not key and operator != "Exists":
        yield Fault((*path, "operator"), "must be Exists, since there is no key", "set it, or name the key")
    elif operator == "Exists" and value:
        yield Fault((*path, "value"), "must not be there, since the operator is Exists", "remove it", value)
    elif LABEL_VALUE.broken_by(value):
        yield Fault((*path, "value"), LABEL_VALUE.rule, value=value)
    if "tolerationSeconds" in toleration and toleration.get("effect") in (None, "", "NoSchedule", "PreferNoSchedule"):
        rule = "must be NoExecute, since there are tolerationSeconds"
        yield Fault((*path, "effect"), rule, "set it, or remove those", toleration.get("effect"))


def _node_affinity(affinity: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    if _REQUIRED in affinity:
        terms = affinity[_REQUIRED].get("nodeSelectorTerms", [])
        if not terms:
            yield Fault((*path, _REQUIRED, "nodeSelectorTerms"), "must have a term", "add one")
        for index, term in enumerate(terms):
            yield from _node_term(term, (*path, _REQUIRED, "nodeSelectorTerms", index), values=True)
    for index, preferred in enumerate(affinity.get(_PREFERRED, [])):
        # What no label's value can be is taken here.
        yield from _node_term(preferred.get("preference", {}), (*path, _PREFERRED, index, "preference"), values=False)


def _node_term(term: Manifest, path: Path, *, values: bool) -> Iterator[Fault]:
    for index, item in enumerate(term.get("matchExpressions", [])):
        yield from _requirement(item, (*path, "matchExpressions", index), _WITH_ONE_VALUE, values=values)
    for index, item in enumerate(term.get("matchFields", [])):
        place = (*path, "matchFields", index)
        if item.get("key") != "metadata.name":
            yield Fault((*place, "key"), "must be metadata.name", value=item.get("key"))
        if item.get("operator") not in _WITH_VALUES:
            yield Fault((*place, "operator"), f"must be {listed(_WITH_VALUES)}", value=item.get("operator"))
        elif len(item.get("values", [])) != 1:
            yield Fault((*place, "values"), "must be one name", "give one")
        for number, value in enumerate(item.get("values", [])):
            if item.get("key") == "metadata.name" and DNS_SUBDOMAIN.broken_by(value or ""):
                yield Fault((*place, "values", number), DNS_SUBDOMAIN.rule, value=value)


def _requirement(item: Manifest, path: Path, more: tuple[str, ...] = (), *, values: bool) -> Iterator[Fault]:
    """Check one line of a selector; ``more`` are operators of nodes only."""
    operator, given = item.get("operator"), item.get("values", [])
    operators = (*_WITH_VALUES, *_WITHOUT_VALUES, *more)
    if operator not in operators:
        yield Fault((*path, "operator"), f"must be {listed(operators)}", "choose one of them", operator)
    elif operator in _WITH_VALUES and not given:
        yield Fault((*path, "values"), f"must be there, since the operator is {operator}", "set them")
    elif operator in _WITHOUT_VALUES and given:
        yield Fault((*path, "values"), f"must not be there, since the operator is {operator}", "remove them")
    elif operator in _WITH_ONE_VALUE and len(given) != 1:
        yield Fault((*path, "values"), f"must be one, since the operator is {operator}", "give one")
    if not is_qualified_name(item.get("key") or ""):
        yield Fault((*path, "key"), QUALIFIED_NAME_RULE, value=item.get("key"))
    for index, value in enumerate(given if values else ()):
        if LABEL_VALUE.broken_by(value or ""):
            yield Fault((*path, "values", index), LABEL_VALUE.rule, value=value)


def _selector(selector: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    yield from check_labels(selector.get("matchLabels", {}), (*path, "matchLabels"))
    for index, item in enumerate(selector.get("matchExpressions", [])):
        yield from _requirement(item, (*path, "matchExpressions", index), values=True)


def _pod_term(term: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    for index, name in enumerate(term.get("namespaces", [])):
        if DNS_LABEL.broken_by(name or ""):
            yield Fault((*path, "namespaces", index), DNS_LABEL.rule, "name a namespace", name)
    yield from _label_keys(term, path, pod)


def _spread(constraint: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    if "minDomains" in constraint and constraint.get("whenUnsatisfiable") == "ScheduleAnyway":
        rule = "must not be there, since whenUnsatisfiable is ScheduleAnyway"
        yield Fault((*path, "minDomains"), rule, "remove it, or change that")
    yield from _label_keys(constraint, path, pod)


def _label_keys(item: Manifest, path: Path, pod: Manifest) -> Iterator[Fault]:
    """Check labels whose value the selector takes from the pod itself: it has them once more than is written."""
    selector, matched = item.get("labelSelector"), item.get("matchLabelKeys", [])
    labels = pod.get("metadata", {}).get("labels", {})
    for field in ("matchLabelKeys", "mismatchLabelKeys"):
        if field in item and selector is None:
            yield Fault((*path, field), "must not be there without labelSelector", "add that")
        for index, name in enumerate(item.get(field, [])):
            if not is_qualified_name(name or ""):
                yield Fault((*path, field, index), QUALIFIED_NAME_RULE, value=name)
    for index, name in enumerate(matched):
        expressions = [one.get("key") for one in (selector or {}).get("matchExpressions", [])]
        times = [*(selector or {}).get("matchLabels", {}), *expressions].count(name) + (name in labels)
        if name in item.get("mismatchLabelKeys", []):
            yield Fault((*path, "matchLabelKeys", index), "must not be in mismatchLabelKeys too", "remove one", name)
        elif times + matched[:index].count(name) * (name in labels) > 1:
            yield Fault((*path, "matchLabelKeys", index), "must not be in labelSelector too", "remove one", name)


def check_spreads(spec: Manifest) -> Iterator[Fault]:
    """Find two constraints that say the same of one topology."""
    items = enumerate(spec.get("topologySpreadConstraints", []))
    pairs = ((index, (item.get("topologyKey"), item.get("whenUnsatisfiable"))) for index, item in items)
    rule = "must be the only one of its topologyKey and whenUnsatisfiable"
    yield from repeated(((("spec", "topologySpreadConstraints", index), pair) for index, pair in pairs), rule)


SCHEDULING_RULES: Mapping[str, ObjectRule] = {
    "LabelSelector": _selector,
    "NodeAffinity": _node_affinity,
    "PodAffinityTerm": _pod_term,
    "Toleration": _toleration,
    "TopologySpreadConstraint": _spread,
}
