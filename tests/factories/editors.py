"""People who come to the media library with some rights and no others."""

from __future__ import annotations

from itertools import count

from django.contrib.auth.models import Group, Permission
from django.test import Client

from tests.factories.accounts import make_user

_numbers = count(1)


def editor(*codenames: str) -> Client:
    """A browser of somebody who may enter the CMS and has these rights."""
    group = Group.objects.create(name=f"测试编辑{next(_numbers)}")
    admin = Permission.objects.get(codename="access_admin")
    group.permissions.set([admin, *Permission.objects.filter(codename__in=codenames)])
    user = make_user()
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client
