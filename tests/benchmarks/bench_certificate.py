"""One certificate: its page set by typst, its signature by pyHanko, on one core."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from certificates.gateways.signing import sign_pdf
from certificates.gateways.typesetting import TEMPLATE_VERSION, render_certificate
from certificates.rules.printed import PrintedCertificate
from tests.benchmarks import Row, median_of, seconds_each

MOMENT = datetime(2026, 3, 10, tzinfo=UTC)
PRINTED = PrintedCertificate(
    title="住房和城乡建设领域施工现场专业人员职业培训合格证",
    number="DEMO20260000012",
    full_name="测试甲",
    id_number_printed="9900**********0013",
    post_name="土建施工员",
    issuing_institution="测试培训学校",
    authority_name="演示主管部门",
    issued_on=date(2026, 3, 10),
    photo_sha256=None,
    ce_lines=(("2025", "2025年继续教育", "32"), ("2026", "2026年继续教育", "32")),
    verify_url="https://xueshi.example.org/verify/abcdefghijklmnopqrstuvwxyz",
    template_version=TEMPLATE_VERSION,
)


def rows() -> Iterator[Row]:
    """Yield the milliseconds of setting, of signing (baseline: a signer set up for each, P-256) and of both."""

    def render() -> bytes:
        return render_certificate(PRINTED, id_number="990001199001010013", photo=None, demo=True, issued_at=MOMENT)

    page = render()
    sign_pdf(page, now=MOMENT)  # fonts are found and the signer is set up once
    setting = 1000 * median_of(lambda: seconds_each(render, times=20), runs=5)
    signing = 1000 * median_of(lambda: seconds_each(lambda: sign_pdf(page, now=MOMENT), times=20), runs=5)
    yield Row("certificate: page", setting, "ms", less_is_better=True)
    yield Row("certificate: signature", signing, "ms", baseline=26, less_is_better=True)
    yield Row("certificate: page and signature", setting + signing, "ms", less_is_better=True)
