"""Signed addresses agree with what the networks document."""

import base64
import hashlib

import pytest

from media_pipeline.rules.cdn import CdnSigning, sign_address


def test_aliyun_address_is_that_of_its_manual():
    address = sign_address(
        "http://cdn.example.com",
        "/video/standard/1K.html",
        signing=CdnSigning.ALIYUN,
        key="aliyuncdnexp1234",
        expires_at=1444435200,
    )
    assert address == (
        "http://cdn.example.com/video/standard/1K.html?auth_key=1444435200-0-0-80cd3862d699b7118eed99103f2a3a4f"
    )


def test_the_consoles_validity_is_taken_off():
    address = sign_address(
        "https://c", "/a.m4s", signing=CdnSigning.TENCENT, key="k1", expires_at=10_000, valid_seconds=1800
    )
    seal = hashlib.md5(b"/a.m4s-8200-0-0-k1").hexdigest()  # noqa: S324
    assert address == f"https://c/a.m4s?sign=8200-0-0-{seal}"


def test_nginx_address_is_that_of_its_manual_with_the_word_order_of_ours():
    address = sign_address("https://c", "/s/link", signing=CdnSigning.NGINX, key="secret", expires_at=2147483647)
    digest = hashlib.md5(b"2147483647/s/link secret").digest()  # noqa: S324
    seal = base64.b64encode(digest).decode().replace("+", "-").replace("/", "_").replace("=", "")
    assert address == f"https://c/s/link?md5={seal}&expires=2147483647"


@pytest.mark.parametrize("signing", list(CdnSigning))
def test_names_beyond_ascii_are_sent_encoded(signing):
    address = sign_address("https://c", "/课 1.m4s", signing=signing, key="k", expires_at=1)
    assert address.startswith("https://c/%E8%AF%BE%201.m4s?")
