"""Taking the parts of an upload, where the private storage is a folder."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from lms.lib.errors import DomainError
from media_pipeline.operations import NoRoomError, UploadClosedError, receive_part
from media_pipeline.queries import PartPassRefusedError, open_part_pass


@csrf_exempt
@require_http_methods(["PUT"])
def part(request: HttpRequest, token: str) -> JsonResponse:
    """Take one part at its signed address, which allows these bytes and nothing else; no cookie is looked at."""
    now = timezone.now()
    try:
        given = open_part_pass(token, now=now)
    except PartPassRefusedError:
        return JsonResponse({"error": "address_refused", "message": ""}, status=403)
    if request.headers.get("Content-Length", "") != str(given.size_bytes):
        return JsonResponse({"error": "part_refused", "message": ""}, status=400)
    try:
        receive_part(part=given, body=request, now=now)
    except DomainError as error:
        status = 507 if isinstance(error, NoRoomError) else 410 if isinstance(error, UploadClosedError) else 400
        return JsonResponse({"error": error.code, "message": str(error)}, status=status)
    except OSError:  # the sender has gone
        return JsonResponse({"error": "broken_off", "message": ""}, status=400)
    return JsonResponse({"etag": given.sha256})
