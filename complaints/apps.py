from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """Complaints from receipt to closure."""

    name = "complaints"

    def ready(self) -> None:
        """Connect what happens when a clock fires or a send is due."""
        from complaints import account_mail as _account_mail  # noqa: F401, PLC0415 -- the same
        from complaints import asked_links as _asked_links  # noqa: F401, PLC0415 -- the same
        from complaints import receivers  # noqa: F401, PLC0415 -- receivers need the models to be loaded
        from complaints.notices import receivers as _notices  # noqa: F401, PLC0415 -- the same
