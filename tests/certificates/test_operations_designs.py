"""Drawing, trying and publishing how certificates look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from certificates.gateways.certificate_store import read_certificate, read_mark
from certificates.gateways.marks import MarkKind
from certificates.gateways.pieces import mark_piece
from certificates.models import CertificateDesign, DesignVersion
from certificates.operations import IssueStoppedError, renew_certificate
from certificates.operations.designs import (
    DesignRefusedError,
    MarkRefusedError,
    keep_mark,
    preview_pdf,
    preview_png,
    publish_design,
    read_design,
    save_design,
)
from certificates.queries.designs import design_entries, design_in_force, design_of
from certificates.rules.design import Design, Palette, SealKind, Signatory
from certificates.rules.design_samples import Sample
from tests.factories.accounts import make_authority, make_user
from tests.factories.certificate_pages import words_of
from tests.factories.certificates import make_recognised_year
from tests.factories.designs import full_design, seal_scan, written

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
PINE = Design(palette=Palette.PINE)


def acts() -> list[str]:
    return list(AuditEntry.objects.filter(action__startswith="design.").order_by("pk").values_list("action", flat=True))


def test_draft_changes_nothing_that_is_printed():
    authority = make_authority()
    row = save_design(authority=authority, design=PINE, actor=make_user(), now=NOW)
    assert (read_design(row), design_in_force(authority=authority), acts()) == (PINE, None, ["design.save"])


def test_draft_saved_as_it_was_leaves_no_trace():
    authority, user = make_authority(), make_user()
    save_design(authority=authority, design=PINE, actor=user, now=NOW)
    again = save_design(authority=authority, design=PINE, actor=user, now=NOW + timedelta(hours=1))
    assert (again.edited_at, acts()) == (NOW, ["design.save"])


def test_published_design_is_in_force_and_frozen_while_the_draft_goes_on():
    authority, user = make_authority(), make_user()
    save_design(authority=authority, design=PINE, actor=user, now=NOW)
    version = publish_design(authority=authority, actor=user, now=NOW)
    save_design(authority=authority, design=Design(bilingual=True), actor=user, now=NOW)
    assert design_in_force(authority=authority) == version
    assert design_of(version) == PINE
    assert (version.number, version.template, version.published_by, acts()) == (
        1,
        "certificate-v2",
        user,
        ["design.save", "design.publish", "design.save"],
    )


def test_publishing_twice_makes_one_version_and_a_change_makes_the_next():
    authority, user = make_authority(), make_user()
    save_design(authority=authority, design=PINE, actor=user, now=NOW)
    first = publish_design(authority=authority, actor=user, now=NOW)
    assert publish_design(authority=authority, actor=user, now=NOW + timedelta(days=1)) == first
    save_design(authority=authority, design=Design(), actor=user, now=NOW)
    second = publish_design(authority=authority, actor=user, now=NOW)
    assert ([first.number, second.number], first.sha256 != second.sha256) == ([1, 2], True)


def test_going_back_to_an_earlier_look_is_a_version_of_its_own():
    authority, user = make_authority(), make_user()
    for design in (PINE, Design(), PINE):
        save_design(authority=authority, design=design, actor=user, now=NOW)
        publish_design(authority=authority, actor=user, now=NOW)
    versions = DesignVersion.objects.order_by("number")
    assert [version.number for version in versions] == [1, 2, 3]
    assert versions[0].sha256 == versions[2].sha256


def test_common_design_is_in_force_where_an_authority_has_none_of_its_own(django_assert_num_queries):
    own, other, user = make_authority(), make_authority(), make_user()
    save_design(authority=None, design=Design(rosette=False), actor=user, now=NOW)
    common = publish_design(authority=None, actor=user, now=NOW)
    assert design_in_force(authority=own) == common
    save_design(authority=own, design=PINE, actor=user, now=NOW)
    version = publish_design(authority=own, actor=user, now=NOW)
    with django_assert_num_queries(2):
        assert (design_in_force(authority=own), design_in_force(authority=other)) == (version, common)


def test_design_of_all_others_exists_once():
    user = make_user()
    save_design(authority=None, design=PINE, actor=user, now=NOW)
    save_design(authority=None, design=Design(), actor=user, now=NOW)
    assert CertificateDesign.objects.filter(authority=None).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateDesign.objects.create(authority=None, edited_at=NOW)


def test_list_names_every_authority_and_what_is_not_published(django_assert_num_queries):
    user = make_user()
    authorities = [make_authority(code=code) for code in ("91", "92")]
    save_design(authority=authorities[0], design=PINE, actor=user, now=NOW)
    publish_design(authority=authorities[0], actor=user, now=NOW)
    save_design(authority=authorities[1], design=PINE, actor=user, now=NOW)
    with django_assert_num_queries(3):
        entries = [each for each in design_entries() if each.authority in [None, *authorities]]
    assert [(each.authority, each.newest is not None, each.is_ahead) for each in entries] == [
        (None, False, False),
        (authorities[0], True, False),
        (authorities[1], False, True),
    ]


def test_picture_is_kept_once_by_its_digest_in_the_private_storage(media_folder):
    data = written(seal_scan())
    digest = keep_mark(data=data, kind=MarkKind.SEAL)
    assert keep_mark(data=data, kind=MarkKind.SEAL) == digest
    assert storages["private"].listdir("marks")[1].count(f"{digest}.png") == 1
    assert (read_mark(digest) or b"").startswith(b"\x89PNG")


@pytest.mark.parametrize("data", [b"", b"<svg/>", written(seal_scan(size=100))])
def test_unusable_picture_is_refused_in_plain_words(data: bytes):
    with pytest.raises(MarkRefusedError, match="图片"):
        keep_mark(data=data, kind=MarkKind.SEAL)


def publishing(design: Design, user: User) -> None:
    save_design(authority=None, design=design, actor=user, now=NOW)
    publish_design(authority=None, actor=user, now=NOW)


def test_what_cannot_be_printed_is_not_published(media_folder):
    user = make_user()
    for design, said in (
        (Design(seal=SealKind.PICTURE, seal_picture="0" * 64), "丢失"),
        (Design(signatories=(Signatory("经办人", "测试\U0003ffff"),)), "字体"),
    ):
        with pytest.raises(DesignRefusedError, match=said):
            publishing(design, user)
    assert DesignVersion.objects.count() == 0


def test_damaged_draft_is_named():
    row = CertificateDesign.objects.create(authority=make_authority(), content={"palette": "pink"}, edited_at=NOW)
    with pytest.raises(DesignRefusedError, match="palette"):
        read_design(row)


@pytest.mark.parametrize("sample", list(Sample))
def test_preview_is_a_picture_of_a_demonstration_with_the_authority_s_name(media_folder, tmp_path, sample: Sample):
    authority = make_authority(name="测试省住房和城乡建设厅甲")
    design = full_design()
    png = preview_png(design=design, authority=authority, sample=sample, now=NOW)
    text = words_of(preview_pdf(design=design, authority=authority, sample=sample, now=NOW), tmp_path)
    assert png.startswith(b"\x89PNG")
    assert ("测试省住房和城乡建设厅甲" in text, "不具法律效力" in text) == (True, True)


def test_certificate_names_the_version_that_it_is_printed_with_and_an_edit_later_changes_nothing(
    media_folder, tmp_path
):
    year, user = make_recognised_year(), make_user()
    save_design(authority=year.authority, design=Design(note="测试第一版样式"), actor=user, now=NOW)
    version = publish_design(authority=year.authority, actor=user, now=NOW)
    certificate = renew_certificate(ce_year_id=year.pk, now=NOW)
    save_design(authority=year.authority, design=Design(note="测试第二版样式"), actor=user, now=NOW)
    publish_design(authority=year.authority, actor=user, now=NOW)
    certificate.refresh_from_db()
    stored = read_certificate(certificate.pdf_path, sha256=certificate.pdf_sha256) or b""
    assert (certificate.design, certificate.printed["design_sha256"]) == (version, version.sha256)
    assert ("测试第一版样式" in words_of(stored, tmp_path), "测试第二版样式" in words_of(stored, tmp_path)) == (
        True,
        False,
    )


def test_issue_stops_where_a_seal_s_picture_is_lost(media_folder):
    year, user = make_recognised_year(), make_user()
    digest = keep_mark(data=written(seal_scan(size=500)), kind=MarkKind.SEAL)
    design = Design(seal=SealKind.PICTURE, seal_picture=digest)
    save_design(authority=year.authority, design=design, actor=user, now=NOW)
    publish_design(authority=year.authority, actor=user, now=NOW)
    storages["private"].delete(f"marks/{digest}.png")
    mark_piece.cache_clear()
    with pytest.raises(IssueStoppedError, match="印章或签名图片缺失"):
        renew_certificate(ce_year_id=year.pk, now=NOW)
