"""One client a process, and names that stay inside the storage's folder."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.test import override_settings

from media_pipeline.gateways.bucket import Bucket, private_bucket


@pytest.fixture
def storage_options():
    return {
        "bucket_name": "xueshi",
        "endpoint_url": "http://127.0.0.1:9",
        "access_key": "a",
        "secret_key": "b",
        "region_name": "us-east-1",
        "addressing_style": "path",
        "location": "private",
    }


@pytest.fixture
def bucket(storage_options, settings):
    private = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": storage_options}
    with override_settings(STORAGES={**settings.STORAGES, "private": private}):
        yield private_bucket()


def test_a_folder_has_no_bucket(media_folder):
    assert private_bucket() is None


def test_all_threads_share_one_client(bucket):
    with ThreadPoolExecutor(4) as pool:
        clients = {id(private_bucket().client) for _ in pool.map(lambda _: None, range(4))}
    assert clients == {id(bucket.client)}


def test_keys_carry_the_folder_of_the_storage(bucket):
    assert bucket.key("originals/一.mp4") == "private/originals/一.mp4"
    assert bucket.without_prefix("private/originals/一.mp4") == "originals/一.mp4"
    whole = Bucket(client=None, signer=None, name="x", location="")
    assert (whole.key("a/b"), whole.without_prefix("a/b")) == ("a/b", "a/b")


@pytest.mark.parametrize("name", ["", "/a", "../a", "a/../../b", "a//b", "a/./b", "."])
def test_names_that_lead_elsewhere_are_refused(bucket, name):
    with pytest.raises(SuspiciousFileOperation):
        bucket.key(name)


def test_clients_wait_briefly_and_send_no_trailing_checksums(bucket):
    config = bucket.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (5, 30)
    assert (config.request_checksum_calculation, config.response_checksum_validation) == ("when_required",) * 2
