"""The one form in which a password is kept: keyboards write the same letters in several ways."""

import unicodedata


def normal_form(typed: str) -> str:
    """Return the password as it is judged and hashed."""
    return unicodedata.normalize("NFKC", typed)


def forms_of(typed: str) -> list[str]:
    """Return what a stored hash may be made of: the one form, or what was typed before there was one."""
    normal = normal_form(typed)
    return [normal] if normal == typed else [normal, typed]
