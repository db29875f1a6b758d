"""Where a fault is in a YAML file, and documents that are dangerous to read: each ends at once, with one error."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session.configuration import Configuration, FlinkVersion, IllegalConfigurationError, find_losses, yaml_core
from flink_session.configuration.catalogue.values import check_value
from flink_session.configuration.files.config_yaml import load_config_yaml
from flink_session.kubernetes.pod_template import load_pod_template


def refusal(text: str) -> list[str]:
    with pytest.raises(IllegalConfigurationError) as raised:
        load_config_yaml(text)
    return [str(finding) for finding in raised.value.findings]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# one\na: 1\n\nb: 2\na: 3\n", "line 5: key a comes twice, first in line 2"),
        ("a: 1\nc:\n  d: 1\n  e: 2\n  d: 3\n", "line 5: key c.d comes twice, first in line 3"),
        ("a: 1\nb: {c: 1,\n  c: 2}\n", "line 3: key b.c comes twice, first in line 2"),
        ("a: [{b: 1}, {c: 1, c: 2}]\n", "line 1: key a.c comes twice, first in line 1"),
        ("a: 1\n'a': 2\n\"a\": 3\n", "line 2: key a comes twice, first in line 1; line 3: key a comes twice, first in"),
        (
            "a:\n  b: 1\n  b: 2\nc: 1\nc: 2\n",
            "(line 3: key a.b comes twice, first in line 2; line 5: key c comes twice,",
        ),
        ("a: &x 1\nb: &x 2\n", "line 2: the anchor comes twice, first in line 1"),
        ("a: 1\nb: !!int x\n", "line 2: a number cannot be read"),
        ("a: 1\nb: !!omap [c: 1]\n", "line 2: could not determine a constructor for the tag"),
    ],
)
def test_what_is_wrong_in_the_document_is_said_with_its_line(text: str, said: str) -> None:
    (finding,) = refusal(text)
    assert said in finding
    assert finding.endswith(": correct the file.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.b: 1\na:\n  b: 2\n", ["a.b must be given once (lines 1 and 3 of config.yaml): keep either the nested"]),
        (
            "a:\n  b: 2\nc: 1\na.b: 1\n",
            ["a.b must be given once (lines 2 and 4 of config.yaml): keep either the nested"],
        ),
        ("a: 1\nb:\n  c:\nd: ~\n", ["b.c must have a value (line 3 of config.yaml)", "d must have a value (line 4 of"]),
        ("a: 1\n1: a\n", ["1 must be text (line 2 of config.yaml): put the key in quotes"]),
        ("a: 1\nb: !!set {c}\n", ["b must be text, a number, true, false, a list or a map (line 2 of config.yaml)"]),
    ],
)
def test_what_is_wrong_with_a_key_is_said_with_its_lines(text: str, said: list[str]) -> None:
    found = refusal(text)
    assert len(found) == len(said)
    assert all(finding.startswith(start) for finding, start in zip(found, said, strict=True)), found


def nested_aliases(levels: int, fan: int, opening: str = "[x, x]") -> str:
    lines = [f"k0: &k0 {opening}"]
    for level in range(1, levels):
        item = ", ".join([f"*k{level - 1}"] * fan)
        lines.append(f"k{level}: &k{level} [{item}]")
    return "\n".join(lines) + "\n"


ENDLESS = [
    "a: &x [*x]\n",
    "a: &x {b: *x}\n",
    "a: &x\n  b:\n    c: [1, *x]\n",
    "&x a: {b: &y [*y]}\n",
    "a: &x {*x : 1}\n",
    "a: &x [&y [*x], *y]\n",
]
BOMBS = [
    nested_aliases(9, 9),
    nested_aliases(25, 2),
    nested_aliases(40, 10),
    "a: &a {x: 1, y: 2}\n" + "".join(f"b{i}: *a\n" for i in range(51)),
    "a: " + "[" * 5_000 + "]" * 5_000 + "\n",
    "a: " + "[" * 150 + "]" * 150 + "\n",
    "".join(f"{' ' * i}a:\n" for i in range(150)) + " " * 150 + "b: 1\n",
    "a: " + "x" * (3 * 1024 * 1024) + "\n",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_what_holds_itself_is_one_error(text: str) -> None:
    (finding,) = refusal(text)
    assert "line 1: it holds itself, by an alias" in finding


@pytest.mark.parametrize("text", BOMBS, ids=range(len(BOMBS)))
def test_what_stands_for_too_much_is_one_error(text: str) -> None:
    (finding,) = refusal(text)
    assert "aliases" in finding or "deep" in finding or "nesting" in finding or "characters" in finding
    assert len(finding) < 200


@pytest.mark.parametrize("text", [*ENDLESS, *BOMBS], ids=range(len(ENDLESS) + len(BOMBS)))
def test_so_it_is_as_a_pod_template_and_as_a_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"alias|deep|nesting|characters|document"):
        load_pod_template(text, FlinkVersion.parse("2.2"))
    for type_name in ("list<string>", "map", "list<map>"):
        for value in (text, text.removeprefix("a: ").strip()):
            try:
                check_value(type_name, value)
            except ValueError as error:
                assert "must" in str(error)  # noqa: PT017 - whether it raises is Flink's matter


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a: &x 1\nb: *x\n", {"a": 1, "b": 1}),
        ("a: &x {y: 1}\nb: *x\n", {"a.y": 1, "b.y": 1}),
        ("a: &x [1, 2]\n" + "".join(f"b{i}: *x\n" for i in range(50)), {f"b{i}": "[1, 2]" for i in range(50)}),
        ("a: &x y\n" + "".join(f"b{i}: *x\n" for i in range(200)), {f"b{i}": "y" for i in range(200)}),
        ("a: " + "[" * 50 + "]" * 50, {"a": "[" * 50 + "]" * 50}),
    ],
)
def test_modest_aliases_and_nesting_are_fine(text: str, values: dict[str, Any]) -> None:
    assert dict(load_config_yaml(text).values).items() >= values.items()


def test_a_merge_key_is_a_key_like_any_other_and_said_so() -> None:
    text = "defaults: &d\n  a: 1\nb:\n  <<: *d\n  c: 2\n"
    assert load_config_yaml(text).values == {"defaults.a": 1, "b.<<.a": 1, "b.c": 2}
    (finding,) = find_losses({"config.yaml": text}, FlinkVersion.parse("2.2"))
    assert finding.severity == "error"
    assert str(finding).startswith(
        "b.<< merges nothing in Flink, which takes << in line 4 of config.yaml for a part of"
    )
    assert list(find_losses({"config.yaml": "a: '<<'\nb: 1\n"}, FlinkVersion.parse("2.2"))) == []


def test_a_mapping_of_python_that_holds_itself_is_an_error() -> None:
    endless: dict[str, Any] = {"b": 1}
    endless["c"] = endless
    endless_list: list[Any] = []
    endless_list.append(endless_list)
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"d": deep}
    with pytest.raises(IllegalConfigurationError) as raised:
        Configuration.from_mapping({"a": endless, "l": endless_list, "e": deep})
    keys = [finding.key for finding in raised.value.findings]
    assert keys[:2] == ["a.c", "l"]
    assert keys[2].startswith("e.d.d")
    assert all(finding.rule.startswith("must not hold itself") for finding in raised.value.findings)


def test_lines_of_keys() -> None:
    assert yaml_core.lines_of_keys("a:\n  b: 1\na.b: 2\nc: [{d: 1}]\n") == {"a": [1], "a.b": [2, 3], "c": [4]}
