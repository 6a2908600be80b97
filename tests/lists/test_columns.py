"""Columns: known by the names of Apogée and those written by hand; what is not needed is left out, and said."""

import pytest

from beneficiaries.lists.columns import ON_PURPOSE, Field, field_of, match
from beneficiaries.lists.synonyms import FORBIDDEN, SYNONYMS
from partaj.uploads.refusal import UploadRefused
from tests.lists.hands import judged


@pytest.mark.parametrize(
    ("title", "field"),
    [("COD_NNE_IND", "ine_base"), ("lib_nom_pat_ind", "last_name"), ("Nom de l’étudiant", "last_name"),
     ("NOM D'USAGE", "usage_name"), ("Prénom(s)", "first_name"), ("Né(e) le", "birth_date"),
     ("Date de naissance (JJ/MM/AAAA)", "birth_date"), ("N° étudiant", "student_number"), ("N° INE :", "ine"),
     ("Tél. portable", "phone"), ("Adresse e-mail *", "email"), ("C.P.", "postcode"), ("H/F", "sex"),
     ("NOM Prénom", "full_name"), ("Absent aux partiels ?", "absence"), ("Année d'études", "step_label"),
     ("Université", None), ("", None)],
)  # fmt: skip
def test_titles_are_known_however_they_are_written(title, field):
    assert field_of(title) == field


def test_no_title_means_two_things():
    names = [name for each in SYNONYMS.values() for name in each]
    assert len(names) == len(set(names)) and not FORBIDDEN & set(names)
    assert {Field(code) for code in SYNONYMS} == set(Field)


def test_what_is_not_needed_is_left_out_and_said():
    found = match(["Nom", "Prénom", "Nationalité", "Boursier", "Observations", "Couleur", "N° de sécurité sociale", ""])
    assert set(found.places) == {Field.LAST_NAME, Field.FIRST_NAME}
    assert [(each.title, each.reason) for each in found.left_out] == [
        ("Nationalité", "pas nécessaire"), ("Boursier", "pas nécessaire"), ("Observations", "pas nécessaire"),
        ("Couleur", "non reconnue"), ("N° de sécurité sociale", "numéro de sécurité sociale\u00a0: jamais repris"),
    ]  # fmt: skip


def test_a_mapping_is_heard_before_the_titles_save_for_social_security():
    titles = ["Nom", "Prénom", "Observations", "Couleur", "NIR"]
    chosen = {1: None, 2: Field.COMMENT, 3: Field.FIRST_NAME, 4: Field.COMMENT, 99: Field.CITY}
    found = match(titles, chosen)
    assert dict(found.places) == {Field.LAST_NAME: (0,), Field.COMMENT: (2,), Field.FIRST_NAME: (3,)}
    assert [(each.title, each.reason) for each in found.left_out] == [
        ("Prénom", "écartée à votre demande"), ("NIR", "numéro de sécurité sociale\u00a0: jamais repris")
    ]  # fmt: skip


def test_a_name_beside_the_birth_name_is_the_one_in_use():
    found = match(["Nom", "Nom de naissance", "Prénom"])
    assert (found.places[Field.LAST_NAME], found.places[Field.USAGE_NAME]) == ((1,), (0,))
    assert Field.USAGE_NAME not in match(["Nom", "Autre", "Prénom"], {1: Field.LAST_NAME})


def test_contacts_and_addresses_may_take_several_columns():
    found = match(["Nom", "Téléphone fixe", "Portable", "LIB_AD2", "LIB_AD1", "Mail institutionnel", "Mail perso"])
    assert found.places[Field.PHONE] == (2, 1)
    assert (found.places[Field.ADDRESS], found.places[Field.EMAIL]) == ((4, 3), (6, 5))
    lea = (
        judged("Nom;Prénom;Téléphone fixe;Portable;Adresse 1;Adresse 2\nMoreau;Léa;04 99 00 00 00;12;1 rue;Bât. B\n")
        .people[0]
        .student
    )
    assert (lea.phone, lea.address) == ("04 99 00 00 00", "1 rue, Bât. B")


def test_two_columns_of_one_title_are_refused_until_somebody_chooses():
    titles = ["Nom", "Prénom", "Nom", "Remarques", "Remarques"]
    with pytest.raises(UploadRefused) as refusal:
        match(titles)
    assert refusal.value.message.startswith("Deux colonnes disent «\u00a0nom de naissance\u00a0» («\u00a0Nom\u00a0», ")
    assert "colonnes 1 et 3" in refusal.value.message
    assert match(titles, {0: None}).places[Field.LAST_NAME] == (2,)


def test_nationality_and_the_like_come_only_on_purpose():
    content = "Nom;Prénom;Nationalité;Bourse;Commentaire\nMoreau;Léa;belge;5;cherche une alternance\n"
    assert judged(content).people[0].student.extras == {}
    chosen = {2: Field.NATIONALITY, 3: Field.SCHOLARSHIP, 4: Field.COMMENT}
    assert set(chosen.values()) == ON_PURPOSE
    assert judged(content, mapping=chosen).people[0].student.extras == {
        Field.NATIONALITY: "belge", Field.SCHOLARSHIP: "5", Field.COMMENT: "cherche une alternance"
    }  # fmt: skip
