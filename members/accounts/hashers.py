"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at OWASP's first setting: 46 MiB, one pass, one lane. A weaker stored hash is renewed at sign-in."""

    memory_cost = 46 * 1024
    time_cost = 1
    parallelism = 1
