"""What the user chose on the command line, apart from the stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Confirm = Callable[[str], bool]
PARALLEL = 32
"""How many resources are worked on at a time, unless the user says otherwise."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `up`, `preview`, `refresh` and `destroy`; each command takes those that it has.

    Attributes:
        confirm: asks the user; None goes on without asking.
        show_diff: show each changed property.
        as_json: show nothing but the digest of a preview, on standard output.
        refresh: read what is in the cluster before anything else.
        expect_no_changes: changes are a failure.
        skip_preview: begin at once.
        preview_only: end with the preview.
        show_outputs: show all outputs of the stack, whole; otherwise those that change.
        offline: a preview asks no cluster.
        advise: say what can be done next.
        on_interrupt: is told when the user interrupts a run that goes on to its orderly end.
        parallel: how many resources are worked on at a time.
    """

    confirm: Confirm | None = None
    show_diff: bool = False
    as_json: bool = False
    refresh: bool = False
    expect_no_changes: bool = False
    skip_preview: bool = False
    preview_only: bool = False
    show_outputs: bool = False
    offline: bool = False
    advise: bool = True
    on_interrupt: Callable[[], None] | None = None
    parallel: int = PARALLEL
