"""Which hosts are for packages, and which could not be."""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import UUID

import pytest
from environs import EnvError

from lms.env import check_content_url
from lms.lib.content_host import host_name, objections, package_label, parse_content_url, usual_content_url

PACKAGE = UUID("0123456789abcdef0123456789abcdef")
LABEL = "p0123456789abcdef0123456789abcdef"
STARRED = parse_content_url("https://*.content.example.cn")
SHARED = parse_content_url("https://content.example.cn:8443")


def test_with_a_star_every_package_has_an_origin_of_its_own():
    assert package_label(PACKAGE) == LABEL
    assert STARRED.origin_of(PACKAGE) == f"https://{LABEL}.content.example.cn"
    assert STARRED.source == "https://*.content.example.cn"


def test_without_a_star_all_packages_share_one_origin():
    assert SHARED.origin_of(PACKAGE) == "https://content.example.cn:8443"
    assert SHARED.source == "https://content.example.cn:8443"


@pytest.mark.parametrize(
    "pattern",
    [
        "content.example.cn",
        "ftp://content.example.cn",
        "https://",
        "https://*",
        "https://*.*.example.cn",
        "https://a*.example.cn",
        "https://content.example.cn/path",
        "https://content.example.cn?a=b",
        "https://user@content.example.cn",
        "https://content.example.cn:port",
        "https://Content.example.cn",
        "https://.example.cn",
        "https://-a.example.cn",
        "http://*.127.0.0.1:8000",
        "https://[::1]",
    ],
)
def test_a_pattern_that_names_no_host_is_refused(pattern):
    with pytest.raises(ValueError, match="https://"):
        parse_content_url(pattern)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("a.example.cn", "a.example.cn"),
        ("A.Example.CN:8000", "a.example.cn"),
        ("a.example.cn.", "a.example.cn"),
        ("a.example.cn.:443", "a.example.cn"),
        ("[::1]:8000", "[::1]"),
        ("", ""),
        ("a.example.cn:80:80", ""),
        ("a.example.cn:x", ""),
        ("evil.cn@a.example.cn", ""),
        ("a.example.cn/path", ""),
        ("a.example.cn, b.example.cn", ""),
        ("a.example.cn\n", ""),
        (" a.example.cn", ""),
    ],
)
def test_the_name_in_a_host_header_is_read_strictly(header, name):
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("header", "is_owned"),
    [
        (f"{LABEL}.content.example.cn", True),
        (f"{LABEL.upper()}.CONTENT.example.cn:443", True),
        (f"{LABEL}.content.example.cn.", True),
        ("anything.content.example.cn", True),
        ("a.b.content.example.cn", True),
        ("content.example.cn", False),
        ("xcontent.example.cn", False),
        ("content.example.cn.evil.cn", False),
        ("example.cn", False),
        ("", False),
    ],
)
def test_every_name_below_the_star_is_for_packages(header, is_owned):
    assert STARRED.owns(header) is is_owned


def test_without_a_star_only_the_name_itself_is_for_packages():
    assert [SHARED.owns(each) for each in ("content.example.cn", "CONTENT.example.cn.:1", "a.content.example.cn")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("header", "is_served"),
    [
        (f"{LABEL}.content.example.cn", True),
        (f"{LABEL}.content.example.cn:8443", True),
        (f"{LABEL.upper()}.content.example.cn", False),
        (f"{LABEL}.content.example.cn.", False),
        (f"x.{LABEL}.content.example.cn", False),
        ("p0123456789abcdef0123456789abcdee.content.example.cn", False),
        ("content.example.cn", False),
    ],
)
def test_a_package_runs_on_its_own_host_alone(header, is_served):
    assert STARRED.serves(header, PACKAGE) is is_served


def test_a_site_on_this_machine_has_a_host_for_packages_without_being_asked():
    assert usual_content_url("http://127.0.0.1:8000") == "http://*.localhost:8000"
    assert usual_content_url("http://localhost") == "http://*.localhost"
    assert usual_content_url("http://[::1]:8000") == "http://*.localhost:8000"
    assert usual_content_url("https://learn.example.cn") == ""
    assert usual_content_url("http://learn.example.cn") == ""


@pytest.mark.parametrize(
    ("pattern", "site", "cookies", "words"),
    [
        ("https://*.content.example.cn", "https://learn.example.cn", (), ""),
        ("https://*.learn-content.cn", "https://learn.example.cn", ("",), ""),
        ("http://*.localhost:8000", "http://127.0.0.1:8000", (), ""),
        ("http://*.localhost:8000", "http://localhost:8000", (), ""),
        ("https://*.learn.example.cn", "https://learn.example.cn", (), ""),
        ("https://learn.example.cn", "https://learn.example.cn", (), "own host"),
        ("https://learn.example.cn:8443", "https://learn.example.cn", (), "another port does not help"),
        ("https://*.example.cn", "https://learn.example.cn", (), "one of those"),
        ("https://example.cn", "https://learn.example.cn", (), "above the site's own host"),
        ("http://content.example.cn", "https://learn.example.cn", (), "speaks https"),
        ("https://*.content.example.cn", "https://learn.example.cn", (".example.cn",), "given to example.cn"),
        ("https://*.example.cn", "https://learn.other.cn", ("a.example.cn",), "given to a.example.cn"),
    ],
)
def test_a_host_on_which_packages_are_not_kept_apart_is_refused(pattern, site, cookies, words):
    found = objections(parse_content_url(pattern), site_url=site, cookie_domains=cookies)

    assert (words in " ".join(found)) if words else found == []


def test_the_site_does_not_start_on_such_a_host():
    assert check_content_url("https://content.example.cn/", "https://learn.example.cn") == "https://content.example.cn"
    assert check_content_url("", "https://learn.example.cn") == ""
    with pytest.raises(EnvError, match=r"^XUESHI_CONTENT_URL: give https://"):
        check_content_url("content.example.cn", "https://learn.example.cn")
    with pytest.raises(EnvError, match=r"^XUESHI_CONTENT_URL: it is the site's own host"):
        check_content_url("https://learn.example.cn", "https://learn.example.cn")


@pytest.mark.parametrize(("site", "prefix"), [("https://learn.example.cn", "__Host-"), ("http://127.0.0.1:8000", "")])
def test_no_other_host_can_set_the_cookies_that_say_who_somebody_is(site, prefix, tmp_path):
    """A package below the site's own domain could hand a learner somebody else's session."""
    names = "from lms import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)"
    env = {**os.environ, "XUESHI_SITE_URL": site, "XUESHI_HOME": str(tmp_path), "XUESHI_SECRET_KEY": "x" * 60}
    run = subprocess.run([sys.executable, "-c", names], env=env, capture_output=True, text=True, check=False)
    assert run.stdout.split() == [f"{prefix}sessionid", f"{prefix}csrftoken"], run.stderr
