"""Closed lists of the app; status and operation codes are the national ones."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HoldingKind(TextChoices):
    """Which certificate a holding began with."""

    LEGACY = "legacy", _("原岗位培训考核合格证书")
    NEW = "new", _("职业培训合格证")


class CertificateStatus(TextChoices):
    """Status codes shared with the national collection of related licences."""

    VALID = "01", _("有效")
    SUSPENDED = "02", _("暂停")
    RESCINDED = "03", _("撤销")
    CANCELLED = "04", _("注销")
    LAPSED = "05", _("失效")
    TRANSFERRED = "06", _("转出")
    REVOKED = "07", _("吊销")
    OTHER = "99", _("其他")


class CertificateOperation(TextChoices):
    """What was done to a certificate."""

    ISSUE = "01", _("发证")
    EXTEND = "02", _("延续")
    SUSPEND = "03", _("暂停")
    LAPSE = "04", _("失效")
    CANCEL = "05", _("注销")
    LIFT_SUSPENSION = "06", _("解除暂停")
    OTHER = "07", _("其他")
    TRANSFER_IN = "08", _("转入")
    CHANGE = "09", _("变更")
    UNDO_TRANSFER = "10", _("撤销转出")
