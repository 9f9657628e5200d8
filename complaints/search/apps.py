from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Finding complaints by words and numbers that are stored sealed."""

    name = "complaints.search"
    label = "search"
