from __future__ import annotations

from django.urls import path

from openiop.site.views import articles, check, doors, inquiry
from openiop.site.views.styleguide import styleguide

app_name = "site"
urlpatterns = [
    path("", articles.home, name="home"),
    path("what-is-iop/", articles.read, {"slug": "what-is-iop"}, name="what-is-iop"),
    path("levels-of-care/", articles.read, {"slug": "levels-of-care"}, name="levels-of-care"),
    path("treatment/", articles.read, {"slug": "treatment"}, name="treatment"),
    path("times/", articles.times, name="times"),
    path("questions/", articles.read, {"slug": "questions"}, name="questions"),
    path("families/", articles.read, {"slug": "families"}, name="families"),
    path("help/", articles.get_help, name="help"),
    path("check/", check.check, name="check"),
    path("call-me/", inquiry.callback, name="callback"),
    path("styleguide/", styleguide, name="styleguide"),
    path("welcome/", doors.welcome, name="welcome"),
    path("demo/enter/<slug:role>", doors.enter, name="door"),
]
