"""Signed answers of the provider: nothing in them is believed before their signature, issuer and audience hold."""

from __future__ import annotations

import json
from typing import Any

import jwt

# What the provider may sign with. Never « none », never a shared secret.
KINDS = {"RS256": "RSA", "ES256": "EC"}


class NotBelieved(Exception):
    """Its text says to the journal, not to the visitor, what does not hold."""


def verified(token: str, *, keys: list[dict[str, Any]], issuer: str, audience: str, required: list[str]) -> dict:
    """The claims of `token`. Raises NotBelieved where anything does not hold."""
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg", "")
        claims = jwt.decode(
            token,
            _key(keys, algorithm, header.get("kid")),
            algorithms=[algorithm],
            issuer=issuer,
            audience=audience,
            options={"require": ["iss", "aud", "sub", *required], "verify_iat": True},
            leeway=30,  # seconds between two clocks
        )
    except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
        raise NotBelieved(type(error).__name__) from error
    if claims.get("azp", audience) != audience:
        raise NotBelieved("azp")
    return claims


def _key(keys: list[dict[str, Any]], algorithm: str, kid: str | None) -> Any:
    """The published key of this name and kind; a kind that we do not accept is refused before any is looked for."""
    if algorithm not in KINDS:
        raise NotBelieved(f"algorithme {algorithm[:10]}")
    fit = [key for key in keys if key.get("kty") == KINDS[algorithm] and key.get("alg", algorithm) == algorithm]
    named = [key for key in fit if key.get("kid") == kid] if kid else fit
    if len(named) != 1:
        raise NotBelieved("clef inconnue")
    return jwt.get_algorithm_by_name(algorithm).from_jwk(json.dumps(named[0]))
