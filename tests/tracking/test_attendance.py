"""An institution files classroom hours for all who attended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import AuditEntry, Learner, TrainingInstitution
from courses.enums import Block
from lms.lib.digests import sha256_hex
from tests.factories.accounts import (
    make_id_number,
    make_institution,
    make_institution_member,
    make_learner,
    make_user,
)
from tests.factories.certificates import write_csv, write_xlsx
from tests.factories.offline import OPENS_ON, PDF, file_claim, make_pdf, upload
from tests.factories.tracking import NOW, make_ce_year, make_ruled_authority
from tracking.enums import OfflineState
from tracking.models import CeYear, LedgerEntry, OfflineEvidence, OfflineStudy
from tracking.operations import (
    AttendanceReport,
    LineRefusal,
    NotAMemberError,
    OfflineRefusedError,
    Training,
    decide_offline_study,
    file_attendance_list,
    withdraw_offline_study,
)
from tracking.queries import rules_of_year

pytestmark = pytest.mark.django_db
HEADINGS = ("姓名", "证件号码", "学时")
NUMBERS = [make_id_number(sequence=number, region="990099") for number in range(1, 6)]
UNKNOWN = "没有找到姓名与证件号码都相符的学员：请核对，或请本人先完成实名登记并认领证书"


@pytest.fixture(autouse=True)
def store(media_folder: Path) -> Path:
    return media_folder / "private"


@pytest.fixture
def institution() -> TrainingInstitution:
    return make_institution(authority=make_ruled_authority())


def make_attendee(institution: TrainingInstitution, number: str, **learner: Any) -> CeYear:
    """A learner with a year of the institution's authority."""
    person = make_learner(**{"full_name": "测试张三", "id_number": number, **learner})
    return make_ce_year(learner=person, authority=institution.authority)


def file_list(
    institution: TrainingInstitution, rows: Sequence[Sequence[Any]], *, as_xlsx: bool = False, **overrides: Any
) -> AttendanceReport:
    training = {
        "title": "测试安全培训",
        "block": Block.COMMON,
        "post": None,
        "studied_from": OPENS_ON,
        "studied_to": OPENS_ON,
    }
    values: dict[str, Any] = {
        "data": (write_xlsx if as_xlsx else write_csv)(rows, headings=HEADINGS),
        "evidence": [upload(PDF, "签到表.pdf")],
        "actor": overrides.get("actor") or make_institution_member(institution=institution).user,
        "now": NOW,
    }
    training |= {name: overrides.pop(name) for name in list(overrides) if name in training}
    return file_attendance_list(institution=institution, training=Training(**training), **{**values, **overrides})


def kept_files(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


@pytest.mark.parametrize("as_xlsx", [False, True])
def test_everyone_on_the_list_has_a_claim_with_the_same_evidence_kept_once(
    institution: TrainingInstitution, store: Path, as_xlsx: bool
) -> None:
    years = [make_attendee(institution, NUMBERS[0]), make_attendee(institution, NUMBERS[1], full_name="测试李四")]
    member = make_institution_member(institution=institution).user
    rows = [["测试张三", NUMBERS[0], 1], ["测试李四", NUMBERS[1], "2学时"]]

    report = file_list(institution, rows, actor=member, as_xlsx=as_xlsx)

    assert report == AttendanceReport(added=2, unchanged=0, refused=())
    studies = list(OfflineStudy.objects.order_by("pk"))
    assert [(each.ce_year, each.minutes, each.filed_by, each.institution) for each in studies] == [
        (years[0], 1, member, institution),
        (years[1], 2, member, institution),
    ]
    (path,) = kept_files(store)
    assert [store / row.path for row in OfflineEvidence.objects.all()] == [path, path]
    assert AuditEntry.objects.filter(action="offline.file").count() == 2
    listed = AuditEntry.objects.get(action="offline.list")
    assert (listed.actor, listed.target) == (member, f"accounts.traininginstitution:{institution.uuid}")
    assert listed.detail | {"list": ""} == {
        "list": "",
        "files": [sha256_hex(PDF)],
        "added": 2,
        "unchanged": 0,
        "refused": 0,
    }


def test_the_same_list_again_adds_nothing_and_keeps_no_file(institution: TrainingInstitution, store: Path) -> None:
    make_attendee(institution, NUMBERS[0])
    rows = [["测试张三", NUMBERS[0], 1]]
    assert file_list(institution, rows).added == 1
    assert file_list(institution, rows) == AttendanceReport(added=0, unchanged=1, refused=())
    assert (OfflineStudy.objects.count(), len(kept_files(store))) == (1, 1)


def test_a_line_added_later_is_taken_and_the_others_stay(institution: TrainingInstitution, store: Path) -> None:
    make_attendee(institution, NUMBERS[0])
    make_attendee(institution, NUMBERS[1])
    rows = [["测试张三", NUMBERS[0], 1], ["测试张三", NUMBERS[1], 1]]
    file_list(institution, rows[:1])
    assert file_list(institution, rows) == AttendanceReport(added=1, unchanged=1, refused=())
    assert len(kept_files(store)) == 2
    assert all((store / row.path).exists() for row in OfflineEvidence.objects.all())


def test_a_list_repeated_after_its_hours_were_recognised_is_known(institution: TrainingInstitution) -> None:
    make_attendee(institution, NUMBERS[0])
    post = CeYear.objects.get().post
    claim = {"block": Block.PROFESSIONAL, "post": post}
    rows = [["测试张三", NUMBERS[0], 3]]
    file_list(institution, rows, **claim)
    study = OfflineStudy.objects.get()
    decide_offline_study(study=study, actor=make_user(), recognised_minutes=3, reason="", now=NOW)
    assert CeYear.objects.get().recognitions.count() == 1
    assert file_list(institution, rows, **claim) == AttendanceReport(added=0, unchanged=1, refused=())
    assert LedgerEntry.objects.count() == 1


def test_every_line_that_is_not_taken_is_named_and_keeps_no_other_from_being_taken(
    institution: TrainingInstitution,
) -> None:
    make_attendee(institution, NUMBERS[0])
    make_attendee(institution, NUMBERS[1], full_name="测试李四")
    make_learner(id_number=NUMBERS[2], full_name="测试王五")
    rows = [
        ["测试张三", NUMBERS[0], "很多"],
        ["测试李五", NUMBERS[1], 1],
        ["", NUMBERS[1], 1],
        ["测试赵六", NUMBERS[3], 1],
        ["测试王五", NUMBERS[2], 1],
        ["测试张三", NUMBERS[0], 481],
        ["测试张三", "12345", 1],
        ["测试李四", NUMBERS[1], 1],
        ["测试李四", NUMBERS[1], 1],
        ["测试李四", NUMBERS[1], 2],
    ]

    report = file_list(institution, rows)

    assert (report.added, report.unchanged) == (1, 1)
    assert report.refused == (
        LineRefusal(2, "测试张三", "“学时”不是大于 0 的学时数，最多一位小数"),
        LineRefusal(3, "测试李五", UNKNOWN),
        LineRefusal(4, "", "“姓名”为空"),
        LineRefusal(5, "测试赵六", UNKNOWN),
        LineRefusal(6, "测试王五", "该学员在培训日期没有可以计入的继续教育年度"),
        LineRefusal(7, "测试张三", "这些日期最多可申报 480 学时（每天至多 480 分钟）"),
        LineRefusal(8, "测试张三", "号码应为 18 位，请对照证件检查是否多填或漏填"),
        LineRefusal(11, "测试李四", "同名培训在这些日期已经申报过"),
    )
    assert [study.learner.full_name for study in OfflineStudy.objects.all()] == ["测试李四"]


def test_a_list_of_refused_lines_alone_keeps_no_file(institution: TrainingInstitution, store: Path) -> None:
    assert len(file_list(institution, [["测试张三", NUMBERS[0], 1]]).refused) == 1
    assert kept_files(store) == []


def test_files_stay_when_a_later_line_brings_everything_down(
    institution: TrainingInstitution, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_attendee(institution, NUMBERS[0])
    make_attendee(institution, NUMBERS[1])
    calls = []

    def fall_over(year: CeYear) -> Any:
        calls.append(year)
        if len(calls) == 2:
            raise OSError("the machine went away")
        return rules_of_year(year)

    monkeypatch.setattr("tracking.operations.attendance.rules_of_year", fall_over)
    with pytest.raises(OSError, match="went away"):
        file_list(institution, [["测试张三", NUMBERS[0], 1], ["测试张三", NUMBERS[1], 1]])
    (path,) = kept_files(store)
    assert store / OfflineEvidence.objects.get().path == path


def test_professional_hours_go_to_the_year_of_the_post(institution: TrainingInstitution) -> None:
    first = make_attendee(institution, NUMBERS[0])
    second = make_ce_year(learner=first.learner, authority=institution.authority)
    rows = [["测试张三", NUMBERS[0], 1]]
    file_list(institution, rows, block=Block.PROFESSIONAL, post=second.post)
    assert OfflineStudy.objects.get().ce_year == second


@pytest.mark.parametrize(("block", "has_post"), [(Block.PROFESSIONAL, False), (Block.COMMON, True)])
def test_block_and_post_agree(institution: TrainingInstitution, block: Block, has_post: bool) -> None:
    post = make_attendee(institution, NUMBERS[0]).post if has_post else None
    with pytest.raises(OfflineRefusedError) as caught:
        file_list(institution, [["测试张三", NUMBERS[0], 1]], block=block, post=post)
    assert caught.value.field == "post"


def test_a_year_of_another_authority_is_not_filed_for(institution: TrainingInstitution) -> None:
    make_ce_year(learner=make_learner(full_name="测试张三", id_number=NUMBERS[0]))
    report = file_list(institution, [["测试张三", NUMBERS[0], 1]])
    assert [line.reason for line in report.refused] == ["该学员在培训日期没有可以计入的继续教育年度"]


def test_nobody_files_for_an_institution_of_others(institution: TrainingInstitution) -> None:
    make_attendee(institution, NUMBERS[0])
    for actor in (make_user(), make_institution_member().user):
        with pytest.raises(NotAMemberError):
            file_list(institution, [["测试张三", NUMBERS[0], 1]], actor=actor)
    assert not OfflineStudy.objects.exists()


def test_what_was_filed_for_others_is_withdrawn_by_who_filed_it_or_by_the_learner(
    institution: TrainingInstitution,
) -> None:
    years = [make_attendee(institution, number) for number in NUMBERS[:2]]
    member = make_institution_member(institution=institution).user
    file_list(institution, [["测试张三", number, 1] for number in NUMBERS[:2]], actor=member)
    first, second = (OfflineStudy.objects.get(ce_year=year) for year in years)
    withdraw_offline_study(study=first, actor=member, now=NOW)
    withdraw_offline_study(study=second, actor=second.learner.user, now=NOW)
    assert {study.state for study in OfflineStudy.objects.all()} == {OfflineState.WITHDRAWN}


def test_what_the_learner_claimed_already_is_not_claimed_again(institution: TrainingInstitution) -> None:
    year = make_attendee(institution, NUMBERS[0])
    file_claim(ce_year=year)
    report = file_list(institution, [["测试张三", NUMBERS[0], 1]], evidence=[upload(make_pdf("list"))])
    assert [line.reason for line in report.refused] == ["同名培训在这些日期已经申报过"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "缺少“姓名”一列"),
        ("姓名,学时\n测试张三,1\n".encode(), "缺少“证件号码”一列"),
        ("姓名,证件号码,学时\n".encode(), "名单里没有学员"),
        (b"\x00\x01", "文件不是 CSV 或 XLSX 名册"),
        (b"PK\x03\x04", "文件不是 CSV 或 XLSX 名册"),
        (b"0" * (1024**2 + 1), "文件超过 1 MB，请分成几份"),
        (("姓名,证件号码,学时\n" + "测试张三,1,1\n" * 501).encode(), "名单至多 500 人，请分成几份"),
    ],
    ids=["empty", "column", "nobody", "binary", "cut", "large", "many"],
)
def test_a_list_that_cannot_be_read_is_refused_as_a_whole(
    institution: TrainingInstitution, store: Path, data: bytes, message: str
) -> None:
    with pytest.raises(OfflineRefusedError) as caught:
        file_list(institution, [], data=data)
    assert (str(caught.value), caught.value.field) == (message, "list")
    assert kept_files(store) == []


def test_an_identity_number_in_a_wrong_column_is_masked_in_the_report(institution: TrainingInstitution) -> None:
    report = file_list(institution, [[NUMBERS[0], NUMBERS[1], 1]])
    (line,) = report.refused
    assert NUMBERS[0] not in line.full_name
    assert NUMBERS[0] not in line.reason


def test_a_learner_s_hours_are_whole_minutes_of_the_year_s_own_policy(institution: TrainingInstitution) -> None:
    other = make_institution(authority=make_ruled_authority(hour_minutes=45))
    make_attendee(other, NUMBERS[0])
    file_list(other, [["测试张三", NUMBERS[0], Decimal("0.5")]])
    assert OfflineStudy.objects.get().minutes == 22
    assert Learner.objects.count() == 1


def test_days_before_the_year_are_nobody_s(institution: TrainingInstitution) -> None:
    make_attendee(institution, NUMBERS[0])
    report = file_list(
        institution, [["测试张三", NUMBERS[0], 1]], studied_from=date(2026, 3, 1), studied_to=date(2026, 3, 1)
    )
    assert [line.reason for line in report.refused] == ["该学员在培训日期没有可以计入的继续教育年度"]
