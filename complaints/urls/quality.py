"""Quality management, below /quality/."""

from django.urls import path

from complaints.views import try_dates
from complaints.views.quality import capa_acts, capa_why, capas, causes, dashboard, hand_overs, policies, what_if

app_name = "quality"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("causes/", causes.causes, name="causes"),
    path("causes.csv", causes.causes_csv, name="causes_csv"),
    path("causes/to-record/", causes.to_record, name="to_record"),
    path("causes/<slug:code>/", causes.cause, name="cause"),
    path("cases/<slug:reference>/cause/", causes.record, name="record_cause"),
    path("dates/", try_dates.try_dates, name="try_dates"),
    path("dates/packs/", try_dates.packs, name="packs"),
    path("dates/packs/<slug:name>/", try_dates.pack, name="pack"),
    path("policies/", policies.policies, name="policies"),
    path("policies/new/", policies.new, name="policy_new"),
    path("policies/drafts/<uuid:draft_id>/", policies.draft, name="policy_draft"),
    path("policies/drafts/<uuid:draft_id>/text/", policies.edit, name="policy_edit"),
    path("policies/drafts/<uuid:draft_id>/submit/", policies.act, {"name": "submit"}, name="policy_submit"),
    path("policies/drafts/<uuid:draft_id>/publish/", policies.publish, name="policy_publish"),
    path("policies/drafts/<uuid:draft_id>/withdraw/", policies.act, {"name": "withdraw"}, name="policy_withdraw"),
    path("policies/drafts/<uuid:draft_id>/what-if/", what_if.what_if, name="policy_what_if"),
    path("policies/drafts/<uuid:draft_id>/what-if.csv", what_if.what_if_csv, name="policy_what_if_csv"),
    path("capa/", capas.capa_list, name="capa_list"),
    path("capa.csv", capas.capa_list_csv, name="capa_list_csv"),
    path("capa/new/", capa_acts.new, name="capa_new"),
    path("capa/<slug:reference>/", capas.capa, name="capa"),
    path("capa/<slug:reference>/actions/new/", capa_acts.plan_action, name="capa_action"),
    path("capa/<slug:reference>/actions/<uuid:action_id>/done/", capa_acts.complete, name="capa_action_done"),
    path("capa/<slug:reference>/actions/<uuid:action_id>/owner/", hand_overs.action, name="capa_action_hand_over"),
    path("capa/<slug:reference>/owner/", hand_overs.capa, name="capa_hand_over"),
    path("capa/<slug:reference>/why/<slug:kind>-<int:cycle>/", capa_why.date, name="capa_why"),
    path("capa/<slug:reference>/why/<slug:kind>-<int:cycle>.json", capa_why.date_data, name="capa_why_data"),
    path(
        "capa/<slug:reference>/actions/<uuid:action_id>/why/<slug:kind>-<int:cycle>/",
        capa_why.date,
        name="capa_action_why",
    ),
    path(
        "capa/<slug:reference>/actions/<uuid:action_id>/why/<slug:kind>-<int:cycle>.json",
        capa_why.date_data,
        name="capa_action_why_data",
    ),
    path("capa/<slug:reference>/plan/", capa_acts.approve, name="capa_plan"),
    path("capa/<slug:reference>/verdict/", capa_acts.verify, name="capa_verdict"),
]
