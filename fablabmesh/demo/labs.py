"""The invented labs of the demonstration, with all that a page can tell. Pure data, nothing real.

Telephone numbers are of the ranges that the regulator keeps for fiction; addresses on the web end in .invalid.
"""

from datetime import date

from fablabmesh.demo.spots import Spot
from fablabmesh.places.rules import PlaceKind, Training
from fablabmesh.sheets.details import Holder, Tool

_ON_CONDITION = "gratuit-sous-condition"
_PAID = "payant"
_ALONE = "en-autonomie"
_EACH = "accompagnement-individuel"
_GROUP = "dans-un-atelier-collectif"
_CREATE = "loisirs-et-creations-numeriques"
_OPEN = "fabrication-numerique-en-acces-libre"
_LEARN = "initiation-aux-machines"
_CONSENT = date(2026, 1, 15)

_FILAMENT = Tool(
    "imprimante-3d-a-fil", "Imprimante d’essai 220", 3, "220 × 220 × 250 mm", ("pla", "petg", "filament-souple-tpu"),
    Training.INTRODUCTION, "0,10 € le gramme",
)  # fmt: skip

LABS = (
    Spot(
        "atelier",
        "Atelier des Essais",
        PlaceKind.FABLAB,
        "Rennes",
        "35238",
        "35000",
        "Un lab **inventé** pour essayer le site : découpe laser, impression 3D et couture y sont imaginaires.\n\n"
        "On y vient avec une idée, on en repart avec un objet et l’envie de recommencer :\n\n"
        "- le mardi et le jeudi soir, les machines sont à tout le monde ;\n"
        "- le vendredi, l’atelier travaille à la commande ;\n"
        "- le samedi, la couture prend la grande table.",
        "Tu-Fr 14:00-19:00; Sa 10:00-17:00; PH off",
        told={
            "summary": "Un lab inventé, au rez-de-chaussée d’une halle qui n’existe pas, pour essayer le site.",
            "phone": "02 61 91 00 10",
            "website": "https://atelier.invalid/",
            "how_to_come": "Par la porte bleue, au fond de la cour. Arrêt de bus « Halle imaginaire » à deux minutes ; "
            "arceaux à vélos devant l’entrée ; dépose-minute pour le matériel lourd.",
            "appointment_url": "https://rendez-vous.invalid/atelier",
            "accessibility_url": "https://accessibilite.invalid/atelier",
            "services": [_CREATE, _OPEN, _LEARN, "prototypage-accompagne", "fabrication-a-la-demande",
                         "reparation-repair-cafe", "accueil-de-classes"],
            "audiences": ["familles-et-ou-enfants", "tous-publics", "scolaires", "professionnels-et-entreprises"],
            "accessibility": ["handicaps-moteurs", "acces-en-fauteuil-roulant", "toilettes-adaptees"],
            "fees": [_ON_CONDITION, _PAID],
            "support": [_ALONE, _EACH, _GROUP],
            "labels": ["fab-charter", "fabriques-de-territoire"],
        },
        machines=(
            _FILAMENT,
            Tool("imprimante-3d-a-resine", "Cuve d’essai 6K", 1, "143 × 90 × 180 mm", ("resine-photosensible",),
                 Training.CERTIFICATE, "0,25 € le millilitre", "Gants et lunettes fournis."),
            Tool("decoupe-laser", "Laser d’essai 100 W", 1, "1000 × 600 mm",
                 ("bois", "contreplaque", "carton", "acrylique-pmma", "tissu"),
                 Training.INTRODUCTION, "0,50 € la minute", "Pas de PVC : la fumée est toxique."),
            Tool("decoupe-vinyle", "Traceur d’essai 60 cm", 1, "Largeur 600 mm", ("vinyle", "papier"),
                 Training.NONE, "Prix de la matière"),
            Tool("fraiseuse-numerique", "Grand plateau d’essai", 1, "1250 × 1250 × 150 mm",
                 ("bois", "contreplaque", "mdf", "mousse"), Training.CERTIFICATE, "20 € l’heure",
                 "Attend une broche neuve.", is_working=False),
            Tool("brodeuse-numerique", "Brodeuse d’essai à six aiguilles", 1, "200 × 280 mm", ("tissu",),
                 Training.INTRODUCTION, "5 € l’heure"),
            Tool("machine-a-coudre", "", 4, "", ("tissu", "cuir"), Training.NONE, "Gratuit"),
            Tool("surjeteuse", "", 1, "", ("tissu",), Training.INTRODUCTION, "Gratuit"),
            Tool("station-de-soudage-electronique", "", 2, "", ("cuivre-circuits",), Training.NONE, "Gratuit"),
        ),
        people=(
            Holder("Fabmanager", "Camille Exemple", _CONSENT),
            Holder("Animation des ateliers de couture"),
            Holder("Accueil des classes", "Noa Exemple", _CONSENT),
        ),
        pictures=(
            ("atelier.png", "Une grande table entourée de tabourets, et trois imprimantes 3D au mur (dessin)",
             "Dessin : démonstration"),
            ("decoupe.png", "Trois roues dentées en contreplaqué sous le faisceau d’une découpe laser (dessin)",
             "Dessin : démonstration"),
        ),
        confirmed=20,
    ),
    Spot(
        "fabrique",
        "Fabrique Imaginaire",
        PlaceKind.FABLAB,
        "Saint-Étienne",
        "42218",
        "42000",
        "Un second lab **inventé**, pour essayer les projets à plusieurs.\n\n"
        "Le métal y est chez lui, et l’on y forme des tuteur·trices.",
        "We-Sa 10:00-18:00; Aug 01-15 off; PH off",
        told={
            "summary": "Un lab inventé où l’on travaille surtout le métal et le bois.",
            "phone": "04 65 71 00 20",
            "website": "https://fabrique.invalid/",
            "how_to_come": "Tramway, arrêt « Manufacture imaginaire ». L’entrée est de plain-pied, côté jardin.",
            "services": [_OPEN, _LEARN, "prototypage-accompagne", "formation-professionnelle",
                         "reparation-repair-cafe", "location-de-salle-ou-d-espace"],
            "audiences": ["tous-publics", "adultes", "professionnels-et-entreprises", "enseignants-et-mediateurs"],
            "accessibility": ["acces-en-fauteuil-roulant", "places-de-stationnement-adaptees"],
            "fees": [_PAID],
            "support": [_ALONE, _GROUP],
            "labels": ["fab-charter", "certification-pix"],
        },
        machines=(
            Tool("fraiseuse-numerique", "Fraiseuse d’essai à bois", 1, "2500 × 1250 × 200 mm",
                 ("bois", "contreplaque", "mdf"), Training.CERTIFICATE, "25 € l’heure"),
            Tool("fraiseuse-de-precision", "Petite fraiseuse d’essai", 1, "300 × 200 × 100 mm",
                 ("aluminium", "cire", "cuivre-circuits"), Training.CERTIFICATE, "15 € l’heure"),
            Tool("tour-a-metaux", "", 1, "Entre-pointes 750 mm", ("acier", "aluminium"), Training.STAFF_ONLY),
            Tool("poste-a-souder", "TIG et MIG", 2, "", ("acier", "aluminium"), Training.CERTIFICATE, "10 € l’heure"),
            Tool("decoupe-plasma", "", 1, "1500 × 3000 mm", ("acier",), Training.STAFF_ONLY, "Sur devis"),
            Tool("decoupe-laser", "Laser d’essai 60 W", 1, "600 × 400 mm", ("bois", "carton", "acrylique-pmma"),
                 Training.INTRODUCTION, "0,40 € la minute"),
            _FILAMENT,
        ),
        people=(
            Holder("Direction", "Dominique Exemple", _CONSENT),
            Holder("Formation des tuteur·trices"),
        ),
        pictures=(
            ("fabrique.png", "La façade d’une halle de briques à trois grandes fenêtres (dessin)",
             "Dessin : démonstration"),
        ),
        confirmed=75,
    ),
    Spot(
        "chantier",
        "Chantier des Possibles imaginaire",
        PlaceKind.FABLAB,
        "Nantes",
        "44109",
        "44000",
        "Un lab **inventé** dans un ancien chantier naval qui n’existe pas.",
        "Mo-Fr 09:00-18:00; Th 09:00-22:00; PH off",
        told={
            "summary": "Un lab inventé : bois, composites et nocturne le jeudi.",
            "services": [_OPEN, _LEARN, "coworking", "prototypage-accompagne"],
            "audiences": ["adultes", "etudiants", "professionnels-et-entreprises", "associations"],
            "fees": [_PAID],
            "support": [_ALONE, _EACH],
            "labels": ["fab-charter"],
        },
        machines=(
            Tool("fraiseuse-numerique", "Portique d’essai", 1, "3000 × 1500 × 300 mm", ("bois", "mousse", "mdf"),
                 Training.CERTIFICATE, "30 € l’heure"),
            Tool("scie-circulaire-sur-table", "", 1, "", ("bois", "contreplaque"), Training.CERTIFICATE),
            Tool("scie-a-ruban", "", 1, "", ("bois",), Training.CERTIFICATE),
            Tool("ponceuse", "", 3, "", ("bois",), Training.INTRODUCTION),
            Tool("scanner-3d", "", 1, "", (), Training.INTRODUCTION, "Gratuit"),
        ),
        people=(Holder("Fabmanager"),),
        confirmed=510,
    ),
    Spot(
        "filature",
        "La Filature imaginaire",
        PlaceKind.FABLAB,
        "Lille",
        "59350",
        "59000",
        "Un lab **inventé** du textile : broder, tisser, tricoter, réparer.",
        "Tu-Sa 11:00-19:00; PH off",
        told={
            "summary": "Un lab inventé où l’on brode, tisse et tricote.",
            "services": [_OPEN, _LEARN, "reparation-repair-cafe", "pret-de-materiel"],
            "audiences": ["tous-publics", "femmes", "associations"],
            "accessibility": ["langues-etrangeres-anglais", "toilettes-adaptees"],
            "fees": [_ON_CONDITION],
            "support": [_ALONE, _GROUP],
        },
        machines=(
            Tool("brodeuse-numerique", "", 2, "360 × 200 mm", ("tissu", "cuir"), Training.INTRODUCTION, "6 € l’heure"),
            Tool("machine-a-tricoter", "", 1, "", (), Training.CERTIFICATE, "6 € l’heure"),
            Tool("metier-a-tisser", "", 2, "", (), Training.INTRODUCTION, "Gratuit"),
            Tool("presse-a-chaud", "", 1, "400 × 500 mm", ("tissu", "vinyle"), Training.NONE, "Gratuit"),
        ),
        people=(Holder("Animation du textile"),),
        confirmed=15,
    ),
    Spot(
        "ressort",
        "Le Ressort imaginaire",
        PlaceKind.FABLAB,
        "Strasbourg",
        "67482",
        "67000",
        "Un lab **inventé** où l’on répare avant de fabriquer.",
        "We 16:00-21:00; Fr-Sa 14:00-19:00; PH off",
        told={
            "summary": "Un lab inventé où l’on répare avant de fabriquer.",
            "services": [_OPEN, "reparation-repair-cafe", "pret-de-materiel"],
            "audiences": ["tous-publics", "etudiants"],
            "accessibility": ["langues-etrangeres-autres"],
            "fees": [_ON_CONDITION],
            "support": [_GROUP],
            "labels": ["fab-charter", "collectif-ressources-et-acteurs-reemploi"],
        },
        machines=(
            Tool("station-de-soudage-electronique", "", 4, "", ("cuivre-circuits",), Training.NONE, "Prix libre"),
            Tool("oscilloscope", "", 1, "", (), Training.INTRODUCTION, "Prix libre"),
            Tool("broyeur-et-extrudeuse-a-plastique", "", 1, "", ("plastique-recycle",), Training.CERTIFICATE,
                 "Prix libre"),
            _FILAMENT,
        ),
        confirmed=8,
    ),
    Spot(
        "mangrove",
        "Atelier de la Mangrove imaginaire",
        PlaceKind.FABLAB,
        "Pointe-à-Pitre",
        "97120",
        "97110",
        "Un lab **inventé** de la Guadeloupe.",
        "Tu-Sa 08:00-14:00; PH off",
        told={
            "summary": "Un lab inventé de la Guadeloupe : matières d’ici et plastique recyclé.",
            "services": [_OPEN, _LEARN, "accueil-de-classes"],
            "audiences": ["scolaires", "tous-publics"],
            "fees": [_ON_CONDITION],
            "support": [_ALONE, _GROUP],
            "labels": ["fab-charter"],
        },
        machines=(
            Tool("presse-a-injecter", "", 1, "", ("plastique-recycle",), Training.INTRODUCTION, "Gratuit"),
            Tool("decoupe-laser", "", 1, "400 × 300 mm", ("bois", "carton"), Training.INTRODUCTION, "0,30 € la minute"),
        ),
        confirmed=95,
    ),
    Spot(
        "fleuve",
        "La Pirogue à idées imaginaire",
        PlaceKind.FABLAB,
        "Cayenne",
        "97302",
        "97300",
        "Un lab **inventé** de la Guyane.",
        "Mo-Th 14:00-18:00; Sa 09:00-13:00; PH off",
        told={
            "summary": "Un lab inventé de la Guyane : bois locaux et cartographie par drone.",
            "services": [_OPEN, _LEARN, "atelier-mobile"],
            "audiences": ["jeunes", "associations"],
            "fees": [_ON_CONDITION],
            "support": [_GROUP],
        },
        machines=(
            Tool("drone", "", 2, "", (), Training.CERTIFICATE, "Avec l’équipe"),
            Tool("tour-a-bois", "", 1, "", ("bois",), Training.INTRODUCTION, "5 € l’heure"),
            Tool("imprimante-3d-ceramique-ou-argile", "", 1, "", ("argile-et-ceramique",), Training.INTRODUCTION),
        ),
        confirmed=33,
    ),
)  # fmt: skip
