"""The status page: hours ✓ → recognised ✓ → reported ✓ → issued, each with its owner and time, in both modes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from certificates.models import Certificate, Holding, Renewal
from certificates.operations import make_ministry_batch, renew_certificate, take_ministry_return
from certificates.queries import HoldingCard, holding_cards
from courses.enums import Block
from tests.factories.accounts import make_learner, make_user
from tests.factories.certificates import make_holding, make_recognised_year, meet_year, renewal_year
from tests.factories.ministry import answer, make_ministry_authority, write_return
from tests.factories.tracking import NOW, make_entry, make_ruled_authority
from tracking.enums import RecognitionOutcome
from tracking.models import Recognition
from tracking.operations import recognise_year
from tracking.operations.recognition import settle_learner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
LATER = NOW + timedelta(hours=2)


def card_of(holding: Holding) -> HoldingCard:
    return next(card for card in holding_cards(holding.learner, on=NOW.date()) if card.holding == holding)


def road(holding: Holding) -> list[tuple[str, str, str]]:
    return [(step.title, step.state, step.owner) for step in card_of(holding).steps]


def test_before_the_hours_are_there_the_learner_has_the_turn():
    assert road(make_holding()) == [
        ("学时达标", "current", "学员本人"),
        ("学时认定", "waiting", "系统自动认定"),
        ("数据上报", "waiting", "系统"),
        ("证书签发", "waiting", "系统"),
    ]


def test_where_an_officer_recognises_the_authority_has_the_turn_and_stays_named():
    authority = make_ruled_authority(recognition="officer")
    holding = make_holding(authority=authority)
    year = meet_year(renewal_year(holding))
    assert road(holding)[1] == ("学时认定", "current", authority.name)
    recognise_year(ce_year_id=year.pk, actor=make_user(), now=NOW)
    assert road(holding)[1] == ("学时认定", "done", authority.name)


def test_in_ministry_mode_the_authority_packs_and_the_ministry_issues():
    authority = make_ministry_authority()
    holding = make_holding(authority=authority)
    make_recognised_year(holding=holding)
    card = card_of(holding)
    assert road(holding)[2:] == [("数据上报", "current", authority.name), ("证书签发", "waiting", "部系统")]
    assert card.steps[2].note == "已进入待报送队列，由主管部门打包报送部系统。"
    assert card.is_on_its_way is False  # the page does not look again every three seconds for weeks

    batch = make_ministry_batch(authority=authority, actor=make_user(), now=NOW)
    card = card_of(holding)
    assert [(step.state, step.at) for step in card.steps[2:]] == [("done", NOW), ("current", None)]
    assert card.steps[3].note == "数据已报送，等待部系统生成证书并回传。"

    content = write_return(batch, *answer(batch))
    take_ministry_return(batch=batch, content=content, actor=make_user(), now=LATER)
    renewal = Renewal.objects.get()
    assert (renewal.reported_at, renewal.issued_at) == (NOW, LATER)


def test_what_the_ministry_sent_back_says_why_on_the_page():
    authority = make_ministry_authority()
    holding = make_holding(authority=authority)
    make_recognised_year(holding=holding)
    batch = make_ministry_batch(authority=authority, actor=make_user(), now=NOW)
    lines, _files = answer(batch)
    back = write_return(batch, [{"renewal": lines[0]["renewal"], "refused": "照片不合格"}], {})
    take_ministry_return(batch=batch, content=back, actor=make_user(), now=LATER)
    client = Client()
    client.force_login(holding.learner.user, backend="accounts.permissions.UserNameOrMobileBackend")
    assert "部系统退回：照片不合格" in client.get(reverse("certificates:my_page")).content.decode()


def test_several_posts_are_met_and_issued_in_one_go(django_assert_max_num_queries):
    """The common block is studied once; each post brings its own professional hours, all in one transaction."""
    learner, authority = make_learner(), make_ruled_authority()
    holdings = [make_holding(learner=learner, authority=authority) for _ in range(3)]
    meet_year(renewal_year(holdings[0]))
    with transaction.atomic():
        for holding in holdings[1:]:
            make_entry(ce_year=renewal_year(holding), block=Block.PROFESSIONAL, minutes=2)
        settle_learner(learner_id=learner.pk, now=NOW)
    recognised = Recognition.objects.filter(outcome=RecognitionOutcome.RECOGNISED)
    assert recognised.count() == 3
    for ce_year_id in recognised.values_list("ce_year_id", flat=True):
        renew_certificate(ce_year_id=ce_year_id, now=LATER)
    assert Certificate.objects.filter(holding__in=holdings).count() == 3

    client = Client()
    client.force_login(learner.user, backend="accounts.permissions.UserNameOrMobileBackend")
    with django_assert_max_num_queries(15):
        page = client.get(reverse("certificates:my_page")).content.decode()
    assert page.count('class="steps"') == 3
