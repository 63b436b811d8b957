"""The blocks that editors write with."""

from cms_pages.blocks.article import ArticleBody, ReadingBody
from cms_pages.blocks.audience import AudienceStream, StepStream
from cms_pages.blocks.documents import DocumentStream
from cms_pages.blocks.questions import QuestionStream

__all__ = ["ArticleBody", "AudienceStream", "DocumentStream", "QuestionStream", "ReadingBody", "StepStream"]
