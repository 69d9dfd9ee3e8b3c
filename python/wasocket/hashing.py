"""What stock `hashlib` takes from OpenSSL's `_hashlib`, which there is none of: keys from passwords."""

from __future__ import annotations

from types import ModuleType

import _wasocket


def patch_hashlib(hashlib: ModuleType) -> None:
    """Add `pbkdf2_hmac`, and `scrypt`, which stock `hashlib` does not export with `*` either."""
    hashlib.pbkdf2_hmac = _wasocket.tls_module.pbkdf2_hmac  # type: ignore[attr-defined]
    hashlib.scrypt = _wasocket.tls_module.scrypt  # type: ignore[attr-defined]
    if "pbkdf2_hmac" not in hashlib.__all__:
        hashlib.__all__ += ("pbkdf2_hmac",)
