"""Courses, notices and videos of the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import yaml

from accounts.models import User
from cms_pages.models import CourseIndexPage, CoursePage, CoursePageLesson, NoticeIndexPage, NoticePage
from cms_pages.operations.demo.blocks import body_blocks, document_blocks, question_blocks
from cms_pages.operations.page_texts import data_folder, read_yaml
from courses.enums import LessonKind
from courses.models import Post, RegulatoryDocument
from media_pipeline.models import Video
from media_pipeline.operations import parse_slide_script, ready_deck, ready_package, ready_slide_video


def make_videos(*, user: User, clock: Callable[[], datetime], say: Callable[[str], None]) -> dict[str, Video]:
    """Make the videos, slides and packages that are not there yet, ready at once; by the names in the courses."""
    videos = {}
    for path in sorted((data_folder() / "videos").glob("*.yaml")):
        script = parse_slide_script(yaml.safe_load(path.read_text(encoding="utf-8")))
        say(f"视频 {script.title}")
        videos[script.name] = ready_slide_video(script=script, user=user, clock=clock)
    for path in sorted((data_folder() / "decks").glob("*.yaml")):
        script = parse_slide_script(yaml.safe_load(path.read_text(encoding="utf-8")))
        say(f"幻灯片 {script.title}")
        videos[script.name] = ready_deck(script=script, user=user, clock=clock)
    for name, title in read_yaml("packages.yaml").items():
        say(f"SCORM 课件 {title}")
        folder = data_folder() / "packages" / name
        videos[name] = ready_package(folder=folder, title=title, user=user, clock=clock)
    return videos


def make_courses(*, videos: dict[str, Video], author: User, say: Callable[[str], None]) -> int:
    """Publish the courses whose pages are not there yet; returns how many. Pages that exist are left alone."""
    index = CourseIndexPage.objects.order_by("path").get()
    posts = {post.code: post for post in Post.objects.all()}
    documents = {document.number: document for document in RegulatoryDocument.objects.all()}
    known = set(CoursePage.objects.child_of(index).values_list("slug", flat=True))
    made = 0
    for path in sorted((data_folder() / "courses").glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if data["code"] in known:
            continue
        say(f"课程 {data['title']}")
        page = _course_page(data, posts, documents, videos)
        index.add_child(instance=page)
        page.save_revision(user=author, log_action=True).publish()
        made += 1
    return made


def make_notices(*, author: User) -> int:
    """Publish the notices whose pages are not there yet; returns how many."""
    index = NoticeIndexPage.objects.order_by("path").get()
    known = set(NoticePage.objects.child_of(index).values_list("slug", flat=True))
    fresh = [item for item in read_yaml("notices.yaml") if item["slug"] not in known]
    for item in fresh:
        page = NoticePage(
            title=item["title"],
            slug=item["slug"],
            issued_on=item["date"],
            issuer=item.get("issuer", ""),
            summary=item.get("summary", ""),
            body=body_blocks(item["body"]),
            live=False,
        )
        index.add_child(instance=page)
        page.save_revision(user=author, log_action=True).publish()
    return len(fresh)


def _course_page(
    data: dict[str, Any],
    posts: dict[str, Post],
    documents: dict[str, RegulatoryDocument],
    videos: dict[str, Video],
) -> CoursePage:
    page = CoursePage(
        title=data["title"],
        slug=data["code"],
        summary=data["summary"],
        block=data["block"],
        documents=document_blocks(data.get("documents", []), documents),
        live=False,
    )
    if data["posts"] != "all":
        page.posts = [posts[code] for code in data["posts"]]
    page.lessons = [
        CoursePageLesson(
            key=lesson["key"],
            title=lesson["title"],
            kind=LessonKind(lesson["kind"]),
            video=videos[shown] if (shown := lesson.get("video") or lesson.get("package")) else None,
            body=body_blocks(lesson.get("body", [])),
            credit_minutes=lesson["credit_minutes"],
            required_seconds=lesson["required_seconds"],
            documents=document_blocks(lesson.get("documents", []), documents),
            questions=question_blocks(lesson.get("questions", [])),
            sort_order=position,
        )
        for position, lesson in enumerate(data["lessons"])
    ]
    return page
