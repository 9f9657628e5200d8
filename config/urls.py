"""Every prefix on one screen. Member and public pages carry a language; staff screens do not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config import csp_reports, errors, health, metrics

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/deadlines", health.deadlines, name="health_deadlines"),
    path("health/limits", health.limits, name="health_limits"),
    path("health/audit", health.audit, name="health_audit"),
    path("health/files", health.files, name="health_files"),
    path("health/recovery", health.recovery, name="health_recovery"),
    path("csp-reports", csp_reports.collect, name="csp_reports"),
    path("metrics", metrics.metrics, name="metrics"),
    path("desk/", include("complaints.urls.desk")),
    path("people/", include("members.urls.people")),
    path("quality/", include("complaints.urls.quality")),
    path("oversight/", include("complaints.urls.oversight")),
    path("retention/", include("complaints.urls.retention")),
    *i18n_patterns(
        path("account/", include("members.urls.accounts")),
        path("complaints/new/", include("complaints.urls.intake")),
        path("my/", include("complaints.urls.member")),
        path("", include("complaints.urls.public")),
    ),
]
handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
