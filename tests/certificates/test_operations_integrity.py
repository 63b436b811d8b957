"""What was lost or altered in the storage is found and told; what nobody names is deleted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import SiteMessage
from certificates.gateways import certificate_store
from certificates.gateways.certificate_store import StoreAwayError, store_certificate
from certificates.models import Certificate, IntegrityCheck
from certificates.operations import check_certificates, delete_leftovers
from certificates.tasks import check_stored_certificates, sweep_leftover_certificates
from tests.factories.certificates import make_certificate, make_holding
from tests.factories.registrars import make_registrar
from tests.factories.tracking import NOW

LATER = NOW + timedelta(hours=8)


def make_three(media_folder: Path) -> list[tuple[Certificate, Path]]:
    first = make_certificate()
    rest = [make_certificate(holding=make_holding(authority=first.authority)) for _ in range(2)]
    return [(each, media_folder / "private" / each.pdf_path) for each in (first, *rest)]


@pytest.mark.django_db
def test_whole_files_are_counted_and_nobody_is_troubled(media_folder: Path):
    make_three(media_folder)
    check = check_certificates(now=LATER)
    assert (check.at, check.checked, check.missing, check.altered, check.findings) == (LATER, 3, 0, 0, [])
    assert not SiteMessage.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("sample", [500, None])
def test_what_was_lost_or_altered_is_named_and_told_to_the_registrars(media_folder: Path, sample: int | None):
    (_whole, _), (lost, lost_path), (changed, changed_path) = make_three(media_folder)
    registrar, stranger = make_registrar(lost.authority), make_registrar(make_certificate().authority)
    lost_path.unlink()
    data = bytearray(changed_path.read_bytes())
    data[len(data) // 2] ^= 1
    changed_path.write_bytes(data)

    check = check_certificates(now=LATER, sample=sample)

    assert (check.checked, check.missing, check.altered) == (4, 1, 1)
    assert [(row["kind"], row["number"], row["path"]) for row in check.findings] == [
        ("missing", lost.number, lost.pdf_path),
        ("altered", changed.number, changed.pdf_path),
    ]
    assert [message.user for message in SiteMessage.objects.all()] == [registrar]
    assert stranger.pk != registrar.pk


@pytest.mark.django_db
def test_a_storage_that_is_away_is_no_finding(media_folder: Path, monkeypatch):
    make_three(media_folder)

    def away(*_: object) -> None:
        raise PermissionError("away")

    monkeypatch.setattr(type(certificate_store._private()), "open", away)
    with pytest.raises(StoreAwayError):
        check_certificates(now=LATER)
    assert not IntegrityCheck.objects.exists()


@pytest.mark.django_db
def test_the_command_and_the_task_say_what_they_found(media_folder: Path, capsys):
    (_first, path), *_rest = make_three(media_folder)
    call_command("check_certificates", "--all")
    assert capsys.readouterr().out == "检查 3，缺失 0，改动 0 / checked, missing, altered\n"
    path.unlink()
    with pytest.raises(CommandError) as caught:
        call_command("check_certificates", "--all")
    assert str(caught.value) == "检查 3，缺失 1，改动 0 / checked, missing, altered"
    check_stored_certificates()
    assert [check.missing for check in IntegrityCheck.objects.order_by("pk")] == [0, 1, 1]


@pytest.mark.django_db
def test_files_that_no_certificate_names_are_deleted_when_no_attempt_can_want_them(media_folder: Path):
    named = [path for _certificate, path in make_three(media_folder)]
    left = store_certificate(b"%PDF left", issue_key="left", begun_at=NOW)
    place = media_folder / "private" / left.path

    assert (delete_leftovers(now=NOW + timedelta(days=1)), place.exists()) == (0, True)
    assert (delete_leftovers(now=NOW + timedelta(days=2)), place.exists()) == (1, False)
    assert delete_leftovers(now=NOW + timedelta(days=9)) == 0
    assert all(path.exists() for path in named)
    assert sweep_leftover_certificates() == 0
