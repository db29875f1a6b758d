"""What is in a ``flink-conf.yaml`` and does not reach Flink 1.20, or not as it was meant.

The file has the look of YAML and is none: Flink takes each line by itself, cuts it at the first ``#``, and wants
``key: value`` in the rest. Whatever is not so it passes over, with no more than a warning in its log. So structure,
quotes and aliases mean nothing there, and each of these is found here with its line. Contents of lines are never shown,
since they may be secrets: keys are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from flink_session.configuration.catalogue import option_catalogue
from flink_session.configuration.configuration import LEGACY_FLINK_CONF_FILENAME
from flink_session.configuration.files.encoding import (
    BYTE_ORDER_MARK,
    LINE_END,
    REPLACEMENT_CHARACTER,
    decode_flink_conf,
    marked_encoding,
)
from flink_session.configuration.findings import Finding, Severity
from flink_session.configuration.java_text import trim

_FILE = LEGACY_FLINK_CONF_FILENAME
_SERIES = "1.20"
"""The one series that reads the file."""
_MARKER = re.compile(r"---|\.\.\.|%.*")
"""Lines that Flink passes over, and nothing is lost."""
_ITEM = re.compile(r"-(?:\s|$)")
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ANCHOR = re.compile(r"&([\w.-]+)(?:\s.*)?|!!?\w+\s.*")
_ALIAS = re.compile(r"\*([\w.-]+)")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with something before its comment.

    Attributes:
        number: counted from one.
        indent: how far it is indented.
        text: what stands before the first ``#``, trimmed.
        comment: what stands behind it; ``None`` where there is none.
        touches: whether nothing separates the two.
    """

    number: int
    indent: int
    text: str
    comment: str | None
    touches: bool

    @classmethod
    def of(cls, number: int, line: str) -> _Line:
        code, hash_sign, comment = line.partition("#")
        text = trim(code)
        return cls(number, len(code) - len(code.lstrip()), text, comment if hash_sign else None, code[-1:] > " ")

    @property
    def pair(self) -> tuple[str, str] | None:
        """Key and value, as Flink reads them; ``None`` where it passes over the line."""
        key, separator, value = self.text.partition(": ")
        return (trim(key), trim(value)) if separator and trim(key) and trim(value) else None

    @property
    def opens(self) -> str | None:
        """The key of a line that in YAML opens a block: one without a value."""
        return self.text[:-1].strip() or None if self.text.endswith(":") and ": " not in self.text else None


@dataclass(slots=True)
class _Block:
    """The lines that in YAML belong to one key, and do not in this file."""

    opener: _Line
    key: str
    inner: list[_Line] = field(default_factory=list)

    def holds(self, line: _Line) -> bool:
        if line.indent > self.opener.indent:
            return True
        return line.indent == self.opener.indent and _ITEM.match(line.text) is not None


def find_lost_lines(content: bytes | str) -> Iterator[Finding]:
    """Find all lines of a ``flink-conf.yaml`` that Flink reads otherwise than they look, or not at all."""
    mark = marked_encoding(content) if isinstance(content, bytes) else None
    if mark is not None and mark[1] != "UTF-8":
        yield Finding(_FILE, None, f"is text in {mark[1]}, of which Flink reads nothing", "save it as UTF-8")
        return
    text = decode_flink_conf(content)
    if "\0" in text:
        rule = "has NULs, as UTF-16 without a byte order mark does, and Flink reads it as UTF-8"
        yield Finding(_FILE, None, rule, "save it as UTF-8")
        return
    lines = [_Line.of(number, line) for number, line in enumerate(LINE_END.split(text), 1)]
    lines = [line for line in lines if line.text.strip(BYTE_ORDER_MARK) and not _MARKER.fullmatch(line.text)]
    single, blocks = _blocks(lines)
    anchors = {match[1] for line in lines if line.pair and (match := _ANCHOR.fullmatch(line.pair[1])) and match[1]}
    found = [(block.opener.number, finding) for block in blocks for finding in _of_block(block)]
    found += [(line.number, finding) for line in single for finding in _of_line(line, anchors)]
    if isinstance(content, bytes) and content != text.encode():
        found += [(line.number, _malformed(line)) for line in lines if REPLACEMENT_CHARACTER in line.text]
    found += _repeated(single)
    yield from (finding for _, finding in sorted(found, key=lambda item: item[0]))


def _blocks(lines: list[_Line]) -> tuple[list[_Line], list[_Block]]:
    """Tell the lines that stand for themselves from those that in YAML would be a block together."""
    single: list[_Line] = []
    blocks: list[_Block] = []
    open_block: _Block | None = None
    for line in lines:
        if open_block is not None and open_block.holds(line):
            open_block.inner.append(line)
            continue
        key = line.opens or (line.pair[0] if line.pair and _BLOCK.fullmatch(line.pair[1]) else None)
        open_block = None if key is None else _Block(line, key)
        if open_block is None:
            single.append(line)
        else:
            blocks.append(open_block)
    return single, blocks


def _of_block(block: _Block) -> Iterator[Finding]:
    number, inner = block.opener.number, block.inner
    if block.opener.pair is not None:
        rule = f"opens a block of text in line {number}, and Flink reads nothing but the sign behind the colon"
        yield Finding(block.key, None, rule, f"write the text into one line of {_FILE}")
    elif not inner:
        rule = f"has no value in line {number} of {_FILE}, and Flink passes over it"
        yield Finding(block.key, None, rule, "give it one, or remove it")
    else:
        rule = f"opens a block in line {number}, and {_FILE} has none"
        where = f"lines {inner[0].number} to {inner[-1].number}" if inner[1:] else f"line {inner[0].number}"
        read = ", ".join(dict.fromkeys(line.pair[0] for line in inner if line.pair))
        rule += f": of {where}, Flink reads {read}, not under {block.key}" if read else f": Flink passes over {where}"
        example = next((line.pair[0] for line in inner if line.pair), "name")
        fix = f"write each key whole, as in {block.key}.{example.removeprefix('- ')}: value"
        if all(_ITEM.match(line.text) for line in inner):
            fix = f"write the list in one line, as in {block.key}: a;b"
        yield Finding(block.key, None, rule, fix)


def _of_line(line: _Line, anchors: set[str]) -> Iterator[Finding]:
    if line.pair is None:
        yield _passed_over(line)
        return
    key, value = line.pair
    where = f"in line {line.number} of {_FILE}"
    if _ITEM.match(key) or key[0] in "'\"{[?":
        yield Finding(key, None, f"is YAML {where}, and Flink takes all of it for the key", "write key: value")
    if re.search(r":\s", key):
        name = key.partition(":")[0]
        yield Finding(name, None, f"has a tab or an odd space behind its colon {where}", f"write {name}: value")
    if line.comment is not None and (cut := _cut(line, value)) is not None:
        fix = "use config.yaml, or write no # into the value"
        yield Finding(key, None, f"is cut at the # {where}", fix, cut)
    alias = _ALIAS.fullmatch(value)
    if _ANCHOR.fullmatch(value) or (alias and alias[1] in anchors):
        yield Finding(key, None, f"is an anchor, alias or tag of YAML {where}, and text to Flink", "write the value")
    yield from _quotes_and_flow(key, value, where)


def _quotes_and_flow(key: str, value: str, where: str) -> Iterator[Finding]:
    match = option_catalogue(_SERIES).lookup(key)
    kind = match.entry.type if match and match.by != "map" else "string"
    if kind == "map" or kind.startswith("list<"):
        if value[0] + value[-1] in ("[]", "{}"):
            example = "name:value,name:value" if kind == "map" else "a;b"
            yield Finding(key, None, f"is a list or map of YAML {where}, and text to Flink", f"write {example}")
    elif kind == "string" and _QUOTED.fullmatch(value):
        yield Finding(key, None, f"keeps its quotes {where}, which are text to Flink", "remove them", "warning")


def _passed_over(line: _Line) -> Finding:
    """Say why Flink does not read a line."""
    where = f"in line {line.number} of {_FILE}, and Flink passes over the line"
    name, colon, rest = line.text.partition(":")
    if line.text[0] == ":":
        return Finding(f"{_FILE}, line {line.number}", None, "has no key, and Flink passes over it", "write key: value")
    if colon and not re.search(r"\s", name.strip()):
        behind = "a tab" if rest[:1] == "\t" else "an odd space" if rest[:1].isspace() else "no blank"
        return Finding(name.strip(), None, f"has {behind} behind its colon {where}", f"write {name.strip()}: value")
    name, equals, _ = line.text.partition("=")
    if equals and not re.search(r"\s", name.strip()):
        return Finding(name.strip(), None, f"has = behind it {where}", f"write {name.strip()}: value")
    rule = "is not key: value, and Flink passes over it"
    return Finding(f"{_FILE}, line {line.number}", None, rule, "write key: value, or # in front of a comment")


def _cut(line: _Line, value: str) -> Severity | None:
    """Return how grave it is that a value ends at a ``#``; ``None`` where a comment begins, as it looks."""
    comment = line.comment or ""
    in_quotes = value[0] in "'\"" and value.count(value[0]) % 2 and value[0] in comment
    if line.touches or in_quotes:
        return "error"
    return None if comment[:1] in ("", " ", "\t", "#") else "warning"


def _malformed(line: _Line) -> Finding:
    rule = f"has bytes in line {line.number} that are no UTF-8, and Flink puts U+FFFD in their place"
    return Finding(_FILE, None, rule, "save it as UTF-8")


def _repeated(lines: list[_Line]) -> Iterator[tuple[int, Finding]]:
    first: dict[str, tuple[_Line, str]] = {}
    for line in lines:
        if line.pair is None:
            continue
        key, value = line.pair
        if key in first:
            before, other = first[key]
            rule = f"comes twice, in lines {before.number} and {line.number} of {_FILE}, and only the last one counts"
            severity: Severity = "warning" if other == value else "error"
            yield line.number, Finding(key, None, rule, "remove one of them", severity)
        first[key] = line, value
