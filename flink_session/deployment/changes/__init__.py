"""What a change of a session cluster means to it while it runs; found by comparing plans, without a cluster."""

from flink_session.deployment.changes.change_class import ChangeClass, JobsFate
from flink_session.deployment.changes.comparison import ABSENT, HIDDEN, FieldChange, ObjectChange
from flink_session.deployment.changes.effects import Effect
from flink_session.deployment.changes.inputs import change_of_arguments
from flink_session.deployment.changes.options import change_of_option
from flink_session.deployment.changes.session_change import (
    Cause,
    InputChange,
    OptionChange,
    SessionChange,
    change_of_objects,
)

__all__ = [
    "ABSENT",
    "HIDDEN",
    "Cause",
    "ChangeClass",
    "Effect",
    "FieldChange",
    "InputChange",
    "JobsFate",
    "ObjectChange",
    "OptionChange",
    "SessionChange",
    "change_of_arguments",
    "change_of_objects",
    "change_of_option",
]
