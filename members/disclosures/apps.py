from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """Consents, their withdrawal, the gate through which data leaves the house, and the account of what left."""

    name = "members.disclosures"
    label = "disclosures"
