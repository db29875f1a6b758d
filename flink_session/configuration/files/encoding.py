"""From the bytes of a configuration file to its text, as each of Flink's two readers does it.

The reader of YAML goes by a byte order mark, takes UTF-8 where there is none, and refuses what is malformed. The reader
of ``flink-conf.yaml`` takes UTF-8 always (the default of a Java in a UTF-8 locale, and of all from Java 18 on), keeps a
byte order mark as a character, and puts U+FFFD in place of what is malformed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping

from flink_session.configuration.findings import Finding

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line, to Java's ``BufferedReader``."""

BYTE_ORDER_MARK = "\ufeff"
REPLACEMENT_CHARACTER = "\ufffd"

_BY_MARK = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32LE"),
    (codecs.BOM_UTF32_BE, "UTF-32BE"),
    (codecs.BOM_UTF16_LE, "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "UTF-16BE"),
)
"""The marks that Flink's reader of YAML knows, the longer ones first: that of UTF-16LE begins that of UTF-32LE."""


def decode_yaml(content: bytes | str) -> str:
    """Return the text of a YAML file without its byte order mark. Mirrors ``YamlUnicodeReader``.

    Behind that, Flink's scanner takes away one more, and so does this.

    Args:
        content: the file's bytes; text is text already, and may begin with a mark as well.

    Raises:
        ValueError: malformed bytes, with their line.
    """
    if isinstance(content, str):
        return content.removeprefix(BYTE_ORDER_MARK)
    mark, encoding = marked_encoding(content) or (b"", "UTF-8")
    body = content[len(mark) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = _count_lines(body[: error.start].decode(encoding, "replace"))
        if encoding == "UTF-8":
            raise ValueError(f"line {line} is not: its byte 0x{body[error.start]:02X} is malformed") from None
        raise ValueError(f"line {line} is malformed {encoding}, which its byte order mark says it is") from None
    if "\0" in text:
        line = _count_lines(text[: text.index("\0")])
        raise ValueError(f"line {line} has a NUL, as UTF-16 without a byte order mark does")
    return text.removeprefix(BYTE_ORDER_MARK)


def decode_flink_conf(content: bytes | str) -> str:
    """Return the text of a ``flink-conf.yaml``; never an error, as in Flink."""
    return content if isinstance(content, str) else content.decode("UTF-8", "replace")


def marked_encoding(content: bytes) -> tuple[bytes, str] | None:
    """Return the byte order mark that a file begins with, and the encoding that it stands for."""
    return next((item for item in _BY_MARK if content.startswith(item[0])), None)


def find_mangled(files: Mapping[str, bytes], names: Iterable[str]) -> Iterator[Finding]:
    """Find files that Flink's client ships as text and takes for UTF-8, whatever they are.

    Args:
        files: contents by name.
        names: the files that are shipped, where they are there.
    """
    for name in names:
        content = files.get(name, b"")
        mark = marked_encoding(content)
        try:
            content.decode("UTF-8")
        except UnicodeDecodeError as error:
            line = _count_lines(content[: error.start].decode("UTF-8", "replace"))
            rule = f"has bytes in line {line} that are no UTF-8, and Flink ships U+FFFD in their place"
            yield Finding(name, None, rule, "save it as UTF-8", "error" if mark else "warning")


def _count_lines(before: str) -> int:
    return len(LINE_END.findall(before)) + 1
