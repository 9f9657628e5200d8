"""Model fields whose values are sealed in memory and in the database, and open only inside `phi_access`."""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db import models

from members.privacy.access import note_broken, note_opening
from members.privacy.key_records import see_recorded
from members.privacy.keyring import KeyMissing, SealBroken, header_of, key_number, keyring


class SealedFieldMisused(TypeError):
    """A sealed field was filtered, updated in bulk or serialised; none of these can keep it sealed."""


class Sealed:
    """A ciphertext as it came from the database; it shows nothing of what it holds."""

    __slots__ = ("ciphertext",)

    def __init__(self, ciphertext: bytes) -> None:
        self.ciphertext = bytes(ciphertext)

    def __repr__(self) -> str:
        return "<sealed>"


class _Opening:
    """Opens the value on attribute access; what was assigned here and is not stored yet is returned as it is."""

    def __init__(self, field: "SealedBytesField") -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type | None = None) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.__dict__[name] = type(row)._base_manager.values_list(name, flat=True).get(pk=row.pk)
        value = row.__dict__[name]
        return self.field.open(row, value) if isinstance(value, Sealed) else value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = value


def _forgetting_sealed(refresh: Callable[..., None]) -> Callable[..., None]:
    """Return a `refresh_from_db` that forgets sealed values, which are then loaded, sealed, when they are asked for.

    Django's own reads each attribute of a fresh copy: it would open every value and leave it open in memory.
    """

    @wraps(refresh)
    def refresh_from_db(
        row: models.Model, using: str | None = None, fields: Iterable[str] | None = None, **options: Any
    ) -> None:
        sealed = {field.attname for field in row._meta.concrete_fields if isinstance(field, SealedBytesField)}
        for name in sealed if fields is None else sealed.intersection(fields := list(fields)):
            row.__dict__.pop(name, None)
        if fields is None or (fields := [name for name in fields if name not in sealed]):
            refresh(row, using=using, fields=fields, **options)

    refresh_from_db.forgets_sealed = True  # type: ignore[attr-defined]
    return refresh_from_db


class SealedBytesField(models.BinaryField):
    """Bytes under AES-256-GCM, bound to table, column and primary key: a value moved elsewhere does not open."""

    def __init__(self, *args: Any, purpose: str = "field", **kwargs: Any) -> None:
        """Choose the keys by purpose ("field", "file", "totp"); anything else is as in BinaryField."""
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keep the purpose in migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"purpose": self.purpose}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002
        """Put the opening descriptor in place of the plain attribute, and keep `refresh_from_db` from opening it."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opening(self))
        if not hasattr(cls.refresh_from_db, "forgets_sealed"):
            cls.refresh_from_db = _forgetting_sealed(cls.refresh_from_db)  # type: ignore[method-assign]

    def to_bytes(self, value: Any) -> bytes:
        """Return the bytes that are sealed for a value."""
        return bytes(value)

    def to_value(self, plain: bytes) -> Any:
        """Return the value for the bytes that were sealed."""
        return plain

    def place_of(self, pk: Any) -> bytes:
        """Return what ties a value to its place: table, column and row."""
        return f"{self.model._meta.db_table}|{self.column}|{pk}".encode()

    def open(self, row: models.Model, sealed: Sealed) -> Any:
        """Open a value, noting who reads it. Raises AccessRequired, SealBroken."""
        note_opening(row, self.column)
        try:
            plain = self._unsealed_now(row.pk, sealed.ciphertext)
        except SealBroken:
            note_broken(row, self.column)
            raise
        return self.to_value(plain)

    def seal(self, pk: Any, plain: bytes) -> bytes:
        """Return the bytes sealed for their place under the primary key."""
        ring = keyring()
        see_recorded(ring)
        return ring.seal(plain, purpose=self.purpose, bound_to=self.place_of(pk))

    def unseal(self, pk: Any, ciphertext: bytes) -> bytes:
        """Return the bytes in clear; nothing is noted, so nobody but the field and the rotation of keys may ask.

        Raises SealBroken.
        """
        ring = keyring(having=key_number(ciphertext))
        return ring.open(ciphertext, purpose=self.purpose, bound_to=self.place_of(pk))

    def _unsealed_now(self, pk: Any, ciphertext: bytes) -> bytes:
        """Return the bytes in clear; those whose key is gone may have been sealed anew since the row was read."""
        try:
            return self.unseal(pk, ciphertext)
        except KeyMissing:
            newer = self.model._base_manager.values_list(self.attname, flat=True).filter(pk=pk).first()
            if newer is None or newer.ciphertext == ciphertext:
                raise
            return self.unseal(pk, newer.ciphertext)

    def from_db_value(self, value: bytes | None, *_: Any) -> Sealed | None:
        """Leave the value sealed."""
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:  # noqa: ARG002, FBT001
        """Seal the value; from here on the row in memory holds it sealed as well.

        What is still sealed under a former key is sealed anew: a row that was read before a rotation and is written
        after it must not bring back a key that nobody keeps for it.
        """
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            if value.ciphertext.startswith(header_of(keyring().primary)):
                return value
            try:
                plain = self._unsealed_now(model_instance.pk, value.ciphertext)
            except SealBroken:
                return value  # it is no worse for being written as it was
        elif value is None:
            return None
        else:
            plain = self.to_bytes(value)
        sealed = model_instance.__dict__[self.attname] = Sealed(self.seal(model_instance.pk, plain))
        return sealed

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002
        """Refuse anything in clear: it would bypass the seal."""
        if value is not None and not isinstance(value, Sealed):
            raise SealedFieldMisused(f"{self.model.__name__}.{self.name} is sealed: save it through its row")
        return None if value is None else connection.Database.Binary(value.ciphertext)

    def get_prep_value(self, value: Any) -> Any:
        """Pass the value on; whether it is sealed is checked where it meets the database."""
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only the question whether there is a value."""
        if lookup_name != "isnull":
            raise SealedFieldMisused(f"{self.model.__name__}.{self.name} is sealed: look it up by a blind index")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        """Refuse serialisation (dumpdata)."""
        raise SealedFieldMisused(f"{obj._meta.label}.{self.name} is sealed and is not serialised")


class SealedTextField(SealedBytesField):
    """Text under seal."""

    _pyi_private_set_type: str  # what django-stubs reads; a BinaryField would hold bytes
    _pyi_private_get_type: str

    def get_default(self) -> Any:
        """Return empty text where BinaryField gives empty bytes."""
        default = super().get_default()
        return "" if default == b"" else default

    def to_bytes(self, value: Any) -> bytes:
        """Return UTF-8. Raises SealedFieldMisused for anything but text."""
        if not isinstance(value, str):
            raise SealedFieldMisused(f"{self.model.__name__}.{self.name} seals text, not {type(value).__name__}")
        return value.encode()

    def to_value(self, plain: bytes) -> str:
        """Return the text."""
        return plain.decode()


class SealedJSONField(SealedBytesField):
    """Any JSON value under seal."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def to_bytes(self, value: Any) -> bytes:
        """Return compact JSON."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def to_value(self, plain: bytes) -> Any:
        """Return the parsed value."""
        return json.loads(plain)
