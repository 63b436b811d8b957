"""The commands that try the storage and set its rules, on the real thing."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.storage_trial import try_bucket
from media_pipeline.operations.storage_care import try_storage
from media_pipeline.rules.storage_trials import TRIALS, TrialResult, is_sound
from tests.services.media_storage import media_in_bucket

pytestmark = [pytest.mark.services]


@pytest.fixture
def bucket(s3):
    with media_in_bucket(s3, s3.make_bucket()) as name:
        yield name


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, no_color=True)
    return out.getvalue()


def failed(results) -> set[str]:
    return {result.code for result in results if not result.passed}


def test_every_trial_has_a_text_and_is_made(bucket, media_folder):
    made = {result.code for result in try_storage()}
    with_folder = made | {"folder", "rename", "space", "private"}
    assert with_folder == set(TRIALS)


def test_a_bucket_without_rules_lacks_them_and_nothing_else(s3, bucket):
    assert failed(try_storage()) <= {"cors", "lifecycle"}
    assert "Contents" not in s3.connect().list_objects_v2(Bucket=bucket)
    assert "Uploads" not in s3.connect().list_multipart_uploads(Bucket=bucket)


def test_the_bucket_is_fit_for_use_once_the_rules_are_set(bucket):
    run("set_storage_cors")
    told = run("check_storage")
    assert "存储可用。 / The storage is fit for use." in told
    assert [line for line in told.splitlines() if line.startswith("✗")] == []


def test_our_rule_leaves_those_of_others_and_stands_once(s3, bucket, settings):
    other = {"AllowedOrigins": ["https://other.example"], "AllowedMethods": ["GET"], "ID": "other"}
    s3.connect().put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [other]})
    for site in ("http://127.0.0.1:1", "https://learn.example.org/", "https://learn.example.org"):
        settings.XUESHI_SITE_URL = site
        run("set_storage_cors")
    rules = s3.connect().get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert sorted(rule["AllowedOrigins"][0] for rule in rules) == [
        "https://learn.example.org",
        "https://other.example",
    ]
    assert '"https://learn.example.org"' in run("set_storage_cors", "--show")


def test_another_site_is_not_let_in(bucket, settings):
    run("set_storage_cors")
    settings.XUESHI_SITE_URL = "https://elsewhere.example"
    assert "cors" in failed(try_storage())


def test_wrong_keys_and_a_missing_bucket_are_told_with_what_to_do(s3):
    for name, options in ((s3.make_bucket(), {"secret_key": "wrong"}), ("is-not-there", {})):
        out = StringIO()
        with media_in_bucket(s3, name, **options), pytest.raises(CommandError, match="存储还不能用"):
            call_command("check_storage", stdout=out, no_color=True)
        lines = out.getvalue().splitlines()
        assert lines[0].startswith("✗ 存储桶可以访问 / The bucket answers  ")
        assert lines[1].startswith("    → 检查 XUESHI_MEDIA_URL 的桶名")
        assert len(lines) == 3


def test_a_service_that_is_away_is_told(s3):
    with media_in_bucket(s3, "any", endpoint_url="http://127.0.0.1:9"):
        assert [(result.code, result.passed) for result in try_storage()] == [("bucket", False)]


def test_a_public_endpoint_that_signs_for_nobody_is_told(s3):
    with media_in_bucket(s3, s3.make_bucket(), public_endpoint_url="http://127.0.0.1:9"):
        assert {"presigned_get", "multipart", "cors"} <= failed(try_storage())


def test_a_public_bucket_is_not_sound(s3, bucket):
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
        f'"Resource":"arn:aws:s3:::{bucket}/*"}}]}}'
    )
    s3.connect().put_bucket_policy(Bucket=bucket, Policy=policy)
    results = list(try_bucket(private_bucket(), site_url="http://127.0.0.1"))
    assert "anonymous" in failed(results)
    assert not is_sound(results)


def test_what_is_only_wanted_does_not_make_a_storage_unsound():
    assert is_sound([TrialResult("put", passed=True), TrialResult("conditional", passed=False)])
    assert not is_sound([TrialResult("put", passed=False)])
    assert not is_sound([])


def test_a_folder_is_tried_and_left_as_it_was(media_folder):
    told = run("check_storage")
    assert "✓ 文件夹可写 / The folder can be written" in told
    assert list(Path(storages["private"].path("")).rglob("*")) == []
    with pytest.raises(CommandError, match="不需要跨域设置"):
        run("set_storage_cors")


def test_a_folder_that_cannot_be_written_is_told(media_folder):
    (media_folder / "private").write_text("in the way")
    results = list(try_storage())
    assert [(result.code, result.passed) for result in results] == [("folder", False)]
