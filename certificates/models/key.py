"""Whose keys signed what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.enums import KeyPurpose


class SigningKey(models.Model):
    """The public half of a key that signed here, kept for ever: what it signed must be checked after its rotation.

    ``kid`` is the RFC 7638 thumbprint of the public key, or the SHA-256 of it where no JWK exists (SM2); ``name`` the
    key's name in the configuration. ``certificate_pem`` holds the key's certificate, ``chain_pem`` what leads from it
    to the root; both are empty for a bare key. Keys of authorities that stamped our times are kept like our own. What
    a key signed before ``retired_at`` stays good; what it signed from ``compromised_at`` on does not.
    """

    kid = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(_("用途"), max_length=8, choices=KeyPurpose)
    name = models.CharField(_("名称"), max_length=60)
    algorithm = models.CharField(_("算法"), max_length=20)
    public_jwk = models.JSONField(default=dict)
    certificate_pem = models.TextField(blank=True)
    chain_pem = models.TextField(blank=True)
    not_before = models.DateTimeField(_("生效"), null=True, blank=True)
    not_after = models.DateTimeField(_("到期"), null=True, blank=True)
    first_used_at = models.DateTimeField(_("启用时间"))
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    compromised_at = models.DateTimeField(_("失密时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("签名密钥")
        verbose_name_plural = _("签名密钥")

    def __str__(self) -> str:
        return f"{self.name} · {self.kid[:12]}"
