"""Pages for everybody, below /{language}/."""

from django.urls import path

from complaints.views import public

app_name = "public"
urlpatterns = [
    path("", public.home, name="home"),
    path("complaints/", public.complaints, name="complaints"),
    path("status/", public.status, name="status"),
    path("status/<str:token>/", public.status_of, name="status_of"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("privacy/", public.privacy, name="privacy"),
    path("language-help/", public.language_help, name="language_help"),
]
