"""Authorities' holder lists come in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Authority
from accounts.queries import identity_digest
from certificates.models import HolderRecord, RosterImport
from certificates.operations import RosterRefusedError, import_roster
from courses.models import Post, PostAlias
from tests.factories.accounts import make_authority, make_id_number, make_user
from tests.factories.certificates import HEADINGS, make_roster_row, write_csv, write_xlsx
from tests.factories.courses import make_post

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ID_NUMBER = make_id_number()


@pytest.fixture
def authority() -> Authority:
    return make_authority()


@pytest.fixture
def post() -> Post:
    return make_post()


def load(authority: Authority, data: bytes, **overrides: object) -> RosterImport:
    options = {"file_name": "名册.csv", "actor": None, "now": NOW, **overrides}
    return import_roster(authority=authority, data=data, **options)


def row(post: Post, /, **overrides: object) -> list[object]:
    return make_roster_row(post, **{"id_number": ID_NUMBER, **overrides})


def counts(done: RosterImport) -> tuple[int, int, int]:
    return done.added, done.unchanged, done.refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_taken_in_whatever_its_encoding(authority: Authority, post: Post, encoding: str):
    actor = make_user()
    data = write_csv([row(post, full_name="测试𫖯")], encoding=encoding)

    done = load(authority, data, actor=actor)

    assert counts(done) == (1, 0, 0)
    assert done.report == []
    record = HolderRecord.objects.get()
    assert (record.authority, record.roster_import, record.post, record.post_printed) == (
        authority,
        done,
        post,
        post.name,
    )
    assert (record.number, record.full_name, record.issued_on) == ("测A2017001", "测试𫖯", date(2017, 6, 1))
    assert record.id_digest == identity_digest(id_kind="resident_id", id_number=ID_NUMBER)
    assert record.id_masked == f"{ID_NUMBER[:3]}{'*' * 11}{ID_NUMBER[-4:]}"
    assert record.institution_name == "测试培训中心"
    entry = AuditEntry.objects.get(action="roster.import")
    assert (entry.actor, entry.target, entry.detail) == (
        actor,
        f"certificates.rosterimport:{done.uuid}",
        {"added": 1, "unchanged": 0, "refused": 0},
    )


def test_a_workbook_is_taken_in_with_its_dates_as_dates(authority: Authority, post: Post):
    done = load(authority, write_xlsx([row(post, issued_on=date(2017, 6, 1))]), file_name="名册.xlsx")
    assert counts(done) == (1, 0, 0)
    assert HolderRecord.objects.get().issued_on == date(2017, 6, 1)


def test_the_content_decides_the_format_not_the_name(authority: Authority, post: Post):
    assert counts(load(authority, write_xlsx([row(post)]), file_name="名册.csv")) == (1, 0, 0)
    assert counts(load(authority, write_csv([row(post)]), file_name="名册.xlsx")) == (0, 1, 0)


def test_each_refused_row_stands_in_the_report_with_line_and_reason(authority: Authority, post: Post):
    PostAlias.objects.create(name="测试预算员", post=None)
    rows = [
        row(post, number="N2"),
        row(post, number="N3", full_name=" "),
        row(post, number="N4", post="不存在的岗位"),
        row(post, number="N5", post="测试预算员"),
        row(post, number="N6", id_number=ID_NUMBER[:-1] + ("0" if ID_NUMBER[-1] != "0" else "1")),
        row(post, number="N7", id_number="990001900101001"),
        row(post, number="N8", issued_on="2017-02-30"),
        row(post, number="N9", issued_on="2026-03-03"),
        row(post, number="N" * 61),
        row(post, number="N11", full_name="测" * 81),
        row(post, number="N12", institution="测" * 121),
    ]

    done = load(authority, write_csv(rows))

    assert counts(done) == (1, 0, 10)
    assert [(each["line"], each["number"], each["reason"]) for each in done.report] == [
        (3, "", "“姓名”为空"),
        (4, "N4", "不认识的岗位“不存在的岗位”"),
        (5, "N5", "岗位“测试预算员”没有对应的现行岗位，不能换证"),
        (6, "N6", "号码校验不通过，通常是有一位输错。请逐位对照证件检查"),
        (7, "N7", "这是 15 位旧号码，已停止使用。请填写现行身份证上的 18 位号码"),
        (8, "", "“发证日期”不是日期"),
        (9, "N9", "发证日期在今天之后"),
        (10, "", "“证书编号”过长"),
        (11, "", "“姓名”过长"),
        (12, "", "“发证机构”过长"),
    ]
    assert list(HolderRecord.objects.values_list("number", flat=True)) == ["N2"]


def test_today_is_the_day_of_the_site_s_time_zone(authority: Authority, post: Post):
    just_after_midnight = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # 2026-03-03 in Shanghai
    done = load(authority, write_csv([row(post, issued_on="2026-03-03")]), now=just_after_midnight)
    assert counts(done) == (1, 0, 0)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_lines_are_counted_as_the_list_s_maker_sees_them(authority: Authority, post: Post, write):
    blank = [""] * len(HEADINGS)
    done = load(authority, write([row(post, number="N2"), blank, blank, row(post, number="N5", post="错")]))
    assert [(each["line"], each["number"]) for each in done.report] == [(5, "N5")]


def test_a_cell_of_two_lines_does_not_shift_the_count(authority: Authority, post: Post):
    done = load(
        authority, write_csv([row(post, number="N2", institution="测试\n中心"), row(post, number="N4", post="错")])
    )
    assert [(each["line"], each["number"]) for each in done.report] == [(4, "N4")]


def test_an_old_name_of_a_post_leads_to_the_post_of_today(authority: Authority, post: Post):
    PostAlias.objects.create(name="测试旧岗位", post=post)
    load(authority, write_csv([row(post, post="测试旧岗位")]))
    record = HolderRecord.objects.get()
    assert (record.post, record.post_printed) == (post, "测试旧岗位")


@pytest.mark.parametrize(
    ("wording", "kind", "id_number"),
    [
        ("身份证", "resident_id", ID_NUMBER),
        ("居民身份证", "resident_id", ID_NUMBER),
        ("", "resident_id", ID_NUMBER),
        ("台胞证", "taiwan_permit", "12345678"),
        ("护照", "passport", "E12345678"),
        ("passport", "passport", "E12345678"),
    ],
)
def test_kinds_of_document_are_known_by_what_people_call_them(
    authority: Authority, post: Post, wording: str, kind: str, id_number: str
):
    data = write_csv([[*row(post, id_number=id_number), wording]], headings=[*HEADINGS, "证件类型"])
    assert counts(load(authority, data)) == (1, 0, 0)
    assert HolderRecord.objects.get().id_kind == kind


def test_an_unknown_kind_of_document_is_refused(authority: Authority, post: Post):
    data = write_csv([[*row(post), "军官证"]], headings=[*HEADINGS, "证件类型"])
    done = load(authority, data)
    assert [each["reason"] for each in done.report] == ["不认识的证件类型，请写“居民身份证”“护照”等全称"]


def test_a_number_that_a_spreadsheet_rounded_is_refused_and_not_read_as_another_person_s(
    authority: Authority, post: Post
):
    done = load(authority, write_xlsx([row(post, id_number=9.90001199001010e17)]))
    assert [each["reason"] for each in done.report] == [
        "“证件号码”在表格中按数字保存，15 位以后已失真；请把该列设为文本格式后重新填写"
    ]


def test_the_mask_is_of_the_number_without_the_blanks_of_the_list(authority: Authority, post: Post):
    spaced = f"{ID_NUMBER[:6]} {ID_NUMBER[6:14]} {ID_NUMBER[14:]}"
    load(authority, write_csv([row(post, id_number=spaced)]))
    assert HolderRecord.objects.get().id_masked == f"{ID_NUMBER[:3]}{'*' * 11}{ID_NUMBER[-4:]}"


def test_loading_a_list_again_changes_nothing(authority: Authority, post: Post):
    data = write_csv([row(post, number="N1"), row(post, number="N2")])
    load(authority, data)
    before = list(HolderRecord.objects.order_by("pk").values())

    assert counts(load(authority, data)) == (0, 2, 0)
    assert list(HolderRecord.objects.order_by("pk").values()) == before
    assert RosterImport.objects.count() == 2


def test_a_row_that_contradicts_an_earlier_list_is_refused_and_the_record_stays(authority: Authority, post: Post):
    load(authority, write_csv([row(post)]))
    done = load(authority, write_csv([row(post, full_name="测试李四")]))
    assert counts(done) == (0, 0, 1)
    assert done.report == [{"line": 2, "number": "测A2017001", "reason": "与以前导入的同编号证书内容不一致"}]
    assert HolderRecord.objects.get().full_name == "测试张三"


def test_the_second_row_of_a_number_in_one_file_is_refused(authority: Authority, post: Post):
    done = load(authority, write_csv([row(post), row(post, full_name="测试李四")]))
    assert counts(done) == (1, 0, 1)
    assert done.report == [{"line": 3, "number": "测A2017001", "reason": "本文件内证书编号重复"}]


def test_two_authorities_may_list_the_same_number(authority: Authority, post: Post):
    data = write_csv([row(post)])
    assert counts(load(authority, data)) == (1, 0, 0)
    assert counts(load(make_authority(), data)) == (1, 0, 0)


def test_many_rows_are_taken_in_with_few_statements(authority: Authority, post: Post, django_assert_max_num_queries):
    data = write_csv([row(post, number=f"N{number}") for number in range(1200)])
    with django_assert_max_num_queries(40):
        assert counts(load(authority, data)) == (1200, 0, 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "文件不是 CSV 或 XLSX 名册"),
        (b"PK\x03\x04 no archive", "文件不是 CSV 或 XLSX 名册"),
        (b"\xff\xff\xff", "文件编码无法识别，请另存为 UTF-8 编码的 CSV 或 XLSX"),
        (b"", "缺少“证书编号”一列"),
        ("姓名,证件号码\n".encode(), "缺少“证书编号”一列"),
        ("证书编号,编号,姓名,证件号码,岗位,发证日期\n".encode(), "“编号”一列出现了两次"),
        (("证书编号,姓名,证件号码,岗位,发证日期\n" + "长" * 140_000).encode(), "文件不是 CSV 或 XLSX 名册"),
    ],
    ids=["picture", "no-archive", "encoding", "empty", "missing", "twice", "endless-cell"],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(authority: Authority, data: bytes, reason: str):
    with pytest.raises(RosterRefusedError) as caught:
        load(authority, data)
    assert str(caught.value) == reason
    assert not RosterImport.objects.exists()
    assert not AuditEntry.objects.filter(action="roster.import").exists()


def test_a_document_of_another_office_program_is_refused(authority: Authority):
    import zipfile
    from io import BytesIO

    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
    with pytest.raises(RosterRefusedError) as caught:
        load(authority, stream.getvalue())
    assert str(caught.value) == "文件不是 CSV 或 XLSX 名册"


def test_a_workbook_broken_in_the_middle_leaves_nothing_half_written(authority: Authority, post: Post):
    data = bytearray(write_xlsx([row(post, number=f"N{number}") for number in range(3000)]))
    start = data.index(b"xl/worksheets/sheet1.xml")
    for position in range(start + 20_000, start + 20_400):
        data[position] ^= 0xFF

    with pytest.raises(RosterRefusedError) as caught:
        load(authority, bytes(data))

    assert str(caught.value) == "文件不是 CSV 或 XLSX 名册"
    assert (HolderRecord.objects.count(), RosterImport.objects.count()) == (0, 0)


def test_the_command_reports_each_refused_row_and_writes_them_as_a_list(
    authority: Authority, post: Post, tmp_path: Path
):
    source, report, said = tmp_path / "名册.csv", tmp_path / "拒收.csv", StringIO()
    source.write_bytes(write_csv([row(post), row(post, number="N3", post="错")]))

    call_command("import_holders", source, authority=authority.code, report=report, stdout=said)

    assert said.getvalue().splitlines() == ["第 3 行 N3：不认识的岗位“错”", "新增 1，未变 0，拒收 1"]
    assert report.read_text("utf-8-sig").splitlines() == ["line,number,reason", "3,N3,不认识的岗位“错”"]


def test_the_list_of_refused_rows_holds_no_formula(authority: Authority, post: Post, tmp_path: Path):
    source, report = tmp_path / "名册.csv", tmp_path / "拒收.csv"
    source.write_bytes(write_csv([row(post, number='=HYPERLINK("//x")', post="错")]))

    call_command("import_holders", source, authority=authority.code, report=report, stdout=StringIO())

    assert report.read_text("utf-8-sig").splitlines()[1].startswith("2,\"'=HYPERLINK(")


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [("XX", "名册.csv", "没有代码为 XX 的主管部门"), ("", "没有.csv", "无法读取文件"), ("", "图.csv", "文件不是 CSV")],
)
def test_the_command_says_in_one_line_why_it_stops(
    authority: Authority, tmp_path: Path, code: str, name: str, words: str
):
    (tmp_path / "图.csv").write_bytes(b"\x89PNG\x00")
    with pytest.raises(CommandError) as caught:
        call_command("import_holders", tmp_path / name, authority=code or authority.code)
    assert str(caught.value).startswith(words)
