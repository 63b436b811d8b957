"""The whole demonstration, safe to run again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from certificates.models import Certificate
from cms_pages.operations.demo.classroom import make_claims, make_trainers
from cms_pages.operations.demo.content import make_courses, make_notices, make_videos
from cms_pages.operations.demo.graduate import make_graduate
from cms_pages.operations.demo.logins import read_passwords, write_logins
from cms_pages.operations.demo.people import import_holders, make_learners, make_staff
from cms_pages.operations.page_texts import read_yaml
from cms_pages.operations.site import set_up_site
from courses.operations import load_reference_data
from lms.lib.errors import DomainError
from media_pipeline.models import Video

GRADUATE_USERNAME = "demo-graduate"
GRADUATE_NAME = "测试钱七"


class DemoRefusedError(DomainError):
    """This is not a demonstration site: no invented person may come in."""

    code = "demo_refused"


def load_demo(
    *, clock: Callable[[], datetime], say: Callable[[str], None], videos: dict[str, Video] | None = None
) -> Certificate:
    """Load what is missing of reference data, pages, courses, videos, people and one renewed certificate.

    Each part commits by itself, so that an interrupted load goes on where it stopped; a second run writes nothing.
    ``clock`` is asked again by what takes minutes; ``say`` is told what is being done; ``videos``, by script name,
    spares making them. The logins stand in ``XUESHI_HOME/demo-logins.txt``. Returns the certificate.

    :raises DemoRefusedError: ``XUESHI_DEMO`` is not set.
    """
    if not settings.XUESHI_DEMO:
        raise DemoRefusedError(_("这不是演示站点：只有设置 XUESHI_DEMO=1 才能加载演示数据"))
    now = clock()
    people = _people()
    passwords = read_passwords()
    say("岗位、政策、法规标准与大纲")
    load_reference_data(now=now, include_demo=True)
    say("页面与编辑权限")
    set_up_site(site_url=settings.XUESHI_SITE_URL, now=now)
    say("编辑、审核与经办人")
    make_staff(people, passwords, now=now)
    editor = User.objects.get(username=people["editors"][0]["username"])
    make_courses(videos=videos or make_videos(user=editor, clock=clock, say=say), author=editor, say=say)
    make_notices(author=editor)
    say("旧证名册与学员")
    officer = User.objects.get(username=people["officers"][0]["username"])
    import_holders(people, actor=officer, now=now)
    make_learners(people, passwords, now=now)
    say("培训机构与两项线下学时申报")
    make_trainers(people, passwords, now=now)
    make_claims(officer=officer, now=now)
    say("一本已换发的电子证书")
    certificate = make_graduate(people, passwords, now=now)
    write_logins(people, passwords, certificate)
    return certificate


def _people() -> dict[str, Any]:
    """The people of the data file, and the one of its holders who has renewed already."""
    people: dict[str, Any] = read_yaml("people.yaml")
    holder = next(holder for holder in people["holders"] if holder["full_name"] == GRADUATE_NAME)
    identity = {name: holder[name] for name in ("full_name", "id_kind", "id_number")}
    return {**people, "graduate": {"username": GRADUATE_USERNAME, "mobile": "", **identity}}
