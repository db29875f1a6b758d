"""``config.yaml``: what is written reads back as the same values, in YAML 1.2."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flink_session.configuration import (
    Configuration,
    IllegalConfigurationError,
    dump_config_yaml,
    load_config_yaml,
)
from flink_session.configuration.files.config_yaml import prefix_collisions

NAMES = st.text(st.characters(exclude_characters=".", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
WORDS = (
    "~ null true False yes 010 0o17 0x1F 1e3 .5 5. .inf -.INF .nan - ? --- ... << #a ' \" it's % @x ` {a} [ ${HOME} $x"
)
SPACED = [
    "",
    " ",
    "a ",
    "- a",
    ": ",
    "a: b",
    "a #b",
    "a:",
    "a\nb",
    "\n",
    "\t",
    "\\",
    "\u2028",
    "\ufeff",
    "\x85",
    "\U0001f600",
]
TRICKY = st.sampled_from([*WORDS.split(), *SPACED, "2020-01-01"])
SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), TRICKY, st.booleans(), st.integers(), st.floats(allow_nan=False)
)


@given(st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map(tuple), SCALARS, max_size=8))
def test_round_trip(entries: dict[tuple[str, ...], object]) -> None:
    """Whatever the values: the same values, of the same types."""
    values = {".".join(path): value for path, value in entries.items()}
    configuration = Configuration(values)
    assume(not prefix_collisions(values))
    text = dump_config_yaml(configuration)
    loaded = load_config_yaml(text).values
    assert loaded == values
    assert {key: type(value) for key, value in loaded.items()} == {key: type(value) for key, value in values.items()}


@given(st.dictionaries(st.text(string.ascii_lowercase, min_size=1, max_size=4), SCALARS, max_size=8))
def test_equal_configurations_give_equal_files(values: dict[str, object]) -> None:
    backwards = dict(reversed(list(values.items())))
    assert dump_config_yaml(Configuration(values)) == dump_config_yaml(Configuration(backwards))


def test_text_that_looks_like_something_else_is_quoted() -> None:
    configuration = Configuration(
        {"a.port": "6124", "a.number": 6123, "b": "true", "c": "yes", "d": "x: y", "e": "it's"}
    )
    assert dump_config_yaml(configuration) == (
        "a:\n  number: 6123\n  port: '6124'\nb: 'true'\nc: yes\nd: 'x: y'\ne: it's\n"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("2020-01-01", "2020-01-01"),
        ("12:30:45", "12:30:45"),
        ("1e3", 1000.0),
        ("True", True),
        ("'true'", "true"),
        ("[a, {b: c}]", "[a, {b: c}]"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    loaded = load_config_yaml(f"key: {text}\n").values["key"]
    assert loaded == value
    assert type(loaded) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", r"conf/config\.yaml must be a mapping"),
        ("a: [\n", r"conf/config\.yaml must be YAML"),
        ("a: 1\na: 2\n", "key a comes twice"),
        ("a: 1\n---\nb: 2\n", "must be YAML"),
        ("a:\n", "a must have a value"),
        ("1: a\n", "1 must be text"),
    ],
)
def test_files_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(IllegalConfigurationError, match=message):
        load_config_yaml(text, "conf/config.yaml")


@pytest.mark.parametrize("text", ["\n", "a\n", "\na", "a\n\nb", "\t", "a: b\nc"])
def test_text_of_several_lines_is_kept(text: str) -> None:
    assert load_config_yaml(dump_config_yaml(Configuration({"a.b": text}))).values == {"a.b": text}


def test_an_empty_file_is_an_empty_configuration() -> None:
    assert load_config_yaml("# nothing\n") == Configuration()


@pytest.mark.parametrize(
    ("shorter", "longer", "fix"),
    [
        ("high-availability", "high-availability.storageDir", "write high-availability.type instead"),
        (
            "kubernetes.container.image",
            "kubernetes.container.image.pull-policy",
            "write kubernetes.container.image.ref",
        ),
        ("env.java.opts", "env.java.opts.all", "remove env.java.opts, and set only env.java.opts.all"),
        ("my", "my.own.key", "remove my or my.own.key"),
    ],
)
def test_a_key_that_begins_another_is_an_error(shorter: str, longer: str, fix: str) -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        dump_config_yaml(Configuration({shorter: "a", longer: "b"}))
    assert f"{shorter} must not stand beside {longer}" in str(raised.value)
    assert fix in str(raised.value)
