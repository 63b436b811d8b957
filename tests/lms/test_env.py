"""What the site reads from its environment: typed, and one line for what cannot be understood."""

import subprocess
import sys
from pathlib import Path

import pytest
from environs import EnvError

from lms.env import (
    BASE_DIR,
    CdnLocation,
    MailServer,
    MediaLocation,
    SmsGateway,
    check_broker_url,
    parse_cdn_url,
    parse_database_url,
    parse_email_url,
    parse_media_url,
    parse_sms_url,
    read_environment,
)


def test_a_mail_server_with_a_user_is_asked_for_tls():
    mail = parse_email_url("smtp://post%40site:a%2Fb@mail.example.org:2525")

    assert mail == MailServer("mail.example.org", 2525, "post@site", "a/b", tls_at_once=False)
    assert mail.tls_later is True


def test_a_mail_server_without_a_port_has_the_usual_one():
    assert parse_email_url("smtps://u:p@mail.example.org") == MailServer("mail.example.org", 465, "u", "p", True)
    assert parse_email_url("smtp://u:p@mail.example.org") == MailServer("mail.example.org", 587, "u", "p", False)
    assert parse_email_url("smtp://mail.example.org") == MailServer("mail.example.org", 25, "", "", False)


def test_no_mail_server_is_none():
    assert parse_email_url("") is None


def test_media_live_in_a_folder_or_a_bucket():
    assert parse_media_url("/srv/media") == MediaLocation(folder=Path("/srv/media"))
    assert parse_media_url("s3://bucket?endpoint=http://s3:8333&region=cn-north-1") == MediaLocation(
        bucket="bucket", endpoint="http://s3:8333", region="cn-north-1", addressing="path"
    )


def test_the_bucket_stands_before_the_host_where_the_service_wants_it():
    media = parse_media_url("s3://xueshi?endpoint=https://s3.oss-cn-beijing.aliyuncs.com&region=cn-beijing")
    assert (media.addressing, media.browser_sources) == (
        "virtual",
        "https://xueshi.s3.oss-cn-beijing.aliyuncs.com",
    )
    assert parse_media_url("s3://xueshi").addressing == "auto"
    assert parse_media_url("s3://b?endpoint=http://s3:9000&addressing=virtual").addressing == "virtual"


def test_browsers_may_know_the_service_by_another_address():
    media = parse_media_url("s3://xueshi?endpoint=http://s3:8333&public_endpoint=https://media.example.org/")
    assert (media.public_endpoint, media.browser_sources) == ("https://media.example.org",) * 2
    assert parse_media_url("/srv/media").browser_sources == ""


def test_a_cdn_is_named_with_its_way_of_signing():
    bucket = MediaLocation(bucket="b")
    assert parse_cdn_url("", "", bucket) is None
    assert parse_cdn_url("https://cdn.example.org/?signing=aliyun&valid_seconds=1800", "k", bucket) == CdnLocation(
        base_url="https://cdn.example.org", signing="aliyun", key="k", valid_seconds=1800
    )


@pytest.mark.parametrize(
    ("url", "key", "folder", "name"),
    [
        ("https://cdn.example.org", "k", None, "XUESHI_CDN_URL"),
        ("https://cdn.example.org?signing=rot13", "k", None, "XUESHI_CDN_URL"),
        ("cdn.example.org?signing=nginx", "k", None, "XUESHI_CDN_URL"),
        ("https://cdn.example.org?signing=nginx&valid_seconds=-1", "k", None, "XUESHI_CDN_URL"),
        ("https://cdn.example.org?signing=nginx", "", None, "XUESHI_CDN_KEY"),
        ("https://cdn.example.org?signing=nginx", "k", Path("/srv"), "XUESHI_CDN_URL"),
    ],
)
def test_a_cdn_that_cannot_work_is_named(url, key, folder, name):
    with pytest.raises(EnvError, match=f"^{name}: "):
        parse_cdn_url(url, key, MediaLocation(folder=folder))


def test_a_database_address_becomes_djangos_words():
    parsed = parse_database_url("postgres://u:p@db:5433/xueshi")

    named = [parsed[name] for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")]
    assert named == ["db", 5433, "xueshi", "u", "p"]


@pytest.mark.parametrize(
    ("read", "value", "name"),
    [
        (parse_email_url, "mail.example.org:587", "XUESHI_EMAIL_URL"),
        (parse_email_url, "smtp://mail.example.org:many", "XUESHI_EMAIL_URL"),
        (parse_media_url, "ftp://bucket", "XUESHI_MEDIA_URL"),
        (parse_media_url, "s3://", "XUESHI_MEDIA_URL"),
        (parse_media_url, "s3://bucket/folder", "XUESHI_MEDIA_URL"),
        (parse_media_url, "s3://bucket?endpoint=s3:8333", "XUESHI_MEDIA_URL"),
        (parse_media_url, "s3://bucket?endpoint=http://s3:8333/bucket", "XUESHI_MEDIA_URL"),
        (parse_media_url, "s3://bucket?public_endpoint=media.example.org", "XUESHI_MEDIA_URL"),
        (parse_media_url, "s3://bucket?endpont=http://s3:8333", "XUESHI_MEDIA_URL"),
        (parse_media_url, "s3://bucket?addressing=sideways", "XUESHI_MEDIA_URL"),
        (parse_media_url, "s3://b?endpoint=https://oss-cn-beijing.aliyuncs.com&addressing=path", "XUESHI_MEDIA_URL"),
        (parse_database_url, "xueshi", "DATABASE_URL"),
        (parse_database_url, "mysql://u:p@db/xueshi", "DATABASE_URL"),
        (check_broker_url, "http://broker", "CELERY_BROKER_URL"),
    ],
)
def test_what_cannot_be_understood_is_named(read, value, name):
    with pytest.raises(EnvError) as caught:
        read(value)

    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)


def test_the_command_line_says_one_line_and_no_more(tmp_path):
    done = subprocess.run(
        ["env", f"XUESHI_HOME={tmp_path}", "DATABASE_URL=nonsense", sys.executable, "manage.py", "check"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    line = "DATABASE_URL: give postgres://user:password@host:5432/name or sqlite:///path"
    assert done.stderr.splitlines() == [line]


def test_secrets_of_the_signers_file_are_taken_and_shown_to_nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("XUESHI_HOME", str(tmp_path))
    monkeypatch.setenv("XUESHI_SECRET_PIN", "pin-4711")
    monkeypatch.setenv("XUESHI_SIGNING_KEY_PASSWORD", "password-4711")
    environment = read_environment()
    assert environment.secrets["XUESHI_SECRET_PIN"] == "pin-4711"
    assert "4711" not in repr(environment)


def test_an_empty_value_means_the_default(monkeypatch, tmp_path):
    monkeypatch.setenv("XUESHI_HOME", str(tmp_path))
    names = ("SITE_URL", "MEDIA_URL", "FROM_EMAIL", "EMAIL_URL", "ALLOWED_HOSTS")
    for name in (
        "DATABASE_URL",
        "CELERY_BROKER_URL",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        *(f"XUESHI_{name}" for name in names),
    ):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PORT", "8123")

    read = read_environment()

    assert read.site_url == "http://127.0.0.1:8123"
    assert read.allowed_hosts == ("127.0.0.1", "localhost", "127.0.0.1")
    assert (read.media.folder, read.broker_url, read.mail) == (tmp_path / "media", "filesystem://localhost", None)
    assert read.secret_key_fallbacks == ()
    assert (read.from_email, read.database["NAME"]) == ("noreply@127.0.0.1", str(tmp_path / "db.sqlite3"))


def test_the_sms_gateway_is_off_a_folder_or_an_address_with_a_key(tmp_path: Path):
    assert parse_sms_url("", "", tmp_path) is None
    assert parse_sms_url("off", "", tmp_path) is None
    assert parse_sms_url("file", "", tmp_path) == SmsGateway(folder=tmp_path / "sms")
    assert parse_sms_url("file:/srv/sms", "", tmp_path) == SmsGateway(folder=Path("/srv/sms"))
    url = "https://sms.example.org/send"
    assert parse_sms_url(url, "k", tmp_path) == SmsGateway(url=url, key="k")
    assert parse_sms_url("http://127.0.0.1:8081/send", "k", tmp_path) == SmsGateway(
        None, "http://127.0.0.1:8081/send", "k"
    )
    assert "secret" not in repr(SmsGateway(url=url, key="secret"))


@pytest.mark.parametrize(
    ("value", "key", "named"),
    [
        ("http://sms.example.org/send", "k", "XUESHI_SMS_URL"),
        ("ftp://sms.example.org", "k", "XUESHI_SMS_URL"),
        ("on", "k", "XUESHI_SMS_URL"),
        ("https://sms.example.org/send", "", "XUESHI_SMS_KEY"),
        ("https://user:pass@sms.example.org/send", "k", "XUESHI_SMS_KEY"),
    ],
)
def test_an_sms_gateway_that_cannot_be_used_is_named(value: str, key: str, named: str, tmp_path: Path):
    with pytest.raises(EnvError, match=named):
        parse_sms_url(value, key, tmp_path)
