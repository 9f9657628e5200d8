from django.apps import AppConfig


class MembersConfig(AppConfig):
    """The people and the protection of their data."""

    name = "members"
    label = "members"
