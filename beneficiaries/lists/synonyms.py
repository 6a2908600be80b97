"""The titles under which each field is known, the most precise first, folded and without their small words
(`columns.title_key`)."""

from __future__ import annotations

SYNONYMS: dict[str, tuple[str, ...]] = {
    "last_name": (
        "lib nom pat ind", "nom naissance", "nom patronymique", "nom patronyme", "patronyme", "nom famille",
        "nom jeune fille", "nom etat civil", "lib nom", "nom", "noms", "nom etudiant", "nom eleve", "nom jeune",
        "last name", "lastname", "surname", "name",
    ),
    "usage_name": (
        "lib nom usu ind", "nom usage", "nom usuel", "nom marital", "nom epouse", "nom epoux", "nom mariage",
    ),
    "first_name": (
        "lib pr1 ind", "prenom 1", "prenom1", "1er prenom", "premier prenom", "prenom usuel", "prenom", "prenoms",
        "prenom etudiant", "prenom eleve", "prenom jeune", "first name", "firstname",
    ),
    "full_name": (
        "nom prenom", "nom prenoms", "prenom nom", "nom complet", "identite", "lib nom prenom",
        "etudiant", "nom prenom etudiant", "nom prenom jeune",
    ),
    "birth_date": (
        "date nai ind", "dat nai ind", "date naissance", "date naiss", "dat naissance", "naissance", "ne le", "nee le",
        "ddn", "dn", "dtn", "date nai", "date birth", "birth date", "birthdate",
    ),
    "sex": ("cod sex etu", "cod sex ind", "sexe", "genre", "civilite", "cod civ", "h f", "f h", "m f", "f m", "sex"),
    "ine": (
        "ine", "n ine", "no ine", "num ine", "numero ine", "code ine", "bea", "ine bea", "ine rnie", "cod ine",
        "identifiant national", "identifiant national etudiant", "numero national", "nne", "cod nne",
    ),
    "ine_base": ("cod nne ind",),
    "ine_key": ("cod cle nne ind", "cle ine", "cle nne", "cle"),
    "student_number": (
        "cod etu", "code etudiant", "numero etudiant", "num etudiant", "n etudiant", "no etudiant", "n etu", "num etu",
        "n dossier", "numero dossier", "matricule", "identifiant", "student id",
    ),
    "phone": (
        "num tel port", "tel port", "tel portable", "telephone portable", "portable", "tel mobile", "telephone mobile",
        "mobile", "gsm", "numero portable", "num portable", "n portable", "num tel", "tel", "telephone", "telephone 1",
        "tel 1", "numero telephone", "n telephone", "num telephone", "n tel", "phone", "telephone fixe", "tel fixe",
        "fixe", "num tel fixe", "domicile", "telephone domicile", "telephone 2", "tel 2", "autre telephone",
    ),
    "email": (
        "adr mail perso", "mail perso", "mail personnel", "email perso", "email personnel", "courriel perso",
        "courriel personnel", "adr mail", "mail", "e mail", "email", "courriel", "adresse mail", "adresse email",
        "adresse e mail", "adresse courriel", "adresse electronique", "mel", "messagerie", "courriel 1", "mail 1",
        "email 1", "mail institutionnel", "email institutionnel", "courriel institutionnel", "courriel 2", "mail 2",
        "email 2", "email etudiant", "mail etudiant",
    ),
    "address": (
        "lib ad1", "adresse", "adresse 1", "adresse1", "rue", "voie", "adresse postale", "adresse fixe", "lib ad2",
        "adresse 2", "adresse2", "complement adresse", "complement", "lib ad3", "adresse 3", "adresse3",
    ),
    "postcode": ("cod bdi", "code postal", "cp", "c p", "cod postal", "codepostal", "zip"),
    "city": ("lib com", "ville", "commune", "localite", "bureau distributeur", "lib bdi", "city"),
    "step_code": ("cod etp", "code etape", "code formation", "cod dip", "code diplome prepare"),
    "step_label": (
        "lib etp", "lib web vet", "libelle etape", "etape", "filiere", "formation", "diplome prepare", "parcours",
        "mention", "section", "specialite", "discipline", "annee etudes", "niveau", "classe",
    ),
    "year": ("cod anu", "annee universitaire", "annee", "annee inscription", "annee scolaire"),
    "registered": ("tem iae", "tem iae prm", "inscription administrative", "inscrit administrativement", "ia"),
    "pedagogical": (
        "nb ip", "nbr ip", "nombre ip", "inscriptions pedagogiques", "inscription pedagogique",
        "nb inscriptions pedagogiques", "nombre inscriptions pedagogiques", "ip",
    ),
    "absence": (
        "absent", "absente", "absence", "absences", "absent examens", "absent partiels", "absence examens",
        "absence partiels", "absent aux examens", "absent aux partiels", "abi",
    ),
    "presence": (
        "present", "presente", "presence", "present examens", "present partiels", "presence examens",
        "presence partiels", "present aux examens", "present aux partiels", "presence aux examens",
    ),
    "diploma": (
        "lib dip", "diplome", "dernier diplome", "diplome obtenu", "bac", "baccalaureat", "serie bac", "serie",
        "lib bac", "cod bac", "type bac",
    ),
    "nationality": ("nationalite", "nationalites", "lib nat", "cod pay nat", "cod nat", "pays nationalite"),
    "scholarship": (
        "bourse", "boursier", "boursiere", "tem bourse", "bourses", "echelon", "echelon bourse", "cod brs", "tem bou",
        "csp", "csp parents", "profession parents",
    ),
    "comment": (
        "commentaire", "commentaires", "observation", "observations", "remarque", "remarques", "note", "notes",
        "divers", "infos", "informations", "situation", "suivi", "comment", "comments", "motif", "raison",
    ),
    # The breaks of apprenticeship contracts, as the CFA tell them.
    "training_place": (
        "dernier lieu formation", "lieu formation", "dernier etablissement frequente", "dernier etablissement",
        "dernier cfa", "cfa", "nom cfa", "organisme formation", "centre formation", "etablissement",
    ),
    "sector": (
        "secteur activite", "secteur activites", "secteur professionnel", "secteur", "branche professionnelle",
        "branche", "domaine activite",
    ),
    "company": (
        "entreprise", "nom entreprise", "raison sociale", "employeur", "nom employeur", "entreprise accueil",
        "societe",
    ),
    "contract_starts_on": (
        "date debut contrat", "debut contrat", "date debut contrat apprentissage", "date entree en contrat",
        "date signature contrat", "date debut", "debut",
    ),
    "contract_ends_on": (
        "date fin contrat", "fin contrat", "date fin contrat apprentissage", "date fin prevue", "fin prevue",
        "date fin contrat prevue", "date fin", "fin", "echeance contrat",
    ),
    "broken_on": (
        "date rupture", "date rupture contrat", "rupture le", "rompu le", "contrat rompu le", "date resiliation",
        "date rupture contrat apprentissage",
    ),
    "motive": (
        "motif rupture", "motif rupture contrat", "motifs rupture", "raison rupture", "raisons rupture",
        "cause rupture", "motif resiliation",
    ),
    "chosen": (
        "rupture choisie ou subie", "choisie ou subie", "choisie subie", "choisi subi", "choisi ou subi",
        "rupture choisie subie", "subie ou choisie", "subie choisie", "nature rupture", "type rupture",
    ),
    "followed_elsewhere": (
        "suivi ailleurs", "suivie ailleurs", "suivi par ailleurs", "suivi par une autre structure", "deja suivi",
        "deja suivie", "deja accompagne", "deja accompagnee", "accompagne ailleurs", "accompagnement en cours",
        "suivi par un autre organisme",
    ),
    "followed_by": (
        "suivi par", "suivie par", "par qui", "structure suivi", "organisme suivi", "accompagne par", "accompagnee par",
        "structure accompagnement", "suivi par qui",
    ),
    "solution_found": (
        "solution trouvee depuis", "solution trouvee", "solution depuis", "a trouve une solution", "solution oui non",
        "solution o n",
    ),
    "solution": (
        "solution laquelle", "quelle solution", "laquelle", "si oui laquelle", "nature solution", "type solution",
        "solution",
    ),
}  # fmt: skip

# What these titles mean in a list of breaks: elsewhere they are comments.
OF_A_BREAK = {
    "motive": ("motif", "motifs", "raison", "raisons"),
    "followed_elsewhere": ("suivi",),
}

# Names are cut by Apogée at so many characters.
APOGEE = {"lib nom pat ind", "lib pr1 ind"}

FORBIDDEN = {
    "nir", "numero securite sociale", "n securite sociale", "num securite sociale", "securite sociale", "num secu",
    "n secu", "numero secu", "secu", "n ss", "nss", "num ss", "insee", "numero insee", "n insee", "cod ind insee",
    "numero ss", "no securite sociale", "no ss",
}  # fmt: skip
