"""Playing: the files behind a signed pass."""

from __future__ import annotations

import posixpath

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_pipeline.gateways.storage import file_size, open_file, presigned_url
from media_pipeline.queries import PassRefusedError, open_pass
from media_pipeline.rules.places import CONTENT_TYPES, is_servable
from media_pipeline.rules.playlists import point_elsewhere
from media_pipeline.rules.ranges import ByteRange, RangeNotSatisfiableError, parse_range
from media_pipeline.views.spans import span_of


@require_safe
def file(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """Serve one file of a video to the browser that holds a pass for it: from a folder, or by sending it on to S3.

    Staff's playlists name their pieces relatively, so their pass goes on to every piece. No statement is made. Who has
    no pass gets 403 and nothing else, whatever was asked for.
    """
    now = timezone.now()
    try:
        left_seconds = open_pass(token, path, holder=request.session.session_key or "", now=now)
    except PassRefusedError:
        return refuse()
    if is_cross_site(request) or not is_servable(path):
        return refuse()
    name = f"videos/{path}"
    try:
        remote = presigned_url(name, expires_seconds=left_seconds)
        response = _from_bucket(name, remote, left_seconds) if remote else _from_folder(request, name)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404 from error
    is_piece = not path.endswith((".m3u8", ".vtt"))
    response.headers.setdefault(
        "Cache-Control", f"private, max-age={left_seconds}, immutable" if is_piece else "private, no-store"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def refuse() -> HttpResponse:
    """Say no, and nothing else: neither why nor what there would be."""
    return HttpResponse(status=403, content_type="text/plain", headers={"Cache-Control": "no-store"})


def is_cross_site(request: HttpRequest) -> bool:
    """Whether another site's page asks. Browsers bring no cookie of ours there; those that say so are told at once."""
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def _from_bucket(name: str, remote: str, left_seconds: int) -> HttpResponseBase:
    """Playlists and captions are text and pass through here; pictures and sound never do."""
    extension = posixpath.splitext(name)[1]
    if extension not in (".m3u8", ".vtt"):
        response = redirect(remote)
        response.headers["Cache-Control"] = "private, no-store"
        return response
    with open_file(name) as stored:
        text = stored.read().decode()
    if extension == ".m3u8":
        folder = posixpath.dirname(name)
        text = point_elsewhere(text, lambda piece: _presigned(f"{folder}/{piece}", left_seconds))
    return HttpResponse(text, content_type=CONTENT_TYPES[extension])


def _presigned(name: str, expires_seconds: int) -> str:
    return presigned_url(name, expires_seconds=expires_seconds) or name


def _from_folder(request: HttpRequest, name: str) -> HttpResponseBase:
    size = file_size(name)
    content_type = CONTENT_TYPES[posixpath.splitext(name)[1]]
    try:
        asked = parse_range(request.headers.get("Range", ""), size)
    except RangeNotSatisfiableError:
        return HttpResponse(status=416, content_type=content_type, headers={"Content-Range": f"bytes */{size}"})
    span = asked or ByteRange(start=0, end=size - 1)
    response = _body(request, name, span, content_type)
    response.status_code = 206 if asked else 200
    response.headers["Content-Length"] = str(span.length)
    response.headers["Accept-Ranges"] = "bytes"
    if asked:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.end}/{size}"
    return response


def _body(request: HttpRequest, name: str, span: ByteRange, content_type: str) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type)
    return StreamingHttpResponse(span_of(request, open_file(name), span), content_type=content_type)
