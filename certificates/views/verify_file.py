"""Verification of a PDF: is it the issued file, and if not, what was changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from certificates.forms import CertificateFileForm
from certificates.gateways.pdf_reading import ReadersBusyError
from certificates.operations.visits import TooOftenError, count_file
from certificates.queries.uploaded_files import examine_file
from certificates.views.difference_words import words_of
from certificates.views.memory_upload import MemoryUploadHandler, says_too_much
from certificates.views.storage_away import needs_storage
from certificates.views.too_often import too_often

MOST_BYTES = 4 * 1024**2
BUSY_SECONDS = 10


@csrf_exempt  # or the middleware would read the body before its size is known; the protection stands below
@require_http_methods(["GET", "POST"])
@never_cache
@needs_storage()
def verify_file(request: HttpRequest) -> HttpResponse:
    """Take a PDF into memory, if it is small enough, and compare it with what was issued."""
    if request.method == "GET":
        return _checked(request)
    if says_too_much(request, most_bytes=MOST_BYTES):
        return _too_large(request)
    try:
        count_file(address=request.META.get("REMOTE_ADDR", ""), now=timezone.now())
    except TooOftenError as error:
        return too_often(request, error)
    handler = MemoryUploadHandler(request, most_bytes=MOST_BYTES)
    request.upload_handlers = [handler]
    response = _checked(request)
    return _too_large(request) if handler.is_too_large else response


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponse:
    form = CertificateFileForm(request.POST, request.FILES) if request.method == "POST" else CertificateFileForm()
    if not form.is_valid():
        context = {"form": form}
        return render(request, "certificates/verify_file.html", context, status=422 if form.errors else 200)
    try:
        found = examine_file(form.cleaned_data["file"].read())
    except ReadersBusyError:
        return _busy(request)
    words = [words_of(each) for each in found.differences]
    result = {"found": found, "facts": found.facts, "differences": words}
    return render(request, "certificates/verify_file_result.html", result)


def _too_large(request: HttpRequest) -> HttpResponse:
    form = CertificateFileForm({})
    form.errors["file"] = form.error_class([_("文件超过 4 MB，不是本系统签发的证书文件，请核对后重新选择")])
    return render(request, "certificates/verify_file.html", {"form": form}, status=413)


def _busy(request: HttpRequest) -> HttpResponse:
    form = CertificateFileForm({})
    form.errors["file"] = form.error_class([_("正在比对的文件较多，请十秒后再上传一次")])
    response = render(request, "certificates/verify_file.html", {"form": form}, status=503)
    response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response
