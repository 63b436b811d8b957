"""Who: users, learners, authorities, institutions, roles and the audit trail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People and the bodies they act for."""

    name = "accounts"
    verbose_name = _("用户与机构")
