"""The addresses of the app."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("register/", views.register, name="register"),
    path("identity/", views.identity, name="identity"),
    path("password/", views.password, name="password"),
    path("privacy/", views.privacy, name="privacy"),
]
