from __future__ import annotations

from django.urls import path

from openiop.desk.views import alerts, consents, today

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("alerts/", alerts.listing, name="alerts"),
    path("alerts/<uuid:pk>/", alerts.detail, name="alert"),
    path("clients/<uuid:pk>/consents/", consents.consents, name="consents"),
    path("clients/<uuid:pk>/consents/family/", consents.name_family, name="family_add"),
    path("clients/<uuid:pk>/consents/<uuid:consent_pk>/revoke/", consents.revoke, name="consent_revoke"),
]
