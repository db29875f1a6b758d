"""``flink-conf.yaml`` of Flink 1.20: read and written line by line, and preferred where it is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flink_session.configuration import Configuration, FlinkVersion, IllegalConfigurationError, load_configuration
from flink_session.configuration.files.configuration_file import dump_configuration
from flink_session.configuration.files.flink_conf import dump_flink_conf, load_flink_conf
from flink_session.configuration.options import ConfigOption, map_list, string_list, string_map

LINES = """\
# a comment
a: 1
 b :  two words  # and why
without.colon
colon:without-space
empty:\u0020
list: [a, b]
url: http://x:1/#y
a: 2\r
c: d: e
"""


def test_lines_are_read_as_flink_reads_them() -> None:
    read = load_flink_conf(LINES)
    assert dict(read.values) == {"a": "2", "b": "two words", "list": "[a, b]", "url": "http://x:1/", "c": "d: e"}
    assert not read.standard_yaml


def test_lists_and_maps_are_not_yaml_there() -> None:
    values = {"l": "[a, b]", "m": "{a: b}", "n": "a:1,b:2;a:3", "p.x": "y"}
    flat, yaml = Configuration(values, standard_yaml=False), Configuration(values)
    names = ConfigOption[tuple[str, ...]]("l", string_list, ())
    assert (flat.get(names), yaml.get(names)) == (("[a, b]",), ("a", "b"))
    assert flat.get(ConfigOption[tuple[dict[str, str], ...]]("n", map_list, ())) == ({"a": "1", "b": "2"}, {"a": "3"})
    assert flat.get(ConfigOption[dict[str, str]]("m", string_map, {})) == {"{a": "b}"}
    assert flat.get(ConfigOption[dict[str, str]]("p", string_map, {})) == {"x": "y"}


_WORDS = st.text("abcxyz01 .:-_/[]{}'\"", min_size=1).filter(lambda text: text == text.strip())


@given(st.dictionaries(st.text("abc.-", min_size=1), _WORDS, max_size=5))
def test_what_is_written_is_read_back(values: dict[str, str]) -> None:
    configuration = Configuration(values, standard_yaml=False)
    assert load_flink_conf(dump_flink_conf(configuration)) == configuration
    assert dump_configuration(configuration) == dump_flink_conf(configuration)


@pytest.mark.parametrize("lost", ["", "  ", "# no value", "\n1"])
def test_a_value_that_would_be_lost_is_an_error(lost: str) -> None:
    with pytest.raises(IllegalConfigurationError, match=r"a is .* since flink-conf\.yaml cannot hold it"):
        dump_flink_conf(Configuration({"a": lost, "b": "1"}, standard_yaml=False))


def test_which_file_counts_is_the_versions_matter() -> None:
    files = {"flink-conf.yaml": "a: old", "config.yaml": "a: new"}
    old, new = FlinkVersion.parse("1.20"), FlinkVersion.parse("2.0")
    assert load_configuration(files, old) == Configuration({"a": "old"}, standard_yaml=False)
    assert load_configuration(files, new) == Configuration({"a": "new"})
    assert load_configuration({"config.yaml": "a: new"}, old) == Configuration({"a": "new"})
    for version in (old, new):
        with pytest.raises(IllegalConfigurationError, match=r"config\.yaml must be there"):
            load_configuration({}, version)
