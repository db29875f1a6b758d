"""Options and values: read as Flink reads them."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from flink_session.configuration import (
    ConfigOption,
    Configuration,
    Duration,
    Finding,
    FlinkVersion,
    IllegalConfigurationError,
    distribution_configuration,
    is_sensitive,
)
from flink_session.configuration import options as types
from tests.unit.core.golden import GOLDEN


@pytest.mark.parametrize(
    ("parse", "raw", "value"),
    [
        (types.boolean, "TRUE", True),
        (types.boolean, False, False),
        (types.integer, "+5", 5),
        (types.integer, -7, -7),
        (types.double, " 5d ", 5.0),
        (types.double, ".5", 0.5),
        (types.double, 3, 3.0),
        (types.single, "0.1", 0.10000000149011612),
        (types.single, 0.4, 0.4000000059604645),
        (types.to_text, True, "true"),
        (types.to_text, 1.0, "1.0"),
        (types.string_list, "a;b;;c", ("a", "b", "", "c")),
        (types.string_list, "[a, 'b c', 1, true]", ("a", "b c", "1", "true")),
        (types.string_list, "'x;y';\"it''s\"", ("x;y", "it''s")),
        (types.string_list, "", ()),
        (types.string_map, "a:b, c:d", {"a": "b", "c": "d"}),
        (types.string_map, "{a: '5', b: 5, c: true}", {"a": "5", "b": "5", "c": "true"}),
        (types.string_map, "a: b", {"a": "b"}),
        (types.string_map, "url:'http://x'", {"url": "http://x"}),
        (types.string_map, "", {}),
        (types.map_list, "a:1,b:2;a:3", ({"a": "1", "b": "2"}, {"a": "3"})),
        (types.map_list, "[{a: 1, b: 'true'}]", ({"a": "1", "b": "true"},)),
        (types.duration, "30 s", Duration(30_000_000_000)),
        (types.duration, "100", Duration(100_000_000)),
        (types.duration, "PT1M0.5S", Duration(60_500_000_000)),
        (types.duration, "2 days", Duration(172_800_000_000_000)),
    ],
)
def test_values_that_flink_reads(parse: Any, raw: object, value: object) -> None:
    assert parse(raw) == value


@pytest.mark.parametrize(
    ("parse", "raw"),
    [
        (types.boolean, "yes"),
        (types.boolean, 1),
        (types.integer, "1e3"),
        (types.integer, " 5 "),
        (types.integer, 2147483648),
        (types.integer, True),
        (types.double, "1_0"),
        (types.string_map, "a:b,a:c"),
        (types.string_map, "url:http://x"),
        (types.string_map, "'a':b"),
        (types.string_map, "a"),
        (types.string_list, "'a"),
        (types.map_list, "[a]"),
        (types.duration, "1.5s"),
        (types.duration, "5 fortnights"),
        (types.duration, "PT"),
    ],
)
def test_values_that_flink_refuses(parse: Any, raw: object) -> None:
    with pytest.raises(ValueError, match="must"):
        parse(raw)


def test_alternative_keys_are_tried_in_flinks_order() -> None:
    option = ConfigOption[str]("a", types.to_text, "default", fallback_keys=("b",), deprecated_keys=("c",))
    assert Configuration().get(option) == "default"
    assert not Configuration().contains(option)
    for keys, expected in (("c", "c"), ("bc", "b"), ("abc", "a")):
        configuration = Configuration({key: key for key in keys})
        assert configuration.get(option) == expected
        assert configuration.key_of(option) == expected


def test_a_map_option_is_read_from_its_key_or_else_from_keys_below_it() -> None:
    option = ConfigOption[dict[str, str]]("labels", types.string_map, {})
    below = Configuration.from_mapping({"labels": {"example.org/team": "data", "n": 1}})
    assert below.get(option) == {"example.org/team": "data", "n": "1"}
    assert below.contains(option)
    assert below.with_value("labels", "a:b").get(option) == {"a": "b"}


def test_nested_and_flat_spellings_are_one() -> None:
    nested = Configuration.from_mapping({"a": {"b.c": 1, "d": [1, "x y", "p,q", {"k": "v"}]}, "e": True})
    assert dict(nested.values) == {"a.b.c": 1, "a.d": "[1, x y, 'p,q', {k: v}]", "e": True}


def test_everything_wrong_with_a_mapping_is_said_at_once() -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        Configuration.from_mapping({"a.b": 1, "a": {"b": 2, "c": None}, "d..e": 1, "f": object()})
    assert [str(finding) for finding in raised.value.findings] == [
        "a.b must be given once: keep either the nested or the flat spelling.",
        "a.c must have a value: give it one, or remove the key.",
        "f must be text, a number, true, false, a list or a map: write its value as text.",
        "d..e must have no empty part: remove the needless dot.",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("0x1p3", 8.0), ("-0X.8p1f", -1.0), ("1e400", math.inf), ("0x1p9999", math.inf), ("1d", 1.0), ("1e3D", 1000.0)],
)
def test_numbers_are_read_as_java_reads_them(text: str, number: float) -> None:
    assert types.double(text) == number


def test_lists_of_maps_in_the_older_spelling_hold_yaml_from_flink_2_on() -> None:
    text = "a:'b: c';d:e"
    assert types.map_list(text) == ({"a:'b": "c'"}, {"d": "e"})
    assert types.map_list_before_2_0(text) == ({"a": "b: c"}, {"d": "e"})
    assert types.map_list_before_2_0("[{a: b}]") == types.map_list("[{a: b}]") == ({"a": "b"},)


def test_single_precision_overflows_to_infinity() -> None:
    assert (types.single("1e39"), types.single("-1e39")) == (math.inf, -math.inf)


def test_an_illegal_value_names_the_key_that_was_written() -> None:
    option = ConfigOption[int]("rest.port", types.integer, 8081, deprecated_keys=("web.port",))
    with pytest.raises(IllegalConfigurationError) as raised:
        Configuration({"web.port": "many"}).get(option)
    assert str(raised.value) == (
        "web.port is 'many', but it must be an integer of 32 bits: correct it, or remove it to get 8081."
    )


def test_a_configuration_does_not_change() -> None:
    configuration = Configuration({"a": 1})
    assert configuration.with_value("b", 2).without(["a"]) == Configuration({"b": 2})
    assert configuration == Configuration({"a": 1})


@pytest.mark.parametrize("key", ["s3.secret-key", "S3.SECRET-KEY", "my.password", "fs.azure.account.key.x", "a.token"])
def test_values_of_keys_that_flink_masks_are_never_shown(key: str) -> None:
    assert is_sensitive(key)
    error = IllegalConfigurationError([Finding(key, "hunter2", "must be elsewhere", "move it")])
    assert "hunter2" not in str(error)
    assert "******" in str(error)


def test_long_values_are_cut() -> None:
    assert len(str(Finding("a", "x" * 5000, "must be short", "cut it"))) < 200


@pytest.mark.parametrize("version", [path.stem for path in sorted((GOLDEN / "distribution").iterdir())])
def test_distribution_configuration_is_that_of_the_distribution(version: str) -> None:
    recorded = json.loads((GOLDEN / "distribution" / f"{version}.json").read_text())
    assert dict(distribution_configuration(FlinkVersion.parse(version)).values) == recorded


@pytest.mark.parametrize(
    ("text", "version"), [("1.20", "1.20.5"), ("2.2", "2.2.1"), ("2.2.0", "2.2.0"), ("2.3", "2.3.0")]
)
def test_flink_versions(text: str, version: str) -> None:
    parsed = FlinkVersion.parse(text)
    assert str(parsed) == version
    assert parsed.default_image == f"apache/flink:{version}-scala_2.12"


@pytest.mark.parametrize("text", ["1.19", "2.4.0", "2", "latest", ""])
def test_versions_that_are_not_supported(text: str) -> None:
    with pytest.raises(IllegalConfigurationError, match=r"\(1\.20, 2\.0, 2\.1, 2\.2, 2\.3\)"):
        FlinkVersion.parse(text)
