"""The addresses of the app."""

app_name = "cms_pages"
urlpatterns: list[object] = []
