"""What a log may say of a request: the name of its URL, never its path.

Paths hold tokens that reset passwords and open accounts, and references of complaints; Django logs the path of each
answer from 400 on (checklist 25). What is signed is taken out of every other text, tracebacks among them.
"""

import logging
import re

NO_PAGE = "(no page of ours)"
SIGNED = re.compile(r"[\w=.-]{16,}(?::|%3A)[0-9A-Za-z]{5,8}(?::|%3A)[\w-]{27,}", re.IGNORECASE)
"""A value, a time and a signature, as django.core.signing joins them."""


def without_tokens(text: str) -> str:
    """Return the text without what is signed."""
    return SIGNED.sub("(token)", text)


class NamesForPaths(logging.Filter):
    """Puts the URL's name into each record that knows its request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, its path taken out."""
        request = getattr(record, "request", None)
        if request is not None and hasattr(request, "get_full_path") and isinstance(record.args, tuple):
            match = request.resolver_match
            name = (match.view_name if match else "") or NO_PAGE
            paths = {request.path, request.path_info, request.get_full_path()}
            record.args = tuple(name if arg in paths else arg for arg in record.args)
        return True
