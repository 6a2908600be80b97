"""The territories of the demonstration, and the structures that act there.

Public bodies keep their names; structures of neighbourhoods are invented. No SIRET is given: an invented one
would be somebody's, or false.
"""

from partaj.demonstration import Demonstration
from partaj.territories.models import Organisation, Territory

BETHUNE, LENS, ROUBAIX = "Béthune-Bruay", "Lens-Liévin-Hénin-Carvin", "Roubaix-Tourcoing"
SAMBRE, VALENCIENNES = "Sambre-Avesnois", "Valenciennes"
ARRAS, DUNKERQUE = "Communauté urbaine d’Arras", "Communauté urbaine de Dunkerque"
OUTSIDE = "Hors territoires expérimentaux"
MONTPELLIER = "Montpellier et agglomération"

BASINS = (BETHUNE, LENS, ROUBAIX, SAMBRE, VALENCIENNES)  # the five cellules of AP1-261
KINDS = {
    **dict.fromkeys((*BASINS, MONTPELLIER), Territory.Kind.EXPERIMENTAL),
    **dict.fromkeys((ARRAS, DUNKERQUE), Territory.Kind.ASSOCIATED),
    OUTSIDE: Territory.Kind.OUTSIDE,
}

C2RP, COPAS, CNAM_LR, CEREQ = "C2RP", "Cabinet COPAS", "Cnam LR", "CEREQ"
FEJ, REGION = "Fonds d’Expérimentation pour la Jeunesse", "Conseil régional Nord-Pas-de-Calais"
UM3, MLJAM = "UM3 – Université Paul-Valéry", "MLJAM – Mission locale des jeunes de Montpellier et agglomération"
OPCA_ALL = "OPCA des entreprises d’accueil"

# name, type, legal form
SHARED = [
    (C2RP, "gip", "Groupement d’intérêt public"),
    (COPAS, "evaluateur", "Structure privée"),
    (CNAM_LR, "organisme_formation", "Association loi 1901"),
    (CEREQ, "evaluateur", "Structure publique"),
    (FEJ, "etat", "Service de l’État"),
    (REGION, "collectivite", "Région"),
    ("Mission Générale d’Insertion / CIO", "mgi", "Éducation nationale"),
    ("Missions locales de la région", "mission_locale", "Associations loi 1901"),
    ("Structures d’accompagnement (centres sociaux, clubs de prévention…)", "centre_social", ""),
    ("Milieu associatif", "association", ""),
    ("Organismes de formation", "organisme_formation", ""),
    ("CFA de la région", "cfa", ""),
    ("Collectivités", "collectivite", ""),
    ("Pôle emploi", "pole_emploi", "Établissement public"),
    ("Région académique : pilotage du décrochage", "etat", "Service de l’État"),
    *((name, "opca", "") for name in ("AGEFOS", "FAFIH", "OPCAPL", "OPCALIA", "FAFSAB", "FORCO", "UNIFAF")),
    (OPCA_ALL, "opca", ""),
]

# territory → (name, type); the first three of a basin find the youths, the others carry the projects
LOCAL = {
    BETHUNE: [
        ("Mission locale de l’Artois", "mission_locale"), ("CIO de Béthune", "cio"),
        ("Centre social Les Tilleuls, Béthune", "centre_social"),
        ("Maison de quartier du Mont-Liébaut", "centre_social"),
        ("Club de prévention La Passerelle", "club_prevention"),
        ("Association Rebond en Artois", "association"), ("Ville de Bruay-la-Buissière", "collectivite"),
        ("CFA des métiers de l’Artois", "cfa"),
    ],
    LENS: [
        ("Mission locale de Lens-Liévin", "mission_locale"), ("CIO de Liévin", "cio"),
        ("Centre social des Grands-Bureaux, Lens", "centre_social"),
        ("Club de prévention Avenir des Cités", "club_prevention"), ("Association L’Étape, Hénin", "association"),
        ("Maison des jeunes du Pont-de-Sallau, Carvin", "association"), ("Atelier du Terril", "association"),
        ("Greta de la Gohelle", "organisme_formation"),
    ],
    ROUBAIX: [
        ("Mission locale Val de Lys", "mission_locale"), ("CIO de Roubaix", "cio"),
        ("Centre social du Pile, Roubaix", "centre_social"), ("Maison des deux quartiers, Tourcoing", "centre_social"),
        ("Association Fil d’Ariane", "association"), ("École de la deuxième chance du Versant Nord", "association"),
        ("Régie de quartier de l’Alma", "association"),
    ],
    SAMBRE: [
        ("Mission locale Sambre-Avesnois", "mission_locale"), ("CIO de Maubeuge", "cio"),
        ("Centre social de l’Épinette, Maubeuge", "centre_social"),
        ("Centre socioculturel de Fourmies", "centre_social"),
        ("Association Bocage et Jeunesse", "association"), ("Ville d’Aulnoye-Aymeries", "collectivite"),
        ("CFA du bâtiment de Jeumont", "cfa"), ("Club de prévention Horizon 9", "club_prevention"),
    ],
    VALENCIENNES: [
        ("Mission locale du Valenciennois", "mission_locale"), ("CIO de Valenciennes", "cio"),
        ("Centre social du Faubourg de Lille", "centre_social"), ("Association Second Souffle, Denain", "association"),
        ("Chambre des métiers, antenne du Hainaut", "chambre"), ("Foyer de l’Escaut, Condé", "association"),
    ],
    ARRAS: [("Association Beffroi Jeunes", "association"), ("Service jeunesse de l’Arrageois", "collectivite")],
    DUNKERQUE: [
        ("Association Le Grand Large", "association"), ("Mission locale de la Flandre maritime", "mission_locale"),
    ],
    OUTSIDE: [
        ("Centre régional information jeunesse", "association"),
        ("Association Tremplin Métropole, Lille", "association"),
        ("Fédération des parents d’élèves du Nord", "association"), ("Chambre de métiers du littoral", "chambre"),
    ],
    MONTPELLIER: [(UM3, "universite"), (MLJAM, "mission_locale")],
}  # fmt: skip

UAI = {UM3: "0341089Z"}


def holds_data() -> bool:
    return Territory.objects.exists() or Organisation.objects.exists()


def load(box: Demonstration) -> None:
    for name, kind in KINDS.items():
        box.territories[name] = Territory.objects.create(name=name, kind=kind)
    for name, kind, legal_form in SHARED:
        box.organisations[name] = Organisation.objects.create(name=name, kind=kind, legal_form=legal_form)
    for place, structures in LOCAL.items():
        for name, kind in structures:
            box.organisations[name] = Organisation.objects.create(
                name=name, kind=kind, territory=box.territories[place], uai=UAI.get(name, "")
            )


def local(box: Demonstration, place: str) -> list[Organisation]:
    """The structures of one territory, those that find the youths first."""
    return [box.organisations[name] for name, _ in LOCAL[place]]
