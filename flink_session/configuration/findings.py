"""What is wrong with a configuration, as values: so that all of it can be said at once.

Flink stops at its first complaint, and says it in a stack trace. Here every check makes :class:`Finding` values;
whoever asks for a result gathers them with :class:`FindingCollector` and raises one :class:`IllegalConfigurationError`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, ParamSpec, TypeVar

Severity = Literal["error", "warning"]

HIDDEN_CONTENT = "******"
"""What is shown in place of a value that may be a secret, as in Flink's ``GlobalConfiguration``."""

_SENSITIVE_WORDS = (
    "password",
    "secret",
    "fs.azure.account.key",
    "apikey",
    "api-key",
    "auth-params",
    "service-key",
    "token",
    "basic-auth",
    "jaas.config",
    "http-headers",
)

_PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_LONGEST_SHOWN = 120

P = ParamSpec("P")
T = TypeVar("T")


def is_sensitive(key: str) -> bool:
    """Tell whether Flink masks the values of ``key`` in its logs and its REST API.

    Mirrors ``GlobalConfiguration.isSensitive``.
    """
    lowered = key.lower()
    return any(word in lowered for word in _SENSITIVE_WORDS)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or dangerous, in what the user wrote.

    Attributes:
        key: the option or argument, as the user spelt it.
        value: the offending value; ``None`` where the key is absent or its value does not matter.
        rule: what must hold, as it continues "but it ...": ``"must be at least 1"``.
        fix: what to do, as an imperative without a full stop.
        severity: an ``error`` stops the deployment, a ``warning`` does not.
    """

    key: str
    value: object
    rule: str
    fix: str
    severity: Severity = "error"

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.key} {self.rule}: {self.fix}."
        return f"{self.key} is {self.shown_value}, but it {self.rule}: {self.fix}."

    @property
    def shown_value(self) -> str:
        """The value as it was written and may be printed: masked where it may be a secret, cut where it is long."""
        text = repr(self.value) if isinstance(self.value, str) else json.dumps(_plain(self.key, self.value))
        text = HIDDEN_CONTENT if is_sensitive(self.key) else _PASSWORD_IN_ADDRESS.sub(HIDDEN_CONTENT, text)
        return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _plain(key: str, value: object) -> object:
    """Make a value one that JSON has: whole numbers without a point, and no secret in it."""
    if is_sensitive(key):
        return HIDDEN_CONTENT
    if isinstance(value, Mapping):
        return {str(name): _plain(str(name), item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(key, item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (str, bool, int, float)) else str(value)


class IllegalConfigurationError(ValueError):
    """The configuration cannot be deployed; ``findings`` says why, ``str()`` says it readably.

    Named after Flink's ``IllegalConfigurationException``.

    Args:
        findings: the errors.
        warnings: what was found beside them, and is to be said at the same time.
    """

    def __init__(self, findings: Iterable[Finding], warnings: Iterable[Finding] = ()) -> None:
        self.findings = tuple(findings)
        self.warnings = tuple(warnings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        if len(self.findings) == 1:
            return str(self.findings[0])
        return f"{len(self.findings)} errors in the configuration:\n" + "\n".join(f"  - {f}" for f in self.findings)


@dataclass(slots=True)
class FindingCollector:
    """Gathers the findings of several checks, so that the user hears of all of them together."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, findings: Iterable[Finding]) -> None:
        """Keep these findings, without those whose like is known: the same rule, broken by the same key."""
        known = {(finding.key, finding.rule) for finding in self.findings}
        for finding in findings:
            if (finding.key, finding.rule) not in known:
                known.add((finding.key, finding.rule))
                self.findings.append(finding)

    def attempt(self, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what ``check`` returns; where it raises, keep its findings and return ``None``."""
        try:
            return check(*args, **kwargs)
        except IllegalConfigurationError as error:
            self.add(error.findings)
            return None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a deployment."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that do not."""
        return tuple(f for f in self.findings if f.severity == "warning")

    def raise_errors(self) -> None:
        """Raise all errors found so far as one, if there is any."""
        if self.errors:
            raise IllegalConfigurationError(self.errors, self.warnings)


def illegal(key: str, value: Any, rule: str, fix: str) -> IllegalConfigurationError:
    """Make the error of one finding, to be raised where a single check fails."""
    return IllegalConfigurationError((Finding(key, value, rule, fix),))
