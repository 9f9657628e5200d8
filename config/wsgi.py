"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from config.start import see_that_the_keys_are_here

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()
see_that_the_keys_are_here()
