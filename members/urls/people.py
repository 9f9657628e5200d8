"""Who works here, below /people/."""

from django.urls import path

from members.views import disclosures, people, representatives, reviews, work

app_name = "people"
urlpatterns = [
    path("", people.people, name="list"),
    path("invite/", people.invite, name="invite"),
    path("teams/", work.teams, name="teams"),
    path("teams/<uuid:team_id>/lead/", work.lead_team, name="lead_team"),
    path("teams/<uuid:team_id>/rename/", work.rename_team, name="rename_team"),
    path("teams/<uuid:team_id>/end/", work.end_team, name="end_team"),
    path("<uuid:user_id>/work/", work.work, name="work"),
    path("<uuid:user_id>/work/team/", work.join_team, name="join_team"),
    path("<uuid:user_id>/work/skills/", work.set_skills, name="set_skills"),
    path("<uuid:user_id>/work/absences/<uuid:absence_id>/end/", work.end_absence, name="end_absence"),
    path("<uuid:user_id>/sign-out/", work.sign_out_everywhere, name="sign_out_everywhere"),
    path("review/", reviews.review, name="review"),
    path("review/<uuid:review_id>.csv", reviews.review_csv, name="review_csv"),
    path("review/<uuid:reviewed_id>/", reviews.decide, name="decide"),
    path("representatives/", representatives.every, name="representations"),
    path("representatives/record/", representatives.record, name="record_representation"),
    path("representatives/<uuid:representation_id>/confirm/", representatives.confirm, name="confirm_representation"),
    path("representatives/<uuid:representation_id>/end/", representatives.end, name="end_representation"),
    path("disclosures/", disclosures.find, name="disclosures"),
    path("disclosures/record/", disclosures.record_gone, name="record_disclosure"),
    path("disclosures/<uuid:disclosure_id>/mistake/", disclosures.mistake, name="correct_disclosure"),
    path("disclosures/consents/record/", disclosures.record_paper, name="record_consent"),
    path("disclosures/consents/<uuid:consent_id>/end/", disclosures.withdraw, name="withdraw_consent"),
    path("<uuid:user_id>/", people.person, name="person"),
    path("<uuid:user_id>/grant/", people.grant, name="grant"),
    path("<uuid:user_id>/revoke/", people.revoke, name="revoke"),
    path("<uuid:user_id>/disable/", people.disable, name="disable"),
    path("<uuid:user_id>/enable/", people.enable, name="enable"),
    path("<uuid:user_id>/reset/ask/", people.ask_reset, name="ask_reset"),
    path("<uuid:user_id>/reset/confirm/", people.confirm_reset, name="confirm_reset"),
]
