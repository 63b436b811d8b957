"""The register as its officers see it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.enums import OfficerRole
from accounts.models import AuditEntry, Authority, SiteMessage, User
from certificates.models import Certificate, Holding
from lms.lib.masking import mask_id_number
from tests.factories.accounts import appoint_officer, make_id_number, make_learner, make_user
from tests.factories.certificates import make_certificate, make_holding
from tests.factories.register import Register, make_register, mask_of, name_of
from tests.factories.tracking import make_ruled_authority

pytestmark = pytest.mark.django_db
ID_NUMBER = make_id_number(sequence=123)
MASK = mask_id_number(ID_NUMBER)
LIST = "/province/register/"
SEARCH = "/province/register/search/"
WIDE = str.maketrans("0123456789*", "０１２３４５６７８９＊")


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority()


@pytest.fixture
def registrar(authority: Authority) -> User:
    return appoint_officer(authority=authority, role=OfficerRole.REGISTRAR).user


@pytest.fixture
def desk(client: Client, registrar: User) -> Client:
    client.force_login(registrar)
    return client


@pytest.fixture
def register() -> Register:
    return make_register(certificates=300)


@pytest.fixture
def long_desk(client: Client, register: Register) -> Client:
    """The desk of the officer of the first authority of a register of three hundred certificates."""
    client.force_login(appoint_officer(authority=register.authorities[0], role=OfficerRole.REGISTRAR).user)
    return client


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def entry_of(holding: Holding) -> str:
    return f"{LIST}{holding.uuid}/"


def find(desk: Client, by: str, words: str) -> Any:
    return desk.post(SEARCH, {"by": by, "words": words}, follow=True)


def test_the_desk_of_who_keeps_certificates_alone_begins_with_the_register(desk: Client):
    assert desk.get("/province/").headers["Location"] == LIST


def test_the_desk_of_who_recognises_hours_as_well_begins_with_these(
    desk: Client, registrar: User, authority: Authority
):
    appoint_officer(authority=authority, user=registrar, role=OfficerRole.RECOGNISER)
    assert desk.get("/province/").status_code == 200


@pytest.mark.parametrize("role", [None, OfficerRole.RECOGNISER, OfficerRole.IMPORTER, OfficerRole.SUPERVISOR])
def test_whoever_does_not_keep_certificates_is_kept_out(
    client: Client, authority: Authority, role: OfficerRole | None
) -> None:
    user = make_user() if role is None else appoint_officer(authority=authority, role=role).user
    holding = make_holding(authority=authority)
    client.force_login(user)
    for address in (LIST, SEARCH, entry_of(holding)):
        assert client.get(address).status_code == 403
    for address in (SEARCH, f"{entry_of(holding)}resend/", f"{LIST}archive/", f"{LIST}export/"):
        assert client.post(address, {"scope": "all"}).status_code == 403
    assert not AuditEntry.objects.filter(action__startswith="register.").exists()


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(LIST)["Location"] == f"/accounts/login/?next={LIST}"


def test_another_authority_s_certificate_does_not_exist(desk: Client) -> None:
    other = make_holding()
    assert desk.get(entry_of(other)).status_code == 404
    assert desk.post(f"{entry_of(other)}resend/").status_code == 404
    assert desk.get(f"{LIST}?authority={other.authority.code}").status_code == 404
    ticked = {"scope": "ticked", "row": str(other.uuid)}
    assert desk.post(f"{LIST}export/", ticked).status_code == 404
    assert desk.post(f"{LIST}archive/", ticked).status_code == 404
    assert desk.post(f"{LIST}export/", {"scope": "all", "authority": other.authority.code}).status_code == 404
    assert "没有找到相符的证书" in text_of(find(desk, "number", other.number))
    assert "没有找到相符的证书" in text_of(find(desk, "name", other.learner.full_name))
    assert not SiteMessage.objects.exists()


def test_an_empty_register_says_so(desk: Client, authority: Authority) -> None:
    text = text_of(desk.get(LIST))
    assert "这里还没有证书" in text
    assert authority.name in text


@pytest.mark.parametrize("query", ["status=88", "post=none", "year=abc", "mode=x", "part=y", "year=1700"])
def test_a_filter_that_does_not_exist_is_not_found(desk: Client, query: str) -> None:
    assert desk.get(f"{LIST}?{query}").status_code == 404


def test_the_pages_go_from_the_newest_to_the_oldest_without_loss(
    long_desk: Client, register: Register, django_assert_max_num_queries: Any
) -> None:
    expected = list(
        Holding.objects.filter(authority=register.authorities[0], last_issued_at__isnull=False)
        .order_by("-last_issued_at", "-pk")
        .values_list("pk", flat=True)
    )
    seen: list[int] = []
    address = LIST
    while address:
        with django_assert_max_num_queries(15):
            response = long_desk.get(address)
        seen += [row.holding.pk for row in response.context["rows"]]
        older = response.context["page"].older
        address = f"{LIST}?place={older}" if older else ""
    assert seen == expected
    assert f"共 {len(expected)} 本" in text_of(response)
    back = long_desk.get(f"{LIST}?place={response.context['page'].newer}")
    assert [row.holding.pk for row in back.context["rows"]] == expected[-50 - len(response.context["rows"]) :][:50]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("status=02", {"status": "02", "last_issued_at__isnull": False}),
        ("status=05", {"status": "05", "last_issued_at__isnull": False}),
        ("mode=own", {"certificate_mode": "own"}),
        ("mode=ministry", {"certificate_mode": "ministry"}),
        ("year=2026", {"last_issued_at__year": 2026}),
        ("year=2025", {"last_issued_at__year": 2025}),
        ("part=paper", {"last_issued_at__isnull": True}),
        ("part=paper&status=05", {"last_issued_at__isnull": True, "status": "05"}),
    ],
)
def test_a_filter_shows_what_it_says(
    long_desk: Client, register: Register, query: str, wanted: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    expected = Holding.objects.filter(authority=register.authorities[0], **wanted).order_by("-last_issued_at", "-pk")
    with django_assert_max_num_queries(15):
        response = long_desk.get(f"{LIST}?{query}")
    assert [row.holding.pk for row in response.context["rows"]] == list(expected.values_list("pk", flat=True)[:50])
    assert response.context["count"] == expected.count()


def test_the_posts_of_a_list_can_be_told_apart(long_desk: Client, register: Register) -> None:
    response = long_desk.get(f"{LIST}?post={register.posts[3].code}&status=01")
    assert {row.holding.post for row in response.context["rows"]} == {register.posts[3]}
    assert {row.holding.status for row in response.context["rows"]} == {"01"}


def test_replaced_versions_are_listed_by_their_replacement(long_desk: Client, register: Register) -> None:
    response = long_desk.get(f"{LIST}?part=replaced")
    newer = Certificate.objects.filter(authority=register.authorities[0], replaces__isnull=False)
    expected = list(newer.order_by("-issued_at", "-pk").values_list("replaces_id", "issued_at")[:50])
    assert [(row.certificate.pk, row.replaced_at) for row in response.context["rows"]] == expected
    assert "已被替换" in text_of(response)
    of_post = long_desk.get(f"{LIST}?part=replaced&post={register.posts[3].code}&year=2026")
    assert {row.holding.post for row in of_post.context["rows"]} == {register.posts[3]}


def test_the_newest_version_of_a_line_is_shown(long_desk: Client) -> None:
    rows = long_desk.get(LIST).context["rows"]
    newest = {row.holding.pk: row.certificate.version for row in rows}
    assert set(newest.values()) == {1, 2}
    assert all(Certificate.objects.filter(holding=pk).count() == version for pk, version in newest.items())


def test_a_whole_identity_number_finds_its_holder_and_stays_out_of_every_record(
    desk: Client, authority: Authority, registrar: User
) -> None:
    holding = make_holding(learner=make_learner(full_name="测试张三", id_number=ID_NUMBER), authority=authority)
    assert holding.learner.id_masked == MASK
    response = desk.post(SEARCH, {"by": "identity", "words": f" {ID_NUMBER.lower()} "})
    assert response["Location"] == entry_of(holding)
    entry = AuditEntry.objects.get(action="register.search_identity")
    assert (entry.actor, entry.detail) == (registrar, {"id_masked": MASK, "found": 1})
    assert ID_NUMBER not in json.dumps(list(AuditEntry.objects.values("target", "detail")))


@pytest.mark.parametrize("by", ["number", "name"])
def test_an_identity_number_in_another_field_is_treated_as_what_it_is(
    desk: Client, authority: Authority, by: str
) -> None:
    holding = make_holding(learner=make_learner(id_number=ID_NUMBER), authority=authority)
    assert desk.post(SEARCH, {"by": by, "words": ID_NUMBER})["Location"] == entry_of(holding)
    assert AuditEntry.objects.filter(action="register.search_identity").count() == 1


def test_an_old_certificate_that_bears_an_identity_number_is_found_by_it(desk: Client, authority: Authority) -> None:
    holding = make_holding(number=ID_NUMBER, authority=authority)
    assert desk.post(SEARCH, {"by": "number", "words": ID_NUMBER})["Location"] == entry_of(holding)


def test_nobody_found_by_an_identity_number_is_audited_too(desk: Client) -> None:
    response = find(desk, "identity", ID_NUMBER)
    assert "没有找到相符的证书" in text_of(response)
    assert MASK in text_of(response)
    assert ID_NUMBER not in text_of(response)
    assert ID_NUMBER not in response.request["PATH_INFO"] + response.request["QUERY_STRING"]
    assert AuditEntry.objects.get(action="register.search_identity").detail == {"id_masked": MASK, "found": 0}
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert ID_NUMBER not in json.dumps(kept)
    assert MASK in json.dumps(kept)


@pytest.mark.parametrize("by", ["number", "name", "identity"])
def test_a_mistyped_identity_number_is_kept_nowhere(desk: Client, by: str) -> None:
    wrong = ID_NUMBER[:-1] + ("1" if ID_NUMBER[-1] != "1" else "2")
    response = desk.post(SEARCH, {"by": by, "words": wrong})
    assert wrong not in response.get("Location", "")
    assert wrong not in json.dumps([session.get_decoded() for session in Session.objects.all()])
    assert not AuditEntry.objects.filter(action="register.search_identity").exists()


@pytest.mark.parametrize("words", ["", "   ", "12", "abc", "测试张三", "\x00"])
def test_what_is_no_identity_number_is_refused_with_what_to_do(desk: Client, words: str) -> None:
    response = desk.post(SEARCH, {"by": "identity", "words": words})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in text_of(response)


@pytest.mark.parametrize("words", [MASK, MASK.replace("990***", "990001"), MASK.translate(WIDE), MASK[0:4] + MASK[-4:]])
def test_a_masked_number_finds_whoever_is_shown_so(desk: Client, authority: Authority, words: str) -> None:
    holding = make_holding(learner=make_learner(id_number=ID_NUMBER), authority=authority)
    assert desk.post(SEARCH, {"by": "identity", "words": words})["Location"] == entry_of(holding)


@pytest.mark.parametrize("change", [str.lower, lambda number: f" {number[:4]} {number[4:]} ", str])
def test_a_certificate_is_found_by_its_number_however_it_is_typed(
    desk: Client, authority: Authority, change: Any
) -> None:
    certificate = make_certificate(authority=authority)
    assert desk.post(SEARCH, {"by": "number", "words": change(certificate.number)})["Location"] == entry_of(
        certificate.holding
    )
    assert desk.post(SEARCH, {"by": "number", "words": certificate.holding.number})["Location"] == entry_of(
        certificate.holding
    )


def test_many_of_one_name_are_listed_by_pages(long_desk: Client, register: Register) -> None:
    response = find(long_desk, "name", "测试")
    held = Holding.objects.filter(authority=register.authorities[0])
    assert response.context["count"] == held.count()
    assert "found=" in response.request["QUERY_STRING"]
    second = long_desk.get(f"{LIST}?{response.request['QUERY_STRING']}&page=2")
    first_keys = {row.holding.pk for row in response.context["rows"]}
    assert len(first_keys) == 50
    assert first_keys.isdisjoint(row.holding.pk for row in second.context["rows"])
    family = find(long_desk, "name", name_of(0)[:3])
    assert {row.holding.learner.full_name[:3] for row in family.context["rows"]} == {name_of(0)[:3]}


def test_one_letter_finds_that_name_alone(desk: Client, authority: Authority) -> None:
    make_holding(learner=make_learner(full_name="测试张三"), authority=authority)
    assert "没有找到相符的证书" in text_of(find(desk, "name", "测"))


def test_a_search_is_of_its_own_session(client: Client, register: Register) -> None:
    for _ in range(2):
        appointment = appoint_officer(authority=register.authorities[0], role=OfficerRole.REGISTRAR)
        client.force_login(appointment.user)
        query = find(client, "name", "测试").request["QUERY_STRING"]
    other = Client()
    other.force_login(appoint_officer(authority=register.authorities[0], role=OfficerRole.REGISTRAR).user)
    assert "查找结果已过期" in text_of(other.get(f"{LIST}?{query}", follow=True))
    appointment.delete()
    assert client.get(f"{LIST}?{query}").status_code == 403


def test_masked_people_are_found_in_the_own_authority_alone(long_desk: Client, register: Register) -> None:
    assert "没有找到相符的证书" in text_of(find(long_desk, "identity", mask_of(9)))  # the other authority's
    learner_of_ten = Holding.objects.get(learner__id_masked=mask_of(10))
    response = long_desk.post(SEARCH, {"by": "identity", "words": mask_of(10)})
    assert response["Location"] == entry_of(learner_of_ten)


def test_the_page_of_a_certificate_shows_all_of_it(
    desk: Client, authority: Authority, django_assert_max_num_queries: Any
) -> None:
    certificate = make_certificate(authority=authority)
    with django_assert_max_num_queries(15):
        text = text_of(desk.get(entry_of(certificate.holding)))
    for wanted in (
        certificate.number,
        certificate.pdf_sha256,
        certificate.holding.number,
        certificate.holding.learner.id_masked,
        f"/my/certificates/{certificate.uuid}/download/",
        f"/verify/{certificate.token}/",
        "1. 认领登记",
        "2. 发证",
        "换证和延续",
    ):
        assert wanted in text


def test_the_page_of_an_old_certificate_says_that_none_was_issued(desk: Client, authority: Authority) -> None:
    holding = make_holding(authority=authority)
    text = text_of(desk.get(entry_of(holding)))
    assert "还没有换发电子证书" in text
    assert "重新发送签发通知" not in text
    refused = desk.post(f"{entry_of(holding)}resend/", follow=True)
    assert "没有可以发送的通知" in text_of(refused)
    assert not SiteMessage.objects.filter(user=holding.learner.user).exists()


def test_the_notice_is_sent_again_once_an_hour(desk: Client, authority: Authority, registrar: User) -> None:
    certificate = make_certificate(authority=authority)
    SiteMessage.objects.all().delete()
    said = [text_of(desk.post(f"{entry_of(certificate.holding)}resend/", follow=True)) for _ in range(2)]
    assert "已重新发送通知" in said[0]
    assert "一小时内已经发送过" in said[1]
    message = SiteMessage.objects.get()
    assert message.user == certificate.holding.learner.user
    assert message.address == f"/my/holdings/{certificate.holding.uuid}/"
    assert f"/verify/{certificate.token}/" in message.body
    entry = AuditEntry.objects.get(action="register.resend_notice")
    assert (entry.actor, entry.detail) == (registrar, {"number": certificate.number, "version": 1})


def test_an_officer_of_two_authorities_chooses_one(client: Client, registrar: User, authority: Authority) -> None:
    other = make_certificate()
    appoint_officer(user=registrar, authority=other.authority, role=OfficerRole.REGISTRAR)
    client.force_login(registrar)
    assert other.number not in text_of(client.get(f"{LIST}?authority={authority.code}"))
    assert other.number in text_of(client.get(f"{LIST}?authority={other.authority.code}"))
    assert client.post(SEARCH, {"by": "number", "words": other.number})["Location"] == entry_of(other.holding)
