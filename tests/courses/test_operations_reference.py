"""Loading of the reference data: all or nothing, once, with complaints that name file and row."""

import shutil
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from accounts.models import AuditEntry, Authority
from courses.models import HourPolicy, Post, PostAlias, RegulatoryDocument, SyllabusItem
from courses.operations import ReferenceDataError, load_reference_data
from tests.factories.courses import NOW

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "courses" / "data", tmp_path / "data")
    return tmp_path / "data"


def load(folder=None, **options):
    return load_reference_data(now=NOW, courses_folder=folder, **options)


def counts():
    return [
        model.objects.count() for model in (Authority, Post, PostAlias, HourPolicy, RegulatoryDocument, SyllabusItem)
    ]


def change(folder, name, edit):
    path = folder / name
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(rows)
    path.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")


def test_everything_that_ships_is_loaded():
    report = load()

    assert report.added["post"] == 13
    assert report.added["authority"] == Authority.objects.count() == 35
    assert report.added["regulatorydocument"] == RegulatoryDocument.objects.count() >= 60
    assert SyllabusItem.objects.filter(post__isnull=True).exists()
    assert Post.objects.get(code="SGY-TJ").position == 1
    assert AuditEntry.objects.get(action="reference.load").detail["added"]["post"] == 13


def test_a_second_load_writes_nothing():
    load()
    before = counts()

    report = load()

    assert (report.changed, report.differing, counts()) == (False, [], before)
    assert AuditEntry.objects.count() == 1


def test_the_demonstration_authority_comes_only_where_it_is_asked_for():
    load()
    assert not Authority.objects.filter(code="DEMO").exists()

    load(include_demo=True)

    assert HourPolicy.objects.get(authority__code="DEMO").hour_minutes == 1


def test_documents_know_what_they_replaced_and_whom_they_concern():
    load()

    document = RegulatoryDocument.objects.get(number="GB 50204-2015")
    assert [old.number for old in document.supersedes.all()] == ["GB 50204-2002"]
    assert RegulatoryDocument.objects.get(number="主席令第88号（2021年）").posts.count() == 13


def test_an_editors_change_stays_unless_an_update_is_asked_for():
    load()
    RegulatoryDocument.objects.filter(number="GB 50204-2015").update(note="编辑写的备注")

    report = load()
    assert report.differing == ["regulatorydocument GB 50204-2015: note"]
    assert RegulatoryDocument.objects.get(number="GB 50204-2015").note == "编辑写的备注"

    load(update=True)
    assert RegulatoryDocument.objects.get(number="GB 50204-2015").note != "编辑写的备注"


def test_a_new_policy_row_is_added_and_the_old_one_stays(folder):
    load(folder)
    before = HourPolicy.objects.count()
    change(
        folder,
        "policies.yaml",
        lambda rows: rows.append(
            {"authority": "42", "effective_from": NOW.date(), "source": "测试文号", "annual_min_hours": 24}
        ),
    )

    report = load(folder)

    assert dict(report.added) == {"hourpolicy": 1}
    assert HourPolicy.objects.count() == before + 1


def test_a_changed_policy_row_is_reported_and_never_written_over(folder):
    load(folder)
    change(folder, "policies.yaml", lambda rows: rows[0].update(annual_min_hours=99))

    report = load(folder, update=True)

    assert report.differing == ["hourpolicy 00 2019-01-19: annual_min_hours"]
    assert HourPolicy.objects.get(authority__code="00").annual_min_hours == 32


def test_a_new_order_of_posts_is_taken_over_on_update(folder):
    load(folder)
    change(folder, "posts.yaml", lambda rows: rows.reverse())

    load(folder, update=True)

    assert Post.objects.order_by("position")[0].code == "BZY"


@pytest.mark.parametrize(
    ("name", "edit", "complaint"),
    [
        (
            "posts.yaml",
            lambda rows: rows[1].update(code=rows[0]["code"]),
            "posts.yaml 第 2 条：code “SGY-TJ”与第 1 条重复",
        ),
        ("posts.yaml", lambda rows: rows[2].pop("name"), "posts.yaml 第 3 条：缺少 name"),
        (
            "post_aliases.yaml",
            lambda rows: rows[0].update(post="NO"),
            "post_aliases.yaml 第 1 条：没有代码为“NO”的岗位",
        ),
        ("policies.yaml", lambda rows: rows[1].update(anual_min=3), "policies.yaml 第 2 条：没有名为 anual_min 的项目"),
        (
            "policies.yaml",
            lambda rows: rows[1].update(authority="98"),
            "policies.yaml 第 2 条：没有代码为“98”的主管部门",
        ),
        (
            "documents.yaml",
            lambda rows: rows[0].update(kind="novel"),
            "documents.yaml 第 1 条：kind 的取值“novel”不认识",
        ),
        ("documents.yaml", lambda rows: rows[0].update(issued_on="去年"), "documents.yaml 第 1 条：issued_on 不是日期"),
        ("syllabus.yaml", lambda rows: rows[0].update(minutes=0), "syllabus.yaml 第 1 条：minutes 应为正整数"),
        (
            "syllabus.yaml",
            lambda rows: rows[0].update(documents=["无此文件"]),
            "syllabus.yaml 第 1 条：没有编号为“无此文件”的文件",
        ),
    ],
)
def test_a_complaint_names_file_and_row_and_nothing_is_loaded(name, edit, complaint, folder):
    change(folder, name, edit)

    with pytest.raises(ReferenceDataError, match=complaint):
        load(folder)

    assert counts() == [0] * 6


def test_a_file_that_is_no_list_is_refused(folder):
    (folder / "posts.yaml").write_text("a: b\n")

    with pytest.raises(ReferenceDataError, match=r"posts\.yaml 应为条目列表"):
        load(folder)


def test_the_command_says_what_it_added_and_then_that_nothing_is_left(capsys, settings):
    settings.XUESHI_DEMO = False

    call_command("load_reference_data")
    call_command("load_reference_data")

    shown = capsys.readouterr().out
    assert "added 13 post\n" in shown
    assert shown.endswith("nothing to do\n")


def test_a_missing_file_is_named(folder):
    (folder / "posts.yaml").unlink()

    with pytest.raises(ReferenceDataError, match=r"posts\.yaml 无法读取"):
        load(folder)
