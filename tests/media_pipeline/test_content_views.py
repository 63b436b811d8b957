"""The hosts of packages: what is there, to whom, and that nothing of the site is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from media_pipeline.enums import VideoState
from media_pipeline.models import ScormContent, Video
from media_pipeline.queries import (
    ContentHostMissingError,
    can_run_packages,
    content_address,
    content_files,
    site_origins,
)
from tests.factories.scorm_content import FILES, make_stored_package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

LARGE = bytes(range(256)) * 2400  # 600 kB


@pytest.fixture(autouse=True)
def with_content_host(settings):
    settings.XUESHI_SITE_URL = "https://learn.example.cn"
    settings.XUESHI_CONTENT_URL = "https://*.content.example.cn"
    settings.ALLOWED_HOSTS = ["learn.example.cn", "testserver"]


@pytest.fixture(autouse=True)
def nothing_kept():
    content_files._kept.clear()


@pytest.fixture
def package() -> Video:
    return make_stored_package({**FILES, "film.mp4": LARGE, "empty.txt": b"", "图片/一.png": b"picture"})


def addresses_of(video: Video, seconds: int = 12 * 3600):
    return content_address(video, expires_at=timezone.now() + timedelta(seconds=seconds))


def split(url: str) -> tuple[str, str]:
    host, _, path = url.removeprefix("https://").partition("/")
    return host, f"/{path}"


def ask(url: str, method: str = "get", *, host: str = "", **headers: str) -> Any:
    """Ask as a browser does, and see that no cookie comes with any answer."""
    own, path = split(url)
    call = getattr(Client(), method)
    response = call(path, headers={"host": host or own, **{k.replace("_", "-"): v for k, v in headers.items()}})
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    return response


def file(video: Video, path: str, method: str = "get", **headers: str) -> Any:
    return ask(addresses_of(video).file_base + path, method, **headers)


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def assert_nothing(response: Any) -> None:
    assert (response.status_code, response.content) == (404, b"")
    assert response["Cache-Control"] == "no-store"


def test_a_package_has_a_host_of_its_own_and_the_same_address_all_day(package):
    address = addresses_of(package)
    assert address.origin == f"https://p{package.uuid.hex}.content.example.cn"
    assert address.stage_url.startswith(f"{address.origin}/")
    assert address.stage_url.removesuffix("stage") == address.file_base.removesuffix("f/")
    assert addresses_of(package) == address


def test_without_a_content_host_packages_say_plainly_that_they_cannot_run(package, settings):
    assert can_run_packages() is True
    settings.XUESHI_CONTENT_URL = ""
    assert can_run_packages() is False
    with pytest.raises(ContentHostMissingError, match="本站还没有设置课件专用的域名"):
        addresses_of(package)


def test_files_are_served_with_their_types_and_no_charset_that_pages_do_not_name(package):
    for path, content_type in (
        ("index.html", "text/html"),
        ("js/app.js", "text/javascript"),
        ("img/Logo.PNG", "image/png"),
    ):
        response = file(package, path)
        assert (response.status_code, response["Content-Type"], body_of(response)) == (200, content_type, FILES[path])
        assert response["Content-Length"] == str(len(FILES[path]))
        assert response["X-Content-Type-Options"] == "nosniff"


def test_files_are_found_whatever_case_and_encoding_the_link_was_written_in(package):
    assert body_of(file(package, "IMG/logo.png")) == FILES["img/Logo.PNG"]
    assert body_of(file(package, "%E5%9B%BE%E7%89%87/%E4%B8%80.png")) == b"picture"
    assert body_of(file(package, "index.html?lang=zh&x=/../")) == FILES["index.html"]


def test_files_are_kept_by_the_browser_as_long_as_their_address_works(package):
    response = file(package, "index.html")
    private, max_age, immutable = response["Cache-Control"].split(", ")
    assert (private, immutable) == ("private", "immutable")
    assert 12 * 3600 - 5 <= int(max_age.removeprefix("max-age=")) <= 36 * 3600


def test_a_file_that_the_browser_has_is_not_sent_again(package):
    response = file(package, "index.html")
    for headers in (
        {"if_none_match": response["ETag"]},
        {"if_modified_since": response["Last-Modified"]},
    ):
        again = file(package, "index.html", **headers)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    assert file(package, "index.html", if_none_match='"other"').status_code == 200


def test_two_files_have_two_tags(package):
    tags = {file(package, path, "head")["ETag"] for path in (*FILES, "film.mp4")}
    assert len(tags) == 4


def test_ranges_are_answered_with_their_bytes(package):
    response = file(package, "film.mp4", range="bytes=100-199")
    assert (response.status_code, response["Content-Range"]) == (206, f"bytes 100-199/{len(LARGE)}")
    assert (response["Content-Length"], body_of(response)) == ("100", LARGE[100:200])
    assert body_of(file(package, "film.mp4", range="bytes=-10")) == LARGE[-10:]
    outside = file(package, "film.mp4", range=f"bytes={len(LARGE)}-")
    assert (outside.status_code, outside["Content-Range"]) == (416, f"bytes */{len(LARGE)}")


def test_a_range_goes_on_only_from_the_same_file(package):
    tag = file(package, "film.mp4", "head")["ETag"]
    same = file(package, "film.mp4", range="bytes=0-9", if_range=tag)
    other = file(package, "film.mp4", range="bytes=0-9", if_range='"other"')
    assert (same.status_code, body_of(same)) == (206, LARGE[:10])
    assert (other.status_code, body_of(other)) == (200, LARGE)


def test_large_files_flow_and_empty_ones_are_empty(package):
    large, empty = file(package, "film.mp4"), file(package, "empty.txt")
    assert (large.streaming, large["Content-Length"], body_of(large)) == (True, str(len(LARGE)), LARGE)
    assert (empty.status_code, empty["Content-Length"], empty.content) == (200, "0", b"")


def test_head_tells_the_length_and_sends_nothing(package):
    for path, size in (("film.mp4", len(LARGE)), ("index.html", len(FILES["index.html"]))):
        response = file(package, path, "head")
        assert (response.status_code, response["Content-Length"], body_of(response)) == (200, str(size), b"")


def test_files_flow_under_asgi(package, async_client):
    host, path = split(addresses_of(package).file_base)

    async def read() -> bytes:
        response = await async_client.request(path=f"{path}film.mp4", headers=[(b"host", host.encode())])
        return b"".join([chunk async for chunk in response.streaming_content])

    assert async_to_sync(read)() == LARGE


def test_a_package_costs_one_statement_and_then_none(package, django_assert_num_queries):
    address = addresses_of(package)
    with django_assert_num_queries(1):
        assert ask(address.stage_url).status_code == 200
    with django_assert_num_queries(0):
        assert file(package, "index.html").status_code == 200
        assert file(package, "film.mp4", "head").status_code == 200
        assert_nothing(file(package, "nothing.html"))


def test_what_an_author_allows_counts_soon(package, monkeypatch):
    assert "cdn.example.org" not in file(package, "index.html")["Content-Security-Policy"]
    ScormContent.objects.update(allowed_hosts=["cdn.example.org"])
    assert "cdn.example.org" not in file(package, "index.html")["Content-Security-Policy"]
    monkeypatch.setattr("media_pipeline.queries.content_files.time.monotonic", lambda: float("inf"))
    assert "cdn.example.org" in file(package, "index.html")["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "img",
        "img/",
        "nothing.html",
        "../index.html",
        "img/../index.html",
        "%2e%2e/index.html",
        "img/%2e%2e/index.html",
        "..%2findex.html",
        "..%5cindex.html",
        "/index.html",
        "//etc/passwd",
        "index.html%00",
        "index.html/",
        "imsmanifest.xml",
    ],
)
def test_what_the_package_does_not_name_is_not_there(package, path):
    assert_nothing(file(package, path))


def test_a_file_that_the_storage_has_and_the_package_does_not_name_is_not_there(package):
    ScormContent.objects.update(files={"index.html": 4})
    assert_nothing(file(package, "js/app.js"))


def test_a_file_that_the_storage_lost_is_not_there(package):
    ScormContent.objects.update(files={"lost.html": 4, "lost.mp4": 10_000_000})
    assert_nothing(file(package, "lost.html"))
    assert_nothing(file(package, "lost.mp4"))


def test_no_service_worker_is_given_out(package):
    assert_nothing(file(package, "js/app.js", service_worker="script"))


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_nothing_but_reading_is_answered(package, method):
    assert_nothing(file(package, "index.html", method))
    assert_nothing(ask(addresses_of(package).stage_url, method))


def test_leave_for_one_package_opens_no_other(package):
    other = make_stored_package()
    own, others = addresses_of(package), addresses_of(other)
    assert_nothing(ask(own.stage_url, host=split(others.stage_url)[0]))
    assert_nothing(ask(f"{own.file_base}index.html", host=split(others.stage_url)[0]))
    assert_nothing(ask(f"{others.origin}{split(own.file_base)[1]}index.html"))


def test_leave_works_on_the_host_that_a_browser_would_write(package):
    host, _ = split(addresses_of(package).stage_url)
    url = addresses_of(package).stage_url
    assert ask(url, host=f"{host}:8443").status_code == 200
    for wrong in (host.upper(), f"{host}.", f"x.{host}", f"p{'0' * 32}.content.example.cn", "x.content.example.cn"):
        assert_nothing(ask(url, host=wrong))


def test_forged_and_expired_leave_opens_nothing(package):
    url = addresses_of(package).stage_url
    token = url.split("/")[-2]
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", token.lower(), token[:-1]):
        assert_nothing(ask(url.replace(token, wrong)))
    assert_nothing(ask(addresses_of(package, seconds=-2 * 24 * 3600).stage_url))


def test_a_package_that_cannot_be_played_is_not_there(package):
    Video.objects.update(state=VideoState.INSPECTING)
    assert_nothing(file(package, "index.html"))


def test_a_former_secret_opens_packages_while_it_is_kept(package, settings):
    address, former = addresses_of(package), settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert_nothing(ask(address.stage_url))
    settings.SECRET_KEY_FALLBACKS = [former]
    assert ask(address.stage_url).status_code == 200


def test_packages_are_fenced_in(package):
    ScormContent.objects.update(allowed_hosts=["cdn.example.org", "learn.example.cn", "*.content.example.cn"])
    response = file(package, "index.html")
    policy = response["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'self' data: blob: cdn.example.org 'unsafe-inline' 'unsafe-eval'"
    assert "frame-ancestors 'self' https://learn.example.cn https://testserver" in policy
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Strict-Transport-Security"] == "max-age=31536000"
    assert response["X-Robots-Tag"] == "noindex"
    assert "X-Frame-Options" not in response
    assert not [name for name in response.headers if name.lower().startswith("access-control")]


def test_the_stage_is_a_page_of_ours_that_only_the_site_may_show(package):
    response = ask(addresses_of(package).stage_url)
    page = response.content.decode()
    policy = response["Content-Security-Policy"].split("; ")
    assert 'data-site-origins="https://learn.example.cn https://testserver"' in page
    assert "frame-ancestors https://learn.example.cn https://testserver" in policy
    assert "default-src 'none'" in policy
    assert f"script-src {addresses_of(package).origin}/assets/" in policy
    assert response["Cache-Control"] == "private, no-cache"
    assert 'type="module"' in page


def test_the_stages_scripts_are_there_and_kept_for_ever_under_their_version(package, django_assert_num_queries):
    page = ask(addresses_of(package).stage_url).content.decode()
    base = page.partition('href="/assets/')[2].partition("/media_pipeline")[0]
    origin = addresses_of(package).origin
    with django_assert_num_queries(0):
        style = ask(f"{origin}/assets/{base}/media_pipeline/content/stage.css")
        table = ask(f"{origin}/assets/{base}/tracking/scorm/elements_12.json")
        older = ask(f"{origin}/assets/0000/media_pipeline/content/stage.css")
    assert (style.status_code, style["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert style["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (table.status_code, table["Content-Type"]) == (200, "application/json")
    assert (older.status_code, older["Cache-Control"]) == (200, "public, no-cache")
    assert (
        ask(f"{origin}/assets/{base}/media_pipeline/content/stage.css", if_none_match=style["ETag"]).status_code == 304
    )


@pytest.mark.parametrize(
    "name",
    [
        "tracking/player.js",
        "lms/css/base.css",
        "vendor/hls.mjs",
        "tracking/scorm/../player.js",
        "tracking/scorm/%2e%2e/player.js",
        "tracking/scorm/",
        "tracking/scorm",
        "media_pipeline/content/nothing.css",
        "media_pipeline/library.css",
    ],
)
def test_no_other_static_file_is_there(package, name):
    assert_nothing(ask(f"{addresses_of(package).origin}/assets/x/{name}"))


@pytest.mark.parametrize(
    "path",
    ["/", "/healthz", "/admin/", "/admin/login/", "/accounts/login/", "/my/", "/static/lms/css/base.css",
     "/i18n/setlang/", "/study/heartbeat", "/media-files/x/y", "/robots.txt", "/favicon.ico", "/scorm",
     "/accounts/login"],
)  # fmt: skip
def test_nothing_of_the_site_is_on_the_hosts_of_packages(package, path):
    for method in ("get", "post"):
        assert_nothing(ask(f"{addresses_of(package).origin}{path}", method))


def test_packages_are_not_on_the_sites_host(package, client):
    path = split(addresses_of(package).stage_url)[1]
    for each in (path, f"{path.removesuffix('stage')}f/index.html", "/assets/x/media_pipeline/content/stage.css"):
        response = client.get(each, headers={"host": "learn.example.cn"}, secure=True, follow=True)
        assert response.status_code == 404


def test_without_a_content_host_the_site_refuses_the_name_as_it_refuses_any_other(package, settings):
    address = addresses_of(package)
    settings.XUESHI_CONTENT_URL = ""
    assert ask(address.stage_url).status_code == 400


def test_cookies_of_the_site_change_nothing_on_the_hosts_of_packages(package, client, django_user_model):
    client.force_login(django_user_model.objects.create_user(username="ceshi", mobile="13800000000"))
    host, path = split(addresses_of(package).stage_url)
    response = client.get(path, headers={"host": host})
    assert (response.status_code, response.cookies.output()) == (200, "")
    assert "Cookie" not in response.get("Vary", "")
    assert django_settings.SESSION_COOKIE_NAME in client.cookies


def test_the_sites_pages_are_the_only_ones_above_a_stage(settings):
    settings.XUESHI_SITE_URL = "http://127.0.0.1:8000"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", ".example.cn", "*"]
    assert site_origins() == ("http://127.0.0.1:8000", "http://localhost:8000")
