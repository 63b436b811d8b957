"""``manage.py verify_ledger``: prove that no entry of the hours ledger was changed, removed, added or exchanged."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Authority
from tracking.enums import LedgerFlaw
from tracking.queries import HEAD, LedgerProof, prove_ledger
from tracking.rules.ledger_chain import Flaw

TEXTS = {
    LedgerFlaw.UNCHAINED: "不在链上（没有序号） / is not in the chain: it has no position",
    LedgerFlaw.GAP: "序号应为 {expected}，实为 {found} / has position {found} where {expected} must stand",
    LedgerFlaw.LINK: "与前一条不衔接 / does not follow the entry before it: expected {expected}, found {found}",
    LedgerFlaw.CONTENT: "内容已被改动 / was changed: its digest is {expected}, its content gives {found}",
    LedgerFlaw.UNREADABLE: "无法读取 / cannot be read: {found}",
    LedgerFlaw.REWRITTEN: "被重写：{named} 记载 / knows another one: {expected}, not {found}",
    LedgerFlaw.CUT_OFF: "缺失：{named} 记载 / counts {expected}, not {found}",
    LedgerFlaw.BEYOND_HEAD: "链首不知有此条 / is unknown to the head, which counts {expected} of {found}",
    LedgerFlaw.SEAL_CONTENT: "{named}：已被改动 / was changed, or follows another than it did",
    LedgerFlaw.SEAL_SIGNATURE: "{named}：签名无效 / was signed by no key of this site",
}


class Command(BaseCommand):
    """Walk each authority's chain beside its head and its seals; exit 1 when one does not hold."""

    help = "核验学时账目链 / prove the hours ledger, or name the first broken entry"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--authority", metavar="CODE", help="只核验一个主管部门 / one authority alone")

    def handle(self, *args: Any, **options: Any) -> None:
        proofs = [self._prove(authority) for authority in self._authorities(options["authority"])]
        if not all(proofs):
            sys.exit(1)

    def _authorities(self, code: str | None) -> list[Authority]:
        if code is None:
            return list(Authority.objects.order_by("code", "pk"))
        found = list(Authority.objects.filter(code=code))
        if not found:
            raise CommandError(f"没有代码为 {code} 的主管部门 / there is no authority with the code {code}")
        return found

    def _prove(self, authority: Authority) -> bool:
        proof = prove_ledger(authority)
        for flaw in proof.flaws:
            self.stderr.write(f"✗ {authority.code} {_place(flaw)}{TEXTS[flaw.kind].format(**_words(flaw))}")
        if proof.holds and proof.length:
            self.stdout.write(f"✓ {authority.code} {proof.length} 条 / entries; {_sealed(proof)}")
        return proof.holds


def _place(flaw: Flaw) -> str:
    position = f"第 {flaw.position} 条 / entry {flaw.position} " if flaw.position is not None else ""
    return f"{position}{flaw.uuid} " if flaw.uuid else position


def _words(flaw: Flaw) -> dict[str, str]:
    named = "链首 / the head" if flaw.named == HEAD else f"{flaw.named} 的封存 / the seal of {flaw.named}"
    return {"expected": flaw.expected, "found": flaw.found, "named": named}


def _sealed(proof: LedgerProof) -> str:
    if proof.seal is None:
        return "尚未封存 / not sealed yet"
    seal = proof.seal
    return f"{seal.on} 封存至第 {seal.length} 条 / sealed through {seal.length}: {seal.seal_digest}"
