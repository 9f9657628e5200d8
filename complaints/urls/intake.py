"""The complaint form, below /{language}/complaints/new/."""

from django.urls import path

from complaints.views import intake, intake_check, intake_files

app_name = "intake"
urlpatterns = [
    path("", intake.start, name="start"),
    path("saved/", intake.saved, name="saved"),
    path("files/", intake_files.files, name="files"),
    path("files/<uuid:enclosure_id>/preview/", intake_files.preview_of, name="file_preview"),
    path("check/", intake_check.check, name="check"),
    path("done/<str:reference>/", intake_check.done, name="done"),
    path("<slug:name>/", intake.step, name="step"),
]
