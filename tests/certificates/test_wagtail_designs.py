"""The designer in the CMS's settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from certificates.models import CertificateDesign, DesignVersion
from certificates.rules.design import Border, Design, Layout, Palette, SealKind, Signatory
from tests.factories.accounts import make_authority, make_user
from tests.factories.designs import seal_scan, signature_scan, written

pytestmark = pytest.mark.django_db
INDEX = "/admin/certificate-designs/"
COMMON = f"{INDEX}common/"
CHOICES = {"layout": "photo-right", "palette": "pine", "border": "lines", "seal": "drawn", "bilingual": "on"}


def staff(*codenames: str) -> User:
    """A person who may enter the CMS, and what ``codenames`` allow."""
    user = make_user()
    user.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", *codenames]))
    return user


@pytest.fixture
def designer(client: Client) -> Client:
    client.force_login(staff("change_certificatedesign"))
    return client


@pytest.fixture
def publisher(client: Client) -> Client:
    client.force_login(staff("change_certificatedesign", "add_designversion"))
    return client


def sent(**more: Any) -> dict[str, Any]:
    return CHOICES | more


def picture(data: bytes, name: str = "测试.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_people_without_the_permission_see_neither_menu_nor_page(client: Client):
    client.force_login(staff())
    assert "certificate-designs" not in client.get("/admin/").content.decode()
    answers = [
        client.get(INDEX),
        client.get(COMMON),
        client.post(COMMON, sent()),
        client.post(f"{COMMON}preview/", sent()),
    ]
    assert [answer.status_code for answer in answers] == [302] * 4  # the CMS leads back to its front page
    assert CertificateDesign.objects.count() == 0


def test_menu_leads_to_every_authority(designer: Client, django_assert_max_num_queries):
    authority = make_authority(name="测试省住房和城乡建设厅乙")
    assert "certificate-designs" in designer.get("/admin/").content.decode()
    with django_assert_max_num_queries(15):
        page = designer.get(INDEX).content.decode()
    assert f'href="{INDEX}{authority.uuid}/"' in page
    assert f'href="{COMMON}"' in page


def test_page_shows_the_certificate_at_once_without_a_script(designer: Client, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page = designer.get(COMMON).content.decode()
    assert 'src="data:image/png;base64,iVBOR' in page
    assert "保存并发布" not in page


def test_saving_keeps_a_draft(designer: Client):
    answer = designer.post(COMMON, sent(title_0="经办人", name_0="测试甲"))
    row = CertificateDesign.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, COMMON)
    assert Design.from_json(row.content) == Design(
        layout=Layout.PHOTO_RIGHT,
        palette=Palette.PINE,
        border=Border.LINES,
        rosette=False,
        bilingual=True,
        signatories=(Signatory("经办人", "测试甲"),),
    )
    assert DesignVersion.objects.count() == 0


def test_publishing_needs_its_own_permission(designer: Client):
    answer = designer.post(COMMON, sent(act="publish"))
    assert (answer.status_code, DesignVersion.objects.count(), CertificateDesign.objects.count()) == (302, 0, 0)
    assert answer["Location"] == "/admin/"


def test_publishing_makes_the_version_and_says_which(publisher: Client, media_folder):
    answer = publisher.post(COMMON, sent(act="publish"), follow=True)
    assert [version.number for version in DesignVersion.objects.all()] == [1]
    assert "已发布第 1 版" in answer.content.decode()
    assert DesignVersion.objects.get().sha256[:12] in answer.content.decode()


def test_pictures_are_kept_and_stay_until_they_are_replaced_or_taken_away(designer: Client, media_folder):
    facts = sent(seal="picture", title_0="经办人", name_0="测试甲")
    designer.post(
        COMMON,
        facts | {"seal_picture": picture(written(seal_scan())), "picture_0": picture(written(signature_scan()))},
    )
    first = Design.from_json(CertificateDesign.objects.get().content)
    designer.post(COMMON, facts)
    second = Design.from_json(CertificateDesign.objects.get().content)
    designer.post(COMMON, facts | {"without_0": "on"})
    third = Design.from_json(CertificateDesign.objects.get().content)
    assert (first.seal, len(first.pictures), second) == (SealKind.PICTURE, 2, first)
    assert third.pictures == (first.seal_picture,)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"seal": "picture"}, "请选择印章图片"),
        ({"seal": "picture", "seal_picture": picture(b"<svg/>", "a.svg")}, "无法识别这张图片"),
        ({"seal": "picture", "seal_picture": picture(bytes(3 * 1024**2 + 1))}, "图片过大"),
        ({"name_0": "测试甲"}, "请填写签署人的职务"),
        ({"palette": "pink"}, "pink"),
        ({"note": "字" * 61}, "60"),
    ],
)
def test_wrong_choices_are_said_beside_the_field_and_not_kept(designer: Client, media_folder, facts: Any, said: str):
    answer = designer.post(COMMON, sent(**facts))
    assert (answer.status_code, CertificateDesign.objects.count()) == (200, 0)
    assert said in answer.content.decode()


def test_preview_is_a_picture_of_what_is_not_saved(designer: Client, media_folder):
    first = designer.post(f"{COMMON}preview/", sent())
    second = designer.post(f"{COMMON}preview/", sent(sample="full", palette="ink"))
    assert [answer["Content-Type"] for answer in (first, second)] == ["image/png"] * 2
    assert first.content != second.content
    assert ("no-store" in first["Cache-Control"], CertificateDesign.objects.count()) == (True, 0)


def test_preview_of_wrong_choices_says_what_is_wrong(designer: Client):
    answer = designer.post(f"{COMMON}preview/", sent(seal="picture"))
    assert (answer.status_code, answer.json()) == (422, {"problems": ["印章图片：请选择印章图片，或改用绘制的印章"]})


def test_preview_of_a_character_without_a_font_names_it(designer: Client):
    answer = designer.post(f"{COMMON}preview/", sent(note="测试\U0003ffff"))
    assert answer.status_code == 422
    assert "U+3FFFF" in answer.json()["problems"][0]


def test_preview_without_a_script_shows_the_choices_in_the_page(designer: Client):
    page = designer.post(COMMON, sent(act="preview"))
    assert (page.status_code, CertificateDesign.objects.count()) == (200, 0)
    assert page.context["form"]["palette"].value() == "pine"
    assert "data:image/png;base64," in page.content.decode()


def test_saved_draft_can_be_had_as_pdf(designer: Client):
    answer = designer.get(f"{COMMON}sample.pdf")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("key", ["nobody", "00000000-0000-0000-0000-000000000000"])
def test_unknown_authority_is_not_found(designer: Client, key: str):
    assert designer.get(f"{INDEX}{key}/").status_code == 404
