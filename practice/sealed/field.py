"""Encrypted model fields for health answers, findings' details and notes.

AES-256-GCM. The table, column and row are bound in as associated data, so a value copied to another row,
column or table does not open. The stored text is `id:nonce+ciphertext` with the key's id in front; the first
key of HEALTH_KEYS seals, every key opens. A value that does not open raises; it never comes back raw.

Own code because the ready-made packages turn False, 0 and "" into NULL, pickle, return ciphertext on a
wrong key, or stop at Django 4.2.
"""

import base64
import json
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open: wrong key, changed bytes, or moved from another place."""


@lru_cache(maxsize=8)
def _keyring(text: str) -> dict[str, AESGCM]:
    ring = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key_id, _, key = part.partition(":")
        try:
            ring[key_id] = AESGCM(base64.urlsafe_b64decode(key))
        except ValueError as fault:
            raise ImproperlyConfigured(f"HEALTH_KEYS: the key {key_id!r} is not 32 bytes of base64.") from fault
    if not ring:
        raise ImproperlyConfigured("HEALTH_KEYS holds no key; health data can be neither written nor read.")
    return ring


def seal(value: Any, place: str) -> str:
    """JSON value -> sealed text bound to `place` (table, column and row)."""
    key_id, box = _close(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), place)
    return f"{key_id}:{base64.b64encode(box).decode()}"


def seal_bytes(plain: bytes, place: str) -> bytes:
    """As `seal`, for a file: `id:` and the sealed bytes."""
    key_id, box = _close(plain, place)
    return f"{key_id}:".encode() + box


def _close(plain: bytes, place: str) -> tuple[str, bytes]:
    ring = _keyring(settings.HEALTH_KEYS)
    key_id = next(iter(ring))
    nonce = secrets.token_bytes(NONCE_BYTES)
    return key_id, nonce + ring[key_id].encrypt(nonce, plain, f"{key_id}|{place}".encode())


def unseal(text: str, place: str) -> Any:
    """The value that `seal` was given. Raises SealBroken when anything about it is not as it was."""
    key_id, _, body = text.partition(":")
    try:
        box = base64.b64decode(body, validate=True)
    except ValueError as fault:
        raise SealBroken(f"A sealed value of {place.split('|')[0]} does not open.") from fault
    return json.loads(_open(key_id, box, place))


def unseal_bytes(sealed: bytes, place: str) -> bytes:
    """The bytes that `seal_bytes` was given. Raises SealBroken as `unseal` does."""
    key_id, _, box = sealed.partition(b":")
    return _open(key_id.decode(errors="replace"), box, place)


def _open(key_id: str, box: bytes, place: str) -> bytes:
    key = _keyring(settings.HEALTH_KEYS).get(key_id)
    if key is None:
        raise SealBroken(f"No key {key_id!r} for a sealed value of {place.split('|')[0]}.")
    try:
        return key.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], f"{key_id}|{place}".encode())
    except (InvalidTag, ValueError) as fault:
        raise SealBroken(f"A sealed value of {place.split('|')[0]} does not open.") from fault


class Sealed:
    """Ciphertext as it came from the database. Opens only through its field, on its own row."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "<sealed>"


class _Opener:
    """Opens the value on first use and keeps it on the instance."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        name = self.field.attname
        if name not in values:  # deferred
            instance.refresh_from_db(fields=[name])
        value = values[name]
        if isinstance(value, Sealed):
            value = values[name] = unseal(value.text, self.field.place(instance))
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.TextField):
    """A JSON value (text, number, bool, list, object or None), encrypted at rest; types come back exact.

    Cannot be filtered, ordered or set through `QuerySet.update`: those do not know the row it is bound to.
    """

    description = "Encrypted JSON value"
    if TYPE_CHECKING:  # what django-stubs reads
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def place(self, instance: models.Model) -> str:
        if instance.pk is None:
            raise FieldError(f"{instance._meta.label} needs its key before {self.name} can be sealed.")
        return self._place_of(instance.pk)

    def _place_of(self, key: Any) -> str:
        return f"{self.model._meta.db_table}|{self.column}|{key}"

    def open(self, value: Sealed | None, key: Any) -> Any:
        """A value that was read without its row (`values_list`); `key` is the primary key of that row."""
        return None if value is None else unseal(value.text, self._place_of(key))

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opener(self))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            return value
        if value is None and self.null:
            return None
        return Sealed(seal(value, self.place(model_instance)))

    def get_db_prep_save(self, value: Any, connection: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise FieldError(f"{self.name} is sealed to its row: set it on the instance and save.")
        return value.text

    def get_prep_value(self, value: Any) -> Any:
        return value.text if isinstance(value, Sealed) else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is sealed and cannot be searched.")

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj))
