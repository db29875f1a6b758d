"""Secrets: readable with the right passphrase, by us and by the CLI; an error that says what to set with any other."""

from pathlib import Path

import pytest

from flink_session.engine.errors import PassphraseError
from flink_session.engine.stack import passphrase
from flink_session.engine.stack.passphrase import Crypter, find_passphrase
from tests.support.engine.replay import CRYPTER, SALT

VARIABLES = r"PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE"


@pytest.fixture
def _quick_to_derive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give new keys fewer rounds; the number of all others is Pulumi's, and tried by what it has recorded."""
    monkeypatch.setattr(passphrase, "_ROUNDS", 1000)


def test_a_recorded_secret_is_decrypted() -> None:
    assert CRYPTER.decrypt("v1:PKSWy8FLRcvobuoS:4rU+Or/5W4Cf0oxam5IT7GiOGF0MTNEn") == '"s3cret"'
    assert CRYPTER.salt == SALT


def test_the_same_text_is_never_encrypted_the_same_way_twice() -> None:
    first, second = CRYPTER.encrypt("x"), CRYPTER.encrypt("x")
    assert first != second
    assert CRYPTER.decrypt(first) == CRYPTER.decrypt(second) == "x"


@pytest.mark.usefixtures("_quick_to_derive")
def test_a_new_salt_is_good_for_the_same_passphrase_only() -> None:
    kept: list[str] = []
    made = Crypter("one", None, kept.append)
    made.begin()
    assert made.salt
    assert kept == [], "no secret, no change of the user's file"
    ciphertext = made.encrypt("x")
    assert kept == [made.salt]
    assert Crypter("one", made.salt).decrypt(ciphertext) == "x"
    with pytest.raises(PassphraseError, match="incorrect passphrase.*" + VARIABLES):
        Crypter("two", made.salt)


@pytest.mark.usefixtures("_quick_to_derive")
@pytest.mark.parametrize("salt", ["", "nonsense", "v1:a", "v1:AAAA:v1:BBBB"])
def test_a_damaged_salt_is_an_error(salt: str) -> None:
    if salt:
        with pytest.raises(PassphraseError):
            Crypter("pass", salt)


def test_without_a_passphrase_nothing_secret_is_read_or_written() -> None:
    crypter = Crypter(None, SALT)
    with pytest.raises(PassphraseError, match=VARIABLES):
        crypter.encrypt("x")
    with pytest.raises(PassphraseError, match=VARIABLES):
        crypter.decrypt("v1:a:b")
    assert crypter.salt == SALT


def test_the_passphrase_is_found_in_variable_or_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    assert find_passphrase(ask=False) is None
    (tmp_path / "passphrase").write_text("from the file\n")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    assert find_passphrase(ask=False) == "from the file"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    assert find_passphrase(ask=False) == ""
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "none"))
    with pytest.raises(PassphraseError, match="PULUMI_CONFIG_PASSPHRASE_FILE"):
        find_passphrase(ask=False)
