"""No text makes the model fail, and whatever way out a finding names is one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.lines import LINES
from tests.unit.start_scripts.test_findings import JM, JM_ARGS, JM_ENV, TM, TM_ENV, findings

_SETTINGS = settings(max_examples=300, deadline=None, derandomize=True, database=None)


@_SETTINGS
@given(
    line=LINES,
    key=st.sampled_from((JM, TM, JM_ARGS, JM_ENV + "A", TM_ENV + "JVM_ARGS", JM_ENV + "FLINK_ENV_JAVA_OPTS")),
)
def test_no_text_makes_a_check_fail(line: str, key: str) -> None:
    assert all(str(finding) and finding.fix for finding in findings({key: line}))


@_SETTINGS
@given(line=LINES)
def test_what_a_finding_says_to_write_is_accepted(line: str) -> None:
    for finding in findings({JM: line}):
        whole = " ".join(line.split())
        head, write, text = finding.fix.partition("write ")
        if finding.severity == "error" and write and not head and len(whole.split()) == 1 and "," not in finding.fix:
            assert [item for item in findings({JM: text}) if "goes through a shell" in item.rule] == [], finding
