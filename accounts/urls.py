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
    path("messages/", views.messages, name="messages"),
    path("messages/read/", views.messages_read, name="messages_read"),
    path("messages/<uuid:uuid>/", views.message, name="message"),
    path("contact/", views.contact, name="contact"),
    path("contact/confirm/<str:token>/", views.confirm_email, name="confirm_email"),
    path("contact/leave/<str:token>/", views.leave_email, name="leave_email"),
    path("privacy/", views.privacy, name="privacy"),
]
