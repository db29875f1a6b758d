"""Memory sizes: Flink's reading, and the clear spellings of our own arguments."""

from __future__ import annotations

import pytest

from flink_session.configuration import IllegalConfigurationError, MemorySize

MIB = 1 << 20


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1600m", 1600 * MIB),
        ("1600M", 1600 * MIB),
        ("1600mb", 1600 * MIB),
        ("1600 mebibytes", 1600 * MIB),
        (" 2g ", 2048 * MIB),
        ("2G", 2048 * MIB),
        ("1t", 1024 * 1024 * MIB),
        ("64k", 64 << 10),
        ("64kibibytes", 64 << 10),
        ("1600", 1600),
        ("1600 bytes", 1600),
        ("0", 0),
        ("9223372036854775807", (1 << 63) - 1),
    ],
)
def test_flink_spellings(text: str, size: int) -> None:
    assert MemorySize.parse(text).bytes == size


@pytest.mark.parametrize("text", ["", "m", "1.5g", "2Gi", "-1m", "1600 megabytes", "0x10", "9223372036854775808"])
def test_what_flink_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        MemorySize.parse(text)


@pytest.mark.parametrize(
    ("text", "flink", "kubernetes"),
    [
        ("1600Mi", "1600m", "1600Mi"),
        ("2Gi", "2048m", "2048Mi"),
        ("1.5Gi", "1536m", "1536Mi"),
        ("1600mb", "1600m", "1600Mi"),
        ("2gb", "2048m", "2048Mi"),
        ("2g", "2048m", "2048Mi"),
        ("1500000Ki", "1500000k", "1500000Ki"),
    ],
)
def test_clear_arguments_are_rendered_for_both_systems(text: str, flink: str, kubernetes: str) -> None:
    size = MemorySize.parse_argument(text, "memory")
    assert (size.to_flink(), size.to_kubernetes()) == (flink, kubernetes)
    assert MemorySize.parse(size.to_flink()) == size


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("2048m", "Flink reads 2147483648 bytes; Kubernetes reads 2.048 bytes; write 2048Mi if you mean that"),
        ("2G", "Flink reads 2147483648 bytes; Kubernetes reads 2000000000 bytes; write 2Gi if you mean that"),
        ("2M", "Flink reads 2097152 bytes; Kubernetes reads 2000000 bytes; write 2Mi if you mean that"),
        ("1600k", "Flink reads 1638400 bytes; Kubernetes reads 1600000 bytes; write 1600Ki if you mean that"),
        ("1600", "Flink reads 1600 bytes; Kubernetes reads 1600 bytes; write 1600Mi if you mean that"),
        ("1600MB", "Flink reads 1677721600 bytes; write 1600Mi if you mean that"),
    ],
)
def test_spellings_with_two_readings_are_refused_with_both(text: str, explanation: str) -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        MemorySize.parse_argument(text, "job_manager.memory")
    assert str(raised.value) == (
        f"job_manager.memory is {text!r}, but it must be an amount of memory with a clear unit: {explanation}."
    )


@pytest.mark.parametrize("text", ["", "much", "-1Mi", "0Mi", "0.3Ki", "1,5Gi"])
def test_arguments_that_are_no_amount(text: str) -> None:
    with pytest.raises(IllegalConfigurationError, match="write it as 1600Mi or 2Gi"):
        MemorySize.parse_argument(text, "memory")
