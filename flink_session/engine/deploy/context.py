"""What the parts of one deployment share: what they work with, and what has been done so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ..display.display import Display
from ..model.plan import Step
from ..program.callbacks import Callbacks
from ..stack.journal import Journal
from .providers import Providers


@dataclass
class Context:
    """One run, for real or as a preview.

    Attributes:
        callbacks: the program's functions: transforms and hooks.
        steps: what was done; of default providers nothing is said.
        counts: how many resources were created, updated and so on.
        replaced: the URNs of what was replaced so far.
        registered: the URNs of what the program has asked for so far.
    """

    journal: Journal
    providers: Providers
    display: Display
    preview: bool
    callbacks: Callbacks = field(init=False)
    steps: list[Step] = field(init=False, default_factory=list)
    counts: Counter[str] = field(init=False, default_factory=Counter)
    replaced: set[str] = field(init=False, default_factory=set)
    registered: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.callbacks = Callbacks(lambda text, urn: self.display.message(text, "warning", urn), preview=self.preview)

    def finished(self, step: Step) -> None:
        """Record that a step was taken, and show it."""
        self.steps.append(step)
        self.counts[step.operation] += 1
        if step.operation == "replace":
            self.replaced.add(step.urn)
        self.display.done(step)
