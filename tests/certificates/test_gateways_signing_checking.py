"""Old seals after the key was changed, its certificate ran out or it fell into foreign hands."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certificates.gateways.signing import KeyFacts, SealedPdf, SignerUnavailableError, check_seal, seal_pdf
from tests.factories.certificate_pages import make_page
from tests.factories.signers import CertificationAuthority, one_signer, write_key_file, write_signers_file
from tests.services.time_stamping import TimeStampAuthority, time_stamp_authority, tsa_table

SINCE, UNTIL = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
ISSUED_AT = datetime(2024, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def configured(tmp_path: Path, settings) -> Path:
    write_key_file(tmp_path, since=SINCE, until=UNTIL)
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, one_signer(tmp_path)))
    return tmp_path


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[tuple[TimeStampAuthority, str]]:
    with time_stamp_authority(tmp_path / "tsa") as running:
        yield running


def seal(at: datetime = ISSUED_AT) -> SealedPdf:
    return seal_pdf(make_page(), signer="", now=at)


def trusted(sealed: SealedPdf, keys: list[KeyFacts], at: datetime = ISSUED_AT) -> bool:
    facts = check_seal(sealed.data, keys=keys, at=at)
    assert facts is not None
    assert (facts.intact, facts.valid, facts.whole_file) == (True, True, True)
    return facts.trusted


def test_old_seals_stay_good_after_the_key_was_changed(configured: Path):
    old = seal()
    write_key_file(configured, since=SINCE, until=UNTIL)  # the next signature takes the new key, without a restart
    os.utime(configured / "seal.p12", (1, 1))
    new = seal()
    assert old.key.kid != new.key.kid
    keys = [replace(old.key, retired_at=ISSUED_AT + timedelta(days=1)), new.key]
    assert [trusted(each, keys) for each in (old, new)] == [True, True]


def test_old_seals_stay_good_after_the_certificate_ran_out(configured: Path):
    """The check is made as of the day of issue; today's date has nothing to do with it."""
    assert datetime.now(UTC) > UNTIL
    assert trusted(seal(), [seal().key])


def test_seal_made_after_the_certificate_ran_out_is_not_good(configured: Path):
    sealed = seal()
    moments = [SINCE - timedelta(minutes=1), SINCE, UNTIL, UNTIL + timedelta(minutes=1)]
    assert [trusted(sealed, [sealed.key], moment) for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize("moment", [SINCE - timedelta(seconds=1), UNTIL + timedelta(seconds=1)])
def test_certificate_that_has_run_out_seals_nothing(configured: Path, moment: datetime):
    with pytest.raises(SignerUnavailableError, match=r"valid from 2024-01-01 .* to 2025-01-01"):
        seal(moment)


def test_seal_of_a_stranger_is_not_good_though_it_bears_our_name(configured: Path):
    ours = seal()
    write_key_file(configured, since=SINCE, until=UNTIL)
    forged = seal()
    assert (trusted(forged, [ours.key]), trusted(forged, []), trusted(ours, [ours.key])) == (False, False, True)


def test_another_key_certified_by_our_root_is_not_our_key(tmp_path: Path, settings):
    """The root certifies many: that it stands behind a seal does not make it ours."""
    authority = CertificationAuthority()
    write_key_file(tmp_path, authority=authority)
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, one_signer(tmp_path)))
    ours = seal()
    write_key_file(tmp_path, authority=authority)
    assert not trusted(seal(), [ours.key])


def test_what_a_key_sealed_before_it_was_stolen_stays_good(configured: Path):
    sealed = seal()
    for stolen_at, expected in ((ISSUED_AT, False), (ISSUED_AT + timedelta(seconds=1), True)):
        assert trusted(sealed, [replace(sealed.key, compromised_at=stolen_at)]) is expected


def test_time_stamp_outweighs_what_the_register_says(tmp_path: Path, settings, tsa):
    """A stolen key can date its seals back, a time stamp cannot be dated back with it."""
    write_key_file(tmp_path)
    text = one_signer(tmp_path, level="B-T", more=tsa_table(*tsa))
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))
    sealed = seal()
    assert sealed.key.witness is not None
    stolen = replace(sealed.key, compromised_at=datetime.now(UTC) - timedelta(days=1))
    assert trusted(sealed, [sealed.key, sealed.key.witness])
    assert not trusted(sealed, [stolen, sealed.key.witness])  # the stamp says today, after the theft


def test_time_stamp_of_a_witness_that_was_stolen_counts_for_nothing(tmp_path: Path, settings, tsa):
    write_key_file(tmp_path)
    text = one_signer(tmp_path, level="B-T", more=tsa_table(*tsa))
    settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))
    sealed = seal()
    assert sealed.key.witness is not None
    stolen = replace(sealed.key.witness, compromised_at=ISSUED_AT)
    facts = check_seal(sealed.data, keys=[sealed.key, stolen], at=ISSUED_AT)
    assert facts is not None
    assert (facts.stamped_at, facts.level, facts.trusted) == (None, "B-B", True)


def test_stamped_seal_stays_good_after_all_certificates_ran_out(tmp_path: Path, settings):
    """Both certificates end in seconds; what they signed before is good for ever after."""
    now = datetime.now(UTC).replace(microsecond=0)
    until = now + timedelta(seconds=2)
    write_key_file(tmp_path, until=until)
    with time_stamp_authority(tmp_path / "tsa", until=until) as tsa:
        text = one_signer(tmp_path, level="B-LTA", more=tsa_table(*tsa))
        settings.XUESHI_SIGNERS_FILE = str(write_signers_file(tmp_path, text))
        sealed = seal(now)
        time.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()) + 1)
        with pytest.raises(SignerUnavailableError):
            seal(datetime.now(UTC))
    assert sealed.key.witness is not None
    facts = check_seal(sealed.data, keys=[sealed.key, sealed.key.witness], at=datetime(2066, 1, 1, tzinfo=UTC))
    assert facts is not None
    assert (facts.trusted, facts.whole_file, facts.level) == (True, True, "B-LTA")
