"""The desk, below /desk/. The page of an act has the act's name."""

from django.urls import path

from complaints.views import deadlines, why
from complaints.views.desk import answer, case, dates, legal_dates, notices, queue, restricted, search, tasks, work

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("queue.csv", queue.queue_csv, name="queue_csv"),
    path("search/", search.search, name="search"),
    path("deadlines/", deadlines.engine, name="deadlines"),
    path("deadlines/given-up/", deadlines.given_up, name="given_up"),
    path("deadlines/retry/", deadlines.retry, name="retry"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/done/", tasks.done, name="task_done"),
    path("restricted/open/", restricted.glass, name="break_glass"),
    path("restricted/openings/", restricted.openings, name="openings"),
    path("restricted/openings/<uuid:opening_id>/", restricted.opening, name="opening"),
    path("restricted/openings/<uuid:opening_id>/answer/", restricted.judge, name="judge"),
    path("cases/<str:reference>/", case.case, name="case"),
    path("cases/<str:reference>/files/<uuid:enclosure_id>/", case.file, name="file"),
    path("cases/<str:reference>/files/<uuid:enclosure_id>/preview/", case.file_preview, name="file_preview"),
    path("cases/<str:reference>/letter/", case.letter, name="letter"),
    path("cases/<str:reference>/letter.pdf", case.pdf, name="letter_pdf"),
    path("cases/<str:reference>/why/<slug:kind>-<int:cycle>/", why.case_date, name="why"),
    path("cases/<str:reference>/why/<slug:kind>-<int:cycle>.json", why.case_date_data, name="why_data"),
    path("cases/<str:reference>/notices/<uuid:notice_id>/", case.notice, name="notice"),
    path("cases/<str:reference>/notices/<uuid:notice_id>/sent/", notices.SendNotice.as_view(), name="send_notice"),
    path("cases/<str:reference>/take/", work.Take.as_view(), name="take"),
    path("cases/<str:reference>/receipt/", work.Acknowledge.as_view(), name="acknowledge"),
    path("cases/<str:reference>/assess/", work.Assess.as_view(), name="assess"),
    path("cases/<str:reference>/note/", work.WriteNote.as_view(), name="write_note"),
    path("cases/<str:reference>/evidence/", work.AddEvidence.as_view(), name="add_evidence"),
    path("cases/<str:reference>/address/", work.RecordAddress.as_view(), name="record_address"),
    path("cases/<str:reference>/findings/", work.Investigate.as_view(), name="investigate"),
    path("cases/<str:reference>/decide/", answer.Decide.as_view(), name="decide"),
    path("cases/<str:reference>/issue/", answer.IssueLetter.as_view(), name="issue_letter"),
    path("cases/<str:reference>/posted/", answer.Inform.as_view(), name="inform"),
    path("cases/<str:reference>/message/", answer.Message.as_view(), name="message"),
    path("cases/<str:reference>/later/", dates.ExtendDate.as_view(), name="extend_date"),
    path("cases/<str:reference>/start-date/", legal_dates.StartDate.as_view(), name="start_date"),
    path("cases/<str:reference>/date-done/", legal_dates.MeetDate.as_view(), name="meet_date"),
    path("cases/<str:reference>/wait/", dates.Wait.as_view(), name="wait_for_member"),
    path("cases/<str:reference>/go-on/", dates.StopWaiting.as_view(), name="stop_waiting"),
    path("cases/<str:reference>/restrict/", restricted.Restrict.as_view(), name="restrict"),
    path("cases/<str:reference>/lift/", restricted.Lift.as_view(), name="lift_restriction"),
    path("cases/<str:reference>/close/", answer.Close.as_view(), name="close"),
]
