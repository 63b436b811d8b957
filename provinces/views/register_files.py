"""The officers' desk: certificates and lists sent out of the register."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Authority, User
from certificates.operations import (
    MOST_EXPORTED,
    MOST_PACKED,
    NothingToSendError,
    TooMuchToSendError,
    open_archive,
    open_export,
)
from certificates.queries import Selection, select_found, select_listed, select_ticked
from lms.lib.errors import DomainError
from lms.lib.streaming import stream_file
from lms.lib.table_exports import CSV_TYPE, XLSX_TYPE
from provinces.forms import RegisterSelectionForm
from provinces.permissions import registrar_required
from provinces.views.register_finds import KeptFind, kept_find


@require_POST
@never_cache
@registrar_required
def register_archive(request: HttpRequest, authorities: list[Authority]) -> HttpResponseBase:
    """Send the chosen certificates' files as one ZIP, packed on the way."""
    form, find = _read(request, authorities)
    try:
        pieces = open_archive(
            selection=_select(form, find, authorities, most=MOST_PACKED),
            actor=cast(User, request.user),
            asked=_in_words(form, find),
            now=timezone.now(),
        )
    except DomainError as error:
        return _refuse(request, form, find, error)
    name = f"certificates-{timezone.localtime():%Y%m%d-%H%M}.zip"
    return stream_file(request, pieces, name=name, content_type="application/zip")


@require_POST
@never_cache
@registrar_required
def register_export(request: HttpRequest, authorities: list[Authority]) -> HttpResponseBase:
    """Send the chosen lines as a list, CSV or XLSX."""
    form, find = _read(request, authorities)
    file_format = form.cleaned_data["format"] or "csv"
    try:
        pieces = open_export(
            selection=_select(form, find, authorities, most=MOST_EXPORTED),
            file_format=file_format,
            actor=cast(User, request.user),
            asked=_in_words(form, find),
            now=timezone.now(),
        )
    except DomainError as error:
        return _refuse(request, form, find, error)
    name = f"register-{timezone.localtime():%Y%m%d-%H%M}.{file_format}"
    return stream_file(request, pieces, name=name, content_type=XLSX_TYPE if file_format == "xlsx" else CSV_TYPE)


def _read(request: HttpRequest, authorities: list[Authority]) -> tuple[RegisterSelectionForm, KeptFind | None]:
    form = RegisterSelectionForm(request.POST, authorities=authorities, now=timezone.now())
    if not form.is_valid():
        raise Http404
    key = form.cleaned_data["found"]
    find = kept_find(request, key) if key else None
    if key and find is None:
        raise Http404
    return form, find


def _select(
    form: RegisterSelectionForm, find: KeptFind | None, authorities: list[Authority], *, most: int
) -> Selection:
    """What was chosen.

    :raises NothingToSendError: nothing was ticked, or the list is empty.
    :raises TooMuchToSendError: the list has more than is sent at once.
    """
    asked = form.asked
    if form.cleaned_data["scope"] == "ticked":
        ticked = set(form.cleaned_data["row"])
        selection = select_ticked(form.cleaned_data["row"], part=asked.part, authorities=authorities)
        if len(selection) != len(ticked):
            raise Http404
        if not ticked:
            raise NothingToSendError(_("请先勾选证书，或选择“符合条件的全部证书”。"))
    elif find is not None:
        selection = select_found(find.ids, authorities=authorities)
    else:
        selection = select_listed(form.chosen_authority, asked, most=most)
    if not selection:
        raise NothingToSendError(_("没有符合条件的证书。"))
    if len(selection) > most:
        raise TooMuchToSendError(
            _("符合条件的证书超过 %(most)s 本，一次不能全部导出。请按年份、岗位或状态缩小范围。")
            % {"most": f"{most:,}"}
        )
    return selection


def _in_words(form: RegisterSelectionForm, find: KeptFind | None) -> dict[str, Any]:
    if find is not None:
        return {"scope": form.cleaned_data["scope"], "search": find.by.value}
    return {"scope": form.cleaned_data["scope"], **form.in_words()}


def _refuse(
    request: HttpRequest, form: RegisterSelectionForm, find: KeptFind | None, error: DomainError
) -> HttpResponse:
    """Back to where it was asked, with the reason."""
    messages.error(request, str(error))
    kept = {"found": find.key} if find is not None else {"authority": form.chosen_authority.code, **form.in_words()}
    return redirect(f"{reverse('provinces:register')}?{urlencode(kept)}")
