"""What `config set` does not understand, it does not repeat."""

import click.testing
import pytest

from flink_session.cli.main import main

KEY = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((KEY,), "a value that begins with - is taken for an option: give it on standard input, or behind --"),
        (("-hunter2",), "taken for an option"),
        (("--hunter2",), "taken for an option"),
        (("one", "hunter2"), "more than a key and a value"),
        (("--secert", "hunter2"), "--secert"),
    ],
)
def test_a_secret_is_in_no_error(words: tuple[str, ...], said: str) -> None:
    ran = click.testing.CliRunner().invoke(main, ["config", "set", "--secret", "key", *words])
    assert ran.exit_code == 2
    assert said in ran.output
    assert "hunter2" not in ran.output
