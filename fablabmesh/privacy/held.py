"""Which column of which table holds something of a person, and which holds nothing: all of them, once. Pure.

A new column belongs here before the tests are green: in `HELD`, under what it is of the person, or in `IMPERSONAL`.
Erasure, the export of one's data, docs/privacy.md and the public page are made of this and of the register.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass


class Fate(enum.StrEnum):
    """What becomes of a row when the person it is about is erased."""

    # The row goes.
    DELETED = "deleted"
    # The row stays, for it tells of a place, and says no longer who.
    UNLINKED = "unlinked"
    # The row stays, and what it said of the person is taken out of it.
    EMPTIED = "emptied"
    # The row goes where it was addressed to them; where they only acted in it, it stays and says no longer who.
    SPLIT = "split"
    # Nothing in the row leads to a person; it goes by itself, soon.
    FADES = "fades"
    # It is public by a consent of its own, and goes with that one.
    ASKED = "asked"


@dataclass(frozen=True)
class Held:
    """A table in which something is of people.

    `by`: columns that name an account, `address`: one that is a mail address; by these a person's rows are found.
    `told`: columns that are in the export. `hidden`: of the person too, and in none (hashes…). `free`: words in which
    people may write an address, told too; erasure takes it out of them. `written`: texts in which the site itself names
    people. `actor`: columns that name who did something in a row about somebody else, who is given `acted` alone.
    `bare`: nothing of anybody.
    """

    treatment: str
    fate: Fate
    by: str = ""
    address: str = ""
    told: str = ""
    free: str = ""
    written: str = ""
    actor: str = ""
    acted: str = ""
    hidden: str = ""
    bare: str = ""

    @property
    def owners(self) -> tuple[str, ...]:
        return tuple(self.by.split())

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(self.actor.split())

    @property
    def exported(self) -> tuple[str, ...]:
        """Columns that are given to whom they are about, in a steady order."""
        return tuple(
            dict.fromkeys([*self.address.split(), *self.told.split(), *self.free.split(), *self.written.split()])
        )

    @property
    def columns(self) -> Iterator[str]:
        for words in (self.by, self.address, self.told, self.free, self.written, self.actor, self.hidden, self.bare):
            yield from words.split()


HELD: dict[str, Held] = {
    "account": Held(
        "account",
        Fate.DELETED,
        by="id",
        address="email",
        told="name role language email_confirmed_at zone_ids department_codes is_demo is_active created_at",
        hidden="password_hash",
    ),
    "account_life": Held("account", Fate.DELETED, by="account_id", told="seen_at warned_at called_at"),
    "sign_in": Held(
        "signing_in",
        Fate.DELETED,
        by="account_id",
        told="created_at last_seen_at ended_at proved_at means is_strong is_half device network",
        hidden="token_hash",
        bare="id",
    ),
    "known_device": Held(
        "signing_in", Fate.DELETED, by="account_id", told="last_seen_at", hidden="token_hash", bare="id"
    ),
    "passkey": Held(
        "signing_in",
        Fate.DELETED,
        by="account_id",
        told="name created_at last_used_at transports",
        hidden="credential_id public_key user_handle sign_count",
        bare="id",
    ),
    "one_time_code": Held(
        "signing_in", Fate.DELETED, by="account_id", told="created_at confirmed_at", hidden="secret last_step"
    ),
    "recovery_code": Held(
        "signing_in", Fate.DELETED, by="account_id", told="created_at used_at", hidden="digest", bare="id"
    ),
    "provider_link": Held(
        "signing_in", Fate.DELETED, by="account_id", told="issuer subject created_at last_used_at", bare="id"
    ),
    "asked_letter": Held("signing_in", Fate.DELETED, address="email", told="purpose created_at", bare="id then"),
    "sign_in_attempt": Held("signing_in", Fate.FADES, hidden="subject", bare="id at"),
    "one_time_word": Held(
        "signing_in",
        Fate.DELETED,
        by="account_id",
        told="purpose created_at expires_at used_at",
        free="told",
        hidden="digest",
        bare="id",
    ),
    "place_manager": Held("teams", Fate.DELETED, by="account_id", told="place_id role"),
    "zone_coordinator": Held(
        "teams",
        Fate.DELETED,
        by="account_id",
        told="zone_id granted_at",
        actor="granted_by_id",
        acted="zone_id granted_at",
    ),
    "invitation": Held(
        "teams",
        Fate.SPLIT,
        address="email",
        told="place_id zone_id role name language message created_at sent_at expires_at accepted_at declined_at "
        "withdrawn_at",
        actor="invited_by_id handed_by_id",
        acted="place_id zone_id role message created_at",
        hidden="digest",
        bare="id then sent_count",
    ),
    "claim": Held(
        "teams",
        Fate.DELETED,
        by="account_id",
        address="email",
        told="place_id name language message state proof created_at confirmed_at decided_at",
        actor="decided_by_id",
        acted="place_id state decided_at",
        hidden="digest",
        bare="id digest_until coordinator_from coordinator_told_at version",
    ),
    "claim_line": Held("teams", Fate.UNLINKED, by="by_id", told="claim_id at deed", free="words", bare="id"),
    "team_request": Held("teams", Fate.FADES, hidden="subject", bare="id at"),
    "notice_choice": Held("letters", Fate.DELETED, by="account_id", told="kind frequency"),
    "notice": Held(
        "letters", Fate.DELETED, by="account_id", told="kind url at", written="title", bare="id about due_at"
    ),
    "personal_calendar": Held(
        "calendars",
        Fate.DELETED,
        by="account_id",
        told="name with_drafts with_projects created_at last_used_on",
        hidden="token_hash",
        bare="id",
    ),
    "api_token": Held(
        "programs",
        Fate.DELETED,
        by="account_id",
        told="name beginning scopes place_ids created_at expires_at revoked_at last_used_on",
        hidden="digest",
        bare="id window_started_at window_count",
    ),
    "freshness_letter": Held(
        "letters",
        Fate.DELETED,
        by="account_id",
        told="place_ids sent_at expires_at used_at is_reminder",
        hidden="secret_hash",
        bare="id",
    ),
    "mail": Held(
        "letters",
        Fate.EMPTIED,
        address="to_address",
        told="kind created_at sent_at failed_at",
        written="subject text html",
        hidden="headers",
        bare="id about message_id due_at expires_at attempts is_refused last_error erased_at",
    ),
    "digest_subscription": Held(
        "agenda_letters",
        Fate.DELETED,
        address="email",
        told="query language asked_at confirmed_at last_issue failures",
        hidden="nonce confirm_hash",
        bare="id confirm_until",
    ),
    "digest_request": Held("agenda_letters", Fate.FADES, hidden="subject", bare="id at"),
    "proposal": Held(
        "proposals",
        Fate.EMPTIED,
        by="by_id",
        address="contact",
        told="kind state place_name created_at decided_at contact_until language looks_after",
        free="proposed message known_by",
        actor="assigned_to_id",
        acted="kind state place_name created_at decided_at",
        hidden="answer_hash",
        bare="id place_id event_id project_id place_version department_code is_demo before twin_slug late_told "
        "told_at version",
    ),
    "proposal_decision": Held(
        "proposals", Fate.UNLINKED, by="by_id", told="proposal_id at deed reason changed", bare="id"
    ),
    "proposal_request": Held("proposals", Fate.FADES, hidden="subject", bare="id at"),
    "zone_rule": Held(
        "authorship",
        Fate.UNLINKED,
        by="set_by_id",
        told="zone_id thing whose is_trusted set_at",
        bare="is_demo",
    ),
    "journal_act": Held("authorship", Fate.UNLINKED, by="account_id", told="at deed", bare="id actor undoes_id"),
    "place_twin": Held(
        "authorship",
        Fate.UNLINKED,
        by="dismissed_by_id",
        told="place_id other_id dismissed_at",
        bare="score likeness found_at",
    ),
    "place_version": Held(
        "authorship", Fate.UNLINKED, by="by_id", told="place_id at deed source", free="changed", bare="id"
    ),
    "event_version": Held("authorship", Fate.UNLINKED, by="by_id", told="event_id at deed", free="changed", bare="id"),
    "event": Held(
        "authorship",
        Fate.UNLINKED,
        by="created_by_id",
        told="uid slug title starts_local timezone created_at",
        free="contact description",
        bare="id place_id category_slug ends_local is_all_day starts_at ends_at rrule rdates exdates "
        "school_holidays split_from_id venue_id venue_text venue_latitude venue_longitude online_url online_access "
        "audience price_kind price_amount language accessibility capacity registration_url tags image_digest "
        "image_text moderation zone_reason published_at deleted_at origin status cancel_reason sequence version "
        "changed_at ical ical_zones digest feed_number location search_text folded_tags",
    ),
    "project": Held(
        "authorship",
        Fate.UNLINKED,
        by="created_by_id",
        told="slug title created_at",
        bare="id summary description lead_id state moderation zone_reason refused_at seeks licence version changed_at",
    ),
    "partnership": Held(
        "authorship",
        Fate.UNLINKED,
        by="asked_by_id",
        told="project_id place_id status message asked_at answer answered_at",
        actor="answered_by_id",
        acted="project_id place_id status answer answered_at",
    ),
    "calendar_source": Held(
        "imports",
        Fate.UNLINKED,
        by="created_by_id",
        told="place_id url name created_at",
        bare="id category_slug language every_minutes ignored_uids is_paused next_fetch_at fetched_at read_at etag "
        "modified digest failures failing_since failure held_since held_digest held_titles accepted_digest told_at "
        "report",
    ),
    "calendar_import": Held(
        "imports",
        Fate.UNLINKED,
        by="by_id",
        told="place_id created_at state file_name url name",
        bare="id taken_at attempts content tongue category_slug language reading chosen counts failure source_id "
        "changed_at",
    ),
    "pole_page": Held(
        "authorship",
        Fate.UNLINKED,
        by="changed_by_id",
        told="zone_id changed_at",
        free="presentation seeks",
        bare="is_demo version",
    ),
    "pole_news": Held(
        "authorship",
        Fate.UNLINKED,
        by="created_by_id",
        told="zone_id slug title on_date created_at",
        free="text",
        bare="id is_demo url event_id place_id is_published published_at told_at version changed_at",
    ),
    "pole_request": Held("proposals", Fate.FADES, hidden="subject", bare="id at"),
    "pole_contact": Held(
        "public_roles",
        Fate.ASKED,
        address="email",
        told="zone_id role name consented_on text phone url",
        bare="id is_demo position",
    ),
    "place_person": Held("public_roles", Fate.ASKED, told="place_id role name consented_on", bare="id position"),
}

# Tables that tell of places, zones, words and the machinery. Column by column all the same: one that is added to them
# may be of a person.
IMPERSONAL: dict[str, str] = {
    # Goes with the token, and two days after it was given.
    "api_answer": "token_id key_digest sent_digest event_uid at",
    "category": "slug name_fr name_en position is_retired",
    "commune": "insee name folded_name postcodes department_code latitude longitude population",
    "commune_reach": "insee fablab_m epn_m laureate_m",
    "department": "code name region_code region_name geom",
    "event_change": "id event_id recurrence_local starts_local ends_local is_cancelled cancel_reason title description "
    "venue_id venue_text sequence changed_at",
    "event_date": "event_id recurrence_local starts_local ends_local starts_at ends_at is_cancelled change_id",
    "event_partner": "event_id place_id",
    "feed_chunk": "place_id raw deflated crc32 length zones digest number changed_at",
    "feed_forgotten": "place_id number",
    "feed_tombstone": "id uid place_id number left_at",
    "funding_call": "id slug name year body description file_count source",
    "image": "digest content width height small small_width small_height created_at",
    "import_report": "file_name imported_at source licence digest report",
    "imported_event": "event_id source_id sequence modified digest told seen_at missing_since",
    # What happened to things; who did it is in `journal_act`. Erasure takes an address out of it.
    "journal_entry": "id act_id table_name row_key deed before after place_id department_code zone_id is_demo",
    "laureate": "call_id place_id project_name holder source confidence",
    "machine": "id place_id position type_id model quantity size materials training price note is_working",
    "map_cell": "zoom row col count x_sum y_sum id_sum",
    "map_number": "id number",
    "map_point": "place_id x y spot is_chosen is_closed slug name kind year department_code commune is_demo closes_on",
    "place": "id slug name folded_name name_text search_text kind summary description described address address_extra "
    "postcode commune insee latitude longitude location precision department_code department_found_by "
    "department_distance_m phone website web_key opening_hours how_to_come appointment_url accessibility_url services "
    "audiences accessibility fees support labels machine_types closed_on source source_id source_licence "
    "source_updated_on edited_fields confirmed_at is_demo moderation zone_reason version created_at changed_at",
    "place_alias": "slug place_id",
    "place_change": "place_id number",
    "place_fact": "id place_id position subject statement source confidence",
    "place_feature": "place_id feature",
    "place_horizon": "place_id counted_to",
    "place_number": "id number",
    "place_opening": "place_id opens_at closes_at",
    "place_picture": "id place_id image_digest position text credit",
    "place_source_alias": "source source_id place_id",
    "place_tenure": "place_id since changed_at",
    "pole_role": "place_id zone_id standing confidence reason",
    "programme": "id slug name position",
    "reach_measure": "id place_number digest measured_at checked_at",
    "search_state": "id place_number commune_count learnt_at",
    "search_word": "word spelled",
    "term": "id vocabulary code name_fr name_en broader issuer alignments position is_retired search_text",
    "twin_search": "id number place_id",
    "zone": "id programme_id slug name colour position is_overseas geom",
    "zone_department": "programme_id department_code zone_id standing reason",
}


def tables_of(treatment: str) -> list[str]:
    """The tables of one treatment, in their order."""
    return [table for table, held in HELD.items() if held.treatment == treatment]
