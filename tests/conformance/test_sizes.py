"""The least and the most TaskManagers: for any limits they are Flink's, and where Flink refuses them, so do we."""

from __future__ import annotations

import pytest
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment.planning import plan
from tests.conformance.cases import Refused
from tests.conformance.jvm import Flink

pytestmark = pytest.mark.conformance

LIMITS = {
    "slotmanager.number-of-slots.min": st.integers(0, 12).map(str),
    "slotmanager.number-of-slots.max": st.integers(0, 20).map(str),
    "slotmanager.min-total-resource.cpu": st.sampled_from(("0", "0.5", "2", "3.3", "8")),
    "slotmanager.max-total-resource.cpu": st.sampled_from(("0.5", "2", "4", "7.7", "100")),
    "slotmanager.min-total-resource.memory": st.sampled_from(("0b", "1g", "1025m", "4g")),
    "slotmanager.max-total-resource.memory": st.sampled_from(("512m", "1g", "3000m", "64g")),
    "slotmanager.redundant-taskmanager-num": st.integers(-1, 3).map(str),
    "taskmanager.numberOfTaskSlots": st.integers(1, 5).map(str),
    "kubernetes.taskmanager.cpu.amount": st.sampled_from(("0.3", "1", "2.5")),
    "taskmanager.memory.process.size": st.sampled_from(("1728m", "2g", "3500m")),
}


@settings(max_examples=300)
@given(chosen=st.sets(st.sampled_from(sorted(LIMITS)), max_size=5), data=st.data())
def test_as_many_taskmanagers_as_flink_allows(flink: Flink, chosen: set[str], data: st.DataObject) -> None:
    values = {key: data.draw(LIMITS[key], label=key) for key in sorted(chosen)}
    theirs = flink.slot_manager_limits({"taskmanager.memory.process.size": "1728m", **values})
    args = {"cluster_id": "demo", "flink_version": flink.version, "configuration": values}
    note(f"Flink: {theirs}")
    if isinstance(theirs, Refused):
        event("refused")
        with pytest.raises(IllegalConfigurationError):
            plan(args, lambda path: b"")
        return
    least, spare, most = theirs
    if most == 0:
        event("none can start")
        return
    sizes = plan(args, lambda path: b"")[1].sizes
    event("limited" if most else "without limit")
    assert sizes["least"]["taskManagers"] == max(least, spare)
    assert sizes.get("most", {}).get("taskManagers") == most
