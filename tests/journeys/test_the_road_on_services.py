"""The same road on PostgreSQL, Redis and an S3 service, with a real Celery worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.road import await_certificate, claim, download_certificate, register, watch_videos
from tests.journeys.test_the_road import COMMON_COURSE, PROFESSIONAL_COURSE
from tests.services import S3Server
from tests.services.carrying import carry_private_files
from tests.services.fixtures import StartSite

LESSON_SECONDS = 12


@pytest.mark.timeout(1200)
def test_the_road_is_walked_on_postgresql_redis_and_s3(
    live_site: StartSite,
    browser_page: Page,
    tmp_path: Path,
    postgres_url: str,
    redis_url: str,
    s3: S3Server,
    demo_home: Path,
):
    """With lessons of a few seconds: those of a minute are walked on the embedded default."""
    bucket = s3.make_bucket()
    carry_private_files(demo_home, s3, bucket)
    env = {"DATABASE_URL": postgres_url, "CELERY_BROKER_URL": redis_url, **s3.environment(bucket)}
    site = live_site(env, demo=False)
    site.tell(
        "from tests.services.carrying import load_demo_with_videos; "
        f"load_demo_with_videos({str(demo_home)!r}, required_seconds={LESSON_SECONDS})"
    )
    page = browser_page
    media: list[str] = []
    page.on("request", lambda request: media.append(request.url) if ".m4s" in request.url else None)

    register(page, site.url)
    claim(page, site.url)
    watch_videos(page, site.url, COMMON_COURSE)
    watch_videos(page, site.url, PROFESSIONAL_COURSE)
    await_certificate(page, site.url)

    expect(page.locator(".steps__item--done")).to_have_count(4)
    assert download_certificate(page, tmp_path).read_bytes().startswith(b"%PDF-")
    assert media
    assert all(address.startswith(s3.endpoint) for address in media), "video bytes never pass through Django"
