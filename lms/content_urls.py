"""All that the hosts of packages answer; see ``lms.middleware.ContentHostMiddleware``."""

from django.urls import include, path

urlpatterns = [path("", include("media_pipeline.urls.content"))]
