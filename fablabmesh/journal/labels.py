"""What people call the rows and columns that the journal tells of, where no other room has said so. Pure."""

from fablabmesh.kit.i18n import gettext as _


def kinds() -> dict[str, str]:
    """What people call a row of each table."""
    return {
        "place": _("Lieu"),
        "place_fact": _("Information sourcée"),
        "machine": _("Machine"),
        "place_person": _("Rôle"),
        "place_picture": _("Photo"),
        "place_alias": _("Ancienne adresse d’une fiche"),
        "place_source_alias": _("Ancien numéro dans une source"),
        "place_manager": _("Personne qui s’occupe d’un lieu"),
        "pole_role": _("Rôle de pôle"),
        "funding_call": _("Appel à projets"),
        "laureate": _("Lauréat"),
        "event": _("Événement"),
        "event_change": _("Une date d’un événement"),
        "event_partner": _("Lieu partenaire d’un événement"),
        "category": _("Genre de rendez-vous"),
        "term": _("Mot d’un vocabulaire"),
        "project": _("Projet"),
        "partnership": _("Participation à un projet"),
        "proposal": _("Proposition"),
        "calendar_source": _("Agenda suivi"),
        "invitation": _("Invitation"),
        "claim": _("Demande de prise en charge"),
        "programme": _("Programme"),
        "zone": _("Zone"),
        "zone_department": _("Département d’une zone"),
        "zone_coordinator": _("Coordination d’une zone"),
        "account": _("Compte"),
    }


def common_labels() -> dict[str, str]:
    return {
        **_labels_of_things(),
        **_labels_of_people(),
        **_labels_of_states(),
    }


def _labels_of_things() -> dict[str, str]:
    return {
        "name": _("Nom"),
        "title": _("Titre"),
        "slug": _("Adresse de la page"),
        "summary": _("En une phrase"),
        "description": _("Description"),
        "seeks": _("Ce que le projet cherche"),
        "licence": _("Licence"),
        "type_id": _("Type de machine"),
        "model": _("Modèle"),
        "quantity": _("Nombre"),
        "size": _("Dimensions"),
        "materials": _("Matériaux"),
        "training": _("Formation"),
        "price": _("Prix"),
        "note": _("Remarque"),
        "is_working": _("En état de marche"),
        "text": _("Ce que la photo montre"),
        "credit": _("Crédit"),
        "subject": _("Sujet"),
        "statement": _("Information"),
        "source": _("Source"),
        "confidence": _("Confiance"),
        "place_id": _("Lieu"),
        "event_id": _("Événement"),
        "project_id": _("Projet"),
        "lead_id": _("Lieu qui mène le projet"),
        "zone_id": _("Zone"),
        "call_id": _("Appel à projets"),
        "department_code": _("Département"),
        "project_name": _("Projet lauréat"),
        "holder": _("Porteur"),
        "year": _("Année"),
        "body": _("Organisme"),
        "file_count": _("Nombre de dossiers"),
        "vocabulary": _("Vocabulaire"),
        "code": _("Code"),
        "name_fr": _("Nom en français"),
        "name_en": _("Nom en anglais"),
        "broader": _("Mot plus large"),
        "colour": _("Couleur"),
        "url": _("Adresse web"),
        "category_slug": _("Genre de rendez-vous"),
        "every_minutes": _("Relu toutes les (minutes)"),
        "proposed": _("Ce qui est proposé"),
        "before": _("Ce qui était écrit"),
        "place_name": _("Nom du lieu"),
    }


def _labels_of_people() -> dict[str, str]:
    return {
        "account_id": _("Personne"),
        "role": _("Rôle"),
        "consented_on": _("Accord donné le"),
        "email": _("Adresse électronique"),
        "message": _("Message"),
        "answer": _("Réponse"),
        "known_by": _("D’où on le sait"),
        "language": _("Langue"),
        "created_by_id": _("Créé par"),
        "by_id": _("Par"),
        "asked_by_id": _("Demandé par"),
        "answered_by_id": _("Répondu par"),
        "granted_by_id": _("Confié par"),
        "invited_by_id": _("Invité par"),
        "handed_by_id": _("Transmis par"),
        "decided_by_id": _("Décidé par"),
    }


def _labels_of_states() -> dict[str, str]:
    return {
        "state": _("État"),
        "status": _("État"),
        "kind": _("Genre"),
        "standing": _("Fermeté"),
        "reason": _("Raison"),
        "proof": _("Preuve"),
        "is_draft": _("Brouillon"),
        "is_active": _("Compte actif"),
        "is_retired": _("Retiré"),
        "is_paused": _("En pause"),
        "is_cancelled": _("Annulé"),
        "recurrence_local": _("Date de la série"),
        "deleted_at": _("Supprimé le"),
        "confirmed_at": _("Confirmé le"),
        "asked_at": _("Demandé le"),
        "answered_at": _("Répondu le"),
        "decided_at": _("Décidé le"),
        "accepted_at": _("Accepté le"),
        "declined_at": _("Décliné le"),
        "withdrawn_at": _("Retiré le"),
        "expires_at": _("Valable jusqu’au"),
        "granted_at": _("Confié le"),
        "source_updated_on": _("Date de la source"),
    }
