"""What the API server asks of names and texts, as data: it would refuse the objects half-way, in words of its own."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextRule:
    """A rule for one text.

    Attributes:
        pattern: what it must match as a whole.
        longest: how many characters it may have.
        rule: the same in words, continuing "but it ...".
    """

    pattern: re.Pattern[str]
    longest: int
    rule: str

    def broken_by(self, text: str) -> bool:
        """Tell whether a text breaks the rule."""
        return len(text) > self.longest or self.pattern.fullmatch(text) is None


DNS_LABEL = TextRule(
    re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"),
    63,
    "must consist of at most 63 lower-case letters, digits and '-', and start and end with no '-'",
)
DNS_SUBDOMAIN = TextRule(
    re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"),
    253,
    "must consist of at most 253 lower-case letters, digits, '-' and '.', with a letter or digit at each end",
)
LABEL_VALUE = TextRule(
    re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?"),
    63,
    "must consist of at most 63 letters, digits, '-', '_' and '.', with a letter or digit at each end",
)
ENVIRONMENT_VARIABLE = TextRule(
    re.compile(r"[-._A-Za-z][-._A-Za-z0-9]*"),
    1024,
    "must consist of letters, digits, '_', '-' and '.', and not start with a digit",
)
RELAXED_ENVIRONMENT_VARIABLE = TextRule(
    re.compile(r"[ -<>-~]+"), sys.maxsize, "must consist of printable ASCII characters other than '='"
)
"""What a container's variable may be called from Kubernetes 1.32 on."""
PORT_NAME = TextRule(
    re.compile(r"(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*"),
    15,
    "must consist of at most 15 lower-case letters, digits and single '-', with a letter in it and no '-' at an end",
)
KEY_OF_DATA = TextRule(
    re.compile(r"(?!\.\.)(?!\.$)[-._A-Za-z0-9]+"), 253, "must consist of at most 253 letters, digits, '-', '_' and '.'"
)

QUALIFIED_NAME_RULE = (
    "must be a name of at most 63 letters, digits, '-', '_' and '.', with a DNS name and '/' in front or without"
)

LONGEST_ANNOTATIONS = 256 * 1024
"""How many bytes the names and values of an object's annotations may have together."""


def is_qualified_name(text: str) -> bool:
    """Tell whether a text may be the name of a label, an annotation or a resource: ``team``, ``example.com/team``."""
    prefix, slash, name = text.rpartition("/")
    if slash and DNS_SUBDOMAIN.broken_by(prefix):
        return False
    return bool(name) and not LABEL_VALUE.broken_by(name)
