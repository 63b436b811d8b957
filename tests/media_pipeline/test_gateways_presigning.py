"""Addresses that carry their own leave: for the name that browsers use, through the network where there is one."""

from urllib.parse import parse_qs, urlsplit

import pytest

from lms.env import CdnLocation
from media_pipeline.gateways.bucket import bucket_of
from media_pipeline.gateways.bucket_storage import BucketStorage
from media_pipeline.gateways.presigning import presigned_url

SEGMENT, PLAYLIST, ORIGINAL = "videos/v/r/1.m4s", "videos/v/r/master.m3u8", "originals/2026/11/v"


@pytest.fixture
def in_bucket(settings):
    def set_up(**options: str) -> None:
        options = {
            "bucket_name": "xueshi",
            "endpoint_url": "http://s3:8333",
            "region_name": "us-east-1",
            "access_key": "a",
            "secret_key": "b",
            "addressing_style": "path",
            "location": "private",
            **options,
        }
        backend = "media_pipeline.gateways.bucket_storage.BucketStorage"
        settings.STORAGES = {**settings.STORAGES, "private": {"BACKEND": backend, "OPTIONS": options}}

    return set_up


def test_a_folder_has_no_addresses(media_folder):
    assert presigned_url(SEGMENT, expires_seconds=60) is None


def test_addresses_name_the_service_as_browsers_know_it(in_bucket):
    in_bucket(public_endpoint_url="https://media.example.org")
    parts = urlsplit(presigned_url(SEGMENT, expires_seconds=60))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "media.example.org", f"/xueshi/private/{SEGMENT}")
    query = parse_qs(parts.query)
    assert (query["X-Amz-Expires"], query["X-Amz-SignedHeaders"]) == (["60"], ["host"])


def test_the_bucket_stands_before_the_host_where_the_service_wants_it(in_bucket):
    in_bucket(endpoint_url="https://s3.oss-cn-beijing.aliyuncs.com", addressing_style="virtual")
    parts = urlsplit(presigned_url(SEGMENT, expires_seconds=60))
    assert (parts.netloc, parts.path) == ("xueshi.s3.oss-cn-beijing.aliyuncs.com", f"/private/{SEGMENT}")


@pytest.mark.parametrize(("asked", "signed"), [(-5, "1"), (0, "1"), (10**9, str(7 * 24 * 3600))])
def test_addresses_live_as_long_as_a_service_allows(in_bucket, asked, signed):
    in_bucket()
    assert f"X-Amz-Expires={signed}&" in presigned_url(SEGMENT, expires_seconds=asked)


def test_only_what_caches_may_keep_goes_through_the_network(in_bucket, settings):
    in_bucket()
    settings.XUESHI_CDN = CdnLocation("https://cdn.example.org", "aliyun", "key", 1800)
    hosts = {name: urlsplit(presigned_url(name, expires_seconds=60)).netloc for name in (SEGMENT, PLAYLIST, ORIGINAL)}
    assert hosts == {SEGMENT: "cdn.example.org", PLAYLIST: "s3:8333", ORIGINAL: "s3:8333"}
    assert presigned_url(SEGMENT, expires_seconds=60).startswith(f"https://cdn.example.org/private/{SEGMENT}?auth_key=")


def test_pictures_of_the_cms_are_read_at_the_outer_name_too():
    storage = BucketStorage(
        bucket_name="xueshi",
        endpoint_url="http://s3:8333",
        public_endpoint_url="https://media.example.org",
        region_name="us-east-1",
        access_key="a",
        secret_key="b",
        addressing_style="path",
        location="public",
    )
    address = urlsplit(storage.url("images/中 文.png"))
    assert (address.netloc, address.path) == (
        "media.example.org",
        "/xueshi/public/images/%E4%B8%AD%20%E6%96%87.png",
    )
    assert bucket_of(storage).client.meta.endpoint_url == "http://s3:8333"
