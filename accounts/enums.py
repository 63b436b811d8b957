"""Closed lists of the app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IdKind(TextChoices):
    """Kinds of identity document that a learner may register with."""

    RESIDENT_ID = "resident_id", _("居民身份证")
    HK_MACAU_PERMIT = "hk_macau_permit", _("港澳居民来往内地通行证")
    TAIWAN_PERMIT = "taiwan_permit", _("台湾居民来往大陆通行证")
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit", _("港澳台居民居住证")
    FOREIGN_PR = "foreign_pr", _("外国人永久居留身份证")
    PASSPORT = "passport", _("护照")


class Sex(TextChoices):
    """As the identity number says it; empty where the document does not."""

    MALE = "male", _("男")
    FEMALE = "female", _("女")


class TimeZone(TextChoices):
    """Where a learner's days begin."""

    SHANGHAI = "Asia/Shanghai", _("北京时间")
    URUMQI = "Asia/Urumqi", _("新疆时间")


class AuthorityKind(TextChoices):
    """Kinds of body that recognise hours."""

    MINISTRY = "ministry", _("国务院主管部门")
    PROVINCE = "province", _("省级主管部门")
    CORPS = "corps", _("新疆生产建设兵团")
    ENTERPRISE = "enterprise", _("建筑业企业")
    DEMO = "demo", _("演示")


class InterfaceState(TextChoices):
    """How far an authority's own system is joined to the ministry's."""

    NONE = "none", _("未提出")
    REQUESTED = "requested", _("已提出")
    DONE = "done", _("已完成")


class InstitutionKind(TextChoices):
    """Kinds of training institution."""

    ENTERPRISE = "enterprise", _("企业")
    SOCIAL = "social", _("社会培训机构")
    ASSOCIATION = "association", _("行业组织")
    COLLEGE = "college", _("职业院校")


class OfficerRole(TextChoices):
    """What a person may do for an authority."""

    RECOGNISER = "recogniser", _("学时认定")
    IMPORTER = "importer", _("名册导入")
    SUPERVISOR = "supervisor", _("监督检查")
    REGISTRAR = "registrar", _("证书管理")
