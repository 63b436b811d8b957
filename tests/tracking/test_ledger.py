"""The one door into the ledger: every entry is a link of its authority's chain."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Learner
from courses.enums import Block
from tests.factories.accounts import make_user
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW, make_ce_year, make_course, make_entry, make_ruled_authority
from tests.test_house import ROOT, python_files
from tests.tracking.test_completion import book, study
from tracking.models import Enrolment, LedgerChain, LedgerEntry, YearBalance
from tracking.operations import append_entry, enrol_learner, reverse_entry
from tracking.operations.ledger import row_of_entry
from tracking.queries import ledger_rows, prove_ledger, standing_of_year
from tracking.rules.ledger_chain import digest_of_entry

WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "acreate", "abulk_create"}


def writes_to_the_ledger(path: Path) -> Iterator[str]:
    """Calls by which a file writes entries of the ledger past its door, and constructions that it saves itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            target = ast.unparse(node.func.value)
            if "LedgerEntry" in target or "ledger_entries" in target:
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_no_other_code_writes_entries() -> None:
    folders = ("accounts", "courses", "tracking", "certificates", "provinces", "cms_pages", "lms", "tests")
    found = [call for path in python_files(*folders) for call in writes_to_the_ledger(path)]
    assert found == []


@pytest.mark.django_db
def test_entries_follow_one_another_in_their_authority_s_chain() -> None:
    year = make_ce_year()
    other = make_ce_year(authority=make_ruled_authority())
    first = make_entry(ce_year=year, block=Block.COMMON)
    stranger = make_entry(ce_year=other, block=Block.COMMON)
    second = make_entry(ce_year=year, block=Block.PROFESSIONAL)

    assert [entry.chain_position for entry in (first, second, stranger)] == [1, 2, 1]
    assert (first.previous_digest, second.previous_digest, stranger.previous_digest) == ("", first.entry_digest, "")
    chain = LedgerChain.objects.get(authority=year.authority)
    assert (chain.length, chain.last_digest) == (2, second.entry_digest)


@pytest.mark.django_db
def test_entry_reads_from_the_database_as_it_was_digested() -> None:
    year = make_ce_year()
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, earned_at=NOW + timedelta(microseconds=123_456))
    counter = reverse_entry(entry_id=entry.pk, actor=make_user(), reason="测试", now=NOW)

    rows = list(ledger_rows(year.authority_id))
    assert rows == [row_of_entry(entry), row_of_entry(counter)]
    assert [digest_of_entry(row) for row in rows] == [entry.entry_digest, counter.entry_digest]


@pytest.mark.django_db
def test_entry_outside_a_chain_is_refused_by_the_database() -> None:
    entry = make_entry(ce_year=make_ce_year(), block=Block.COMMON)
    for change in (
        {"chain_position": None},
        {"chain_position": 0},
        {"chain_position": 2, "previous_digest": ""},
        {"chain_position": 2, "entry_digest": ""},
        {"chain_position": 1},
    ):
        stray = copied(entry)
        for name, value in {"previous_digest": "f" * 64, "entry_digest": "e" * 64, **change}.items():
            setattr(stray, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            stray.save()


@pytest.mark.django_db
def test_appending_the_same_again_returns_what_stands() -> None:
    year = make_ce_year()
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL)
    again = make_entry(ce_year=year, block=Block.PROFESSIONAL, lesson_key=entry.lesson_key)
    assert (again, LedgerEntry.objects.count()) == (entry, 1)


@pytest.mark.django_db
def test_lesson_taken_back_for_one_year_may_be_earned_for_another_post_but_not_again_for_the_same() -> None:
    first = make_ce_year()
    second = make_ce_year(learner=first.learner, authority=first.authority)
    entry = make_entry(ce_year=first, block=Block.COMMON)
    reverse_entry(entry_id=entry.pk, actor=make_user(), reason="测试", now=NOW)

    assert make_entry(ce_year=first, block=Block.COMMON, lesson_key=entry.lesson_key) == entry
    independent = make_entry(ce_year=second, block=Block.COMMON, lesson_key=entry.lesson_key)
    assert independent != entry
    assert make_entry(ce_year=first, block=Block.COMMON, lesson_key=entry.lesson_key) == independent
    assert standing_of_year(first).studied_common_minutes == 1


@pytest.mark.django_db
def test_reversal_refreshes_the_balance() -> None:
    year = make_ce_year()
    entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    officer = make_user()
    reverse_entry(entry_id=make_entry(ce_year=year, block=Block.COMMON).pk, actor=officer, reason="测试", now=NOW)
    before = YearBalance.objects.get(ce_year=year)
    assert (before.counted_minutes, before.studied_common_minutes, before.is_met) == (3, 0, True)
    reverse_entry(entry_id=entry.pk, actor=officer, reason="测试", now=NOW)
    after = YearBalance.objects.get(ce_year=year)
    assert (after.counted_minutes, after.need_minutes, after.is_met) == (0, 3, False)


@pytest.mark.django_db(transaction=True)
def test_common_lesson_finished_for_two_posts_at_once_is_written_once() -> None:
    first = make_ce_year()
    second = make_ce_year(learner=first.learner, authority=first.authority)
    course = make_course(video_ms=60_000)
    enrolled = enrol_learner(learner=first.learner, course=course, now=NOW)
    other = second if enrolled.ce_year_id == first.pk else first
    facts = {"learner": first.learner, "course": course, "edition": enrolled.edition, "enrolled_at": NOW}
    enrolments = [enrolled, Enrolment.objects.create(ce_year=other, **facts)]
    progress = [study(enrolment, at=timedelta(minutes=30 * n)) for n, enrolment in enumerate(enrolments)]
    results = in_threads(*[lambda each=each: book(each) for each in progress])
    assert [type(result).__name__ for result in results] == ["LessonProgress"] * 2
    assert LedgerEntry.objects.count() == 1
    assert set(YearBalance.objects.values_list("studied_common_minutes", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_entries_of_many_learners_at_once_make_one_unbroken_chain() -> None:
    authority = make_ruled_authority()
    entries = [make_entry(ce_year=make_ce_year(authority=authority), block=Block.PROFESSIONAL) for _ in range(4)]
    drafts = [copied(entry) for entry in entries for _ in range(3)]
    results = in_threads(*[lambda draft=draft: append_entry(entry=draft) for draft in drafts])

    assert {type(result) for result in results} == {LedgerEntry}
    rows = list(ledger_rows(authority.pk))
    assert [row.chain_position for row in rows] == list(range(1, 17))
    assert [row.previous_digest for row in rows] == ["", *[row.entry_digest for row in rows[:-1]]]


@pytest.mark.django_db(transaction=True)
def test_ledger_is_proven_while_entries_are_added() -> None:
    year = make_ce_year()
    first = make_entry(ce_year=year, block=Block.PROFESSIONAL)
    drafts = [copied(first) for _ in range(12)]

    def add() -> bool:
        return all(append_entry(entry=draft) is draft for draft in drafts)

    def prove() -> bool:
        return all(prove_ledger(year.authority).flaws == () for _ in range(12))

    assert in_threads(add, prove, prove) == [True, True, True]
    assert prove_ledger(year.authority).length == 13


def copied(entry: LedgerEntry) -> LedgerEntry:
    """The same study of another lesson, not yet written."""
    own = {"id", "uuid", "lesson_key", "chain_position", "previous_digest", "entry_digest"}
    names = [field.attname for field in LedgerEntry._meta.fields if field.attname not in own]
    return LedgerEntry(lesson_key=uuid4(), **{name: getattr(entry, name) for name in names})


@pytest.mark.django_db
def test_learner_without_a_row_cannot_be_locked() -> None:
    entry = LedgerEntry(learner_id=0, authority=make_ruled_authority())
    with pytest.raises(Learner.DoesNotExist):
        append_entry(entry=entry)
