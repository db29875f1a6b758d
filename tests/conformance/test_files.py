"""Bytes, positions and lost lines of configuration files: Flink's own readers have the last word."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st

from flink_session.configuration import FlinkVersion, IllegalConfigurationError, load_config_yaml, yaml_core
from flink_session.configuration.files.flink_conf_losses import find_lost_lines
from flink_session.configuration.options import to_text
from flink_session.kubernetes.pod_template import load_pod_template
from tests.conformance import ours
from tests.conformance.cases import Refused
from tests.conformance.jvm import Flink

pytestmark = pytest.mark.conformance

_MARKS = ("", "\ufeff")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "iso-8859-1", "cp1252")
_CHARS = st.text(st.sampled_from("ab.1:# \n\r'\"äß€\u00a0\ufeff\ufffd\U0001f600"), max_size=20)
_TEXTS = st.lists(
    st.one_of(_CHARS, st.sampled_from(("k: v", "a.b: 1", "k: ä", "# ü", "k: x\u2028y", "k: x\x85y"))), max_size=4
).map("\n".join)
_BYTES = st.builds(
    lambda mark, text, encoding, junk: f"{mark}{text}".encode(encoding, "ignore") + junk,
    st.sampled_from(_MARKS),
    _TEXTS,
    st.sampled_from(_ENCODINGS),
    st.one_of(st.just(b""), st.binary(max_size=6)),
)

BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9))


def _typed(values: dict[str, Any]) -> dict[str, str]:
    return {key: f"{type(value).__name__} {value!r}" for key, value in values.items()}


@given(content=_BYTES)
def test_reads_the_bytes_of_a_file_as_flink_does(flink: Flink, content: bytes) -> None:
    expected = flink.read_configuration(content)
    note(f"Flink: {expected}")
    actual = ours.read_configuration(content)
    event("Flink refuses" if isinstance(expected, Refused) else "Flink reads")
    if actual is None:
        # A key that is null is text to Flink, and half a character behind a mark is nothing.
        assert isinstance(expected, Refused) or "null" in expected or (not expected and len(content) < 8)
    else:
        assert isinstance(expected, dict)
        assert _typed(actual) == _typed(expected)


@given(content=st.one_of(_BYTES, st.binary(max_size=40)))
def test_reads_the_bytes_of_the_file_of_old_as_flink_does(flink: Flink, content: bytes) -> None:
    if not flink.version.startswith("1."):
        pytest.skip(f"Flink {flink.version} reads no flink-conf.yaml")
    assert flink.read_configuration(content, "flink-conf.yaml") == ours.read_configuration(content, "flink-conf.yaml")


_KEYS = st.sampled_from(("a", "a.b", "metrics", "rest.address", "x-y.z"))
_SEPARATORS = st.sampled_from((": ", ":  ", " : ", ":", ":\t", "=", " "))
_VALUES = st.sampled_from(
    ("v", "1", "two words", "x#y", "x # y", "x #y", "'q'", "'q # r'", "a:b", "[a, b]", "{a: b}", "|", "&x v", "*x", "")
)
_INDENTS = st.sampled_from(("", "", "", "  ", "\t", "- "))
_LINES = st.lists(st.tuples(_INDENTS, _KEYS, _SEPARATORS, _VALUES).map("".join), max_size=5)


@given(
    lines=st.one_of(
        _LINES, st.lists(_KEYS, min_size=1, max_size=4, unique=True).map(lambda keys: [f"{k}: v" for k in keys])
    )
)
def test_of_which_lines_nothing_is_said_flink_reads_what_yaml_would(flink: Flink, lines: list[str]) -> None:
    """The file looks like YAML. Where we find nothing lost, Flink's reading is what YAML says it is."""
    if not flink.version.startswith("1."):
        pytest.skip(f"Flink {flink.version} reads no flink-conf.yaml")
    text = "\n".join(lines)
    note(text)
    found = list(find_lost_lines(text))
    event("something is lost" if found else "nothing is lost")
    if found:
        return
    try:
        tree = yaml_core.load(text) or {}
    except ValueError:
        return
    read = flink.read_configuration(text, "flink-conf.yaml")
    expected = {key: to_text(value) for key, value in tree.items()}
    assert read == expected


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: 2\nc:\n  d: 1\n  e: 2\n  d: 3\n",
        "# x\n\na: 1\na: 2\n",
        "a: {b: 1,\n b: 2}\n",
        "a:\n  - b: 1\n    b: 2\n",
    ],
)
def test_a_key_that_comes_twice_is_where_flink_says(flink: Flink, text: str) -> None:
    refused = flink.read_configuration(text)
    assert isinstance(refused, Refused)
    where = re.search(r"found duplicate key .*\n in reader, line (\d+)", str(refused))
    with pytest.raises(IllegalConfigurationError) as raised:
        load_config_yaml(text)
    assert where is not None
    assert f"line {where[1]}: key " in str(raised.value)


@pytest.mark.parametrize("aliases", [50, 51])
@pytest.mark.parametrize("collection", ["[x]", "{x: y}"])
def test_allows_as_many_aliases_as_flink(flink: Flink, aliases: int, collection: str) -> None:
    text = f"a: &a {collection}\n" + "".join(f"k{i}: *a\n" for i in range(aliases))
    read = flink.read_configuration(text)
    assert isinstance(read, Refused) == (aliases > 50)
    assert ours.read_configuration(text) == (None if isinstance(read, Refused) else read)


@pytest.mark.parametrize(
    "text", ["b: &x {y: 1}\nc:\n  <<: *x\n", "x: &x {y: 1}\n<<: *x\n", "a: &x {y: 1}\nb: {<<: [*x]}\n"]
)
def test_a_merge_key_merges_nothing(flink: Flink, text: str) -> None:
    read = flink.read_configuration(text)
    assert isinstance(read, dict)
    assert any("<<" in key for key in read)
    assert ours.read_configuration(text) == read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "iso-8859-1"])
def test_reads_the_bytes_of_a_pod_template_as_flink_does(flink: Flink, encoding: str) -> None:
    content = "spec: {hostname: grün}\n".encode(encoding)
    read = flink.read_pod_template(content)
    if isinstance(read, Refused):
        with pytest.raises(ValueError, match="UTF-8"):
            load_pod_template(content, FlinkVersion.parse(flink.version))
    else:
        assert load_pod_template(content, FlinkVersion.parse(flink.version)).pod["spec"] == read["spec"]


@pytest.mark.parametrize("text", ["spec: &x {a: *x}\n", "spec: &x {nodeSelector: *x}\n", BOMB])
def test_a_pod_template_without_end_is_refused_by_both(flink: Flink, text: str) -> None:
    assert isinstance(flink.read_pod_template(text.encode()), Refused)
    with pytest.raises(ValueError, match="alias"):
        load_pod_template(text, FlinkVersion.parse(flink.version))
