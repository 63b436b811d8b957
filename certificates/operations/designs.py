"""Drawing, trying and publishing how an authority's certificates look."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from accounts.operations import record_audit
from certificates.gateways.certificate_store import store_mark
from certificates.gateways.marks import MarkError, MarkKind, normalise_mark
from certificates.gateways.page_pictures import page_png
from certificates.gateways.typesetting import (
    TEMPLATE_VERSION,
    PictureMissingError,
    TypesettingError,
    UnprintableTextError,
    drawn_by,
    render_certificate,
)
from certificates.models import CertificateDesign, DesignVersion
from certificates.rules.design import Design, DesignError, design_digest
from certificates.rules.design_samples import SAMPLE_ID_NUMBER, Sample, sample_certificate
from lms.lib.errors import DomainError

PREVIEW_WIDTH_PX = 1400


class DesignRefusedError(DomainError):
    """The design cannot be printed as it stands; the message says what to change."""

    code = "design_refused"


class MarkRefusedError(DomainError):
    """The file is no usable picture of a seal or signature; nothing was kept."""

    code = "mark_refused"


def keep_mark(*, data: bytes, kind: MarkKind) -> str:
    """Keep a seal's or signature's picture in the private storage and give its SHA-256.

    The picture is written anew: cut, sized, white paper taken away. The same picture is kept once.

    :raises MarkRefusedError: not a picture, too large, too small to print, or blank.
    """
    try:
        return store_mark(normalise_mark(data, kind=kind)).sha256
    except MarkError as error:
        raise MarkRefusedError(_mark_reason(error.code)) from error


@transaction.atomic
def save_design(*, authority: Authority | None, design: Design, actor: User, now: datetime) -> CertificateDesign:
    """Keep the choices as the authority's draft; nothing is printed with them before they are published.

    ``authority`` None is the design of every authority without one of its own.
    """
    row = _design_row(authority, actor=actor, now=now)
    content = design.to_json()
    if row.content == content:
        return row
    row.content, row.edited_at, row.edited_by = content, now, actor
    row.save(update_fields=["content", "edited_at", "edited_by"])
    record_audit(actor=actor, action="design.save", target=row, detail={"content": content}, now=now)
    return row


@transaction.atomic
def publish_design(*, authority: Authority | None, actor: User, now: datetime) -> DesignVersion:
    """Freeze the draft as the next version, with which certificates are printed from now on.

    Returns the newest version where the draft is what it already holds (safe to retry).

    :raises DesignRefusedError: the draft cannot be read or printed: a picture is lost, a character has no font.
    """
    row = _design_row(authority, actor=actor, now=now)
    design = read_design(row)
    digest = design_digest(design, template=drawn_by(TEMPLATE_VERSION, design))
    newest: DesignVersion | None = row.versions.order_by("-number").first()
    if newest is not None and newest.sha256 == digest:
        return newest
    _sample_pdf(design, authority, Sample.FULL, now=now)
    version = DesignVersion.objects.create(
        design=row,
        number=newest.number + 1 if newest else 1,
        template=TEMPLATE_VERSION,
        content=design.to_json(),
        sha256=digest,
        published_at=now,
        published_by=actor,
    )
    detail = {"number": version.number, "template": version.template, "sha256": digest}
    record_audit(actor=actor, action="design.publish", target=version, detail=detail, now=now)
    return version


def read_design(row: CertificateDesign | None) -> Design:
    """Read a draft, the built-in design where there is none.

    :raises DesignRefusedError: the stored choices are damaged.
    """
    try:
        return Design.from_json(row.content) if row else Design()
    except DesignError as error:
        raise DesignRefusedError(_("样式内容已损坏，请重新设置：%(detail)s") % {"detail": error}) from error


def preview_png(*, design: Design, authority: Authority | None, sample: Sample, now: datetime) -> bytes:
    """Draw a certificate of invented data with these choices, as PNG, marked as a demonstration.

    :raises DesignRefusedError: it cannot be printed so.
    """
    return page_png(_sample_pdf(design, authority, sample, now=now), width_px=PREVIEW_WIDTH_PX)


def preview_pdf(*, design: Design, authority: Authority | None, sample: Sample, now: datetime) -> bytes:
    """The same as PDF, unsigned.

    :raises DesignRefusedError: it cannot be printed so.
    """
    return _sample_pdf(design, authority, sample, now=now)


def _design_row(authority: Authority | None, *, actor: User, now: datetime) -> CertificateDesign:
    """The authority's design, made on first use, locked until the transaction ends."""
    designs = CertificateDesign.objects.select_for_update()
    if (row := designs.filter(authority=authority).first()) is not None:
        return row
    CertificateDesign.objects.bulk_create(
        [CertificateDesign(authority=authority, content=Design().to_json(), edited_at=now, edited_by=actor)],
        ignore_conflicts=True,  # somebody else was first
    )
    return designs.get(authority=authority)


def _sample_pdf(design: Design, authority: Authority | None, sample: Sample, *, now: datetime) -> bytes:
    name, name_en = (authority.name, authority.name_en) if authority else ("", "")
    printed, code = sample_certificate(
        sample, authority_name=name, authority_name_en=name_en, template=TEMPLATE_VERSION, on=timezone.localdate(now)
    )
    try:
        return render_certificate(
            printed, id_number=SAMPLE_ID_NUMBER, photo=None, demo=True, issued_at=now, design=design, qr_text=code
        )
    except UnprintableTextError as error:
        raise DesignRefusedError(_("现有字体无法排印这些字：%(detail)s") % {"detail": error}) from error
    except PictureMissingError as error:
        raise DesignRefusedError(_("印章或签名图片已丢失，请重新上传")) from error
    except TypesettingError as error:
        raise DesignRefusedError(_("无法排版：%(detail)s") % {"detail": error}) from error


def _mark_reason(code: str) -> str:
    reasons = {
        "too_large": _("图片过大，请选择 3 MB、2400 万像素以内的图片"),
        "too_small": _("图片尺寸过小：印章边长至少 300 像素，签名高至少 60 像素"),
        "blank": _("图片上没有可见的内容"),
    }
    return reasons.get(code, _("无法识别这张图片，请上传 PNG、JPG 或 WebP 格式的图片"))
