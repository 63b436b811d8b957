"""What an authority does: the recognition queue, and later plans, imports and spot checks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvincesConfig(AppConfig):
    """The officers' desk."""

    name = "provinces"
    verbose_name = _("主管部门工作台")
