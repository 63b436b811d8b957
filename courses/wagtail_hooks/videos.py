"""Tells the media library which editions show a video."""

from wagtail import hooks

from courses.queries import edition_usages, videos_of_editions

hooks.register("find_video_usages", edition_usages)
hooks.register("list_used_videos", videos_of_editions)
