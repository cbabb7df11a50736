from __future__ import annotations

from django.urls import path

from openiop.portal.views import check_in, consents, help, home, level, measures, plan, progress, rewards, schedule

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("schedule/", schedule.schedule, name="schedule"),
    path("schedule/<uuid:pk>/cannot-come/", schedule.cannot_come, name="cannot_come"),
    path("level/", level.level, name="level"),
    path("progress/", progress.progress, name="progress"),
    path("check-in/", check_in.check_in, name="check_in"),
    path("check-in/<uuid:pk>/", check_in.done, name="check_in_done"),
    path("measures/<uuid:pk>/", measures.measure, name="measure"),
    path("measures/<uuid:pk>/help/", measures.measure_help, name="measure_help"),
    path("measures/<uuid:pk>/finish/", measures.finish_measure, name="finish_measure"),
    path("rewards/", rewards.rewards, name="rewards"),
    path("consents/", consents.consents, name="consents"),
    path("consents/<uuid:pk>/", consents.consent, name="consent"),
    path("help/", help.get_help, name="help"),
    path("plan/", plan.plan, name="plan"),
]
