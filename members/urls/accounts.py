"""The door and each person's own page of security, below /{language}/account/."""

from django.urls import path

from members.views import door, factors, proof, registration, representatives, security, sharing

app_name = "accounts"
urlpatterns = [
    path("sign-in/", door.sign_in, name="sign_in"),
    path("verify/", door.verify, name="verify"),
    path("recovery/", door.recovery, name="recovery"),
    path("prove/", proof.prove, name="prove"),
    path("stay/", door.stay, name="stay"),
    path("sign-out/", door.sign_out, name="sign_out"),
    path("register/", registration.register, name="register"),
    path("register/<str:token>/", registration.registration, name="registration"),
    path("forgot/", security.forgot, name="forgot"),
    path("reset/<str:token>/", security.reset, name="reset"),
    path("enrol/", factors.enrol, name="enrol"),
    path("enrol/app/", factors.enrol_app, name="enrol_app"),
    path("enrol/passkey/", factors.enrol_passkey, name="enrol_passkey"),
    path("security/", security.overview, name="security"),
    path("security/codes/", factors.recovery_codes, name="recovery_codes"),
    path("security/factors/<uuid:factor_id>/remove/", factors.remove, name="remove_factor"),
    path("security/sessions/end/", security.end_sessions, name="end_sessions"),
    path("representatives/", representatives.own, name="representatives"),
    path("representatives/<uuid:representation_id>/end/", representatives.end_own, name="end_representation"),
    path("sharing/", sharing.sharing, name="sharing"),
    path("sharing/new/", sharing.share, name="share"),
    path("sharing/<uuid:consent_id>/end/", sharing.stop_sharing, name="stop_sharing"),
    path("shared/", sharing.shared, name="shared"),
    path("shared.csv", sharing.shared_csv, name="shared_csv"),
    path("security/password/", security.change_password, name="password"),
    path("security/email/", security.change_email, name="email"),
    path("security/email/<str:token>/", security.confirm_email, name="confirm_email"),
]
