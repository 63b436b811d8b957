"""The addresses of the site, top to bottom."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import JavaScriptCatalog
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms.views import healthz, public_file

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    path("accounts/", include("accounts.urls")),
    path("media-files/", include("media_pipeline.urls")),
    path("study/", include("tracking.urls")),
    path("", include("certificates.urls")),
    path("province/", include("provinces.urls")),
    path("staff/", admin.site.urls),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("cms_pages.urls")),
]

if settings.ENV.media.folder:
    urlpatterns.insert(0, re_path(r"^media/(?P<path>.*)$", public_file))

urlpatterns.append(path("", include(wagtail_urls)))
