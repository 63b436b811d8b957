"""The page that checks codes without a network, and the worker that keeps it on the visitor's device."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

STYLES = (
    "lms/css/tokens.css",
    "lms/css/base.css",
    "lms/css/layout.css",
    "lms/css/components.css",
    "certificates/certificates.css",
    "certificates/offline.css",
)
LINKED = (*STYLES, "lms/favicon.svg", "lms/logo.svg", "certificates/offline/page.js")
IMPORTED = (  # by their plain names: modules name one another so
    "certificates/offline/cbor.js",
    "certificates/offline/code.js",
    "certificates/offline/check.js",
    "certificates/offline/status.js",
    "certificates/offline/update.js",
    "certificates/offline/store.js",
    "certificates/offline/reading.js",
    "vendor/qr/decode.js",
    "vendor/qr/index.js",
)
TEMPLATE = "certificates/offline_page.html"


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the page; it is the same for everyone, so that a shared device keeps nothing of anybody."""
    response = HttpResponse(_page(request))
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Give the worker with the list of what it keeps; other bytes, whenever the page or one of its files changes."""
    source = "certificates/offline/worker.js"
    files = [*(static(name) for name in LINKED), *(settings.STATIC_URL + name for name in IMPORTED)]
    digest = hashlib.sha256(_page(request).encode())
    for name, address in zip((*LINKED, *IMPORTED, source), [*files, static(source)], strict=True):
        found = finders.find(name)
        digest.update(address.encode() + (Path(found).read_bytes() if isinstance(found, str) else b""))
    kept = {"version": digest.hexdigest()[:16], "page": reverse("certificates:offline"), "files": files}
    script = f"self.kept = {json.dumps(kept)};\nimportScripts({json.dumps(static(source))});\n"
    response = HttpResponse(script, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _page(request: HttpRequest) -> str:
    """The page without anything of the request but its language."""
    context = {"styles": [static(name) for name in STYLES], "verdicts": _verdicts()}
    return render_to_string(TEMPLATE, context)


def _verdicts() -> list[dict[str, str]]:
    """What the page may find, in words; ``check.js`` names the verdicts."""
    names = ("name", "tone", "mark", "title", "text")
    return [dict(zip(names, verdict, strict=True)) for verdict in (*_told_by_lists(), *_told_by_signature())]


def _told_by_lists() -> list[tuple[str, str, str, str, str]]:
    return [
        ("good", "", "✓", _("签名真实，名单中没有异常"), _("内容由发证机构签名，未被改动；按本机名单，证书有效。")),
        ("revoked", "bad", "✕", _("证书已终止"), _("内容真实，但该证书已被撤销、注销或吊销。")),
        ("suspended", "bad", "✕", _("证书目前无效"), _("内容真实，但该证书已暂停、失效或转出。")),
        ("replaced", "warn", "!", _("已有新版本"), _("内容真实，但已被同一证书的新版本代替，请查看新版。")),
        (
            "unlisted",
            "warn",
            "!",
            _("签名真实，状态未知"),
            _("内容未被改动，但本机没有相应的状态名单，或者名单已经过期，请联网更新。"),
        ),
    ]


def _told_by_signature() -> list[tuple[str, str, str, str, str]]:
    return [
        ("changed", "bad", "✕", _("二维码已被改动"), _("签名与内容不符。请不要相信这张证书，并联系主管部门。")),
        ("unknown-key", "bad", "✕", _("不认识的签名"), _("可能是伪造，也可能是本机的名单太旧。请联网更新后再核验。")),
        ("distrusted", "bad", "✕", _("签名密钥已失密"), _("这把密钥的签名不能再相信。请联网打开核验网址确认。")),
        ("newer", "warn", "!", _("二维码的格式较新"), _("请联网重新打开本页，更新后再核验。")),
        (
            "no-code",
            "warn",
            "!",
            _("没有读到证书签名"),
            _("这不是带签名的证书二维码，或内容不完整。联网时可以打开其中的网址。"),
        ),
        ("no-picture", "warn", "!", _("图片中没有找到二维码"), _("请选择更清晰、二维码更大的图片。")),
        ("no-camera", "warn", "!", _("无法使用摄像头"), _("请允许使用摄像头，或改用图片、粘贴。")),
    ]
