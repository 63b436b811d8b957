"""The image and the compose file say what the code says: no engine is needed to see that names have drifted apart."""

from __future__ import annotations

import json
import re
import subprocess
from importlib import import_module
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from lms.bootstrap.commands import COMMANDS
from lms.bootstrap.place import ROOT, VENV
from lms.bootstrap.run import QUEUES

OURS = ("migrate", "web", "heartbeats", "worker", "media", "beat")
OTHERS_NAMES = {  # read by the proxy, by compose itself, by S3's client library, by Celery, by Python
    "SITE_HOST",
    "MEDIA_HOST",
    "CONTENT_HOST",
    "POSTGRES_PASSWORD",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "WEB_WORKERS",
    "HEARTBEAT_WORKERS",
    "CELERY_CONCURRENCY",
    "MEDIA_CONCURRENCY",
    "REMAP_SIGTERM",
    "PATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "DJANGO_SETTINGS_MODULE",
}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """Give the compose file, parsed."""
    return dict(yaml.safe_load(_read("compose.yaml")))


def _known_names() -> set[str]:
    return set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)""", _read("lms/env.py"))) | OTHERS_NAMES


def _words(compose: dict[str, Any], name: str) -> list[str]:
    return [str(word) for word in compose["services"][name]["command"]]


def test_every_process_of_the_site_is_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "proxy", "postgres", "redis", "s3"}


def test_environment_names_are_ones_that_the_site_reads(compose: dict[str, Any]) -> None:
    names = {name for service in OURS for name in compose["services"][service]["environment"]}
    names |= set(re.findall(r"^#? ?([A-Z_]+)=", _read("docs/deploy/env.example"), re.M))
    image = re.search(r"^ENV ((?:.*\\\n)*.*)$", _read("Dockerfile"), re.M)
    assert image
    names |= set(re.findall(r"([A-Z_]+)=", image[1]))

    assert names - _known_names() == set()


def test_names_that_compose_asks_for_stand_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", _read("compose.yaml")))
    given = set(re.findall(r"^#? ?([A-Z_]+)=", _read("docs/deploy/env.example"), re.M))

    assert asked - given == set()


def test_example_gives_no_secret_a_value() -> None:
    assert re.findall(r"^[A-Z_]+=.+$", _read("docs/deploy/env.example"), re.M) == []


@pytest.mark.parametrize(("service", "interface"), [("web", "wsgi"), ("heartbeats", "asgi")])
def test_web_commands_are_ones_that_granian_understands(compose: dict[str, Any], service: str, interface: str) -> None:
    program, *options, target = _words(compose, service)
    manual = subprocess.run([VENV / "bin" / "granian", "--help"], capture_output=True, text=True, check=True).stdout
    module, _, name = target.partition(":")

    assert program == "granian"
    assert f"--interface={interface}" in options
    assert [option for option in options if option.partition("=")[0] not in manual] == []
    assert callable(getattr(import_module(module), name))


def test_workers_serve_every_queue_and_films_have_one_of_their_own(compose: dict[str, Any]) -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    served = [
        word.partition("=")[2].split(",")
        for service in ("worker", "media")
        for word in _words(compose, service)
        if word.startswith("--queues=")
    ]

    assert served[1] == ["media"]
    assert sorted([*served[0], *served[1]]) == sorted(QUEUES.split(","))
    assert routed | {settings.CELERY_TASK_DEFAULT_QUEUE} == set(QUEUES.split(","))


@pytest.mark.parametrize(("service", "command"), [("worker", "worker"), ("media", "worker"), ("beat", "beat")])
def test_celery_commands_name_our_application(compose: dict[str, Any], service: str, command: str) -> None:
    words = _words(compose, service)

    assert words[:3] == ["celery", "--app=lms.celery", command]
    assert import_module("lms.celery").app.main == "xueshi"


def test_migration_runs_commands_that_exist(compose: dict[str, Any]) -> None:
    named = re.findall(r"manage\.py (\w+)", " ".join(_words(compose, "migrate")))

    assert named == ["migrate", "load_reference_data", "set_up_site"]
    assert set(named) <= set(get_commands())


def test_proxy_knows_only_services_that_exist(compose: dict[str, Any]) -> None:
    targets = set(re.findall(r"reverse_proxy (\w+):", _read("docs/deploy/Caddyfile")))

    assert targets == {"web", "heartbeats", "s3"}
    assert targets <= set(compose["services"])


def test_proxy_takes_large_bodies_only_where_editors_claimants_and_officers_upload() -> None:
    proxy = _read("docs/deploy/Caddyfile")

    assert re.findall(r"(@\w+) (not path|path) (.+)\n\trequest_body \1 \{\n\t\tmax_size (\w+)", proxy) == [
        ("@large", "path", "/admin/*", "2200MB"),
        ("@scans", "path", "/study/offline/* /study/institutions/*", "54MB"),
        ("@packages", "path", "/province/ministry/*", "210MB"),
        ("@parts", "path", "/media-files/parts/*", "20MB"),
        (
            "@small",
            "not path",
            "/admin/* /province/ministry/* /study/offline/* /study/institutions/* /media-files/parts/*",
            "8MB",
        ),
    ]


def test_packages_have_a_host_of_their_own(compose: dict[str, Any]) -> None:
    proxy = _read("docs/deploy/Caddyfile")
    hosts = re.findall(r"^\{\$(\w+)\} \{$", proxy, re.M)

    assert hosts == ["SITE_HOST", "MEDIA_HOST", "CONTENT_HOST"]
    assert set(hosts) == {name for name in compose["services"]["proxy"]["environment"] if name.endswith("_HOST")}
    assert "handle /scorm/commit {\n\t\treverse_proxy heartbeats:8000" in proxy
    assert compose["services"]["web"]["environment"]["XUESHI_CONTENT_URL"].startswith("https://${CONTENT_HOST")


def test_only_the_proxy_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_every_lasting_service_is_asked_for_its_health(compose: dict[str, Any]) -> None:
    from_image = {"web", "heartbeats"}

    assert "HEALTHCHECK" in _read("Dockerfile")
    assert {
        name
        for name, service in compose["services"].items()
        if name != "migrate" and name not in from_image and "test" not in service.get("healthcheck", {})
    } == set()


def test_image_runs_as_nobodys_root_on_the_same_lock() -> None:
    dockerfile = _read("Dockerfile")

    assert dockerfile.rpartition("\nFROM ")[2].count("\nUSER xueshi\n") == 1
    assert "--require-hashes --no-deps -r requirements.txt" in dockerfile
    assert set(re.findall(r"-m lms\.bootstrap (\w+)", dockerfile)) <= set(COMMANDS)
    assert 'CMD ["python", "-m", "lms.bootstrap", "healthz"]' in dockerfile


def test_nothing_names_an_index_host() -> None:
    locked = [entry.get("resolved") for entry in json.loads(_read("package-lock.json"))["packages"].values()]

    assert [url for url in locked if url] == []
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-ffmpeg.txt", "Dockerfile", ".npmrc"):
        assert re.findall(r"index-url|registry=|find-links|https?://(?!build\.invalid)", _read(name)) == [], name


def test_development_lock_holds_the_run_locks_versions() -> None:
    run, development = (
        set(re.findall(r"^(\S+==\S+(?: ; [^\\\n]+?)?) *\\?$", _read(name), re.M))
        for name in ("requirements.txt", "requirements-dev.txt")
    )

    assert len(run) > 50
    assert run - development == set()
