"""Leave to read a package, what its addresses mean, and what its pages may do."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from media_pipeline.rules.content_paths import find_path, folded_paths
from media_pipeline.rules.content_policy import PERMISSIONS, files_policy, outside_sources, stage_policy
from media_pipeline.rules.content_token import (
    TOKEN_CHARS,
    ContentClaims,
    ContentPurpose,
    ContentTokenError,
    content_key,
    end_of_window,
    read_content_token,
    sign_content_token,
)

PACKAGE = UUID("0123456789abcdef0123456789abcdef")
KEY = content_key("secret")
CLAIMS = ContentClaims(PACKAGE, 2_000, ContentPurpose.LEARNING)


def test_token_carries_its_claims():
    token = sign_content_token(CLAIMS, key=KEY)
    assert len(token) == TOKEN_CHARS
    assert read_content_token(token, now_s=1_999, keys=[KEY]) == CLAIMS
    trial = ContentClaims(PACKAGE, 2_000, ContentPurpose.TRIAL)
    assert read_content_token(sign_content_token(trial, key=KEY), now_s=0, keys=[KEY]) == trial


def test_token_has_expired_in_the_second_that_it_names():
    token = sign_content_token(CLAIMS, key=KEY)
    with pytest.raises(ContentTokenError):
        read_content_token(token, now_s=2_000, keys=[KEY])


def test_token_of_a_former_secret_is_read_while_it_is_kept():
    token = sign_content_token(CLAIMS, key=content_key("former"))
    assert read_content_token(token, now_s=0, keys=[KEY, content_key("former")]) == CLAIMS
    with pytest.raises(ContentTokenError):
        read_content_token(token, now_s=0, keys=[KEY])


def test_every_changed_character_makes_a_token_invalid():
    token = sign_content_token(CLAIMS, key=KEY)
    for at, sign in enumerate(token):
        for other in {"A", "b", "_", "=", "é", "\n"} - {sign}:
            with pytest.raises(ContentTokenError):
                read_content_token(token[:at] + other + token[at + 1 :], now_s=0, keys=[KEY])


def test_what_is_no_token_is_refused():
    unsigned = base64.urlsafe_b64encode(bytes(36)).decode()
    for wrong in ("", "a", "a" * TOKEN_CHARS, unsigned, sign_content_token(CLAIMS, key=KEY) + "A"):
        with pytest.raises(ContentTokenError):
            read_content_token(wrong, now_s=0, keys=[KEY])


def test_leave_taken_on_one_day_ends_at_one_moment():
    four = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)  # four in the morning in China
    lease = timedelta(hours=12)
    first, last = four + timedelta(seconds=1) + lease, four + timedelta(hours=24) + lease
    assert end_of_window(int(first.timestamp())) == end_of_window(int(last.timestamp())) == int(last.timestamp())
    assert end_of_window(int(last.timestamp()) + 1) == int(last.timestamp()) + 24 * 3600


FILES = {"index.html": 1, "Img/Ä.png": 2, "a/b.js": 3, "A/B.js": 4}


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("index.html", "index.html"),
        ("INDEX.HTML", "index.html"),
        ("img/ä.PNG", "Img/Ä.png"),
        ("Img/A\u0308.png", "Img/Ä.png"),
        ("a/b.js", "a/b.js"),
        ("A/B.js", "A/B.js"),
        ("a/B.JS", "A/B.js"),
        ("", None),
        ("Img", None),
        ("Img/", None),
        ("/index.html", None),
        ("./index.html", None),
        ("Img/../index.html", None),
        ("..\\index.html", None),
        ("index.html\x00", None),
        ("index.html/", None),
    ],
)
def test_a_file_is_found_as_its_author_would_have_found_it(asked, meant):
    assert find_path(asked, FILES, folded_paths(FILES)) == meant


def test_composed_otherwise_in_the_package_a_name_is_found_too():
    files = {"Cafe\u0301.html": 1}
    assert find_path("café.html", files, folded_paths(files)) == "Cafe\u0301.html"


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("cdn.example.org", "cdn.example.org"),
        (" CDN.example.org ", "cdn.example.org"),
        ("*.example.org", "*.example.org"),
        ("https://cdn.example.org:8443", "https://cdn.example.org:8443"),
        ("media.learn.example.cn", "media.learn.example.cn"),
        ("*", None),
        ("*.", None),
        ("https:", None),
        ("'unsafe-inline'", None),
        ("cdn.example.org; script-src *", None),
        ("cdn.example.org *", None),
        ("cdn.example.org/path", None),
        ("javascript://cdn.example.org", None),
        ("localhost", None),
        ("", None),
        ("learn.example.cn", None),
        ("https://learn.example.cn:443", None),
        ("*.example.cn", None),
        ("*.cn", None),
        ("content.example.cn", None),
        ("pabc.content.example.cn", None),
        ("*.content.example.cn", None),
    ],
)
def test_only_hosts_of_others_stand_in_a_policy(host, source):
    never = ["learn.example.cn", "content.example.cn", ".content.example.cn"]
    assert outside_sources([host], never=never) == ([source] if source else [])


def test_files_reach_their_own_origin_and_what_their_author_allowed():
    policy = files_policy(
        outside=["cdn.example.org"], media=["https://s3.example.cn"], site=["https://learn.example.cn"], has_tls=True
    )
    assert policy.split("; ") == [
        "default-src 'self' data: blob: cdn.example.org 'unsafe-inline' 'unsafe-eval'",
        "connect-src 'self' data: blob: cdn.example.org",
        "media-src 'self' data: blob: cdn.example.org https://s3.example.cn",
        "worker-src 'self' blob:",
        "object-src 'self' blob:",
        "base-uri 'self'",
        "form-action 'self' cdn.example.org",
        "frame-ancestors 'self' https://learn.example.cn",
        "upgrade-insecure-requests",
    ]


def test_the_stage_runs_our_scripts_alone_and_is_shown_by_the_site_alone():
    policy = stage_policy(
        scripts="http://p1.localhost:8000/assets/",
        outside=["cdn.example.org"],
        site=["http://127.0.0.1:8000"],
        has_tls=False,
    )
    assert policy.split("; ") == [
        "default-src 'none'",
        "script-src http://p1.localhost:8000/assets/",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self' data: blob: cdn.example.org",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors http://127.0.0.1:8000",
    ]


def test_no_package_gets_at_the_machine():
    assert {"camera=()", "microphone=()", "geolocation=()", "usb=()", "payment=()"} <= set(PERMISSIONS.split(", "))
