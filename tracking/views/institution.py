"""A training institution's desk: lists of who attended, and what became of them."""

from __future__ import annotations

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import TrainingInstitution, User
from courses.enums import Block
from lms.lib.errors import DomainError
from tracking.forms import AttendanceForm
from tracking.operations import AttendanceReport, EvidenceUpload, Training, file_attendance_list
from tracking.permissions import member_required
from tracking.queries import claim_rows, studies_filed_for
from tracking.views.offline import add_refusal

PAGE_SIZE = 25


@require_GET
@never_cache
@member_required
def institution(request: HttpRequest, institution: TrainingInstitution) -> HttpResponse:
    """List what the institution filed, the newest first."""
    page = Paginator(studies_filed_for(institution), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"institution": institution, "page": page, "rows": claim_rows(page.object_list)}
    return render(request, "tracking/institution.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@member_required
def attendance(request: HttpRequest, institution: TrainingInstitution) -> HttpResponse:
    """Take a list of who attended; the answer names every line that was not taken. Sending it again adds nothing."""
    form = AttendanceForm(request.POST, request.FILES) if request.method == "POST" else AttendanceForm()
    report: AttendanceReport | None = None
    if form.is_valid():
        try:
            report = _file(form, institution, cast(User, request.user))
        except DomainError as error:
            add_refusal(form, error)
    context = {"institution": institution, "form": form, "report": report}
    if report is not None:
        return render(request, "tracking/attendance_report.html", context)
    return render(request, "tracking/attendance_form.html", context, status=422 if form.errors else 200)


def _file(form: AttendanceForm, institution: TrainingInstitution, user: User) -> AttendanceReport:
    data = form.cleaned_data
    training = Training(
        title=data["title"],
        block=Block(data["block"]),
        post=data["post"],
        studied_from=data["studied_from"],
        studied_to=data["studied_to"],
    )
    return file_attendance_list(
        institution=institution,
        training=training,
        data=data["list"].read(),
        evidence=[EvidenceUpload(file.name, file) for file in data["evidence"]],
        actor=user,
        now=timezone.now(),
    )
