"""The page for checks without a network, and what its worker keeps."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.factories.accounts import make_user

STATIC = Path("certificates/static/certificates/offline")


def kept(client: Client, **headers: str) -> dict[str, Any]:
    """What the worker is told to keep."""
    script = client.get("/verify/offline/worker.js", headers=headers).content.decode()
    facts: dict[str, Any] = json.loads(script.removeprefix("self.kept = ").partition(";\n")[0])
    return facts


def test_worker_keeps_whatever_the_page_links(client):
    page = client.get("/verify/offline/").content.decode()
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert linked <= set(kept(client)["files"])
    assert any(address.endswith("certificates.css") for address in linked)


def test_worker_keeps_whatever_its_modules_import(client):
    imported = {
        str((STATIC / path).resolve()).partition("/static/")[2].replace("certificates/static/", "")
        for module in STATIC.glob("*.js")
        for path in re.findall(r'from "(\.[^"]+)"', module.read_text(encoding="utf-8"))
    }
    names = {Path(address).name for address in kept(client)["files"]}
    assert {Path(path).name for path in imported} <= names
    assert {module.name for module in STATIC.glob("*.js")} - {"worker.js"} <= names


@pytest.mark.django_db
def test_every_kept_file_is_served(client):
    for address in [kept(client)["page"], *kept(client)["files"]]:
        response = client.get(address)
        response.close()
        assert response.status_code == 200, address


def test_version_is_another_in_another_language(client):
    assert kept(client)["version"] == kept(client)["version"]
    assert kept(client)["version"] != kept(client, accept_language="en")["version"]


def test_scope_is_the_page_alone(client):
    assert "Service-Worker-Allowed" not in client.get("/verify/offline/worker.js").headers
    assert kept(client)["page"] == "/verify/offline/"


@pytest.mark.django_db
def test_page_may_use_the_camera_and_no_other_page_may(client):
    assert client.get("/verify/offline/")["Permissions-Policy"].startswith("camera=(self)")
    assert client.get("/verify/keys.json")["Permissions-Policy"].startswith("camera=()")


@pytest.mark.django_db
def test_page_is_the_same_for_everyone(client):
    before = client.get("/verify/offline/")
    client.force_login(make_user())
    after = client.get("/verify/offline/")
    assert before.content == after.content
    assert not before.cookies


@pytest.mark.django_db
def test_page_asks_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/verify/offline/")
        client.get("/verify/offline/worker.js")


def test_every_verdict_has_its_words(client):
    page = client.get("/verify/offline/").content.decode()
    told = set(re.findall(r'data-group="verdict" data-name="([^"]+)"', page))
    source = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("check.js", "page.js"))
    assert set(re.findall(r'verdict: "([^"]+)"', source)) | {"good", "unlisted"} == told
