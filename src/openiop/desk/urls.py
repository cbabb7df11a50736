from __future__ import annotations

from django.urls import path

from openiop.desk.views import alerts, assessments, consents, inquiries, profile, referral, today

app_name = "desk"
urlpatterns = [
    path("inquiries/", inquiries.listing, name="inquiries"),
    path("inquiries/new/", inquiries.new, name="inquiry_new"),
    path("inquiries/referral/", referral.referral_import, name="referral_import"),
    path("inquiries/<uuid:pk>/", inquiries.detail, name="inquiry"),
    path("inquiries/<uuid:pk>/calls/", inquiries.call, name="inquiry_call"),
    path("inquiries/<uuid:pk>/close/", inquiries.close, name="inquiry_close"),
    path("inquiries/<uuid:pk>/client/", inquiries.convert, name="inquiry_convert"),
    path("clients/<uuid:pk>/profile/", profile.profile, name="profile"),
    path("clients/<uuid:pk>/profile/counselor/", profile.assign_counselor, name="profile_counselor"),
    path("clients/<uuid:pk>/profile/portal/", profile.give_portal, name="profile_portal"),
    path("clients/<uuid:pk>/assessment/", assessments.assessment, name="assessment"),
    path("clients/<uuid:pk>/recommendation/", assessments.recommendation, name="recommendation"),
    path("", today.today, name="today"),
    path("alerts/", alerts.listing, name="alerts"),
    path("alerts/<uuid:pk>/", alerts.detail, name="alert"),
    path("clients/<uuid:pk>/consents/", consents.consents, name="consents"),
    path("clients/<uuid:pk>/consents/family/", consents.name_family, name="family_add"),
    path("clients/<uuid:pk>/consents/<uuid:consent_pk>/revoke/", consents.revoke, name="consent_revoke"),
]
