"""The addresses of the app: what stands beside the page tree."""

from django.urls import path, re_path
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.images.views.serve import ServeView

from cms_pages import views

app_name = "cms_pages"
urlpatterns = [
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("search/", views.search, name="search"),
    # A lesson's frozen text names its pictures by this signed address, which outlives any storage's own.
    re_path(r"^images/([^/]*)/(\d*)/([^/]*)/[^/]*$", ServeView.as_view(action="redirect"), name="image"),
]
