"""The pages of the site."""

from cms_pages.models.courses import CourseIndexPage, CoursePage, CoursePageLesson
from cms_pages.models.home import HomePage
from cms_pages.models.notices import NoticeIndexPage, NoticePage
from cms_pages.models.posts import PostIndexPage, PostPage, SyllabusPage
from cms_pages.models.review import ContentReviewTask

__all__ = [
    "ContentReviewTask",
    "CourseIndexPage",
    "CoursePage",
    "CoursePageLesson",
    "HomePage",
    "NoticeIndexPage",
    "NoticePage",
    "PostIndexPage",
    "PostPage",
    "SyllabusPage",
]
