"""describe places by terms, machines, people and pictures

Revision ID: 0016
Revises: 0015
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

VOCABULARIES = ("service", "machine", "material", "label", "audience", "accessibility", "fee", "support")

# Vocabulary, code, French, English, code of the broader term, who issues it, the same notion in standards.
TERMS = [
    (
        "service",
        "aide-aux-demarches-administratives",
        "Aide aux démarches administratives",
        "Help with administrative procedures",
        None,
        "",
        {"mednum": "Aide aux démarches administratives"},
    ),
    (
        "service",
        "maitrise-des-outils-numeriques-du-quotidien",
        "Maîtrise des outils numériques du quotidien",
        "Everyday digital tools",
        None,
        "",
        {"mednum": "Maîtrise des outils numériques du quotidien"},
    ),
    (
        "service",
        "insertion-professionnelle-via-le-numerique",
        "Insertion professionnelle via le numérique",
        "Finding work with digital tools",
        None,
        "",
        {"mednum": "Insertion professionnelle via le numérique"},
    ),
    (
        "service",
        "utilisation-securisee-du-numerique",
        "Utilisation sécurisée du numérique",
        "Safe use of digital tools",
        None,
        "",
        {"mednum": "Utilisation sécurisée du numérique"},
    ),
    (
        "service",
        "parentalite-et-education-avec-le-numerique",
        "Parentalité et éducation avec le numérique",
        "Parenting and education with digital tools",
        None,
        "",
        {"mednum": "Parentalité et éducation avec le numérique"},
    ),
    (
        "service",
        "loisirs-et-creations-numeriques",
        "Loisirs et créations numériques",
        "Digital leisure and creation",
        None,
        "",
        {"mednum": "Loisirs et créations numériques"},
    ),
    (
        "service",
        "comprehension-du-monde-numerique",
        "Compréhension du monde numérique",
        "Understanding the digital world",
        None,
        "",
        {"mednum": "Compréhension du monde numérique"},
    ),
    (
        "service",
        "acces-internet-et-materiel-informatique",
        "Accès internet et matériel informatique",
        "Internet access and computers",
        None,
        "",
        {"mednum": "Accès internet et matériel informatique"},
    ),
    (
        "service",
        "acquisition-de-materiel-informatique-a-prix-solidaire",
        "Acquisition de matériel informatique à prix solidaire",
        "Affordable computer equipment",
        None,
        "",
        {"mednum": "Acquisition de matériel informatique à prix solidaire"},
    ),
    (
        "service",
        "fabrication-numerique-en-acces-libre",
        "Fabrication numérique en accès libre",
        "Open access to digital fabrication",
        None,
        "",
        {},
    ),
    ("service", "initiation-aux-machines", "Initiation aux machines", "Introduction to machines", None, "", {}),
    ("service", "prototypage-accompagne", "Prototypage accompagné", "Assisted prototyping", None, "", {}),
    ("service", "fabrication-a-la-demande", "Fabrication à la demande", "Making to order", None, "", {}),
    ("service", "formation-professionnelle", "Formation professionnelle", "Professional training", None, "", {}),
    ("service", "reparation-repair-cafe", "Réparation (repair café)", "Repair (repair café)", None, "", {}),
    (
        "service",
        "location-de-salle-ou-d-espace",
        "Location de salle ou d’espace",
        "Room or space for hire",
        None,
        "",
        {},
    ),
    ("service", "coworking", "Coworking", "Coworking", None, "", {}),
    ("service", "accueil-de-classes", "Accueil de classes", "School visits", None, "", {}),
    ("service", "pret-de-materiel", "Prêt de matériel", "Equipment loan", None, "", {}),
    ("service", "atelier-mobile", "Atelier mobile", "Mobile workshop", None, "", {}),
    (
        "machine",
        "imprimante-3d",
        "Imprimante 3D",
        "3D printer",
        None,
        "",
        {"fablabs.io": "three_d_printing", "okw": "https://en.wikipedia.org/wiki/3D_printing"},
    ),
    (
        "machine",
        "imprimante-3d-a-fil",
        "Imprimante 3D à fil",
        "Filament 3D printer",
        "imprimante-3d",
        "",
        {"fablabs.io": "three_d_printing", "okw": "https://en.wikipedia.org/wiki/Fused_filament_fabrication"},
    ),
    (
        "machine",
        "imprimante-3d-a-resine",
        "Imprimante 3D à résine",
        "Resin 3D printer",
        "imprimante-3d",
        "",
        {"fablabs.io": "three_d_printing", "okw": "https://en.wikipedia.org/wiki/Stereolithography"},
    ),
    (
        "machine",
        "imprimante-3d-a-poudre",
        "Imprimante 3D à poudre",
        "Powder 3D printer",
        "imprimante-3d",
        "",
        {"fablabs.io": "three_d_printing", "okw": "https://en.wikipedia.org/wiki/Selective_laser_sintering"},
    ),
    (
        "machine",
        "imprimante-3d-ceramique-ou-argile",
        "Imprimante 3D céramique ou argile",
        "Ceramic or clay 3D printer",
        "imprimante-3d",
        "",
        {"fablabs.io": "three_d_printing"},
    ),
    (
        "machine",
        "scanner-3d",
        "Scanner 3D",
        "3D scanner",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/3D_scanning"},
    ),
    (
        "machine",
        "decoupe-laser",
        "Découpe laser",
        "Laser cutter",
        None,
        "",
        {"fablabs.io": "laser", "okw": "https://en.wikipedia.org/wiki/Laser_cutting"},
    ),
    (
        "machine",
        "graveuse-laser",
        "Graveuse laser",
        "Laser engraver",
        None,
        "",
        {"fablabs.io": "laser", "okw": "https://en.wikipedia.org/wiki/Laser_engraving"},
    ),
    (
        "machine",
        "decoupe-vinyle",
        "Découpe vinyle",
        "Vinyl cutter",
        None,
        "",
        {"fablabs.io": "vinyl_cutting", "okw": "https://en.wikipedia.org/wiki/Vinyl_cutter"},
    ),
    (
        "machine",
        "fraiseuse-numerique",
        "Fraiseuse numérique grand format",
        "Large CNC router",
        None,
        "",
        {"fablabs.io": "cnc_milling", "okw": "https://en.wikipedia.org/wiki/CNC_router"},
    ),
    (
        "machine",
        "fraiseuse-de-precision",
        "Fraiseuse de précision",
        "Precision milling machine",
        None,
        "",
        {"fablabs.io": "precision_milling", "okw": "https://en.wikipedia.org/wiki/Milling_(machining)"},
    ),
    ("machine", "tour-a-bois", "Tour à bois", "Wood lathe", None, "", {"okw": "https://en.wikipedia.org/wiki/Lathe"}),
    (
        "machine",
        "tour-a-metaux",
        "Tour à métaux",
        "Metal lathe",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Metal_lathe"},
    ),
    (
        "machine",
        "decoupe-au-fil-chaud",
        "Découpe au fil chaud",
        "Hot-wire foam cutter",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Hot-wire_foam_cutter"},
    ),
    (
        "machine",
        "decoupe-plasma",
        "Découpe plasma",
        "Plasma cutter",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Plasma_cutting"},
    ),
    (
        "machine",
        "decoupe-jet-d-eau",
        "Découpe jet d’eau",
        "Water-jet cutter",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Water_jet_cutter"},
    ),
    (
        "machine",
        "plieuse",
        "Plieuse",
        "Bending machine",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Bending_(metalworking)"},
    ),
    (
        "machine",
        "poste-a-souder",
        "Poste à souder (métal)",
        "Welding station",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Welding"},
    ),
    (
        "machine",
        "forge-et-fonderie",
        "Forge et fonderie",
        "Forge and foundry",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Casting_(metalworking)"},
    ),
    (
        "machine",
        "thermoformeuse",
        "Thermoformeuse",
        "Thermoforming machine",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Thermoforming"},
    ),
    (
        "machine",
        "presse-a-chaud",
        "Presse à chaud",
        "Heat press",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Heat_press"},
    ),
    (
        "machine",
        "broyeur-et-extrudeuse-a-plastique",
        "Broyeur et extrudeuse à plastique",
        "Plastic shredder and extruder",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Plastic_extrusion"},
    ),
    (
        "machine",
        "presse-a-injecter",
        "Presse à injecter",
        "Injection moulding machine",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Injection_moulding"},
    ),
    (
        "machine",
        "station-de-soudage-electronique",
        "Station de soudage électronique",
        "Electronics soldering station",
        None,
        "",
        {"fablabs.io": "circuit_production", "okw": "https://en.wikipedia.org/wiki/Soldering_station"},
    ),
    (
        "machine",
        "circuits-imprimes",
        "Fabrication de circuits imprimés",
        "Circuit board production",
        None,
        "",
        {"fablabs.io": "circuit_production", "okw": "https://en.wikipedia.org/wiki/Printed_circuit_board"},
    ),
    (
        "machine",
        "oscilloscope",
        "Oscilloscope",
        "Oscilloscope",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Oscilloscope"},
    ),
    (
        "machine",
        "kits-de-microcontroleurs",
        "Kits de microcontrôleurs",
        "Microcontroller kits",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Microcontroller"},
    ),
    (
        "machine",
        "kits-de-robotique",
        "Kits de robotique",
        "Robotics kits",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Robot_kit"},
    ),
    (
        "machine",
        "machine-a-coudre",
        "Machine à coudre",
        "Sewing machine",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Sewing_machine"},
    ),
    (
        "machine",
        "surjeteuse",
        "Surjeteuse",
        "Overlocker",
        "machine-a-coudre",
        "",
        {"okw": "https://en.wikipedia.org/wiki/Overlock"},
    ),
    (
        "machine",
        "brodeuse-numerique",
        "Brodeuse numérique",
        "Digital embroidery machine",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Machine_embroidery"},
    ),
    (
        "machine",
        "machine-a-tricoter",
        "Machine à tricoter",
        "Knitting machine",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Knitting_machine"},
    ),
    ("machine", "metier-a-tisser", "Métier à tisser", "Loom", None, "", {"okw": "https://en.wikipedia.org/wiki/Loom"}),
    (
        "machine",
        "imprimante-grand-format",
        "Imprimante grand format",
        "Large-format printer",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Wide-format_printer"},
    ),
    (
        "machine",
        "imprimante-a-sublimation",
        "Imprimante à sublimation",
        "Sublimation printer",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Dye-sublimation_printing"},
    ),
    (
        "machine",
        "serigraphie",
        "Sérigraphie",
        "Screen printing",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Screen_printing"},
    ),
    (
        "machine",
        "massicot-et-reliure",
        "Massicot et reliure",
        "Guillotine and bookbinding",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Bookbinding"},
    ),
    ("machine", "scie-a-ruban", "Scie à ruban", "Band saw", None, "", {"okw": "https://en.wikipedia.org/wiki/Bandsaw"}),
    (
        "machine",
        "scie-circulaire-sur-table",
        "Scie circulaire sur table",
        "Table saw",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Table_saw"},
    ),
    (
        "machine",
        "scie-a-chantourner",
        "Scie à chantourner",
        "Scroll saw",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Scroll_saw"},
    ),
    (
        "machine",
        "perceuse-a-colonne",
        "Perceuse à colonne",
        "Drill press",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Drill"},
    ),
    ("machine", "ponceuse", "Ponceuse", "Sander", None, "", {"okw": "https://en.wikipedia.org/wiki/Sander"}),
    (
        "machine",
        "raboteuse-degauchisseuse",
        "Raboteuse-dégauchisseuse",
        "Planer-jointer",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Thickness_planer"},
    ),
    (
        "machine",
        "outillage-a-main",
        "Outillage à main",
        "Hand tools",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Hand_tool"},
    ),
    (
        "machine",
        "four-a-ceramique",
        "Four à céramique",
        "Kiln",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Kiln"},
    ),
    (
        "machine",
        "paillasse-de-biologie",
        "Paillasse de biologie",
        "Biology bench",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Biological_laboratory"},
    ),
    (
        "machine",
        "poste-informatique",
        "Poste informatique",
        "Computer workstation",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Workstation"},
    ),
    (
        "machine",
        "station-de-montage-video",
        "Station de montage vidéo",
        "Video editing station",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Video_editing"},
    ),
    (
        "machine",
        "studio-son",
        "Studio son",
        "Sound studio",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Recording_studio"},
    ),
    (
        "machine",
        "studio-photo",
        "Studio photo",
        "Photo studio",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Photographic_studio"},
    ),
    (
        "machine",
        "casque-de-realite-virtuelle",
        "Casque de réalité virtuelle",
        "Virtual reality headset",
        None,
        "",
        {"okw": "https://en.wikipedia.org/wiki/Virtual_reality_headset"},
    ),
    ("machine", "drone", "Drone", "Drone", None, "", {"okw": "https://en.wikipedia.org/wiki/Unmanned_aerial_vehicle"}),
    ("material", "bois", "Bois", "Wood", None, "", {}),
    ("material", "contreplaque", "Contreplaqué", "Plywood", None, "", {}),
    ("material", "mdf", "MDF", "MDF", None, "", {}),
    ("material", "carton", "Carton", "Cardboard", None, "", {}),
    ("material", "papier", "Papier", "Paper", None, "", {}),
    ("material", "acrylique-pmma", "Acrylique (PMMA)", "Acrylic (PMMA)", None, "", {}),
    ("material", "pla", "PLA", "PLA", None, "", {}),
    ("material", "petg", "PETG", "PETG", None, "", {}),
    ("material", "abs", "ABS", "ABS", None, "", {}),
    ("material", "filament-souple-tpu", "Filament souple (TPU)", "Flexible filament (TPU)", None, "", {}),
    ("material", "resine-photosensible", "Résine photosensible", "Photopolymer resin", None, "", {}),
    ("material", "plastique-recycle", "Plastique recyclé", "Recycled plastic", None, "", {}),
    ("material", "metal", "Métal", "Metal", None, "", {}),
    ("material", "aluminium", "Aluminium", "Aluminium", None, "", {}),
    ("material", "acier", "Acier", "Steel", None, "", {}),
    ("material", "tissu", "Tissu", "Fabric", None, "", {}),
    ("material", "cuir", "Cuir", "Leather", None, "", {}),
    ("material", "vinyle", "Vinyle", "Vinyl", None, "", {}),
    ("material", "mousse", "Mousse", "Foam", None, "", {}),
    ("material", "argile-et-ceramique", "Argile et céramique", "Clay and ceramics", None, "", {}),
    ("material", "verre", "Verre", "Glass", None, "", {}),
    ("material", "pierre", "Pierre", "Stone", None, "", {}),
    ("material", "cire", "Cire", "Wax", None, "", {}),
    ("material", "silicone", "Silicone", "Silicone", None, "", {}),
    ("material", "cuivre-circuits", "Cuivre (circuits)", "Copper (circuits)", None, "", {}),
    ("label", "cyber-base", "Cyber-base", "Cyber-base", None, "Caisse des Dépôts", {}),
    ("label", "point-cyb", "Point Cyb", "Point Cyb", None, "Ministère de la Jeunesse", {}),
    (
        "label",
        "ecm",
        "ECM (espace culture multimédia)",
        "ECM (multimedia culture space)",
        None,
        "Ministère de la Culture",
        {},
    ),
    ("label", "cybercommune", "Cybercommune", "Cybercommune", None, "Région Bretagne", {}),
    (
        "label",
        "eric",
        "ERIC (espace régional internet citoyen)",
        "ERIC (regional citizens’ internet space)",
        None,
        "Région Provence-Alpes-Côte d’Azur",
        {},
    ),
    ("label", "netpublic", "NetPublic", "NetPublic", None, "État", {}),
    ("label", "fab-charter", "Fab Charter", "Fab Charter", None, "Fab Foundation", {}),
    ("label", "aidants-connect", "Aidants Connect", "Aidants Connect", None, "État", {"mednum": "Aidants Connect"}),
    (
        "label",
        "bibliotheques-numeriques-de-reference",
        "Bibliothèques numériques de référence",
        "Reference digital libraries",
        None,
        "Ministère de la Culture",
        {"mednum": "Bibliothèques numérique de référence"},
    ),
    (
        "label",
        "certification-pix",
        "Certification PIX",
        "PIX certification",
        None,
        "GIP Pix",
        {"mednum": "Certification PIX"},
    ),
    (
        "label",
        "conseillers-numeriques",
        "Conseillers numériques",
        "Digital advisers",
        None,
        "État",
        {"mednum": "Conseillers numériques"},
    ),
    (
        "label",
        "emmaus-connect",
        "Emmaüs Connect",
        "Emmaüs Connect",
        None,
        "Emmaüs Connect",
        {"mednum": "Emmaüs Connect"},
    ),
    ("label", "france-services", "France Services", "France Services", None, "État", {"mednum": "France Services"}),
    (
        "label",
        "grande-ecole-du-numerique",
        "Grande École du Numérique",
        "Grande École du Numérique",
        None,
        "Grande École du Numérique",
        {"mednum": "Grande école du numérique"},
    ),
    (
        "label",
        "la-croix-rouge",
        "La Croix Rouge",
        "French Red Cross",
        None,
        "Croix-Rouge française",
        {"mednum": "La Croix Rouge"},
    ),
    (
        "label",
        "point-d-acces-numerique-caf",
        "Point d’accès numérique CAF",
        "CAF digital access point",
        None,
        "Caisse d’allocations familiales",
        {"mednum": "Point d'accès numérique CAF"},
    ),
    (
        "label",
        "promeneurs-du-net",
        "Promeneurs du Net",
        "Promeneurs du Net",
        None,
        "Caisse d’allocations familiales",
        {"mednum": "Promeneurs du net"},
    ),
    (
        "label",
        "relais-numerique-emmaus-connect",
        "Relais numérique (Emmaüs Connect)",
        "Digital relay (Emmaüs Connect)",
        None,
        "Emmaüs Connect",
        {"mednum": "Relais numérique (Emmaüs Connect)"},
    ),
    (
        "label",
        "fabriques-de-territoire",
        "Fabriques de Territoire",
        "Fabriques de Territoire",
        None,
        "État",
        {"mednum": "Fabriques de Territoire"},
    ),
    (
        "label",
        "forme-a-mon-espace-sante",
        "Formé à «\xa0Mon Espace Santé\xa0»",
        "Trained in “Mon Espace Santé”",
        None,
        "Assurance maladie",
        {"mednum": "Formé à « Mon Espace Santé »"},
    ),
    (
        "label",
        "forme-a-duplex-illettrisme",
        "Formé à «\xa0DUPLEX\xa0» (illettrisme)",
        "Trained in “DUPLEX” (illiteracy)",
        None,
        "",
        {"mednum": "Formé à « DUPLEX » (illettrisme)"},
    ),
    (
        "label",
        "arnia-mednum-bfc",
        "Arnia/MedNum BFC",
        "Arnia/MedNum BFC",
        None,
        "Bourgogne-Franche-Comté",
        {"mednum": "Arnia/MedNum BFC (Bourgogne-Franche-Comté)"},
    ),
    (
        "label",
        "collectif-ressources-et-acteurs-reemploi",
        "Collectif ressources et acteurs réemploi",
        "Collectif ressources et acteurs réemploi",
        None,
        "Normandie",
        {"mednum": "Collectif ressources et acteurs réemploi (Normandie)"},
    ),
    (
        "label",
        "etapes-numeriques",
        "Étapes numériques",
        "Étapes numériques",
        None,
        "La Poste",
        {"mednum": "Étapes numériques(La Poste)"},
    ),
    (
        "label",
        "les-eclaireurs-du-numerique",
        "Les Éclaireurs du numérique",
        "Les Éclaireurs du numérique",
        None,
        "Drôme",
        {"mednum": "Les Éclaireurs du numérique (Drôme)"},
    ),
    (
        "label",
        "mes-papiers",
        "Mes Papiers",
        "Mes Papiers",
        None,
        "Métropole de Lyon",
        {"mednum": "Mes Papiers (Métropole de Lyon)"},
    ),
    ("label", "ordi-3-0", "ORDI 3.0", "ORDI 3.0", None, "ORDI 3.0", {"mednum": "ORDI 3.0"}),
    (
        "label",
        "sud-labs",
        "SUD LABS",
        "SUD LABS",
        None,
        "Région Provence-Alpes-Côte d’Azur",
        {"mednum": "SUD LABS (PACA)"},
    ),
    ("audience", "jeunes", "Jeunes", "Young people", None, "", {"mednum": "Jeunes"}),
    ("audience", "etudiants", "Étudiants", "Students", None, "", {"mednum": "Étudiants"}),
    (
        "audience",
        "familles-et-ou-enfants",
        "Familles et/ou enfants",
        "Families and children",
        None,
        "",
        {"mednum": "Familles et/ou enfants"},
    ),
    ("audience", "seniors", "Seniors", "Older people", None, "", {"mednum": "Seniors"}),
    ("audience", "femmes", "Femmes", "Women", None, "", {"mednum": "Femmes"}),
    ("audience", "tous-publics", "Tous publics", "Everybody", None, "", {}),
    ("audience", "adultes", "Adultes", "Adults", None, "", {}),
    ("audience", "scolaires", "Scolaires", "School groups", None, "", {}),
    (
        "audience",
        "professionnels-et-entreprises",
        "Professionnels et entreprises",
        "Professionals and companies",
        None,
        "",
        {},
    ),
    ("audience", "demandeurs-d-emploi", "Demandeurs d’emploi", "Job seekers", None, "", {}),
    ("audience", "associations", "Associations", "Associations", None, "", {}),
    ("audience", "enseignants-et-mediateurs", "Enseignants et médiateurs", "Teachers and mediators", None, "", {}),
    ("accessibility", "surdite", "Surdité", "Deafness", None, "", {"mednum": "Surdité"}),
    (
        "accessibility",
        "handicaps-moteurs",
        "Handicaps moteurs",
        "Motor disabilities",
        None,
        "",
        {"mednum": "Handicaps moteurs"},
    ),
    (
        "accessibility",
        "handicaps-mentaux",
        "Handicaps mentaux",
        "Intellectual disabilities",
        None,
        "",
        {"mednum": "Handicaps mentaux"},
    ),
    ("accessibility", "illettrisme", "Illettrisme", "Illiteracy", None, "", {"mednum": "Illettrisme"}),
    (
        "accessibility",
        "langues-etrangeres-anglais",
        "Langues étrangères (anglais)",
        "Foreign languages (English)",
        None,
        "",
        {"mednum": "Langues étrangères (anglais)"},
    ),
    (
        "accessibility",
        "langues-etrangeres-autres",
        "Langues étrangères (autres)",
        "Foreign languages (others)",
        None,
        "",
        {"mednum": "Langues étrangères (autres)"},
    ),
    (
        "accessibility",
        "deficience-visuelle",
        "Déficience visuelle",
        "Visual impairment",
        None,
        "",
        {"mednum": "Déficience visuelle"},
    ),
    ("accessibility", "acces-en-fauteuil-roulant", "Accès en fauteuil roulant", "Wheelchair access", None, "", {}),
    ("accessibility", "boucle-magnetique", "Boucle magnétique", "Hearing loop", None, "", {}),
    ("accessibility", "langue-des-signes-lsf", "Langue des signes (LSF)", "French sign language (LSF)", None, "", {}),
    (
        "accessibility",
        "places-de-stationnement-adaptees",
        "Places de stationnement adaptées",
        "Accessible parking",
        None,
        "",
        {},
    ),
    ("accessibility", "toilettes-adaptees", "Toilettes adaptées", "Accessible toilets", None, "", {}),
    ("fee", "gratuit", "Gratuit", "Free", None, "", {"mednum": "Gratuit"}),
    (
        "fee",
        "gratuit-sous-condition",
        "Gratuit sous condition",
        "Free under conditions",
        None,
        "",
        {"mednum": "Gratuit sous condition"},
    ),
    ("fee", "payant", "Payant", "Paid", None, "", {"mednum": "Payant"}),
    ("support", "en-autonomie", "En autonomie", "On one’s own", None, "", {"mednum": "En autonomie"}),
    (
        "support",
        "accompagnement-individuel",
        "Accompagnement individuel",
        "One-to-one support",
        None,
        "",
        {"mednum": "Accompagnement individuel"},
    ),
    (
        "support",
        "dans-un-atelier-collectif",
        "Dans un atelier collectif",
        "In a group workshop",
        None,
        "",
        {"mednum": "Dans un atelier collectif"},
    ),
    ("support", "a-distance", "À distance", "Remotely", None, "", {"mednum": "À distance"}),
]

# Columns of `place` that held the national labels, and the vocabularies of their codes.
CODED = [
    ("services", ("service",)),
    ("audiences", ("audience", "accessibility")),
    ("fees", ("fee",)),
    ("support", ("support",)),
]

TOLD = [
    ("place", "id"),
    ("laureate", "place_id"),
    ("pole_role", "place_id"),
    ("machine", "place_id"),
    ("place_picture", "place_id"),
]

COUNT_CHANGE = """
CREATE FUNCTION count_place_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text := current_setting('mesh.place_number', true);
    own text := txid_current()::text;
    reached bigint;
    ids integer[];
BEGIN
    IF split_part(coalesce(told, ''), ' ', 1) = own THEN
        reached := split_part(told, ' ', 2)::bigint;
    ELSE
        UPDATE place_number SET number = number + 1 WHERE id = 1 RETURNING number INTO reached;
        PERFORM set_config('mesh.place_number', own || ' ' || reached, true);
        PERFORM pg_notify('places', reached::text);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        ids := ids || (to_jsonb(OLD) ->> TG_ARGV[0])::integer;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        ids := ids || (to_jsonb(NEW) ->> TG_ARGV[0])::integer;
    END IF;
    INSERT INTO place_change AS kept (place_id, number)
        SELECT DISTINCT id, reached FROM unnest(ids) AS told(id)
        ON CONFLICT (place_id) DO UPDATE SET number = excluded.number WHERE kept.number <> excluded.number;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "place_change",
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_place_change")),
    )
    op.create_index("ix_place_change_number", "place_change", ["number"], unique=False)
    op.create_table(
        "place_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_place_number_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_number")),
    )
    terms = op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "vocabulary",
            sa.Enum(
                "service",
                "machine",
                "material",
                "label",
                "audience",
                "accessibility",
                "fee",
                "support",
                name="vocabulary",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("broader", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), server_default="", nullable=False),
        sa.Column("alignments", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("vocabulary", "code", name=op.f("uq_term_vocabulary_code")),
    )
    op.create_table(
        "machine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("materials", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "training",
            sa.Enum(
                "unknown",
                "none",
                "introduction",
                "certificate",
                "staff_only",
                name="training",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("price", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_machine_there_is_one")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_machine_place_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["type_id"], ["term.id"], name=op.f("fk_machine_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine")),
    )
    op.create_index("ix_machine_place_id", "machine", ["place_id", "position"], unique=False)
    op.create_index("ix_machine_type_id", "machine", ["type_id"], unique=False)
    op.create_table(
        "place_alias",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_alias_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_place_alias")),
    )
    op.create_index("ix_place_alias_place_id", "place_alias", ["place_id"], unique=False)
    op.create_table(
        "place_opening",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_opening_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", "opens_at", name=op.f("pk_place_opening")),
    )
    op.create_index("ix_place_opening_opens_at", "place_opening", ["opens_at", "closes_at", "place_id"], unique=False)
    op.create_table(
        "place_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.CheckConstraint("name = '' OR consented_on IS NOT NULL", name=op.f("ck_place_person_named_by_consent")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_person_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_person")),
    )
    op.create_index("ix_place_person_place_id", "place_person", ["place_id", "position"], unique=False)
    op.create_table(
        "place_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("image_digest", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["image_digest"], ["image.digest"], name=op.f("fk_place_picture_image_digest")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_picture_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_picture")),
    )
    op.create_index("ix_place_picture_image_digest", "place_picture", ["image_digest"], unique=False)
    op.create_index("ix_place_picture_place_id", "place_picture", ["place_id", "position"], unique=False)
    op.create_table(
        "place_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_place_version_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_version_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_version")),
    )
    op.create_index("ix_place_version_place_id", "place_version", ["place_id", "id"], unique=False)
    op.add_column("place", sa.Column("summary", sa.Text(), server_default="", nullable=False))
    op.add_column("place", sa.Column("how_to_come", sa.Text(), server_default="", nullable=False))
    op.add_column("place", sa.Column("appointment_url", sa.Text(), server_default="", nullable=False))
    op.add_column("place", sa.Column("accessibility_url", sa.Text(), server_default="", nullable=False))
    op.add_column("place", sa.Column("accessibility", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("place", sa.Column("labels", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("place", sa.Column("machine_types", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("place", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("place", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.bulk_insert(
        terms,
        [
            {
                "vocabulary": vocabulary,
                "code": code,
                "name_fr": french,
                "name_en": english,
                "broader": broader,
                "issuer": issuer,
                "alignments": alignments,
                "position": position,
            }
            for position, (vocabulary, code, french, english, broader, issuer, alignments) in enumerate(TERMS, 1)
        ],
    )
    op.execute("INSERT INTO place_number (id, number) VALUES (1, 1)")
    _code_labels()
    op.execute(COUNT_CHANGE)
    for table, column in TOLD:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_place_change('{column}')"
        )


def _code_labels() -> None:
    """National labels become the codes of their terms; what is in no list stays as it was written."""
    codes = {
        (vocabulary, alignments["mednum"]): code
        for vocabulary, code, *_names, alignments in TERMS
        if "mednum" in alignments
    }
    for column, vocabularies in CODED:
        of = {label: code for (vocabulary, label), code in codes.items() if vocabulary in vocabularies}
        _replace(column, of)
    special = [code for vocabulary, code, *_ in TERMS if vocabulary == "accessibility"]
    op.execute(
        sa.text(
            "UPDATE place SET accessibility = ARRAY(SELECT code FROM unnest(audiences) WITH ORDINALITY AS u(code, n)"
            " WHERE code = ANY(:special) ORDER BY n),"
            " audiences = ARRAY(SELECT code FROM unnest(audiences) WITH ORDINALITY AS u(code, n)"
            " WHERE code <> ALL(:special) ORDER BY n) WHERE audiences && CAST(:special AS text[])"
        ).bindparams(sa.bindparam("special", special, type_=postgresql.ARRAY(sa.Text())))
    )


def _replace(column: str, became: dict[str, str]) -> None:
    words = f"unnest({column}) WITH ORDINALITY AS u(word, n)"
    told = "coalesce(CAST(:became AS jsonb) ->> word, word)"
    statement = f"UPDATE place SET {column} = ARRAY(SELECT {told} FROM {words} ORDER BY n) WHERE {column} <> '{{}}'"  # noqa: S608
    op.execute(sa.text(statement).bindparams(became=json.dumps(became, ensure_ascii=False)))


def downgrade() -> None:
    for table, _column in TOLD:
        op.execute(f"DROP TRIGGER count_change ON {table}")
    op.execute("DROP FUNCTION count_place_change()")
    op.execute("UPDATE place SET audiences = audiences || accessibility")
    for column, vocabularies in CODED:
        labels = {
            code: alignments.get("mednum", french)
            for vocabulary, code, french, *_names, alignments in TERMS
            if vocabulary in vocabularies
        }
        _replace(column, labels)
    op.drop_column("place", "confirmed_at")
    op.drop_column("place", "closed_on")
    op.drop_column("place", "machine_types")
    op.drop_column("place", "labels")
    op.drop_column("place", "accessibility")
    op.drop_column("place", "accessibility_url")
    op.drop_column("place", "appointment_url")
    op.drop_column("place", "how_to_come")
    op.drop_column("place", "summary")
    op.drop_index("ix_place_version_place_id", table_name="place_version")
    op.drop_table("place_version")
    op.drop_index("ix_place_picture_place_id", table_name="place_picture")
    op.drop_index("ix_place_picture_image_digest", table_name="place_picture")
    op.drop_table("place_picture")
    op.drop_index("ix_place_person_place_id", table_name="place_person")
    op.drop_table("place_person")
    op.drop_index("ix_place_opening_opens_at", table_name="place_opening")
    op.drop_table("place_opening")
    op.drop_index("ix_place_alias_place_id", table_name="place_alias")
    op.drop_table("place_alias")
    op.drop_index("ix_machine_type_id", table_name="machine")
    op.drop_index("ix_machine_place_id", table_name="machine")
    op.drop_table("machine")
    op.drop_table("term")
    op.drop_table("place_number")
    op.drop_index("ix_place_change_number", table_name="place_change")
    op.drop_table("place_change")
