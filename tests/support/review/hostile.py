"""Texts that mean something to a terminal, to Markdown or to a browser, in the places where users choose them."""

from __future__ import annotations

import copy
import random
from typing import Any

TEXTS = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=document.title='owned'>",
    "</details></summary><h1>owned</h1>",
    '"><svg onload=document.title="owned">',
    "[owned](javascript:document.title='owned')",
    "![owned](http://example.invalid/owned.png)",
    "`` ` ``` ````",
    "| owned | owned |",
    "@owned #1 https://example.invalid/owned",
    "\x1b]0;owned\x07\x1b[2J\x1b[31m",
    "\u202eowned\u2066",
    "{{ 7 * 7 }}{% raw %}",
    "\x00\ud800\uffff",
    "owned\n## owned\n- owned",
    "&lt;b&gt; &amp; \\`owned\\`",
    "x" * 3000,
)


def poisoned(document: Any, chance: random.Random) -> Any:
    """Put hostile texts in the place of some texts of a document, and of some keys."""
    if isinstance(document, dict):
        return {_key(key, chance): poisoned(value, chance) for key, value in document.items()}
    if isinstance(document, list):
        return [poisoned(item, chance) for item in document]
    if isinstance(document, str) and chance.random() < 0.15:
        return chance.choice(TEXTS)
    return document


def _key(key: str, chance: random.Random) -> str:
    return chance.choice(TEXTS) if chance.random() < 0.01 else key


_VALUES: tuple[Any, ...] = (None, [], {}, "", "\x00<script>", -1, 1e400, True, [None], {"a": {}}, [[[]]], 10**30)


def mutated(document: Any, chance: random.Random) -> Any:
    """Damage a document in one place: another value, or none."""
    if isinstance(document, dict) and document and chance.random() < 0.92:
        key = chance.choice(list(document))
        changed = {**document, key: mutated(document[key], chance)}
        if chance.random() < 0.05:
            del changed[key]
        return changed
    if isinstance(document, list) and document and chance.random() < 0.92:
        index = chance.randrange(len(document))
        return [*document[:index], mutated(document[index], chance), *document[index + 1 :]]
    return copy.deepcopy(chance.choice(_VALUES))
