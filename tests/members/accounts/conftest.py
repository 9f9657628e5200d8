import pytest


@pytest.fixture(autouse=True)
def _small_site(settings):
    """Serve the door and one page for each kind of audience."""
    settings.ROOT_URLCONF = "tests.members.accounts.urls"
    settings.URL_AUDIENCES = "tests.members.accounts.urls.AUDIENCES"
    settings.LANDING_PAGES = "tests.members.accounts.urls.LANDING_PAGES"
