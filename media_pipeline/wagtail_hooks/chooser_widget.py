"""The field of a form that holds a video: choose one, upload one, or drop a file on it; it shows how far it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.widgets import Script
from django.urls import reverse
from wagtail.admin.widgets.chooser import BaseChooser

from media_pipeline.models import Video
from media_pipeline.queries import status_of


class VideoChooserWidget(BaseChooser):
    """Wagtail's chooser with a place to drop a file on, and the video's state below its title."""

    template_name = "media_pipeline/chooser_field.html"

    def get_value_data_from_instance(self, instance: Video) -> dict[str, Any]:
        """Add where the video stands."""
        status = status_of(instance)
        told = {"uuid": str(instance.uuid), "percent": status.percent, "reason": status.reason}
        return {
            **super().get_value_data_from_instance(instance),
            **told,
            "state_label": status.label,
            "finished": status.finished,
        }

    def get_context(self, name: str, value_data: dict[str, Any], attrs: dict[str, Any]) -> dict[str, Any]:
        """Add the state, and where the script gets the uploader."""
        status = {
            "uuid": value_data.get("uuid", ""),
            "label": value_data.get("state_label", ""),
            "percent": value_data.get("percent", 0),
            "reason": value_data.get("reason", ""),
            "finished": value_data.get("finished", True),
        }
        return {
            **super().get_context(name, value_data, attrs),
            "status": status,
            "statuses_url": reverse("video:statuses"),
            "uploader_url": reverse("video_chooser:uploader"),
        }

    @property
    def media(self) -> forms.Media:
        """The scripts and styles of the field."""
        scripts = [
            Script("media_pipeline/video_chooser.js", type="module"),
            Script("media_pipeline/video_status.js", type="module"),
        ]
        styles = {"all": ["media_pipeline/library.css", "media_pipeline/uploader.css"]}
        more: Any = {"js": scripts, "css": styles}
        return super().media + forms.Media(**more)
