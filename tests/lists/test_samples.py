"""Lists such as universities send them: what each line must become."""

from pathlib import Path

import pytest
from django.conf import settings

from beneficiaries.lists.rules import Rule
from partaj.uploads.refusal import UploadRefused
from tests.lists.hands import judged, outcomes

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "import_samples"
APOGEE = """\
COD_ETU;COD_NNE_IND;COD_CLE_NNE_IND;LIB_NOM_PAT_IND;LIB_NOM_USU_IND;LIB_PR1_IND;DATE_NAI_IND;COD_SEX_ETU;LIB_AD1;\
COD_BDI;LIB_COM;NUM_TEL_PORT;ADR_MAIL;COD_ETP;LIB_ETP;COD_ANU;TEM_IAE;NB_IP
900001;1122990011;S;BÉNÉZET;;AÏCHA;14/03/2006;F;12 L’ÎLE;34090;MONTPELLIER;0639980011;a@example.org;L1AES;L1;2025;O;0
900002;;;LEFÈVRE;LEFÈVRE-ŒHMICHEN;CÉLINE;07/08/2006;F;1 PLACE;30000;NÎMES;0465710015;c@example.org;L1PSY;L1;2025;O;0
900003;1122990016;X;BENOIT;;FRANCOIS;1/9/06;M;;34170;CASTELNAU;639980016;f@example.org;L1AES;L1;2025;O;0
900004;1122990017;Y;NGUYEN;;THI MAI;05/05/2006;F;14 R;34000;MONTPELLIER;06 39 98 00 17;;L1LEA;L1;2025;O;6
900005;0G41990018;8;DA SILVA DE OLIVEIRA PEREIRA D;;MARIA DA CONCEIÇÃO A;19/06/2005;F;;;;\
+33639980018;m@example.org;L1PSY;L1;2025;O;0
900006;990000109A;B;ŠIMI?;;IVO;11/10/2006;M;;;;0639980019;i@example.org;L1AES;L1;2025;O;0
900007;1122990020;B;EL HADJ-ALI;;YASMINE;23/03/2008;F;;34095;SÈTE;0639980020;y@example.org;L1LEA;L1;2025;N;0
;;;;;;;;;;;;;;;;;
Nombre d'étudiants : 7;;;;;;;;;;;;;;;;;
Extraction Apogée du 30/01/2026 à 08:42 - Page 1/1;;;;;;;;;;;;;;;;;
"""
ABSENT = '''\
Université Exemple - SCUIO-IP,,,,,,,
"Édité le 30/01/2026, document confidentiel",,,,,,,
Nom,Prénom,Date naissance,Courriel,Téléphone,Adresse,Filière,Commentaire
Castéran,Éloïse,22/09/2006,e@example.org,0639980201,"Résidence ""Les Pins""
12, rue de l'Hortus
34080 Montpellier",L1 AES,"Rappelée le 12/01 : ""je cherche une alternance"""
"Roux, dit Rousset",Théo,19/11/2005,t@example.org,0639980203,,L1 PSYCHO,"Ligne 1\r
\r
Ligne 3"
,,,,,,,
Vidal,Inès,05/03/2007,i@example.org;i2@example.com,04 65 71 02 04,Lattes,L1 AES,"suivie pour dépression"
Nom,Prénom,Date naissance,Courriel,Téléphone,Adresse,Filière,Commentaire
Weiß,Jürgen,30/04/2006,j@example.org,+49 30 23125 000,Sète,L1 LEA,
Zaïdi,Lina,14/02/2006,,,,L1 AES,""
Total : 5 étudiants,,,,,,,
'''


def sample(number: str) -> bytes:
    found = list(SAMPLES.glob(f"{number}_*.csv"))
    if not found:
        pytest.skip("the samples are not beside the repository")
    return found[0].read_bytes()


def test_an_extract_of_apogee_in_windows():
    found = judged(APOGEE.encode("cp1252"), rule=Rule.IA_IP)
    source = found.table.source
    assert (source.encoding, source.delimiter, found.table.header_line) == ("cp1252", ";", 1)
    assert list(outcomes(found).values()) == [
        *("import", "import_warning", "import_warning", "review", "import_warning", "review", "review"),
        *("ignore", "ignore", "ignore"),
    ]  # fmt: skip
    assert (found.announced, len(found.people), found.notices) == (7, 7, [])
    names = [each.student.name for each in found.people]
    assert names[:3] == ["Aïcha Bénézet", "Céline Lefèvre", "Francois Benoit"]
    celine, francois = found.lines[1], found.lines[2]
    assert (celine.student.displayed_usage_name, celine.student.last_name) == ("Lefèvre-Œhmichen", "LEFÈVRE")
    assert celine.reasons == ["Pas d’INE."]
    assert francois.reasons == [
        "Année sur deux chiffres\u00a0: «\u00a01/9/06\u00a0» lu 01/09/2006.",
        "Le téléphone avait perdu son premier zéro.",
    ]
    assert (francois.student.phone, francois.student.phone_e164) == ("639980016", "+33639980016")
    assert (found.lines[0].student.ine, found.lines[0].student.step_code) == ("1122990011S", "L1AES")


def test_a_list_of_absent_students_with_titles_quotes_and_footers():
    found = judged(b"\xef\xbb\xbf" + ABSENT.encode(), rule=Rule.ABSENCE)
    source = found.table.source
    assert (source.encoding, source.delimiter, found.table.header_line) == ("utf-8-sig", ",", 3)
    assert [each.line for each in found.table.above] == [1, 2]
    assert outcomes(found) == {
        4: "import", 7: "import", 10: "ignore", 11: "review", 12: "ignore", 13: "import", 14: "import_warning",
        15: "ignore",
    }  # fmt: skip
    assert (found.announced, len(found.people), found.notices) == (5, 5, [])
    eloise, theo, jurgen = found.lines[0].student, found.lines[1].student, found.lines[5].student
    assert eloise.address == 'Résidence "Les Pins" 12, rue de l\'Hortus 34080 Montpellier'
    assert (theo.last_name, jurgen.phone, jurgen.phone_e164) == (
        "Roux, dit Rousset",
        "+49 30 23125 000",
        "+493023125000",
    )
    assert found.lines[3].reasons == [
        "Plusieurs courriels dans une case\u00a0: choisissez celui à garder.",
        "Un texte libre parle de santé\u00a0: il n’est pas repris.",
    ]
    assert not any(each.student.extras for each in found.lines)
    assert [(each.title, each.reason) for each in found.columns.left_out] == [("Commentaire", "pas nécessaire")]


def test_the_first_sample():
    found = judged(sample("01"), rule=Rule.IA_IP)
    assert found.table.source.encoding == "cp1252"
    assert outcomes(found) == {
        **dict.fromkeys((2, 3, 4, 5), "import"), **dict.fromkeys((6, 7, 9), "import_warning"),
        **dict.fromkeys((8, 10, 11), "review"), **dict.fromkeys((12, 13, 14), "ignore"),
    }  # fmt: skip
    assert (found.announced, found.notices) == (10, [])


def test_the_third_sample():
    found = judged(sample("03"), rule=Rule.ABSENCE)
    assert (found.table.source.encoding, found.table.header_line) == ("utf-8-sig", 4)
    assert outcomes(found) == {
        **dict.fromkeys((5, 8, 9, 16), "import"), 17: "import_warning", 14: "review",
        **dict.fromkeys((13, 15, 18), "ignore"),
    }  # fmt: skip
    assert (found.announced, found.notices) == (6, [])


def test_the_empty_sample():
    with pytest.raises(UploadRefused) as refusal:
        judged(sample("06"))
    assert refusal.value.code == "empty"
