"""The dated rules of each authority. What differs by province is data, never code."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from courses.enums import Recognition, YearAnchor, YearStart
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel


def _hours(label: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class HourPolicy(PublicIdModel, AppendOnlyModel):
    """One authority's rules from one day on; an empty field inherits from the national row.

    A changed rule is a new row with its own effective date; a row is written once.
    """

    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="policies", verbose_name=_("主管部门")
    )
    effective_from = models.DateField(_("生效日期"))
    source = models.CharField(_("依据"), max_length=300)
    verified = models.BooleanField(_("已核实"), default=False)

    ce_year_anchor = models.CharField(_("年度起算"), max_length=12, choices=YearAnchor, null=True, blank=True)
    new_starts = models.CharField(_("新发证起始年度"), max_length=10, choices=YearStart, null=True, blank=True)
    renewed_starts = models.CharField(_("换证起始年度"), max_length=10, choices=YearStart, null=True, blank=True)
    annual_min_hours = _hours(_("年度最低学时"))
    professional_min_hours = _hours(_("其中专业最低学时"))
    rolling_years = _hours(_("滚动考核年数"))
    rolling_min_hours = _hours(_("滚动考核学时"))
    carry_over = models.BooleanField(_("可结转"), null=True, blank=True)
    make_up_allowed = models.BooleanField(_("允许补学"), null=True, blank=True)
    make_up_years_back = _hours(_("可补学年数"))
    make_up_needs_approval = models.BooleanField(_("补学须批准"), null=True, blank=True)
    share_common_block = models.BooleanField(_("多岗位公共部分共享"), null=True, blank=True)
    renewal_min_hours = _hours(_("换证学时"))
    exam_required = models.BooleanField(_("须测试"), null=True, blank=True)
    legacy_issued_before = models.DateField(_("旧证发证截止日"), null=True, blank=True)
    legacy_deadline = models.DateField(_("换证截止日"), null=True, blank=True)
    grace_days = _hours(_("宽限天数"))
    recognition = models.CharField(_("认定方式"), max_length=10, choices=Recognition, null=True, blank=True)
    daily_cap_minutes = _hours(_("每日上限（分钟，0 为不限）"))
    seek_first_view = models.BooleanField(_("首次观看可拖动"), null=True, blank=True)
    max_rate = models.DecimalField(_("最高倍速"), max_digits=3, decimal_places=2, null=True, blank=True)
    concurrent_plays = _hours(_("同时播放数"))
    challenge_kind = models.CharField(_("在线确认方式"), max_length=12, null=True, blank=True)
    challenge_per_hour = _hours(_("每小时确认次数"))
    challenge_window_seconds = _hours(_("确认时限（秒）"))
    hour_minutes = _hours(_("每学时分钟数"))
    exam_pass_mark = _hours(_("合格分"))
    exam_attempts = _hours(_("测试次数"))
    exam_cool_down_hours = _hours(_("再测间隔（小时）"))
    exam_local_share_max = models.DecimalField(
        _("地方题目比例上限"), max_digits=3, decimal_places=2, null=True, blank=True
    )
    max_age_men = _hours(_("男性年龄上限"))
    max_age_women = _hours(_("女性年龄上限"))

    class Meta:
        verbose_name = _("学时政策")
        verbose_name_plural = _("学时政策")
        constraints = [models.UniqueConstraint(fields=["authority", "effective_from"], name="policy_once_a_day")]

    def __str__(self) -> str:
        return f"{self.authority.short_name} {self.effective_from}"
