"""Secrets made on the spot."""

import base64
import json

from config.stack import keys


def test_secrets_are_made_once_for_their_owner_alone(tmp_path):
    folder = tmp_path / "secrets"
    secret, ring = keys.secret_key(folder), keys.keyring(folder)
    assert len(secret) >= 50
    assert ring.stat().st_mode & 0o777 == 0o400
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    before = ring.read_text()
    assert (keys.secret_key(folder), keys.keyring(folder).read_text()) == (secret, before)


def test_the_keyring_holds_one_key_of_32_bytes_and_one_of_indexes(tmp_path):
    ring = json.loads(keys.keyring(tmp_path / "secrets").read_text())
    assert ring["primary"] == 1
    assert [len(base64.b64decode(key)) for key in (*ring["keys"].values(), ring["index"])] == [32, 32]


def test_a_private_file_is_replaced_whole(tmp_path):
    file = tmp_path / "demo.json"
    keys.write_private(file, "old and longer")
    keys.write_private(file, "new")
    assert file.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


def test_the_token_of_the_metrics_is_made_once_and_for_its_owner_alone(tmp_path):
    folder = tmp_path / "secrets"
    token = keys.metrics_token(folder)
    assert len(token) > 40
    assert keys.metrics_token(folder) == token
    assert (folder / "metrics_token").stat().st_mode & 0o777 == 0o600
