"""The file that tells who can log in. It is the only place where the demonstration's passwords stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from certificates.models import Certificate
from cms_pages.operations.demo.people import NEWCOMER

_ENTRY = re.compile(r"(demo-[\w-]+)\s+([0-9a-f]{6}-[0-9a-f]{6})\b")


def logins_path() -> Path:
    """Give the file's place."""
    return Path(settings.XUESHI_HOME) / "demo-logins.txt"


def read_passwords() -> dict[str, str]:
    """Read the passwords of an earlier load, by user name; none where there was none."""
    path = logins_path()
    return dict(_ENTRY.findall(path.read_text(encoding="utf-8"))) if path.exists() else {}


def write_logins(people: dict[str, Any], passwords: dict[str, str], certificate: Certificate) -> None:
    """Write the file, if it differs; readable by its owner alone."""
    path, text = logins_path(), _text(people, passwords, certificate)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _text(people: dict[str, Any], passwords: dict[str, str], certificate: Certificate) -> str:
    site = settings.XUESHI_SITE_URL
    entries = [
        ("编辑 editor", people["editors"][0]["username"], "/admin/"),
        ("审核 reviewer", people["reviewers"][0]["username"], "/admin/"),
        ("经办人 officer", people["officers"][0]["username"], "/province/"),
        ("复核人 officer", people["officers"][1]["username"], "/province/proposals/  复核另一人提出的证书状态变更"),
        ("培训机构 trainer", people["trainers"][0]["username"], "/accounts/  为学员申报线下学时"),
        *(("学员 learner", person["username"], f"/my/  {person['note']}") for person in people["learners"]),
        ("学员 learner", NEWCOMER["username"], "/accounts/identity/  已注册，尚未实名"),
        ("学员 learner", people["graduate"]["username"], "/my/  已换发电子证书"),
    ]
    taken = {person["full_name"] for person in [*people["learners"], people["graduate"]]}
    free = next(holder for holder in people["holders"] if holder["full_name"] not in taken)
    waiting = next(person for person in people["learners"] if not person["claim"])
    own = next(holder for holder in people["holders"] if holder["full_name"] == waiting["full_name"])
    verify = reverse("certificates:verify", args=[certificate.token])
    lines = [
        "演示站点：人员、证件与证书均为虚构 · every person, number and certificate here is fictional",
        f"网站 site      {site}/",
        "",
        *(f"{role:<16}{name:<18}{passwords[name]}   {site}{where}" for role, name, where in entries),
        "",
        "从头走一遍 · walk the whole road：注册新账户，实名登记并认领这本旧证",
        f"  姓名 {free['full_name']}   证件号码 {free['id_number']}   旧证编号 {free['number']}",
        f"或登录 {waiting['username']}，直接认领旧证 {own['number']}（姓名 {own['full_name']}）",
        f"核验已签发的证书 · verify  {site}{verify}",
    ]
    return "\n".join(lines) + "\n"
