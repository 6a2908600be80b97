"""Invented people are drawn from these lists; nobody is meant."""

GIRLS = [
    "Aïcha", "Alizée", "Amandine", "Ambre", "Amélie", "Anaïs", "Andréa", "Assia", "Aurélie", "Axelle", "Bérénice",
    "Camille", "Candice", "Capucine", "Célia", "Charlène", "Chloé", "Clara", "Clémence", "Coralie", "Cynthia",
    "Daphné", "Dounia", "Élise", "Élodie", "Éloïse", "Émeline", "Emma", "Estelle", "Eugénie", "Fanny", "Farah",
    "Fatou", "Flavie", "Gaëlle", "Géraldine", "Gwenaëlle", "Hanaé", "Héloïse", "Hélène", "Ilana", "Imane", "Inaya",
    "Inès", "Jade", "Jennifer", "Joséphine", "Julie", "Justine", "Kelly", "Khadija", "Laëtitia", "Laura", "Léa",
    "Léonie", "Lilou", "Lina", "Loïse", "Louane", "Ludivine", "Lydie", "Maëlle", "Maëva", "Mallaury", "Manon",
    "Margaux", "Marie-Lou", "Marine", "Mathilde", "Mélanie", "Mélissa", "Myriam", "Naïma", "Nawel", "Nina", "Noémie",
    "Océane", "Ombeline", "Ophélie", "Pauline", "Perrine", "Priscilla", "Rachida", "Romane", "Roxane", "Sabrina",
    "Salomé", "Sarah", "Séverine", "Shirley", "Soraya", "Stéphanie", "Tiphaine", "Valentine", "Yasmine", "Zélie",
    "Zoé",
]  # fmt: skip

BOYS = [
    "Adrien", "Alexis", "Amaury", "Anthony", "Antonin", "Arnaud", "Aurélien", "Axel", "Aymeric", "Ayoub", "Baptiste",
    "Bastien", "Benoît", "Bilal", "Brandon", "Bryan", "Cédric", "Clément", "Corentin", "Cyril", "Damien", "Dimitri",
    "Dylan", "Élie", "Éliott", "Émilien", "Enzo", "Esteban", "Étienne", "Fabien", "Félix", "Florian", "François",
    "Gaël", "Gaétan", "Gauthier", "Geoffrey", "Grégory", "Guillaume", "Hakim", "Hugo", "Ibrahim", "Ilyès",
    "Jean-Baptiste", "Jérémie", "Jérémy", "Joël", "Jonathan", "Jordan", "Jules", "Karim", "Kévin", "Killian", "Léo",
    "Loïc", "Lorenzo", "Luc", "Ludovic", "Maël", "Malik", "Marvin", "Mathéo", "Mathieu", "Mathis", "Maxence", "Mehdi",
    "Mickaël", "Moussa", "Nathan", "Nicolas", "Noé", "Noël", "Olivier", "Ousmane", "Pierre-Yves", "Quentin",
    "Raphaël", "Rayan", "Régis", "Rémi", "Robin", "Romain", "Ryan", "Sacha", "Samuel", "Sébastien", "Sofiane",
    "Steven", "Théo", "Thibault", "Timothée", "Tristan", "Valentin", "Victor", "William", "Yann", "Yanis", "Youssef",
    "Zacharie",
]  # fmt: skip

SURNAMES = [
    "Bailleul", "Bauduin", "Béghin", "Benali", "Benhaddou", "Benoît", "Berthe", "Blondiaux", "Bocquet", "Bouchez",
    "Boulanger", "Bouzid", "Boyaval", "Brassart", "Broutin", "Bruneau", "Cailliau", "Capelle", "Carlier",
    "Carpentier", "Caulier", "Cauvin", "Charlet", "Chevalier", "Cherif", "Claeys", "Cornil", "Coulibaly", "Coupez",
    "Courtois", "Crépin", "Cuvelier", "Dubrulle", "Decroix", "Defrance", "Degroote", "Delbecq", "Delcourt",
    "Delépine", "Delforge", "Delmotte", "Deroubaix", "Derycke", "Desmarets", "Després", "Devos", "Diallo", "Diarra",
    "Douchet", "Drapier", "Dubar", "Duflot", "Duhamel", "Dumoulin", "Dupré", "Dussart", "Évrard", "Fauquembergue",
    "Fiévet", "Flament", "Fournier", "Froissart", "Gallet", "Garbe", "Ghesquière", "Gillon", "Godin", "Gosselin",
    "Grzelak", "Guérin", "Guilbert", "Haddad", "Hautecœur", "Hecquet", "Hénon", "Herbaut", "Houzé", "Huyghe",
    "Jakubowski", "Joly", "Kaczmarek", "Kamara", "Kowalski", "Lagache", "Lancel", "Larivière", "Lavallée", "Lecocq",
    "Lefèvre", "Legrand", "Lemaître", "Leroux", "Lesage", "Lhermitte", "Loison", "Louchart", "Macquart", "Mahieu",
    "Malfait", "Mansouri", "Marécaux", "Mariage", "Masclet", "Mercier", "Meurisse", "Michalak", "Morel", "Moreau",
    "Mouton", "Nowak", "Obin", "Olejniczak", "Ouali", "Pamart", "Parmentier", "Pennequin", "Petitprez", "Piątek",
    "Plouvier", "Poulain", "Pruvost", "Quéva", "Quinet", "Rachidi", "Ravez", "Renard", "Richez", "Rogeau", "Rousseau",
    "Sauvage", "Savary", "Sénéchal", "Sergent", "Soufflet", "Szymański", "Taïeb", "Tanghe", "Théry", "Thorez",
    "Tison", "Tonneau", "Traoré", "Vaast", "Vandamme", "Varlet", "Vasseur", "Verbeke", "Verhaeghe", "Wacquez",
    "Warin", "Wattel", "Willems", "Wojcik", "Yahiaoui", "Zaïdi", "Le Goff", "Le Gall", "Le Bihan", "De Smet",
    "De Oliveira", "Da Silva", "Dos Santos", "Van Houtte", "Van den Broeck", "Vanden Abeele", "Ben Youssef",
    "El Amrani", "El Hadj", "D’Almeida", "D’Hondt", "D’Hulst", "L’Huillier", "N’Diaye", "N’Guessan", "M’Barek",
    "Saint-Omer", "Petit-Jean", "Durand-Leroy", "Lopez-Marin", "O’Brien", "Martin-Caron",
]  # fmt: skip

# territory → (commune, code postal)
COMMUNES = {
    "Béthune-Bruay": [
        ("Béthune", "62400"), ("Bruay-la-Buissière", "62700"), ("Nœux-les-Mines", "62290"), ("Auchel", "62260"),
        ("Lillers", "62190"), ("Isbergues", "62330"),
    ],
    "Lens-Liévin-Hénin-Carvin": [
        ("Lens", "62300"), ("Liévin", "62800"), ("Hénin-Beaumont", "62110"), ("Carvin", "62220"), ("Avion", "62210"),
    ],
    "Roubaix-Tourcoing": [
        ("Roubaix", "59100"), ("Tourcoing", "59200"), ("Wattrelos", "59150"), ("Croix", "59170"), ("Hem", "59510"),
    ],
    "Sambre-Avesnois": [
        ("Maubeuge", "59600"), ("Jeumont", "59460"), ("Aulnoye-Aymeries", "59620"), ("Fourmies", "59610"),
        ("Avesnes-sur-Helpe", "59440"),
    ],
    "Valenciennes": [
        ("Valenciennes", "59300"), ("Denain", "59220"), ("Anzin", "59410"), ("Saint-Amand-les-Eaux", "59230"),
        ("Condé-sur-l’Escaut", "59163"),
    ],
    "Montpellier et agglomération": [
        ("Montpellier", "34000"), ("Montpellier", "34070"), ("Castelnau-le-Lez", "34170"), ("Lattes", "34970"),
        ("Juvignac", "34990"),
    ],
}  # fmt: skip

STREETS = [
    "rue des Tilleuls", "rue Émile-Zola", "rue de la Fosse-3", "cité du Maroc", "avenue de la République",
    "résidence Les Coquelicots", "rue du Faubourg", "place de l’Église", "rue Jean-Jaurès", "allée des Peupliers",
    "boulevard de la Liberté", "rue Louise-Michel", "quai du Canal", "impasse des Glycines",
]  # fmt: skip
