"""From a draft to a sealed, stored file: the long work, done without any lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from certificates.enums import IssueStop
from certificates.gateways.certificate_store import StoredFile, open_photo, store_certificate
from certificates.gateways.signing import KeyFacts, SealedPdf, SignerUnavailableError, seal_pdf
from certificates.gateways.typesetting import PictureMissingError, UnprintableTextError, render_certificate
from certificates.operations.codes import MadeCode, make_code
from certificates.operations.issuing_drafts import CertificateDraft
from certificates.queries import design_of
from lms.lib.errors import DomainError
from lms.lib.sealed import unseal


class IssueStoppedError(DomainError):
    """The certificate cannot be made as it stands; ``stop`` says what a person must see to.

    The renewal keeps the reason, and the sweep leaves it alone until the cause is gone: see
    :func:`certificates.operations.retry_stopped_renewals`.
    """

    code = "issue_stopped"

    def __init__(self, message: str, *, stop: IssueStop = IssueStop.WORKER) -> None:
        super().__init__(message)
        self.stop = stop


@dataclass(frozen=True, slots=True)
class MadePage:
    """The file of a draft as it lies in the storage, the signed code in its QR, and who sealed it."""

    stored: StoredFile
    sealed: SealedPdf
    code: MadeCode

    @property
    def key(self) -> KeyFacts:
        """The key that sealed the file."""
        return self.sealed.key


def make_page(draft: CertificateDraft, *, now: datetime) -> MadePage:
    """Code → page → seal → storage, claiming ``now`` as the time of issue.

    :raises IssueStoppedError: a photo's or seal's file is lost, a character has no font, or no key can sign.
    :raises StoreAwayError: the storage does not answer; the same may well succeed later.
    """
    photo = open_photo(draft.photo_path) if draft.photo_path else None
    if photo is None and draft.photo_path:
        raise IssueStoppedError(_("证件照文件缺失，请重新上传证件照"), stop=IssueStop.PHOTO)
    try:
        code = _code(draft)
        page = _page(draft, photo, code.text, now=now)
        sealed = seal_pdf(page, signer=draft.issuer.profile.signer, now=now)
    except SignerUnavailableError as error:
        raise IssueStoppedError(_("签名密钥暂不可用，请联系管理员"), stop=IssueStop.SIGNER) from error
    stored = store_certificate(sealed.data, issue_key=str(draft.cause.uuid), begun_at=now)
    return MadePage(stored=stored, sealed=sealed, code=code)


def _code(draft: CertificateDraft) -> MadeCode:
    return make_code(
        printed=draft.printed,
        version=draft.version,
        status_index=draft.status_index,
        is_demo=draft.is_demo,
        signer=draft.issuer.profile.signer,
    )


def _page(draft: CertificateDraft, photo: bytes | None, code: str, *, now: datetime) -> bytes:
    try:
        return render_certificate(
            draft.printed,
            id_number=unseal(draft.id_sealed),
            photo=photo,
            demo=draft.is_demo,
            issued_at=now,
            design=design_of(draft.issuer.design),
            qr_text=f"{draft.printed.verify_url}#{code}",
        )
    except UnprintableTextError as error:
        text = _("票面文字无法排印：%(detail)s。请联系管理员补充字体") % {"detail": error}
        raise IssueStoppedError(text, stop=IssueStop.TEXT) from error
    except PictureMissingError as error:
        text = _("证书样式中的印章或签名图片缺失，请联系管理员重新上传并发布样式")
        raise IssueStoppedError(text, stop=IssueStop.TEXT) from error
