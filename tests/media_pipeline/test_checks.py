"""What Django's own check says of media."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from media_pipeline.checks import (
    check_bucket_speaks_tls,
    check_packages_are_kept_apart,
    check_packages_can_run,
    check_tools,
)


def ids(messages) -> list[str]:
    return [message.id for message in messages]


@pytest.fixture
def in_bucket(settings):
    def set_up(endpoint: str, public: str = "") -> None:
        options = {
            "bucket_name": "xueshi",
            "endpoint_url": endpoint,
            "public_endpoint_url": public,
            "region_name": "us-east-1",
            "access_key": "a",
            "secret_key": "b",
            "addressing_style": "path",
        }
        backend = "media_pipeline.gateways.bucket_storage.BucketStorage"
        settings.STORAGES = {**settings.STORAGES, "private": {"BACKEND": backend, "OPTIONS": options}}

    return set_up


def test_media_without_tls_on_a_site_with_tls_are_warned_of(in_bucket, settings):
    settings.XUESHI_SITE_URL = "https://learn.example.org"
    assert ids(check_bucket_speaks_tls()) == []
    in_bucket("http://s3:8333")
    assert ids(check_bucket_speaks_tls()) == ["media_pipeline.W001"]
    in_bucket("http://s3:8333", public="https://media.example.org")
    assert ids(check_bucket_speaks_tls()) == []
    in_bucket("https://s3.example.org")
    assert ids(check_bucket_speaks_tls()) == []
    in_bucket("http://s3:8333")
    settings.XUESHI_SITE_URL = "http://127.0.0.1:8000"
    assert ids(check_bucket_speaks_tls()) == []


def test_the_installed_programs_can_all_that_is_needed():
    assert ids(check_tools()) == []


def test_programs_that_are_missing_or_too_small_are_warned_of(tmp_path: Path):
    small = tmp_path / "small-ffmpeg"
    small.write_text("#!/bin/sh\necho ' A....D aac                  AAC'\n")
    small.chmod(0o755)
    with override_settings(XUESHI_FFMPEG="/nowhere/ffmpeg", XUESHI_FFPROBE="/nowhere/ffprobe"):
        assert ids(check_tools()) == ["media_pipeline.W002", "media_pipeline.W002"]
    with override_settings(XUESHI_FFMPEG=str(small)):
        messages = check_tools()
        assert ids(messages) == ["media_pipeline.W003"]
        assert messages[0].msg == f"{small} lacks libx264."


def test_the_checks_are_registered(in_bucket, settings):
    settings.XUESHI_SITE_URL = "https://learn.example.org"
    in_bucket("http://s3:8333")
    with pytest.raises(Exception, match=r"media_pipeline\.W001"):
        call_command("check", "--deploy", "--fail-level", "WARNING", "--tag", "security")


def test_a_host_on_which_packages_are_not_kept_apart_is_an_error(settings):
    settings.XUESHI_SITE_URL = "https://learn.example.cn"
    settings.XUESHI_CONTENT_URL = "https://*.content.example.cn"
    assert check_packages_are_kept_apart() == []
    settings.SESSION_COOKIE_DOMAIN = ".example.cn"
    assert ids(check_packages_are_kept_apart()) == ["media_pipeline.E002"]
    settings.SESSION_COOKIE_DOMAIN = None
    settings.XUESHI_CONTENT_URL = "http://learn.example.cn"
    found = check_packages_are_kept_apart()
    assert ids(found) == ["media_pipeline.E002", "media_pipeline.E002"]
    assert found[0].msg.startswith("Packages cannot run on http://learn.example.cn: it is the site's own host")
    settings.XUESHI_CONTENT_URL = "content"
    assert ids(check_packages_are_kept_apart()) == ["media_pipeline.E001"]
    settings.XUESHI_CONTENT_URL = ""
    assert check_packages_are_kept_apart() == []


def test_a_site_without_a_host_for_packages_is_warned(settings):
    settings.XUESHI_CONTENT_URL = ""
    assert ids(check_packages_can_run()) == ["media_pipeline.W004"]
    settings.XUESHI_CONTENT_URL = "https://content.example.cn"
    assert ids(check_packages_can_run()) == ["media_pipeline.W005"]
    settings.XUESHI_CONTENT_URL = "https://*.content.example.cn"
    assert check_packages_can_run() == []


def test_the_check_of_hosts_is_one_of_every_start(settings):
    settings.XUESHI_SITE_URL = "https://learn.example.cn"
    settings.XUESHI_CONTENT_URL = "https://learn.example.cn"
    with pytest.raises(Exception, match=r"media_pipeline\.E002"):
        call_command("check")
