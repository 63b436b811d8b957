"""Who may write and who may publish."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail.models import Page as WagtailPage

from cms_pages.models import ContentReviewTask, HomePage

EDITORS = "编辑"
REVIEWERS = "审核"
WORKFLOW = "内容审核"

ADMIN_ACCESS = ["wagtailadmin.access_admin"]
TEACHING = [
    "courses.view_post",
    "courses.view_hourpolicy",
    "courses.add_regulatorydocument",
    "courses.change_regulatorydocument",
    "courses.view_regulatorydocument",
    "courses.add_syllabusitem",
    "courses.change_syllabusitem",
    "courses.delete_syllabusitem",
    "courses.view_syllabusitem",
    "media_pipeline.add_video",
    "media_pipeline.change_video",
    "media_pipeline.delete_video",
    "media_pipeline.view_video",
]
FILES = ["add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"]
PAGES = {EDITORS: ["add_page", "change_page"], REVIEWERS: ["add_page", "change_page", "publish_page", "lock_page"]}


def set_up_groups(home: HomePage) -> list[str]:
    """Make what is missing of the two groups, their permissions and the workflow; returns what was made."""
    made = []
    groups = {}
    for name, page_permissions in PAGES.items():
        group, is_new = Group.objects.get_or_create(name=name)
        groups[name] = group
        made += [name] if is_new else []
        group.permissions.add(*_missing(group))
        _grant_pages(group, home, page_permissions)
        _grant_files(group)
    return made + _make_workflow(home, groups[REVIEWERS])


def _missing(group: Group) -> list[Permission]:
    held = set(group.permissions.values_list("pk", flat=True))
    wanted = [_permission(*name.split(".")) for name in ADMIN_ACCESS + TEACHING]
    return [permission for permission in wanted if permission.pk not in held]


def _permission(app_label: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def _grant_pages(group: Group, home: HomePage, codenames: list[str]) -> None:
    content_type = ContentType.objects.get_for_model(WagtailPage)
    for codename in codenames:
        permission = Permission.objects.get(content_type=content_type, codename=codename)
        GroupPagePermission.objects.get_or_create(group=group, page_id=home.pk, permission=permission)


def _grant_files(group: Group) -> None:
    root = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=FILES
    ):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _make_workflow(home: HomePage, reviewers: Group) -> list[str]:
    if WorkflowPage.objects.filter(page_id=home.pk).exists():
        return []
    task = ContentReviewTask.objects.create(name=WORKFLOW)
    task.groups.add(reviewers)
    workflow = Workflow.objects.create(name=WORKFLOW)
    WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page_id=home.pk)
    return [WORKFLOW]
