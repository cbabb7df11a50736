from __future__ import annotations

from django.urls import path

from openiop.family import views

app_name = "family"
urlpatterns = [
    path("", views.home, name="home"),
    path("learn/", views.learn, name="learn"),
    path("contact/", views.contact, name="contact"),
]
