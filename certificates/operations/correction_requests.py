"""What a correction asks for, before it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import correct_full_name, read_full_name
from accounts.queries import IdentityRefusedError
from certificates.enums import IssuerMode
from certificates.models import Certificate, Holding, StatusProposal
from certificates.rules.corrections import FULL_NAME, INSTITUTION, PHOTO, ChangesError, read_changes
from certificates.rules.printed import PrintedCertificate
from lms.lib.errors import DomainError


class CorrectionRefusedError(DomainError):
    """Nothing is corrected, or not so; ``field`` names the corrected field, empty where it is the whole."""

    code = "correction_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def read_correction(holding: Holding, changes: Mapping[str, object]) -> dict[str, str]:
    """The corrected fields of a holding's newest certificate, without those that say what it prints already.

    :raises CorrectionRefusedError: no certificate, one that the ministry made,
        nothing that differs, a name that is none, no photo to print.
    """
    newest = Certificate.objects.filter(holding=holding).order_by("-version").first()
    if newest is None:
        raise CorrectionRefusedError(_("这本证书还没有换发电子证书，没有可更正的内容。"))
    if newest.mode == IssuerMode.MINISTRY:  # this site cannot speak in the ministry's name
        raise CorrectionRefusedError(_("这本证书由部系统签发，请在部系统办理更正。"))
    printed = PrintedCertificate.from_json(newest.printed)
    try:
        given = read_changes(changes)
    except ChangesError as error:
        raise CorrectionRefusedError(_("请填写需要更正的内容。"), field=error.field) from error
    if FULL_NAME in given:
        try:
            given[FULL_NAME] = read_full_name(given[FULL_NAME])
        except IdentityRefusedError as error:
            raise CorrectionRefusedError(str(error), field=FULL_NAME) from error
    if PHOTO in given and not holding.learner.photo_path:
        raise CorrectionRefusedError(_("学员还没有上传证件照，请先请学员上传。"), field=PHOTO)
    as_printed = {FULL_NAME: printed.full_name, INSTITUTION: printed.issuing_institution}
    if PHOTO in given and holding.learner.photo_sha256 == printed.photo_sha256:
        as_printed[PHOTO] = given[PHOTO]
    differing = {field: value for field, value in given.items() if as_printed.get(field) != value}
    if not differing:
        raise CorrectionRefusedError(_("填写的内容与现证书票面一致，没有需要更正的。"))
    return differing


def correct_identity(*, proposal: StatusProposal, actor: User, now: datetime) -> None:
    """Let the learner bear the corrected name from now on; what was issued before stays as it was printed."""
    if name := proposal.changes.get(FULL_NAME):
        learner = proposal.holding.learner
        correct_full_name(learner=learner, full_name=name, actor=actor, reason=proposal.reason, now=now)
