from __future__ import annotations

from django.urls import include, path

from openiop.site.views.doors import closed

urlpatterns = [
    path("accounts/email/", closed),
    path("accounts/password/set/", closed),
    path("accounts/", include("allauth.urls")),
    path("portal/", include("openiop.portal.urls")),
    path("family/", include("openiop.family.urls")),
    path("desk/", include("openiop.desk.urls")),
    path("", include("openiop.site.urls")),
]
