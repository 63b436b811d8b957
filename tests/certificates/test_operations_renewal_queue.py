"""Recognised years find their way to renewal, also when a message was lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from certificates.models import Certificate, Renewal
from certificates.operations import (
    IssueStoppedError,
    begin_renewal,
    renew_certificate,
    report_renewal,
    retry_stopped_renewals,
    wake_renewals,
)
from certificates.queries import years_awaiting_renewal
from certificates.tasks import renew_recognised_year, renew_years, sweep_renewals
from lms.celery import app as celery_app
from tests.factories.accounts import make_user
from tests.factories.certificates import (
    make_certificate,
    make_holding,
    make_recognised_year,
    meet_year,
    renewal_year,
)
from tests.factories.tracking import NOW
from tracking.operations import recognise_year

LATER = NOW + timedelta(hours=1)


@pytest.mark.django_db
def test_the_sweep_leaves_a_stopped_issue_alone_until_it_may_be_tried_again(media_folder: Path):
    year = make_recognised_year()
    type(year.learner).objects.filter(pk=year.learner.pk).update(full_name="测试\U0003fffd")
    with pytest.raises(IssueStoppedError):
        renew_certificate(ce_year_id=year.pk, now=LATER)
    assert years_awaiting_renewal(limit=10) == []

    type(year.learner).objects.filter(pk=year.learner.pk).update(full_name="测试张三")
    call_command("retry_renewals")

    assert years_awaiting_renewal(limit=10) == [year.pk]
    assert renew_certificate(ce_year_id=year.pk, now=LATER).printed["full_name"] == "测试张三"
    assert Renewal.objects.get().failure == ""
    assert retry_stopped_renewals() == 0


@pytest.mark.django_db
def test_the_sweep_wakes_what_was_recognised_and_never_issued(media_folder: Path):
    issued = make_certificate().renewal.ce_year
    lost_message = make_recognised_year()
    half_way = make_recognised_year()
    report_renewal(renewal_id=begin_renewal(ce_year_id=half_way.pk, now=NOW).pk, now=NOW)

    assert years_awaiting_renewal(limit=10) == [lost_message.pk, half_way.pk]
    assert years_awaiting_renewal(limit=1) == [lost_message.pk]
    assert issued.pk not in years_awaiting_renewal(limit=10)


@pytest.mark.django_db
def test_waking_sends_years_by_the_handful_to_the_certificates_queue(media_folder: Path):
    years = [make_recognised_year().pk for _ in range(12)]
    with celery_app.connection_for_write() as connection:
        queue = connection.SimpleQueue("certificates")
        queue.clear()

        assert wake_renewals(limit=11, now=LATER) == 11

        messages = [queue.get(timeout=5) for _ in range(2)]
        assert [each.headers["task"] for each in messages] == ["certificates.tasks.renew_years"] * 2
        assert [each.payload[0] for each in messages] == [[years[:10]], [years[10:11]]]
        for each in messages:
            each.ack()
        queue.close()


@pytest.mark.django_db
def test_the_tasks_are_shells_that_may_run_twice(media_folder: Path):
    year = make_recognised_year()
    assert sweep_renewals() == 0, "decided long ago: looked for once an hour"
    assert sweep_renewals(everything=True) == 1
    renew_years([year.pk])
    renew_recognised_year(year.pk)
    renew_years([year.pk])
    assert Certificate.objects.get().renewal.ce_year == year
    assert sweep_renewals(everything=True) == 0


@pytest.mark.django_db
def test_recognition_wakes_the_renewal_after_the_commit(media_folder: Path, django_capture_on_commit_callbacks):
    holding = make_holding(policy={"recognition": "officer"})
    year = meet_year(renewal_year(holding))
    with celery_app.connection_for_write() as connection:
        queue = connection.SimpleQueue("certificates")
        queue.clear()
        with django_capture_on_commit_callbacks(execute=True):
            recognise_year(ce_year_id=year.pk, actor=make_user(), now=NOW)
            assert queue.qsize() == 0
        message = queue.get(timeout=5)
        assert (message.headers["task"], message.payload[0]) == (
            "certificates.tasks.renew_recognised_year",
            [year.pk],
        )
        message.ack()
        queue.close()
