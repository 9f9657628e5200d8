"""Who works here, below /people/."""

from django.urls import path

from members.views import people, representatives, reviews

app_name = "people"
urlpatterns = [
    path("", people.people, name="list"),
    path("invite/", people.invite, name="invite"),
    path("review/", reviews.review, name="review"),
    path("review/<uuid:review_id>.csv", reviews.review_csv, name="review_csv"),
    path("review/<uuid:reviewed_id>/", reviews.decide, name="decide"),
    path("representatives/", representatives.every, name="representations"),
    path("representatives/record/", representatives.record, name="record_representation"),
    path("representatives/<uuid:representation_id>/confirm/", representatives.confirm, name="confirm_representation"),
    path("representatives/<uuid:representation_id>/end/", representatives.end, name="end_representation"),
    path("<uuid:user_id>/", people.person, name="person"),
    path("<uuid:user_id>/grant/", people.grant, name="grant"),
    path("<uuid:user_id>/revoke/", people.revoke, name="revoke"),
    path("<uuid:user_id>/disable/", people.disable, name="disable"),
    path("<uuid:user_id>/enable/", people.enable, name="enable"),
    path("<uuid:user_id>/reset/ask/", people.ask_reset, name="ask_reset"),
    path("<uuid:user_id>/reset/confirm/", people.confirm_reset, name="confirm_reset"),
]
