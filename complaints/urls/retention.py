"""How long complaints are kept, below /retention/."""

from django.urls import path

from complaints.views import retention

app_name = "retention"
urlpatterns = [
    path("", retention.home, name="home"),
    path("ask/", retention.ask, name="ask"),
    path("lists/<uuid:list_id>/", retention.erasure_list, name="list"),
    path("lists/<uuid:list_id>/list.csv", retention.list_csv, name="list_csv"),
    path("lists/<uuid:list_id>/confirm/", retention.confirm, name="confirm"),
    path("holds/", retention.holds, name="holds"),
    path("holds/<uuid:hold_id>/", retention.hold, name="hold"),
    path("holds/<uuid:hold_id>/release/", retention.release, name="release"),
    path("cases/<str:reference>/hold/", retention.place, name="place"),
    path("erased-complaints.csv", retention.facts_csv, name="facts_csv"),
]
