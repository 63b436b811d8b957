"""What players report."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lms.lib.errors import DomainError
from tracking.gateways.clock import read_clock
from tracking.operations import record_heartbeat
from tracking.queries import lease_key, old_lease_keys
from tracking.rules.heartbeat import (
    MAX_BODY_BYTES,
    LeaseTokenError,
    MalformedReportError,
    read_heartbeat,
)

# csrf_exempt is right here: neither view looks at cookies. The signed token in the body is the only authority, and no
# other site can make a browser send one, so there is no session to ride on.


@csrf_exempt
@require_POST
def heartbeat(request: HttpRequest) -> JsonResponse:
    """Take one report: 200 counted or repeated, 409 the lease has ended, 403 no token of ours, 400 unreadable."""
    return _receive(request, is_last=False)


@csrf_exempt
@require_POST
def end_lease(request: HttpRequest) -> JsonResponse:
    """Take a page's last report and end its lease; the answers are those of a heartbeat."""
    return _receive(request, is_last=True)


def _receive(request: HttpRequest, *, is_last: bool) -> JsonResponse:
    try:
        body = request.read(MAX_BODY_BYTES + 1)
        report = read_heartbeat(body, key=lease_key(), old_keys=old_lease_keys())
        answer = record_heartbeat(heartbeat=report, is_last=is_last, now=timezone.now(), clock=read_clock())
    except MalformedReportError as error:
        return _refuse("malformed", str(error), _("上报的内容无法识别。"), status=400)
    except LeaseTokenError as error:
        return _refuse("token", str(error), _("播放许可无效，请刷新页面重新开始。"), status=403)
    except DomainError as error:
        return _refuse(error.code, error.code, str(error), status=409)
    return JsonResponse(answer.as_json(), status=409 if answer.status == "lease_ended" else 200)


def _refuse(code: str, reason: str, message: str, *, status: int) -> JsonResponse:
    return JsonResponse({"error": code, "reason": reason, "message": message}, status=status)
