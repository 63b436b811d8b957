"""What must hold before a real site is opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from certificates.checks import check_code_key, check_signing_key
from tests.factories.signers import PASSWORD, one_signer, write_code_key, write_key_file, write_signers_file


def test_real_site_without_a_key_is_stopped(settings):
    settings.XUESHI_SIGNING_KEY_FILE = ""
    (message,) = check_signing_key()
    assert (message.id, "no key to seal certificates with" in message.msg) == ("certificates.E001", True)


def test_demonstration_may_sign_with_its_own_key(settings, tmp_path: Path):
    settings.XUESHI_HOME, settings.XUESHI_SIGNING_KEY_FILE, settings.XUESHI_DEMO = tmp_path, "", True
    assert (check_signing_key(), check_code_key()) == ([], [])


def test_site_with_keys_of_its_own_is_in_order(settings, tmp_path: Path):
    settings.XUESHI_CODE_KEY_FILE = str(write_code_key(tmp_path))
    assert (check_signing_key(), check_code_key()) == ([], [])


def test_key_that_cannot_be_opened_stops_and_tells_no_password(settings, tmp_path: Path):
    settings.XUESHI_SIGNING_KEY_FILE = str(write_key_file(tmp_path))
    settings.XUESHI_SIGNING_KEY_PASSWORD = "another-secret-4711"
    (message,) = check_signing_key()
    assert message.id == "certificates.E001"
    assert "4711" not in str(message)
    assert PASSWORD not in str(message)


def test_broken_signers_file_stops(settings, tmp_path: Path):
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, 'default = "site"'))
    assert [each.id for each in check_signing_key()] == ["certificates.E001"]
    assert check_code_key() == []


def test_certificate_that_runs_out_soon_is_named(settings, tmp_path: Path):
    until = datetime.now(UTC) + timedelta(days=59)
    settings.XUESHI_SIGNING_KEY_FILE = str(write_key_file(tmp_path, until=until))
    settings.XUESHI_SIGNING_KEY_PASSWORD = PASSWORD
    assert [each.id for each in check_signing_key()] == ["certificates.W002"]


def test_code_key_made_on_this_machine_is_warned_of(settings, tmp_path: Path):
    assert [each.id for each in check_code_key()] == ["certificates.W003"]
    write_key_file(tmp_path)
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, one_signer(tmp_path)))
    assert [each.id for each in check_code_key()] == ["certificates.W003"]
    text = one_signer(tmp_path).replace('level = "B-B"', 'level = "B-B"\ncode = "code"')
    text += f'[keys.code]\nkind = "pem"\nfile = "{write_code_key(tmp_path)}"\n'
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))
    assert check_code_key() == []
