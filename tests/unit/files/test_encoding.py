"""Bytes of configuration files: read as Flink reads them, and what is malformed is said with its line."""

from __future__ import annotations

import codecs

import pytest

from flink_session.configuration import FlinkVersion, IllegalConfigurationError, find_losses, load_configuration
from flink_session.configuration.catalogue import option_catalogue
from flink_session.configuration.files.config_yaml import load_config_yaml
from flink_session.configuration.files.flink_conf import load_flink_conf
from flink_session.configuration.files.flink_conf_losses import find_lost_lines

TEXT = "a: 1\nb.c: ä \U0001f600\n"
ENCODINGS = {
    "UTF-8": codecs.BOM_UTF8,
    "UTF-16LE": codecs.BOM_UTF16_LE,
    "UTF-16BE": codecs.BOM_UTF16_BE,
    "UTF-32LE": codecs.BOM_UTF32_LE,
    "UTF-32BE": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_config_yaml_is_read_as_its_byte_order_mark_says(encoding: str) -> None:
    read = load_config_yaml(ENCODINGS[encoding] + TEXT.encode(encoding))
    assert read.values == {"a": 1, "b.c": "ä \U0001f600"}


@pytest.mark.parametrize("content", [TEXT.encode(), TEXT, "\ufeff" + TEXT])
def test_without_a_mark_config_yaml_is_utf_8(content: bytes | str) -> None:
    assert load_config_yaml(content).values == {"a": 1, "b.c": "ä \U0001f600"}


@pytest.mark.parametrize("content", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE])
def test_a_file_of_nothing_but_a_mark_is_empty(content: bytes) -> None:
    assert load_config_yaml(content).values == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: 1\nb: \xe4\n", "line 2 is not: its byte 0xE4 is malformed): save it as UTF-8"),
        (b"a: 1\r\nb: 2\r\nc: \x80\r\n", "line 3 is not: its byte 0x80"),
        (b"a: 1\n# gr\xfc\xdfe\n", "line 2 is not: its byte 0xFC"),
        (b"a: \xc0\x80\n", "line 1 is not: its byte 0xC0"),
        (b"a: \xed\xa0\x80\n", "line 1 is not: its byte 0xED"),
        (b"a: \xc3", "line 1 is not: its byte 0xC3"),
        (codecs.BOM_UTF8 + b"a: \xe4", "line 1 is not: its byte 0xE4"),
        (
            codecs.BOM_UTF16_LE + "a: 1\nb: 2".encode("utf-16-le") + b"\n",
            "line 2 is malformed UTF-16LE, which its byte order mark says it is",
        ),
        (codecs.BOM_UTF16_BE + b"\xd8\x00\x00\n", "line 1 is malformed UTF-16BE"),
        (codecs.BOM_UTF32_LE + b"\x00\x00\x00\x7f", "line 1 is malformed UTF-32LE"),
        ("a: 1\n".encode("utf-16-le"), "line 1 has a NUL, as UTF-16 without a byte order mark does"),
        ("a: 1\n".encode("utf-16-be"), "line 1 has a NUL"),
        (b"a: 1\nb: \x00", "line 2 has a NUL"),
        (b"a: 1\n\xc3\xa4: \x01", "line 2: the character U+0001 is not allowed"),
    ],
)
def test_config_yaml_of_malformed_bytes_is_refused_with_their_line(content: bytes, said: str) -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        load_config_yaml(content, "conf/config.yaml")
    (finding,) = raised.value.findings
    assert str(finding).startswith("conf/config.yaml must be ")
    assert said in str(finding)


def test_a_mark_inside_config_yaml_is_a_letter() -> None:
    assert load_config_yaml(b"\xef\xbb\xbf\xef\xbb\xbfa: 1\n").values == {"a": 1}
    assert load_config_yaml(b"a: 1\n\xef\xbb\xbfb: x\xef\xbb\xbfy\n").values == {"a": 1, "\ufeffb": "x\ufeffy"}


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_the_line_ends_of_yaml_1_1_are_text(separator: str) -> None:
    assert load_config_yaml(f"a: x{separator}y\n").values == {"a": f"x{separator}y"}
    assert load_config_yaml(f"a: 1 # x{separator}b: 2\n").values == {"a": 1}
    with pytest.raises(IllegalConfigurationError, match="mapping values are not allowed"):
        load_config_yaml(f"a: x{separator}b: y\n")


def test_flink_conf_replaces_what_is_malformed_and_says_so() -> None:
    content = b"a: 1\nb: gr\xfc\xdf # gr\xfc\xdf\n# \xfc\n\xe4: 1\n"
    assert load_flink_conf(content).values == {"a": "1", "b": "gr\ufffd\ufffd", "\ufffd": "1"}
    rule = "has bytes in line {} that are no UTF-8, and Flink puts U+FFFD in their place: save it as UTF-8."
    assert [str(finding) for finding in find_lost_lines(content)] == [
        f"flink-conf.yaml {rule.format(line)}" for line in (2, 4)
    ]
    assert list(find_lost_lines("b: grüß\nc: \ufffd\n".encode())) == []
    assert list(find_lost_lines(b"a: 1 # gr\xfc\xdf\n# \xfc\n")) == []


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "UTF-8"])
def test_of_a_flink_conf_that_is_no_utf_8_nothing_is_read(encoding: str) -> None:
    content = ENCODINGS[encoding] + "a: 1\nb: 2\n".encode(encoding)
    assert load_flink_conf(content).values == {}
    (finding,) = find_lost_lines(content)
    assert str(finding) == f"flink-conf.yaml is text in {encoding}, of which Flink reads nothing: save it as UTF-8."
    (finding,) = find_lost_lines("a: ä\n".encode(encoding))
    assert "has NULs, as UTF-16 without a byte order mark does" in str(finding)
    assert {finding.severity for finding in find_lost_lines(content)} == {"error"}


def test_a_mark_in_flink_conf_becomes_part_of_the_first_key() -> None:
    content = codecs.BOM_UTF8 + b"rest.port: 8082\nrest.address: x\n"
    assert load_flink_conf(content).values == {"\ufeffrest.port": "8082", "rest.address": "x"}
    assert load_flink_conf(codecs.BOM_UTF8 + b"# comment\nrest.port: 8082\n").values == {"rest.port": "8082"}


@pytest.mark.parametrize(
    ("key", "hidden"),
    [
        ("\ufeffrest.port", "U+FEFF"),
        ("rest.port\u200b", "U+200B"),
        ("rest\u00ad.port", "U+00AD"),
        ("rest.port\u00a0", "U+00A0"),
        ("rest.\u2060port", "U+2060"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "metrics.reporter.x.", "my.own."])
def test_a_character_that_nobody_sees_is_named(prefix: str, key: str, hidden: str) -> None:
    finding = option_catalogue("1.20").check(prefix + key, "8082")
    assert finding is not None
    assert finding.severity == "error"
    assert str(finding).startswith(f"{prefix}rest.port has the invisible character {hidden}")


@pytest.mark.parametrize("key", ["rest.port", "kubernetes.jobmanager.labels.größe", "my own.key"])
def test_characters_that_are_seen_are_not(key: str) -> None:
    finding = option_catalogue("1.20").check(key, "8082")
    assert finding is None or "invisible" not in finding.rule


def test_the_file_that_is_not_read_is_named() -> None:
    files: dict[str, bytes | str] = {"config.yaml": b"a: 1\n", "flink-conf.yaml": b"a: 2\n"}
    old, new = FlinkVersion.parse("1.20"), FlinkVersion.parse("2.0")
    assert load_configuration(files, old).values == {"a": "2"}
    (finding,) = find_losses(files, old)
    assert (finding.key, finding.severity) == ("config.yaml", "warning")
    assert finding.rule == "is not read by Flink 1.20 beside flink-conf.yaml"
    assert load_configuration(files, new).values == {"a": 1}
    (finding,) = find_losses(files, new)
    assert (finding.key, finding.severity) == ("flink-conf.yaml", "warning")
    assert finding.rule == "is not read by Flink 2.0 beside config.yaml"
    assert list(find_losses({"config.yaml": b"a: 1\n"}, old)) == []
