"""The photo that is printed on certificates issued from now on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from accounts.operations import attach_photo
from certificates.gateways.certificate_store import store_photo
from certificates.gateways.photo import PhotoError, normalise_photo
from certificates.operations.corrections import retry_stopped_corrections
from certificates.operations.renewal_queue import retry_stopped_renewals
from lms.lib.errors import DomainError
from tracking.operations.locks import lock_learner


class PhotoRefusedError(DomainError):
    """The file is no usable photo; nothing was kept."""

    code = "photo_refused"


def set_learner_photo(*, learner: Learner, data: bytes, now: datetime) -> Learner:
    """Keep the learner's photo; certificates issued before keep theirs, and one that waits for a photo is tried again.

    The picture is read and stored before the transaction begins: decoding may take a second, and on SQLite nobody else
    writes meanwhile. The file is named by its digest, so one that a failure leaves behind is found again.

    :raises PhotoRefusedError: not a picture, too large, or too small to print.
    """
    try:
        photo = normalise_photo(data)
    except PhotoError as error:
        raise PhotoRefusedError(_photo_reason(error.code)) from error
    stored = store_photo(photo)
    with transaction.atomic():
        lock_learner(learner.pk)  # before the renewals, as whoever issues does
        retry_stopped_renewals(learner=learner)
        retry_stopped_corrections(learner=learner)
        return attach_photo(learner=learner, path=stored.path, sha256=stored.sha256, now=now)


def _photo_reason(code: str) -> str:
    reasons = {
        "too_large": _("照片文件过大，请选择 5 MB 以内的照片"),
        "too_small": _("照片尺寸过小，宽至少 295 像素、高至少 413 像素"),
    }
    return reasons.get(code, _("无法识别这张照片，请上传 JPG 或 PNG 格式的证件照"))
