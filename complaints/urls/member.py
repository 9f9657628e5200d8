"""A member's own pages, below /{language}/my/."""

from django.urls import path

from complaints.views import member, why

app_name = "member"
urlpatterns = [
    path("", member.cases, name="cases"),
    path("seen/", member.seen, name="seen"),
    path("cases/<str:reference>/", member.case, name="case"),
    path("cases/<str:reference>/messages/", member.write, name="write"),
    path("cases/<str:reference>/letter/", member.letter, name="letter"),
    path("cases/<str:reference>/letter.pdf", member.letter_pdf, name="letter_pdf"),
    path("cases/<str:reference>/notices/<uuid:notice_id>/", member.notice, name="notice"),
    path("cases/<str:reference>/notices/<uuid:notice_id>.pdf", member.notice_pdf, name="notice_pdf"),
    path("cases/<str:reference>/files/<uuid:enclosure_id>/", member.file, name="file"),
    path("cases/<str:reference>/files/<uuid:enclosure_id>/preview/", member.file_preview, name="file_preview"),
    path("cases/<str:reference>/why/<slug:kind>-<int:cycle>/", why.own_date, name="why"),
    path("cases/<str:reference>/why/<slug:kind>-<int:cycle>.json", why.own_date_data, name="why_data"),
    path("cases/<str:reference>/withdraw/", member.withdraw, name="withdraw"),
]
