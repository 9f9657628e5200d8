from django.apps import AppConfig

from members.backup.signals import restoring, taking


class RetentionConfig(AppConfig):
    """How long complaints are kept, what holds them, and how they are erased."""

    name = "complaints.retention"
    label = "retention"

    def ready(self) -> None:
        """Refuse to start on rules that nobody may go by, and to restore without the ledger that a backup knows."""
        from complaints.retention import known, replay  # noqa: PLC0415 -- models are not loaded before
        from complaints.retention.kept import kept  # noqa: PLC0415 -- the same
        from complaints.retention.rules import rules  # noqa: PLC0415 -- the same

        rules()
        kept()
        restoring.connect(replay.see_that_the_ledger_is_here, dispatch_uid="retention.ledger")
        taking.connect(known.note, dispatch_uid="retention.known")
