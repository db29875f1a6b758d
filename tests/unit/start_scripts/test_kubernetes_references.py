"""References in variables and arguments, as a pod of Kubernetes 1.34 showed them."""

from __future__ import annotations

import pytest

from flink_session.kubernetes.start_scripts.kubernetes_references import expand_references, references


@pytest.mark.parametrize(
    ("written", "container_gets"),
    [
        ("pa$$word $$$$", "pa$word $$"),
        ("$(A)-$$(A)", "a-$(A)"),
        ("$(LATER)", "$(LATER)"),
        ("${A} $A", "${A} $A"),
        ("$(A", "$(A"),
        ("$(hostname -i)", "$(hostname -i)"),
        ("a$", "a$"),
    ],
)
def test_what_a_container_gets(written: str, container_gets: str) -> None:
    assert expand_references(written, {"A": "a"}.get) == container_gets


def test_an_escaped_reference_is_none() -> None:
    assert references("$(A) $$(B) $$$(C)") == ["A", "C"]
