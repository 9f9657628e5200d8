"""How passwords are stored."""

from django.contrib.auth.hashers import check_password, make_password


def test_a_password_is_stored_by_argon2id_with_46_mib_one_pass_and_one_lane(settings):
    settings.PASSWORD_HASHERS = ["members.accounts.hashers.Argon2Hasher"]
    stored = make_password("correct horse battery staple")
    assert stored.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")
    assert check_password("correct horse battery staple", stored)
    assert not check_password("correct horse battery stapler", stored)
