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


class IssuerMode(TextChoices):
    """Who makes an authority's certificates."""

    OWN = "own", _("本系统签发")
    MINISTRY = "ministry", _("部系统签发")


class SignatureLevel(TextChoices):
    """PAdES baseline levels (ETSI EN 319 142-1)."""

    B_B = "B-B", _("基本签名")
    B_T = "B-T", _("带时间戳签名")
    B_LTA = "B-LTA", _("长期存档签名")


class KeyPurpose(TextChoices):
    """What a key signs."""

    SEAL = "seal", _("证书文件")
    CODE = "code", _("二维码与凭证")
    SM2 = "sm2", _("国密签名")
    TSA = "tsa", _("时间戳")


class ProposalState(TextChoices):
    """How far an act that two people must want has come."""

    OPEN = "open", _("待复核")
    CONFIRMED = "confirmed", _("已复核")
    REFUSED = "refused", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


class IssueRunState(TextChoices):
    """How far a mass issue has come."""

    RUNNING = "running", _("进行中")
    PAUSED = "paused", _("已暂停")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已取消")


class IssueItemState(TextChoices):
    """How one line of a mass issue stands; ``poison`` stopped the worker that took it, again and again."""

    WAITING = "waiting", _("待签发")
    ISSUED = "issued", _("已签发")
    STOPPED = "stopped", _("需人工处理")
    POISON = "poison", _("已隔离")


class IssueStop(TextChoices):
    """Why a certificate cannot be made as things stand; what passes by itself is tried again by itself."""

    STATUS = "status", _("证书状态")
    PHOTO = "photo", _("证件照")
    TEXT = "text", _("票面文字")
    SIGNER = "signer", _("签名")
    NUMBERS = "numbers", _("编号")
    WORKER = "worker", _("处理中断")


class ReminderChannel(TextChoices):
    """How a learner is reminded."""

    SITE = "site", _("站内消息")
    EMAIL = "email", _("电子邮件")
    SMS = "sms", _("短信")


class HoldingAct(TextChoices):
    """What an act on a holding means, in words; the national operations leave several of them to 07."""

    REGISTER = "register", _("认领登记")
    ISSUE = "issue", _("发证")
    EXTEND = "extend", _("延续")
    CORRECT = "correct", _("更正")
    SUSPEND = "suspend", _("暂停")
    LIFT = "lift", _("解除暂停")
    LAPSE = "lapse", _("失效")
    CANCEL = "cancel", _("注销")
    RESCIND = "rescind", _("撤销")
    REVOKE = "revoke", _("吊销")
    TRANSFER_OUT = "transfer_out", _("转出")
    TRANSFER_IN = "transfer_in", _("转入")
    UNDO_TRANSFER = "undo_transfer", _("撤销转出")
    RESTORE = "restore", _("恢复有效")
    SET_ASIDE = "set_aside", _("列为其他状态")


class RegisterPart(TextChoices):
    """The lists of the register."""

    NEWEST = "newest", _("现行电子证书")
    REPLACED = "replaced", _("已被替换的版本")
    PAPER = "paper", _("尚未换发的原证书")


class RegisterKey(TextChoices):
    """What a certificate is looked for by."""

    NUMBER = "number", _("证书编号")
    NAME = "name", _("姓名")
    IDENTITY = "identity", _("证件号码")
