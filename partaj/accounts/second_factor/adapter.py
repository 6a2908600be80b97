"""What allauth.mfa asks of the house: its words, its name, and secrets that a copy of the database does not give."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser


def _locks() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"partaj.second_factor {key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def locked_again(encrypted_text: str) -> str:
    """The same secret under today's SECRET_KEY. Raises InvalidToken where no key known opens it."""
    return _locks().rotate(encrypted_text.encode()).decode()


class MFAAdapter(DefaultMFAAdapter):
    """Secrets are locked with SECRET_KEY. After it changed without a fallback, no code is right any more."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis réessayez.",
        "unverified_email": "Votre adresse doit d’abord être vérifiée : demandez à votre administrateur.",
    }

    def encrypt(self, text: str) -> str:
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _locks().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()  # drawn anew each time: no code answers to it

    def _get_site_name(self) -> str:
        return "PARTAJ"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Clé {count + 1}"
