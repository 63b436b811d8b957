"""The thirteen posts and their old names."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Post(models.Model):
    """A 岗位: the post that a certificate is for. ``code`` is known outside."""

    code = models.CharField(_("代码"), max_length=12, unique=True)
    slug = models.SlugField(_("网址标识"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=40, unique=True)
    name_en = models.CharField(_("英文名称"), max_length=80)
    summary = models.TextField(_("岗位说明"), blank=True)
    summary_en = models.TextField(_("英文说明"), blank=True)
    position = models.PositiveSmallIntegerField(_("次序"), unique=True)

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")

    def __str__(self) -> str:
        return self.name


class PostAlias(models.Model):
    """A name on old certificates; ``post`` is empty where the old post has no successor."""

    name = models.CharField(_("旧名称"), max_length=40, unique=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="aliases")
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("岗位旧名称")
        verbose_name_plural = _("岗位旧名称")

    def __str__(self) -> str:
        return self.name
