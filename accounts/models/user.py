"""The account a person signs in with."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.lib.public_id import PublicIdModel


class User(PublicIdModel, AbstractUser):
    """A person's account; the real name and identity stand in :class:`accounts.models.Learner`."""

    mobile = models.CharField(_("手机号"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        constraints = [
            models.UniqueConstraint(fields=["mobile"], condition=~Q(mobile=""), name="user_mobile_once"),
        ]
