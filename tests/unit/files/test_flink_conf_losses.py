"""``flink-conf.yaml``: what Flink 1.20 does not read of it, or reads otherwise than it looks, is said with its line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flink_session.configuration.files.flink_conf import load_flink_conf
from flink_session.configuration.files.flink_conf_losses import find_lost_lines


def found(text: str) -> list[str]:
    return [f"{finding.severity}: {finding}" for finding in find_lost_lines(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Lines that Flink passes over
        (
            "a: 1\nrest.port:8082\n",
            "error: rest.port has no blank behind its colon in line 2 of flink-conf.yaml, and Fl",
        ),
        ("rest.port:\t8082\n", "error: rest.port has a tab behind its colon in line 1 of flink-conf.yaml"),
        ("rest.port:\u00a08082\n", "error: rest.port has an odd space behind its colon in line 1"),
        ("rest.port:\t8082: x\n", "error: rest.port has a tab or an odd space behind its colon in line 1"),
        ("rest.port = 8082\n", "error: rest.port has = behind it in line 1 of flink-conf.yaml, and Flink passes over"),
        ("rest.port=8082\n", "error: rest.port has = behind it in line 1"),
        ("\n\nrest.port 8082\n", "error: flink-conf.yaml, line 3 is not key: value, and Flink passes over it"),
        (": 8082\n", "error: flink-conf.yaml, line 1 has no key"),
        ("a: 1\n  continued\n", "error: flink-conf.yaml, line 2 is not key: value"),
        ("rest.port:\n", "error: rest.port has no value in line 1 of flink-conf.yaml, and Flink passes over it"),
        ("rest.port: # 8082\n", "error: rest.port has no value in line 1 of flink-conf.yaml"),
        ("? a\n", "error: flink-conf.yaml, line 1 is not key: value"),
        # Structure
        (
            "a: 1\nmetrics:\n  reporter: x\n",
            "of line 3, Flink reads reporter, not under metrics: write each key whole, as in metrics.reporter: value.",
        ),
        (
            "metrics:\n  reporter:\n    x: y\n\n    z: 1\n",
            "metrics opens a block in line 1, and flink-conf.yaml has none: of lines 2 to 5, Flink reads x, z, not",
        ),
        ("metrics:\n\treporter: x\n", "error: metrics opens a block in line 1"),
        ("list:\n- a\n- b\n", "lines 2 to 3: write the list in one line, as in list: a;b."),
        (
            "list:\n  - a\n",
            "error: list opens a block in line 1, and flink-conf.yaml has none: Flink passes over line 2:",
        ),
        (
            "list:\n  - name: a\n    value: b\n",
            "error: list opens a block in line 1, and flink-conf.yaml has none: of li",
        ),
        ("- a: 1\n", "error: - a is YAML in line 1 of flink-conf.yaml, and Flink takes all of it for the key"),
        ("{a: 1, b: 2}\n", "error: {a is YAML in line 1"),
        ('"a": 1\n', 'error: "a" is YAML in line 1'),
        ("a: |\n  x\n  y\n", "error: a opens a block of text in line 1, and Flink reads nothing but the sign behind"),
        ("a: >-\n  x\n", "error: a opens a block of text in line 1"),
        ("a: &x 1\n", "error: a is an anchor, alias or tag of YAML in line 1 of flink-conf.yaml, and text to Flink"),
        ("a: !!str 1\n", "error: a is an anchor, alias or tag of YAML in line 1"),
        ("metrics.reporters: [a, b]\n", None),
        (
            "classloader.parent-first-patterns.additional: [a, b]\n",
            "error: classloader.parent-first-patterns.additional",
        ),
        (
            "kubernetes.jobmanager.labels: {a: b}\n",
            "is a list or map of YAML in line 1 of flink-conf.yaml, and text to",
        ),
        ("kubernetes.taskmanager.tolerations: [{key: a}]\n", "write a;b"),
        # Values
        (
            "a: b\nurl: http://x/#y\n",
            "error: url is cut at the # in line 2 of flink-conf.yaml: use config.yaml, or write",
        ),
        ("a: b#c\n", "error: a is cut at the # in line 1"),
        ("a: 'x # y'\n", "error: a is cut at the # in line 1"),
        ("a: b #c\n", "warning: a is cut at the # in line 1"),
        (
            "rest.address: 'x'\n",
            "warning: rest.address keeps its quotes in line 1 of flink-conf.yaml, which are text to",
        ),
        ('my.own: "x"\n', "warning: my.own keeps its quotes in line 1"),
        (
            "a: 1\nb: 2\na: 3\n",
            "error: a comes twice, in lines 1 and 3 of flink-conf.yaml, and only the last one counts",
        ),
        ("a: 1\na: 1\n", "warning: a comes twice, in lines 1 and 2"),
    ],
)
def test_what_is_lost_is_said(text: str, said: str | None) -> None:
    findings = found(text)
    if said is None:
        assert findings == []
    else:
        (finding,) = findings
        assert said in finding


def test_all_is_said_in_the_order_of_lines() -> None:
    text = "a:1\nb: 2\nc:\n  d: 3\ne: f#g\nb: 4\nh\ni: &x 1\nj: *x\n"
    assert [finding.split(" ", 2)[1] for finding in found(text)] == [
        "a",
        "c",
        "e",
        "b",
        "flink-conf.yaml,",
        "i",
        "j",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "restart-strategy: fixed-delay\nrestart-strategy.fixed-delay.attempts: 3\nhigh-availability: NONE\n",
        "# a comment\n\n   # another: one\n#key: value\n",
        "a: 1 # why\nb: 2 ## why\nc: 3 #\nd: it's # isn't it\n",
        "  a: 1\n  b : two words\n",
        "\ta: \t1\t\n",
        "---\na: 1\n...\n%YAML 1.2\n",
        "a: b: c\nb: x:y\nc: x=y\nd: http://x:1/y?z=1\n",
        "env.java.opts: -Dx='a b' -Dy=\"c\"\n",
        "metrics.reporters: a,b\nkubernetes.jobmanager.labels: a:b,c:d\npipeline.jars: 'a;b';c\n",
        "kubernetes.jobmanager.labels.a: [x]\nmy.regex: [a-z]\n",
        "a: *\nb: *.txt\nc: &\nd: !x\ne: *x\n",
        "a: 1\r\nb: 2\r\n",
        "a: 1\rb: 2",
        "\ufeff# comment\na: 1\n",
        "",
    ],
)
def test_nothing_is_said_of_what_is_read_as_it_looks(text: str) -> None:
    assert found(text) == []


def test_no_content_is_shown_but_keys() -> None:
    lines = (
        "my.password:hunter2",
        "my.secret=hunter2",
        "hunter2 hunter2",
        "a: 'hunter2 # hunter2'",
        "b: hunter2#hunter2",
    )
    text = "\n".join((*lines, "c: |", "  hunter2"))
    assert "hunter2" not in "".join(found(text))
    assert len(found(text)) == 6


_PIECES = st.sampled_from(
    ("a", "b.c", ":", ": ", " ", "\t", "#", " #", "'", "-", "=", "|", "&x", "*x", "[", "]", "{", "1")
)


@given(st.lists(st.lists(_PIECES, max_size=6).map("".join), max_size=5).map("\n".join))
def test_every_line_is_read_or_said(text: str) -> None:
    """No line with something in it goes by in silence: Flink reads a key from it, or it is in a finding."""
    said = " ".join(found(text))
    for number, line in enumerate(text.split("\n"), 1):
        code = line.split("#")[0].strip()
        if code and code not in ("---", "...") and not load_flink_conf(line).values:
            numbers = [range(int(a), int(b) + 1) for a, b in _ranges(said)]
            assert any(number in lines for lines in numbers), (number, said)


def _ranges(said: str) -> list[tuple[str, str]]:
    one = [(n, n) for n in re.findall(r"line (\d+)", said)]
    return one + re.findall(r"lines (\d+) (?:to|and) (\d+)", said)
