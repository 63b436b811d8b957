"""All that the hosts of packages answer; see ``lms.middleware.ContentHostMiddleware``."""

from django.urls import include, path
from django.utils.module_loading import import_string

urlpatterns = [
    path("scorm/commit", import_string("tracking.views.scorm_commit")),  # where no fast path stands in front
    path("", include("media_pipeline.urls.content")),
]
