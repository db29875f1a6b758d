"""What somebody meant by a value that Flink cannot read, so that the way out can be written down whole.

Most such values are right in some other language: sizes and amounts of Kubernetes, durations of Go, booleans of
YAML 1.1, maps with quotes inside. Each guess is read again as Flink would, and is only made where that gives what was
meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from flink_session.configuration import options
from flink_session.configuration.catalogue.spelling import edit_distance
from flink_session.configuration.duration import Duration
from flink_session.configuration.findings import is_sensitive
from flink_session.configuration.memory_size import MemorySize
from flink_session.configuration.yaml_writer import dump_flow

_BOOLEANS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1", "enable", "enabled"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0", "disable", "disabled"), "false"),
}
_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?(?:[eE][-+]?[0-9]+)?")
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-zµ]*)")
_SPAN = re.compile(rf"(?:{_AMOUNT.pattern}[\s,]*)+")
_SIZES = {"b": 0, "k": 10, "m": 20, "g": 30, "t": 40}
_SPANS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SHORTER_SPANS = {"ms": Fraction(1, 1000), "milli": Fraction(1, 1000), "us": Fraction(1, 10**6)}
_ITEM = re.compile(
    r"""\s*(?P<key>[^\s:=,;'"]+|'[^']*'|"[^"]*")\s*[:=]\s*(?P<value>'[^']*'|"[^"]*"|[^,;'"]*)\s*(?:[,;]|$)"""
)


def way_out(key: str, type_name: str, value: object, default: str | None, read: Callable[[object], object]) -> str:
    """Say what to do about a value that cannot be read, as an imperative.

    Args:
        key: the option as the user spelt it; the value of one that looks like a secret is never repeated.
        type_name: its type, as the catalogue names it.
        value: the value.
        default: what the option is without it, in Flink's spelling.
        read: reads a value as Flink would; raises ``ValueError``.
    """
    meant = None if is_sensitive(key) else _meant(type_name, value, read)
    if meant is not None:
        return f"write {meant}"
    example = {"map": "write it as YAML, as in {key: value}", "list<map>": "write it as YAML, as in [{key: value}]"}
    advice = example.get(type_name, "correct it")
    return f"{advice}, or remove it to get {default}" if default else f"{advice}, or remove it"


def _meant(type_name: str, value: object, read: Callable[[object], object]) -> str | None:
    text = options.to_text(value).strip().strip("'\"").strip()
    guesses = _GUESSES.get(type_name)
    if type_name.startswith("enum "):
        guesses = lambda text: _constant(text, type_name.split(" ")[1:])  # noqa: E731
    elif type_name == "map":
        return _map(options.to_text(value), read)
    for guess in guesses(text) if guesses else ():
        try:
            read(guess)
        except ValueError:
            continue
        return guess
    return None


def _boolean(text: str) -> Iterator[str]:
    if text.lower() in _BOOLEANS:
        yield _BOOLEANS[text.lower()]


def _integer(text: str) -> Iterator[str]:
    number = re.sub(r"(?<=[0-9])[_, ](?=[0-9]{3}(?![0-9]))", "", text)
    if _NUMBER.fullmatch(number) and "," not in number and abs(float(number)) < 1 << 63:
        exact = Fraction(number)
        if exact.denominator == 1:
            yield str(exact.numerator)


def _decimal(text: str) -> Iterator[str]:
    if _NUMBER.fullmatch(text):
        yield text.replace(",", ".")
    amount = _AMOUNT.fullmatch(text.replace("%", "percent"))
    share = {"percent": 100, "m": 1000}.get(amount[2]) if amount else None
    if amount and share:
        yield f"{float(Fraction(amount[1]) / share):g}"


def _size(text: str) -> Iterator[str]:
    amount = _AMOUNT.fullmatch(text.replace("_", ""))
    unit = amount[2].lower()[:1] if amount else ""
    if amount and re.fullmatch(r"([kmgt])(i?b?|[a-z]+bytes?|igs?|egs?)|b(ytes?)?|", amount[2].lower()):
        size = Fraction(amount[1]) * (1 << _SIZES.get(unit, 0))
        if size.denominator == 1:
            whole = "." not in amount[1]
            yield f"{amount[1]}{unit}" if whole else MemorySize(size.numerator).to_flink()


def _duration(text: str) -> Iterator[str]:
    if _SPAN.fullmatch(text):
        parts = [(Fraction(number), unit.lower()) for number, unit in _AMOUNT.findall(text)]
        factors = [_seconds(unit) for _, unit in parts]
        if None not in factors:
            yield from _span(sum((n * (f or 0) for (n, _), f in zip(parts, factors, strict=True)), Fraction(0)))
    try:
        yield from _span(Fraction(Duration.parse(text).nanoseconds, 10**9))
    except ValueError:
        return


def _seconds(unit: str) -> Fraction | None:
    for name, factor in _SHORTER_SPANS.items():
        if unit.startswith(name):
            return factor
    return Fraction(_SPANS[unit[:1]]) if unit[:1] in _SPANS else None


def _span(seconds: Fraction) -> Iterator[str]:
    nanoseconds = seconds * 10**9
    if nanoseconds > 0 and nanoseconds.denominator == 1:
        yield Duration(nanoseconds.numerator).to_flink()


def _constant(text: str, constants: list[str]) -> Iterator[str]:
    squeezed = {_squeezed(constant): constant for constant in constants}
    given = _squeezed(text.rpartition(".")[2])
    yield from (constant for name, constant in squeezed.items() if name == given)
    near = [name for name in squeezed if edit_distance(name, given, 2) <= min(2, len(name) // 4)]
    within = [name for name in squeezed if len(given) >= 3 and (name.startswith(given) or name.endswith(given))]
    for candidates in (near, within):
        if len(candidates) == 1:
            yield squeezed[candidates[0]]


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _map(text: str, read: Callable[[object], object]) -> str | None:
    """Write ``u:'x,y'`` as YAML, or, where YAML has no say, in Flink's own quotes, which enclose each item whole."""
    items = dict[str, str]()
    position, text = 0, text.strip().removeprefix("{").removesuffix("}").strip()
    while position < len(text):
        item = _ITEM.match(text, position)
        if item is None:
            return None
        items[item["key"].strip("'\"")] = _unquoted(item["value"].strip())
        position = item.end()
    quoted = ",".join(_quoted(f"{_quoted(name, ':')}:{_quoted(item, ':')}", ",") for name, item in items.items())
    for guess, advice in ((dump_flow(items), "{} in YAML"), (quoted, "{}")):
        try:
            if read(guess) == items and items:
                return advice.format(guess)
        except ValueError:
            continue
    return None


def _unquoted(text: str) -> str:
    return text[1:-1] if text[:1] in ("'", '"') and text.endswith(text[:1]) and len(text) > 1 else text


def _quoted(text: str, delimiter: str) -> str:
    return "'" + text.replace("'", "''") + "'" if any(char in text for char in (delimiter, "'", '"', " ")) else text


_GUESSES: dict[str, Callable[[str], Iterator[str]]] = {
    "boolean": _boolean,
    "int": _integer,
    "long": _integer,
    "float": _decimal,
    "double": _decimal,
    "memory": _size,
    "duration": _duration,
}
