from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("portal/", include("openiop.portal.urls")),
    path("family/", include("openiop.family.urls")),
    path("desk/", include("openiop.desk.urls")),
    path("", include("openiop.site.urls")),
]
