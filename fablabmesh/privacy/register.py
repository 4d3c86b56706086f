"""The register of what is kept of people: why, by what right, how long, who sees it, what erasure does. Pure.

Article 30 of the GDPR asks for it. docs/privacy.md and the public page are written from here, and so are the periods by
which the chores of `privacy.actions` and of the rooms themselves go. Columns are in `held`.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fablabmesh.curation.rules import CONTACT_KEPT
from fablabmesh.digests.rules import CONFIRM_WITHIN
from fablabmesh.imports.rules import KEPT_FOR as IMPORT_KEPT
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.mails.rules import ROW_KEPT, WORDS_KEPT
from fablabmesh.privacy.held import HELD, Fate, Held, tables_of
from fablabmesh.privacy.rules import (
    ATTEMPT_KEPT,
    BACKUP_KEPT,
    ERASED_AFTER,
    INACTIVE_AFTER,
    QUESTION_KEPT,
    SESSION_KEPT,
    SESSION_UNUSED,
    TOKEN_KEPT,
)


class Basis(enum.StrEnum):
    """Article 6 of the GDPR: by what right."""

    CONTRACT = "contract"
    CONSENT = "consent"
    INTEREST = "interest"

    @property
    def label(self) -> str:
        return {
            Basis.CONTRACT: _("le service que la personne a demandé (RGPD, article 6.1.b)"),
            Basis.CONSENT: _("son consentement (RGPD, article 6.1.a)"),
            Basis.INTEREST: _("l’intérêt légitime de l’exploitant (RGPD, article 6.1.f)"),
        }[self]


@dataclass(frozen=True)
class Treatment:
    """One purpose for which something of people is kept. Texts are translated when they are shown."""

    code: str
    title: Any
    people: Any
    what: Any
    purpose: Any
    basis: Basis
    kept: Any
    seen_by: Any
    at_erasure: Any

    @property
    def tables(self) -> list[str]:
        return tables_of(self.code)


def days(period: timedelta) -> int:
    """For sentences."""
    return period.days


def fate_label(held: Held) -> str:
    """What erasure does to a table's rows, in a few words."""
    return {
        Fate.DELETED: _("ligne supprimée"),
        Fate.UNLINKED: _("ligne gardée, sans dire qui"),
        Fate.EMPTIED: _("ce qui est de la personne en est ôté"),
        Fate.SPLIT: _("ligne supprimée si elle était adressée à la personne, gardée sans dire qui sinon"),
        Fate.FADES: _("rien n’y mène à la personne, et cela s’efface tout seul"),
        Fate.ASKED: _("ôté sur demande, avec le compte ou sans lui"),
    }[held.fate]


_MEMBERS = _l("Personnes qui ont un compte")
_ADMINS = _l("La personne elle-même et l’administration du site.")

REGISTER: tuple[Treatment, ...] = (
    Treatment(
        "account",
        title=_l("Le compte"),
        people=_MEMBERS,
        what=_l("Adresse électronique, nom, langue, rôle, empreinte du mot de passe (argon2id), date de création."),
        purpose=_l("Se connecter, tenir à jour la fiche d’un lieu, recevoir les courriers qui la concernent."),
        basis=Basis.CONTRACT,
        kept=_l(
            "Tant que le compte sert. Après %(quiet)d jours sans connexion, un courrier prévient ; après "
            "%(end)d jours, et un second courrier, le compte est effacé.",
            quiet=days(INACTIVE_AFTER),
            end=days(ERASED_AFTER),
        ),
        seen_by=_l(
            "L’adresse électronique : la personne et l’administration. Le nom : aussi celles et ceux qui s’occupent "
            "des mêmes lieux, et le pôle de la zone."
        ),
        at_erasure=_l("Le compte est supprimé aussitôt et en entier."),
    ),
    Treatment(
        "signing_in",
        title=_l("La connexion"),
        people=_l("Personnes qui se connectent ou essaient de le faire"),
        what=_l(
            "Sessions ouvertes (dates, sorte de navigateur, réseau tronqué), navigateurs connus, clés d’accès, "
            "codes et fournisseurs d’identité ; essais manqués et mots secrets sous forme d’empreintes. Un cookie de "
            "session et un cookie qui reconnaît le navigateur, posés à la connexion, et aucun autre."
        ),
        purpose=_l("Savoir qui agit, fermer une session à distance, arrêter qui essaie des mots de passe."),
        basis=Basis.INTEREST,
        kept=_l(
            "Une session se ferme après %(unused)d jours sans servir, et après %(row)d jours en tout cas ; elle "
            "s’efface alors, ou un jour après la déconnexion. Un essai manqué s’efface après %(attempt)d jour ; un mot "
            "secret, un jour après sa fin.",
            unused=days(SESSION_UNUSED),
            row=days(SESSION_KEPT),
            attempt=days(ATTEMPT_KEPT),
        ),
        seen_by=_l("La personne seule, pour ses sessions ; personne, pour le reste."),
        at_erasure=_l("Tout est supprimé ; les autres navigateurs sont déconnectés."),
    ),
    Treatment(
        "teams",
        title=_l("Les équipes des lieux et des zones"),
        people=_MEMBERS,
        what=_l(
            "Qui s’occupe de quel lieu ou de quelle zone, à quel titre, par qui ce rôle fut confié ; les invitations "
            "et les demandes de s’en occuper, avec l’adresse et le nom donnés."
        ),
        purpose=_l("Ne laisser modifier une fiche ou un agenda qu’à celles et ceux qui en ont la charge."),
        basis=Basis.CONTRACT,
        kept=_l("Tant que la personne a ce rôle."),
        seen_by=_l("L’équipe du lieu, le pôle de la zone et l’administration."),
        at_erasure=_l("Le rôle est supprimé ; un lieu qui n’a plus personne revient au pôle de sa zone."),
    ),
    Treatment(
        "authorship",
        title=_l("Qui a écrit quoi"),
        people=_MEMBERS,
        what=_l("L’auteur·rice et la date de chaque modification d’une fiche, d’un événement, d’un projet."),
        purpose=_l("Revenir sur une erreur ou un abus, et savoir à qui poser une question."),
        basis=Basis.INTEREST,
        kept=_l("Aussi longtemps que la page elle-même, dont l’historique est public."),
        seen_by=_l(
            "Le nom : l’équipe du lieu, le pôle de la zone et l’administration. L’historique public ne nomme personne."
        ),
        at_erasure=_l("Ce qui est écrit reste, car c’est la mémoire du lieu ; le lien avec la personne est ôté."),
    ),
    Treatment(
        "imports",
        title=_l("Les agendas apportés ou suivis"),
        people=_MEMBERS,
        what=_l("Le fichier ou l’adresse d’un agenda, et qui l’a apporté."),
        purpose=_l("Importer les événements d’un lieu et rendre compte de ce qui fut lu."),
        basis=Basis.CONTRACT,
        kept=_l(
            "Un import s’efface après %(days)d jours ; l’adresse d’un agenda suivi, quand on cesse de le suivre.",
            days=days(IMPORT_KEPT),
        ),
        seen_by=_l("L’équipe du lieu et l’administration."),
        at_erasure=_l("L’agenda suivi continue pour le lieu, sans dire qui l’a ajouté."),
    ),
    Treatment(
        "calendars",
        title=_l("Les calendriers personnels"),
        people=_MEMBERS,
        what=_l("Le nom d’un calendrier, l’empreinte de son adresse secrète, le jour de sa dernière lecture."),
        purpose=_l("Donner à une personne l’agenda de ses lieux, brouillons compris."),
        basis=Basis.CONTRACT,
        kept=_l("Jusqu’à ce que la personne ferme le calendrier."),
        seen_by=_l("La personne seule."),
        at_erasure=_l("Tout est supprimé ; l’adresse secrète ne répond plus."),
    ),
    Treatment(
        "programs",
        title=_l("Les jetons des programmes"),
        people=_l("Personnes qui confient l’agenda de leurs lieux à un programme"),
        what=_l(
            "Le nom d’un jeton, ses premiers signes, son empreinte, les lieux et les droits qu’il a, le jour de son "
            "dernier usage."
        ),
        purpose=_l("Laisser un programme écrire les événements d’un lieu au nom d’une personne."),
        basis=Basis.CONTRACT,
        kept=_l("Jusqu’à %(days)d jours après la fin du jeton, ou sa révocation.", days=days(TOKEN_KEPT)),
        seen_by=_l("La personne seule."),
        at_erasure=_l("Tout est supprimé ; le programme n’écrit plus rien."),
    ),
    Treatment(
        "letters",
        title=_l("Les courriers"),
        people=_l("Personnes à qui le site écrit"),
        what=_l("Adresse, objet et texte de chaque courrier, et s’il est parti."),
        purpose=_l("Envoyer le courrier, recommencer s’il n’est pas pris, savoir ce qui échoue."),
        basis=Basis.CONTRACT,
        kept=_l(
            "L’adresse et le texte, %(words)d jours ; la trace sans adresse ni texte, %(row)d jours ; la date d’une "
            "demande de confirmation, %(asked)d jours.",
            words=days(WORDS_KEPT),
            row=days(ROW_KEPT),
            asked=days(QUESTION_KEPT),
        ),
        seen_by=_l("L’administration voit l’état des courriers et le domaine de l’adresse, ni l’adresse ni le texte."),
        at_erasure=_l("Ce qui attend n’est pas envoyé ; l’adresse et le texte de ce qui est parti sont effacés."),
    ),
    Treatment(
        "agenda_letters",
        title=_l("Les lettres de l’agenda"),
        people=_l("Personnes qui s’y abonnent, avec ou sans compte"),
        what=_l("Adresse électronique, partie de l’agenda suivie, langue, dates."),
        purpose=_l("Envoyer chaque lundi la lettre demandée."),
        basis=Basis.CONSENT,
        kept=_l(
            "Jusqu’à l’arrêt de la lettre, par le lien qu’elle contient. Une demande sans confirmation s’efface après "
            "%(days)d jours.",
            days=days(CONFIRM_WITHIN),
        ),
        seen_by=_l("Personne."),
        at_erasure=_l("L’abonnement est supprimé avec le compte de la même adresse."),
    ),
    Treatment(
        "proposals",
        title=_l("Les propositions et les signalements"),
        people=_l("Toute personne qui propose ou signale quelque chose"),
        what=_l("Ce qui est proposé, et, si la personne le veut, une adresse pour lui répondre."),
        purpose=_l("Corriger l’annuaire et répondre à qui a écrit."),
        basis=Basis.CONSENT,
        kept=_l(
            "L’adresse, jusqu’à la réponse et %(days)d jours au plus ; la proposition, sans limite.",
            days=days(CONTACT_KEPT),
        ),
        seen_by=_l("Le pôle de la zone et l’administration."),
        at_erasure=_l("L’adresse et le lien avec le compte sont ôtés ; la proposition et la décision restent."),
    ),
    Treatment(
        "public_roles",
        title=_l("Les rôles publics"),
        people=_l("Personnes nommées sur la fiche d’un lieu"),
        what=_l("Un rôle, et un nom si la personne y consent."),
        purpose=_l("Dire au public à qui s’adresser."),
        basis=Basis.CONSENT,
        kept=_l("Jusqu’au retrait du consentement ; l’historique de la fiche ne garde aucun nom."),
        seen_by=_l("Tout le monde."),
        at_erasure=_l("La personne choisit : son nom quitte aussi les fiches, ou y reste."),
    ),
)


@dataclass(frozen=True)
class Beside:
    """What is kept outside the tables."""

    title: Any
    text: Any


BESIDE: tuple[Beside, ...] = (
    Beside(
        _l("Journaux techniques"),
        _l(
            "Le site ne note pas les visites. Ses messages d’erreur ne contiennent ni adresse électronique, ni mot "
            "secret, ni texte saisi ; une adresse de réseau y est tronquée (IPv4 à trois nombres "
            "sur quatre, IPv6 à 48 bits)."
        ),
    ),
    Beside(
        _l("Copies de sauvegarde"),
        _l(
            "Une copie de l’ensemble contient ce qui existait ce jour-là. Elle est gardée %(days)d jours au plus : ce "
            "qui est effacé ici disparaît des copies dans ce délai.",
            days=days(BACKUP_KEPT),
        ),
    ),
    Beside(
        _l("Destinataires"),
        _l(
            "Aucune donnée n’est vendue ni transmise à un tiers, hors l’hébergeur et le serveur de courrier de "
            "l’exploitant. Les pages n’appellent aucun autre site, sauf un fond de carte si la personne l’accepte."
        ),
    ),
)


# --- the document --------------------------------------------------------------------------------------------------

HEAD = """# Privacy: the register

Written by `.venv/bin/fablabmesh privacy register > docs/privacy.md` from `fablabmesh/privacy/register.py` and
`fablabmesh/privacy/held.py`; a test holds it to them, and holds them to every column of the database. It is in French,
as it is shown to whoever asks for the register of article 30 of the GDPR; `/confidentialite` says the same to the
public, in both languages.
"""


def write_document() -> str:
    """docs/privacy.md. A context that speaks French is expected: it is shown to French authorities."""
    parts = [HEAD, *(part for treatment in REGISTER for part in _chapter(treatment))]
    parts += [f"## {beside.title}\n\n{beside.text}\n" for beside in BESIDE]
    return "\n".join(parts).replace("\u00a0", " ")


def _chapter(treatment: Treatment) -> Iterator[str]:
    yield f"## {treatment.title}\n"
    for label, text in (
        (_("Personnes"), treatment.people),
        (_("Ce qui est gardé"), treatment.what),
        (_("Pourquoi"), treatment.purpose),
        (_("De quel droit"), treatment.basis.label),
        (_("Combien de temps"), treatment.kept),
        (_("Qui le voit"), treatment.seen_by),
        (_("Si la personne s’efface"), treatment.at_erasure),
    ):
        yield f"- **{label}** : {text}"
    head = ("table", _("dans l’export"), _("de la personne, hors de l’export"), _("à l’effacement"))
    yield f"\n| {' | '.join(head)} |\n|---|---|---|---|"
    for table in treatment.tables:
        held = HELD[table]
        hidden = _list((*held.owners, *held.actors, *held.hidden.split()))
        yield f"| `{table}` | {_list(held.exported)} | {hidden} | {fate_label(held)} |"
    yield ""


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{column}`" for column in columns) or "–"
