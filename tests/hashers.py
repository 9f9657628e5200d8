"""Password hashes that cost nothing: tests make many accounts. How they are really stored has a test of its own."""

from members.accounts.hashers import Argon2Hasher


class QuickArgon2Hasher(Argon2Hasher):
    """The same algorithm with the least memory it takes."""

    memory_cost = 8
