"""Values and files: what Flink reads from a text, we read from it, and what we write Flink reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from flink_session.configuration import (
    Configuration,
    FlinkVersion,
    IllegalConfigurationError,
    dump_config_yaml,
    options,
)
from flink_session.configuration.catalogue.values import check_value
from flink_session.configuration.files.config_yaml import prefix_collisions
from flink_session.configuration.files.flink_conf import dump_flink_conf, load_flink_conf
from tests.conformance import ours
from tests.conformance.cases import Refused
from tests.conformance.jvm import Flink
from tests.conformance.strategies import NAMES, TEXTS, values_of

pytestmark = pytest.mark.conformance

_READERS: dict[str, Any] = {
    "boolean": options.boolean,
    "int": options.integer,
    "float": options.single,
    "double": options.double,
    "memory": lambda text: options.memory_size(text).bytes,
    "duration": lambda text: options.duration(text).nanoseconds,
    "map": options.string_map,
    "list<string>": lambda text: list(options.string_list(text)),
    "list<map>": lambda text: list(options.map_list(text)),
}


def _same(actual: Any, expected: Any) -> bool:
    """Compare values; of floats, so that NaN is itself."""
    return repr(actual) == repr(expected) if isinstance(expected, float) else bool(actual == expected)


def _ours(read: Any, text: str) -> Any:
    try:
        return read(text)
    except ValueError as error:
        return Refused((("ValueError", str(error)),))


@pytest.mark.parametrize("type_name", [*_READERS, "long"])
@given(data=st.data())
def test_reads_a_value_as_flink_does(flink: Flink, type_name: str, data: st.DataObject) -> None:
    text = data.draw(st.one_of(values_of(type_name), TEXTS))
    # To Flink's YAML parser, a tab does not set a value apart from its key.
    assume(":\t" not in text)
    expected = flink.read_option(type_name, {"some.key": text}, "some.key")
    note(f"Flink: {expected}")
    refused = isinstance(expected, Refused)
    if type_name == "list<map>" and flink.version.startswith("1."):
        actual = _ours(lambda value: list(options.map_list_before_2_0(value)), text)
        assert isinstance(actual, Refused) == refused, actual
        assert refused or actual == expected
        return
    iso_8601 = FlinkVersion.parse(flink.version).reads_iso_8601
    checked = _ours(lambda value: check_value(type_name, value, iso_8601=iso_8601), text)
    assert isinstance(checked, Refused) == refused, checked
    if type_name in _READERS and (iso_8601 or type_name != "duration"):
        actual = _ours(_READERS[type_name], text)
        assert isinstance(actual, Refused) == refused, actual
        assert refused or _same(actual, expected)


@given(text=st.one_of(st.sampled_from(("ClusterIP", "nodeport", "LOADBALANCER", "Headless_ClusterIP")), TEXTS))
def test_reads_a_constant_as_flink_does(flink: Flink, text: str) -> None:
    enum = "org.apache.flink.kubernetes.configuration.KubernetesConfigOptions$ServiceExposedType"
    expected = flink.read_option("enum", {"some.key": text}, "some.key", enum)
    checked = _ours(lambda value: check_value("enum ClusterIP NodePort LoadBalancer Headless_ClusterIP", value), text)
    assert isinstance(checked, Refused) == isinstance(expected, Refused)


_SCALARS = st.one_of(TEXTS, st.integers(-(10**20), 10**20), st.booleans(), st.floats(allow_nan=False))
_VALUES = st.one_of(
    _SCALARS,
    st.lists(_SCALARS, max_size=3),
    st.lists(st.dictionaries(NAMES, _SCALARS, min_size=1, max_size=2), max_size=2),
)


@given(values=st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map(".".join), _VALUES, max_size=6))
def test_flink_reads_what_we_write(flink: Flink, values: dict[str, Any]) -> None:
    if list(prefix_collisions(values)):
        return
    configuration = Configuration.from_mapping(values)
    text = dump_config_yaml(configuration)
    note(text)
    read = flink.read_configuration(text)
    assert not isinstance(read, Refused), str(read)
    assert _typed(read) == _typed(dict(configuration.values))


_PLAIN = st.one_of(
    TEXTS,
    st.sampled_from(
        (
            "1",
            "-1",
            "+1",
            "010",
            "0o17",
            "0x1F",
            "1_000",
            "1.0",
            "1.",
            ".5",
            "1e3",
            "1E+3",
            "-.inf",
            ".NaN",
            "NaN",
            "true",
            "True",
            "yes",
            "on",
            "~",
            "null",
            "NULL",
            "2020-01-01",
            "12:30:45",
            "<<",
            "=",
            "a:b",
            "-a",
            "?a",
            "'a'",
            '"a\\tb"',
            "[a,'b',1,1.50,0x10,true,~]",
            "{a:b}",
            "[{a:1}]",
            "!!str",
            ".inf",
            "!a",
            "&a",
            "#",
            "",
        )
    ),
)


_NULLS = {"", "~", "null", "Null", "NULL"}


@given(lines=st.lists(st.tuples(st.one_of(NAMES, TEXTS), _PLAIN), max_size=4), nested=st.booleans())
def test_reads_a_file_as_flink_does(flink: Flink, lines: list[tuple[str, str]], nested: bool) -> None:
    assume(not any(key.strip() in _NULLS for key, _ in lines))
    # Where Flink's parser departs from YAML: a tab outside of words, an empty block, a name for an empty key.
    assume(not any(part.lstrip(" ").startswith(("|", ">")) for line in lines for part in line))
    assume(not any("\t" in value or "&" in key for key, value in lines))
    text = "".join(f"{'  ' if nested else ''}{key}: {value}\n" for key, value in lines)
    text = f"top:\n{text}" if nested else text
    note(text)
    expected = flink.read_configuration(text)
    actual = ours.read_configuration(text)
    note(f"Flink: {expected}")
    assert (actual is None) == isinstance(expected, Refused)
    assert isinstance(expected, Refused) or _typed(actual or {}) == _typed(expected)


@given(lines=st.lists(st.tuples(st.one_of(NAMES, TEXTS), st.sampled_from((": ", ":", " : ", "")), TEXTS), max_size=5))
def test_reads_the_file_of_old_as_flink_does(flink: Flink, lines: list[tuple[str, str, str]]) -> None:
    if not flink.version.startswith("1."):
        pytest.skip(f"Flink {flink.version} reads no flink-conf.yaml")
    text = "".join(f"{''.join(line)}\n" for line in lines)
    note(text)
    assert flink.read_configuration(text, "flink-conf.yaml") == ours.read_configuration(text, "flink-conf.yaml")


@given(values=st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map(".".join), TEXTS, max_size=6))
def test_flink_reads_the_file_of_old_that_we_write(flink: Flink, values: dict[str, str]) -> None:
    if not flink.version.startswith("1."):
        pytest.skip(f"Flink {flink.version} reads no flink-conf.yaml")
    kept = {key: text for key, text in values.items() if load_flink_conf(f"{key}: {text}").values == {key: text}}
    text = dump_flink_conf(Configuration(kept, standard_yaml=False))
    assert flink.read_configuration(text, "flink-conf.yaml") == kept


@pytest.mark.parametrize("null", sorted(_NULLS - {""}))
def test_a_null_key_is_text_to_flink_and_refused_by_us(flink: Flink, null: str) -> None:
    assert flink.read_configuration(f"{null}: 1\n") == {"null": 1}
    assert ours.read_configuration(f"{null}: 1\n") is None


def _typed(values: dict[str, Any]) -> dict[str, str]:
    return {key: f"{type(value).__name__} {value!r}" for key, value in values.items()}


def test_a_key_twice_is_refused_by_both(flink: Flink) -> None:
    text = "a: 1\na: 2\n"
    assert isinstance(flink.read_configuration(text), Refused)
    assert ours.read_configuration(text) is None
    with pytest.raises(IllegalConfigurationError):
        Configuration.from_mapping({"a.b": 1, "a": {"b": 2}})
