"""What may be a password: length, no composition; neither common, nor monotonous, nor what is known of its holder."""

import time
import unicodedata

import pytest
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from partaj.accounts.models import User
from partaj.settings import PASSWORD_HASHERS
from tests.world import PASSWORD

INES = User(email="ines.lopez-garcia@mission-artois.fr", first_name="Inès", last_name="D’Hondt Le Goff")

ACCEPTED = [
    "une longue phrase de passe",  # spaces
    "été à l’île d’Aix, où l’on rêve",  # accents and apostrophes
    "correct horse battery staple",  # common words, but several
    "TOUTENMAJUSCULESSANSCHIFFRE",  # no composition is asked for
    "qsmlkjfdqsnviuhegzyxk",
    "🐙 huit bras, trois cœurs",
    "lundi girafe parapluie 1924 lavande",
    "x" * 4 + "y" * 4 + "girafe lilas vent",
    "a1" * 3 + " le vent tourne " + "é" * 3,
    "Le chemin creux longe la rivière, puis monte vers la ferme aux volets bleus, et redescend au moulin par le bois "
    "de hêtres clairs",
]
REFUSED = {
    "Il en faut 15 caractères au moins": ["court", "quatorze lettr", "é" * 14, ""],
    "128 caractères au plus": [("le vent se lève sur la dune " * 5)[:129]],
    "Il contient votre nom, votre adresse ou le nom de ce site": [
        "ines aime les promenades",
        "INÈS AIME LES PROMENADES",
        "les promenades de D'Hondt",
        "promenades-legoff-matin",
        "la mission du matin calme",
        "ines.lopez-garcia@mission-artois.fr",
        "lopez va à la rivière",
        "Partaj est un bel outil !",
        "le p4rt4j du matin calme",
        "l0pez va a la riviere",
    ],
    "Trop facile à deviner": [
        "aaaaaaaaaaaaaaa",
        "               ",
        "abababababababab",
        "motdepassemotdepasse",
        "Mot de passe Mot de passe",
        "motdepassemotdepass",
        "123456789012345",
        "543210987654321",
        "abcdefghijklmnop",
        "azertyuiopqsdfghjklm",
        "qwertyuiopasdfgh",
        "motdepasse123456",
        "M0tdep@sse 2026 2026",
        "password123456789",
        "iloveyouiloveyou",
        "azertyuiop123456789",
        "123456soleil654321",
    ],
}


@pytest.mark.parametrize("password", ACCEPTED)
def test_a_long_password_is_accepted_whatever_it_is_made_of(password):
    validate_password(password, INES)


@pytest.mark.parametrize(("sentence", "password"), [(why, each) for why, all_ in REFUSED.items() for each in all_])
def test_a_weak_password_is_refused_with_its_reason(sentence, password):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, INES)
    assert any(message.startswith(sentence) for message in refusal.value.messages), refusal.value.messages


def test_one_s_own_data_are_not_those_of_others():
    validate_password("ines aime les promenades", User(email="paul@x.fr", first_name="Paul", last_name="Caudron"))


def test_a_password_typed_on_another_machine_is_the_same():
    """macOS composes « é » of two characters where Windows writes one."""
    user = User(email="x@y.fr")
    user.set_password(unicodedata.normalize("NFD", "l’été à la rivière"))
    assert user.check_password(unicodedata.normalize("NFC", "l’été à la rivière"))
    assert not user.check_password("l’ete a la riviere")


def test_passwords_are_kept_by_argon2():
    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        assert get_hasher().algorithm == "argon2"
        user = User(email="x@y.fr")
        user.set_password(PASSWORD)
        assert user.password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("length", [129, 700_000])
def test_a_password_without_end_is_refused_before_anything_is_computed(world, sign_in, length):
    world.manager.set_password(PASSWORD)
    world.manager.save()
    endless = "abcdefgh ijklm" * (length // 14) + "z" * (length % 14)
    Client().get("/compte/connexion/")  # what is loaded once is not counted
    begun = time.process_time()
    answers = [
        Client().post("/compte/connexion/", {"login": world.manager.email, "password": endless}),
        sign_in(world.manager).post(
            "/compte/mot-de-passe/", {"oldpassword": endless, "password1": endless, "password2": endless}
        ),
    ]
    assert time.process_time() - begun < 1
    for answer in answers:
        assert answer.status_code == 422
        assert f"128 caractères au plus : vous en avez donné {length}." in answer.text


def test_the_rules_stand_beside_the_field_before_one_types(world, sign_in):
    world.manager.set_password(PASSWORD)
    world.manager.save()
    page = sign_in(world.manager).get("/compte/mot-de-passe/").text
    for rule in ["15 caractères au moins, 128 au plus", "Espaces et accents sont acceptés", "votre nom, votre adresse"]:
        assert rule in page
    assert 'aria-describedby="id_password1_helptext"' in page
    assert "Your password" not in page


def test_a_refused_change_says_why_in_french_and_changes_nothing(world, sign_in):
    world.manager.set_password(PASSWORD)
    world.manager.save()
    answer = sign_in(world.manager).post(
        "/compte/mot-de-passe/",
        {"oldpassword": PASSWORD, "password1": "aaaaaaaaaaaaaaaaa", "password2": "aaaaaaaaaaaaaaaaa"},
    )
    world.manager.refresh_from_db()
    assert answer.status_code == 422 and "Trop facile à deviner" in answer.text
    assert "Le mot de passe n’est pas enregistré." in answer.text or "n’est pas changé" in answer.text
    assert world.manager.check_password(PASSWORD)
