"""What staff sees of certificates in Wagtail's admin."""

from certificates.wagtail_hooks import designs  # noqa: F401
