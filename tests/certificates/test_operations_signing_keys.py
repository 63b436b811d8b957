"""Keys are kept, retired, reported stolen; administrators hear before a certificate runs out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, SiteMessage
from certificates.gateways.signing import check_seal, code_key, seal_pdf
from certificates.models import IssuerProfile, SigningKey
from certificates.operations import KeyRefusedError, compromise_key, watch_signing_keys
from certificates.operations.signing_keys import signing_key_row
from certificates.queries import seal_keys
from tests.factories.accounts import make_authority, make_user
from tests.factories.certificate_pages import make_page
from tests.factories.signers import one_signer, write_key_file, write_signers_file, write_sm2_signers_file
from tests.services.time_stamping import time_stamp_authority, tsa_table

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)


def configure(folder: Path, settings, **key) -> None:
    write_key_file(folder, **key)
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(folder, one_signer(folder)))


def test_key_gets_its_row_on_first_use_and_one_statement_after(django_assert_num_queries):
    key = seal_pdf(make_page(), signer="", now=NOW).key
    row = signing_key_row(key, now=NOW)
    with django_assert_num_queries(1):
        assert signing_key_row(key, now=NOW + timedelta(days=1)) == row
    assert (row.kid, row.purpose, row.algorithm, row.first_used_at) == (key.kid, "seal", "ES256", NOW)
    assert AuditEntry.objects.filter(action="signing_key.first_use").count() == 1
    assert [each for each in seal_keys() if each.kid == key.kid] == [key]


def test_kept_keys_check_what_they_sealed_when_nothing_is_configured_any_more(settings, tmp_path: Path):
    with time_stamp_authority(tmp_path / "tsa") as tsa:
        write_key_file(tmp_path)
        text = one_signer(tmp_path, level="B-LTA", more=tsa_table(*tsa))
        settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))
        sealed = seal_pdf(make_page(), signer="", now=NOW)
    signing_key_row(sealed.key, now=NOW)
    settings.XUESHI_SIGNERS_FILE, settings.XUESHI_SIGNING_KEY_FILE = "", ""
    assert [each.purpose for each in seal_keys()] == ["tsa", "seal"]
    facts = check_seal(sealed.data, keys=seal_keys(), at=NOW)
    assert facts is not None
    assert (facts.trusted, facts.whole_file, facts.level) == (True, True, "B-LTA")


def test_configured_keys_are_known_before_their_first_use(settings, tmp_path: Path):
    settings.XUESHI_HOME = tmp_path
    write_sm2_signers_file(tmp_path)
    settings.XUESHI_SIGNERS_FILE = str(tmp_path / "signers.toml")
    assert watch_signing_keys(now=NOW).kept == 3
    assert watch_signing_keys(now=NOW).kept == 0
    assert list(SigningKey.objects.order_by("purpose").values_list("purpose", flat=True)) == ["code", "seal", "sm2"]
    assert SigningKey.objects.get(purpose="code").kid == code_key("").kid


def test_key_that_is_configured_no_longer_is_retired_and_may_come_back(settings, tmp_path: Path):
    for folder in (tmp_path / "old", tmp_path / "new"):
        folder.mkdir()
    configure(tmp_path / "old", settings)
    watch_signing_keys(now=NOW)
    old = SigningKey.objects.get(purpose="seal")
    configure(tmp_path / "new", settings)
    assert watch_signing_keys(now=NOW + timedelta(days=1)).retired == 1
    old.refresh_from_db()
    assert old.retired_at == NOW + timedelta(days=1)
    settings.XUESHI_SIGNERS_FILE = str(tmp_path / "old" / "signers.toml")
    watch_signing_keys(now=NOW + timedelta(days=2))
    old.refresh_from_db()
    assert old.retired_at is None
    assert list(
        AuditEntry.objects.filter(action__startswith="signing_key.", detail__kid=old.kid)
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["signing_key.first_use", "signing_key.retire", "signing_key.return"]


def test_administrators_hear_of_a_certificate_that_runs_out_at_every_stage_once(settings, tmp_path: Path):
    administrator = make_user(is_superuser=True)
    make_user()
    configure(tmp_path, settings, until=NOW + timedelta(days=100))
    sent = []
    for days in (0, 9, 10, 11, 70, 71, 93, 94, 100):
        sent.append(watch_signing_keys(now=NOW + timedelta(days=days)).messages)
    assert sent == [0, 0, 1, 0, 1, 0, 1, 0, 1]
    messages = SiteMessage.objects.order_by("pk")
    assert {each.user_id for each in messages} == {administrator.pk}
    assert messages[0].subject == "签名证书即将到期：seal"
    assert "2026-06-18" in messages[0].body


def test_key_out_of_reach_retires_nothing_and_is_told_once_a_day(settings, tmp_path: Path):
    make_user(is_superuser=True)
    configure(tmp_path, settings)
    watch_signing_keys(now=NOW)
    (tmp_path / "seal.p12").unlink()
    found = [watch_signing_keys(now=NOW + timedelta(hours=hours)) for hours in (1, 2, 25)]
    assert [(each.messages, each.retired, "seal.p12" in each.trouble) for each in found] == [
        (1, 0, True),
        (0, 0, True),
        (1, 0, True),
    ]
    assert not SigningKey.objects.filter(retired_at__isnull=False).exists()
    assert "seal.p12" in SiteMessage.objects.order_by("pk")[0].body


def test_authority_whose_signer_is_not_configured_is_told_of_once(settings, tmp_path: Path):
    make_user(is_superuser=True)
    configure(tmp_path, settings)
    for signer in ("", "site", "nobody"):
        IssuerProfile.objects.create(authority=make_authority(), signer=signer)
    assert [watch_signing_keys(now=NOW).messages for _turn in range(2)] == [1, 0]
    assert SiteMessage.objects.get().subject == "签名者未配置：nobody"


def test_stolen_key_loses_what_it_signs_after_the_theft():
    sealed = seal_pdf(make_page(), signer="", now=NOW)
    row = signing_key_row(sealed.key, now=NOW)
    compromise_key(kid=row.kid, since=NOW, actor=None, now=NOW + timedelta(days=1))
    trusted = [
        facts.trusted
        for moment in (NOW - timedelta(seconds=1), NOW)
        if (facts := check_seal(sealed.data, keys=seal_keys(), at=moment))
    ]
    assert trusted == [True, False]
    assert seal_keys()[0] == replace(sealed.key, compromised_at=NOW)


def test_moment_of_a_theft_moves_back_only():
    row = signing_key_row(seal_pdf(make_page(), signer="", now=NOW).key, now=NOW)
    later = NOW + timedelta(days=9)
    compromise_key(kid=row.kid, since=NOW, actor=None, now=later)
    for since in (NOW + timedelta(days=1), later + timedelta(days=1)):
        with pytest.raises(KeyRefusedError):
            compromise_key(kid=row.kid, since=since, actor=None, now=later)
    compromise_key(kid=row.kid, since=NOW, actor=None, now=later)
    compromise_key(kid=row.kid, since=NOW - timedelta(days=1), actor=None, now=later)
    row.refresh_from_db()
    assert row.compromised_at == NOW - timedelta(days=1)
    assert AuditEntry.objects.filter(action="signing_key.compromise").count() == 2
    with pytest.raises(KeyRefusedError):
        compromise_key(kid="nobody", since=NOW, actor=None, now=later)


def test_command_lists_the_keys_and_notes_a_theft(settings, tmp_path: Path):
    configure(tmp_path, settings)
    kid = seal_pdf(make_page(), signer="", now=NOW).key.kid
    output = StringIO()
    call_command("signing_keys", stdout=output)
    assert f"{kid}\tseal\tseal\tES256\t2046-01-01\tin use" in output.getvalue()
    output = StringIO()
    call_command("signing_keys", "--compromised", kid, "--since", "2026-03-10T08:00+08:00", stdout=output)
    assert f"{kid}\tseal\tseal\tES256\t2046-01-01\tcompromised" in output.getvalue()
    with pytest.raises(CommandError, match="--since"):
        call_command("signing_keys", "--compromised", kid, "--since", "2026-03-10", stdout=output)
    with pytest.raises(CommandError, match="没有这个签名密钥"):
        call_command("signing_keys", "--compromised", "nobody", "--since", "2026-03-10T08:00Z", stdout=output)
    (tmp_path / "seal.p12").unlink()
    with pytest.raises(CommandError, match=r"seal\.p12"):
        call_command("signing_keys", stdout=output)
