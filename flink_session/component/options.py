"""What the resource options of the component mean for its children.

Engines apply most options to the resource that has them, and a component is no object of Kubernetes: there they would
do nothing. So each is handed on to the children that it concerns, or refused in words. What engines themselves hand on,
as ``protect``, ``provider`` and ``aliases``, is theirs.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from flink_session.configuration import Finding

_PATHS = ("ignore_changes", "replace_on_changes", "hide_diffs")
"""Options that name properties."""
_OF_CHILDREN = ("custom_timeouts", "replace_with", "replacement_trigger", "delete_before_replace", *_PATHS[:2])
"""Options that only children get."""
_FIELDS = ("metadata", "spec", "data", "rules", "roleRef", "subjects")
"""What children have, beside what says their kind."""
_REFUSED = {
    "import_": "leave it out; `pulumi import` takes the children one by one, under the names that a preview shows",
    "version": "give it to the Kubernetes provider",
    "plugin_download_url": "give it to the Kubernetes provider",
    "env_var_mappings": "give it to the Kubernetes provider",
}


@dataclass(frozen=True)
class Options:
    """The options of a component.

    Attributes:
        given: all of them.
        secret_outputs: outputs that are to be secret, by the names of their fields.
    """

    given: pulumi.ResourceOptions
    secret_outputs: frozenset[str]

    @classmethod
    def of(cls, opts: pulumi.ResourceOptions | None, outputs: Mapping[str, str]) -> "Options":
        """Read the options of a component.

        Args:
            opts: the options.
            outputs: the component's outputs by the names of their fields, and what Pulumi calls them.
        """
        given = pulumi.ResourceOptions() if opts is None else opts
        named = set(given.additional_secret_outputs or ())
        return cls(given, frozenset(field for field, name in outputs.items() if named & {field, name}))

    def findings(self, args: Mapping[str, Any], outputs: Mapping[str, str]) -> Iterator[Finding]:
        """Find the options that can have no effect.

        Args:
            args: the component's arguments, by the names of their fields.
            outputs: as in :meth:`of`.
        """
        for option, fix in _REFUSED.items():
            if getattr(self.given, option) is not None:
                yield Finding(f"the option {option}", None, "has no meaning for a session cluster, a component", fix)
        if self.given.delete_before_replace is False:
            rule = "cannot be False, since the children have the names that Flink looks for"
            yield Finding("the option delete_before_replace", None, rule, "leave it out")
        for option in _PATHS:
            for path in getattr(self.given, option) or ():
                if _field(path) not in _FIELDS:
                    rule = f"must begin with a field of the children, one of {', '.join(_FIELDS)}"
                    yield Finding(f"the option {option}", path, rule, "write it as spec.replicas")
        for name in self.given.additional_secret_outputs or ():
            if name not in {*outputs, *outputs.values()}:
                rule, fix = "must be an output of the component", f"name one of {', '.join(outputs)}"
                yield Finding("the option additional_secret_outputs", name, rule, fix)
        timeouts = self.given.custom_timeouts
        if timeouts and (timeouts.create or timeouts.update) and args.get("ready_timeout") is not None:
            rule = "must not be given beside create or update in the option custom_timeouts"
            yield Finding("ready_timeout", None, rule, "keep one of them")

    def of_component(self) -> pulumi.ResourceOptions:
        """Return those that the component itself is registered with."""
        opts = copy.copy(self.given)
        for option in (*_OF_CHILDREN, "additional_secret_outputs"):
            setattr(opts, option, None)
        return opts

    def of_child(
        self,
        parent: pulumi.Resource,
        fields: Iterable[str],
        depends_on: list[pulumi.Resource],
        ready_timeout: str | None,
    ) -> pulumi.ResourceOptions:
        """Return the options of a child.

        Args:
            parent: the component.
            fields: the fields of the child's manifest beside ``metadata``.
            depends_on: what it depends on.
            ready_timeout: how long it may take to become ready, unless the options say so; ``None`` for the engine's
                own time.
        """
        given = self.given
        has = ("metadata", *fields)
        ignored, replacing, hidden = (
            [path for path in getattr(given, option) or () if _field(path) in has] or None for option in _PATHS
        )
        return pulumi.ResourceOptions(
            parent=parent,
            depends_on=depends_on,
            custom_timeouts=_timeouts(given.custom_timeouts, ready_timeout),
            retain_on_delete=given.retain_on_delete or None,
            deleted_with=given.deleted_with,
            delete_before_replace=given.delete_before_replace,
            replace_with=given.replace_with,
            replacement_trigger=given.replacement_trigger,
            ignore_changes=ignored,
            replace_on_changes=replacing,
            hide_diffs=hidden,
        )


def _field(path: str) -> str:
    match = re.match(r'\[?"?(\w+)', path)
    return match[1] if match else ""


def _timeouts(
    given: pulumi.CustomTimeouts | None,
    ready: str | None,
) -> pulumi.CustomTimeouts | None:
    create, update, delete = (given.create, given.update, given.delete) if given else (None, None, None)
    create, update = create or ready, update or ready
    return pulumi.CustomTimeouts(create, update, delete) if create or update or delete else None
