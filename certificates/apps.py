"""What the hours are for: holdings, renewal, certificates, verification."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    """Holdings and electronic certificates."""

    name = "certificates"
    verbose_name = _("证书")

    def ready(self) -> None:
        """Register the deployment checks."""
        from certificates import checks  # noqa: F401
