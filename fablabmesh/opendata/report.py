"""What an import has to say: line, column, value, what is wrong and what to do next. Never a sentence kept in a
table: a fault is kept by its name and said in the reader's language.
"""

import enum
import re
from dataclasses import dataclass, field
from typing import Any, Final

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import ngettext

LONGEST_VALUE: Final = 200
# Nobody reads more; a hostile file could otherwise fill the memory with findings.
MOST_PROBLEMS: Final = 20_000
# A report is public: it quotes cells, and a cell may hold a mail.
_MAIL: Final = re.compile(r"[^\s@<>;,]+@[^\s@<>;,]+")


class Severity(enum.StrEnum):
    """The gravest first."""

    REFUSED = "refused"
    WARNING = "warning"
    NOTE = "note"

    @property
    def label(self) -> str:
        return {
            Severity.REFUSED: _("Ligne non importée"),
            Severity.WARNING: _("À vérifier"),
            Severity.NOTE: _("Corrigé ou laissé de côté"),
        }[self]


class Fault(enum.StrEnum):
    """All that an import can have to say."""

    # The row, or what follows it, is not imported.
    TOO_BIG = "too_big"
    NOT_A_LIST = "not_a_list"
    UNREADABLE = "unreadable"
    NOT_A_RECORD = "not_a_record"
    NO_COLUMNS = "no_columns"
    NO_NAME = "no_name"
    NOWHERE = "nowhere"
    SAME_ROW = "same_row"
    # The row is imported; somebody should look.
    BAD_POSTCODE = "bad_postcode"
    UNKNOWN_POSTCODE = "unknown_postcode"
    UNKNOWN_COMMUNE = "unknown_commune"
    BAD_INSEE = "bad_insee"
    INSEE_DISAGREES = "insee_disagrees"
    BAD_COORDINATES = "bad_coordinates"
    NULL_ISLAND = "null_island"
    OUTSIDE_FRANCE = "outside_france"
    SWAPPED = "swapped"
    POINT_ELSEWHERE = "point_elsewhere"
    BAD_PHONE = "bad_phone"
    BAD_WEBSITE = "bad_website"
    BAD_DATE = "bad_date"
    UNKNOWN_VALUE = "unknown_value"
    BAD_TYPE = "bad_type"
    NO_ID = "no_id"
    ID_REPEATED = "id_repeated"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    TOO_LONG = "too_long"
    MISSING_CELLS = "missing_cells"
    EXTRA_CELLS = "extra_cells"
    # Mended or left out by rule.
    ESCAPED = "escaped"
    SPELLING = "spelling"
    MOBILE = "mobile"
    MAILS = "mails"
    NO_EQUIVALENT = "no_equivalent"
    DECIMAL_COMMA = "decimal_comma"
    ZERO_RESTORED = "zero_restored"
    DATE_REWRITTEN = "date_rewritten"
    SCHEME_ADDED = "scheme_added"
    SEVERAL_WEBSITES = "several_websites"
    POINT_OF_COMMUNE = "point_of_commune"
    ENCODING = "encoding"
    DELIMITER = "delimiter"
    UNKNOWN_COLUMN = "unknown_column"

    @property
    def severity(self) -> Severity:
        if self in _REFUSALS:
            return Severity.REFUSED
        return Severity.NOTE if self in _NOTES else Severity.WARNING


_REFUSALS: Final = frozenset(list(Fault)[: list(Fault).index(Fault.BAD_POSTCODE)])
_NOTES: Final = frozenset(list(Fault)[list(Fault).index(Fault.ESCAPED) :])


@dataclass(frozen=True)
class Problem:
    """One finding. `line`: where the row begins in the file, None for the whole file. `rows`: how many share it."""

    fault: Fault
    line: int | None = None
    column: str = ""
    value: str = ""
    detail: str = ""
    rows: int = 1

    @property
    def severity(self) -> Severity:
        return self.fault.severity

    @property
    def message(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        text = _messages()[self.fault] % {"detail": self.detail}
        if self.rows == 1:
            return text
        more = ngettext("De même pour %(num)d autre ligne.", "De même pour %(num)d autres lignes.", self.rows - 1)
        return f"{text} {more}"


@dataclass
class Report:
    """What an import did. `read` counts the rows of the file; each is created, changed, same or refused."""

    read: int = 0
    created: int = 0
    changed: int = 0
    same: int = 0
    omitted: int = 0
    problems: list[Problem] = field(default_factory=list)
    _shared: dict[tuple[Fault, str, str], int] = field(default_factory=dict, repr=False, compare=False)

    def add(
        self, fault: Fault, line: int | None = None, column: str = "", value: object = "", detail: str = ""
    ) -> None:
        """Note a finding of one row, or of the file."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.omitted += 1
            return
        self.problems.append(Problem(fault, line, column, _short(value), _short(detail)))

    def add_shared(self, fault: Fault, line: int | None, column: str, value: str) -> None:
        """Note a finding that many rows have in common: kept once, with the first line and the number of rows."""
        key = (fault, column, _short(value))
        if key not in self._shared:
            if len(self.problems) < MOST_PROBLEMS:
                self._shared[key] = len(self.problems)
            self.add(fault, line, column, value)
            return
        number = self._shared[key]
        first = self.problems[number]
        self.problems[number] = Problem(fault, first.line, column, first.value, first.detail, first.rows + 1)

    def count(self, severity: Severity) -> int:
        """How many findings are that grave."""
        return sum(problem.severity is severity for problem in self.problems)

    @property
    def refused(self) -> int:
        """Rows that were not imported."""
        return self.read - self.created - self.changed - self.same

    def sorted_problems(self) -> list[Problem]:
        """The gravest first, then by line."""
        rank = list(Severity)
        return sorted(self.problems, key=lambda found: (rank.index(found.severity), found.line or 0, found.column))

    def to_json(self) -> dict[str, Any]:
        """For keeping."""
        return {
            "read": self.read,
            "created": self.created,
            "changed": self.changed,
            "same": self.same,
            "omitted": self.omitted,
            "problems": [
                [found.fault.value, found.line, found.column, found.value, found.detail, found.rows]
                for found in self.sorted_problems()
            ],
        }


def from_json(kept: dict[str, Any]) -> Report:
    """A report as `to_json` kept it; findings of a fault that no longer exists are left out."""
    names = set(Fault)
    problems = [
        Problem(Fault(name), line, column, value, detail, rows)
        for name, line, column, value, detail, rows in kept["problems"]
        if name in names
    ]
    return Report(kept["read"], kept["created"], kept["changed"], kept["same"], kept["omitted"], problems)


def to_rows(report: Report) -> list[list[str]]:
    """A table with its header: for a CSV file."""
    header = [_("gravité"), _("ligne"), _("colonne"), _("valeur"), _("explication")]
    return [
        header,
        *(
            [found.severity.label, str(found.line or ""), found.column, found.value, found.message]
            for found in report.sorted_problems()
        ),
    ]


def to_text(report: Report, *, notes: bool = False) -> str:
    """For a terminal: the counts, then the findings; the notes are counted, and spelled out when asked for."""
    lines = [summary(report)]
    for found in report.sorted_problems():
        if found.severity is Severity.NOTE and not notes:
            continue
        where = _("ligne %(line)d", line=found.line) if found.line else _("fichier")
        what = ", ".join(part for part in (where, found.column) if part)
        value = f" [{found.value}]" if found.value else ""
        lines.append(f"  {found.severity.label} – {what}{value}\u00a0: {found.message}")
    if not notes and (count := report.count(Severity.NOTE)):
        lines.append("  " + ngettext("%(num)d remarque de plus.", "%(num)d remarques de plus.", count))
    if report.omitted:
        lines.append("  " + _("%(num)d constats de plus ne sont pas gardés.", num=report.omitted))
    return "\n".join(lines)


def summary(report: Report) -> str:
    """One line of counts."""
    return _(
        "%(read)d lignes lues : %(created)d créées, %(changed)d modifiées, %(same)d inchangées, %(refused)d refusées.",
        read=report.read,
        created=report.created,
        changed=report.changed,
        same=report.same,
        refused=report.refused,
    )


def _short(value: object) -> str:
    text = _MAIL.sub("…@…", str(value)[: 2 * LONGEST_VALUE])
    text = "".join(char if char.isprintable() else "\ufffd" for char in text[: LONGEST_VALUE + 1])
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def _messages() -> dict[Fault, str]:
    """%(detail)s is what the finding adds: a spelling, another line, a department."""
    return {
        Fault.TOO_BIG: _("Le fichier est trop gros (%(detail)s au plus) : partagez-le."),
        Fault.NOT_A_LIST: _("Une liste de lieux est attendue : un tableau JSON, ou un CSV avec une ligne d’en-tête."),
        Fault.UNREADABLE: _("Illisible à partir d’ici (%(detail)s) : corrigez cette ligne et recommencez."),
        Fault.NOT_A_RECORD: _("Ce n’est pas une fiche de lieu : retirez cet élément."),
        Fault.NO_COLUMNS: _("La colonne « nom » manque : reprenez l’en-tête du schéma national."),
        Fault.NO_NAME: _("Le lieu n’a pas de nom : ajoutez-le."),
        Fault.NOWHERE: _("Rien ne situe le lieu : ajoutez un code postal, un code INSEE ou un point."),
        Fault.SAME_ROW: _("Cette ligne répète la ligne %(detail)s, identifiant compris : retirez-la."),
        Fault.BAD_POSTCODE: _("Un code postal a cinq chiffres : il n’est pas repris."),
        Fault.UNKNOWN_POSTCODE: _("Ce code postal ne dessert aucune commune (CEDEX ?) : indiquez celui de la commune."),
        Fault.UNKNOWN_COMMUNE: _("Aucune commune de ce nom n’a ce code postal (il dessert %(detail)s)."),
        Fault.BAD_INSEE: _("Ce n’est pas un code INSEE de commune : il n’est pas repris."),
        Fault.INSEE_DISAGREES: _("Le code INSEE et le code postal désignent deux départements (%(detail)s)."),
        Fault.BAD_COORDINATES: _("Des degrés décimaux sont attendus (WGS 84) : le point n’est pas repris."),
        Fault.NULL_ISLAND: _("Le point 0, 0 est une absence de position : il n’est pas repris."),
        Fault.OUTSIDE_FRANCE: _("Le point est hors de France : il n’est pas repris."),
        Fault.SWAPPED: _("Latitude et longitude étaient échangées : elles sont remises en ordre, à vérifier."),
        Fault.POINT_ELSEWHERE: _(
            "Le point et le code postal désignent deux départements : %(detail)s. Le point n’est pas déplacé."
        ),
        Fault.BAD_PHONE: _("Numéro illisible : il n’est pas repris. Forme attendue : +33 suivi de neuf chiffres."),
        Fault.BAD_WEBSITE: _("Adresse illisible : elle n’est pas reprise. Elle commence par https://."),
        Fault.BAD_DATE: _("Date illisible : elle n’est pas reprise. Forme attendue : 2026-03-31."),
        Fault.UNKNOWN_VALUE: _("Cette valeur n’est pas dans la liste du schéma : elle n’est pas reprise."),
        Fault.BAD_TYPE: _("Un texte ou un nombre est attendu : la valeur n’est pas reprise."),
        Fault.NO_ID: _("Pas d’identifiant : un autre est tiré du nom et de l’adresse, qui ne doivent plus changer."),
        Fault.ID_REPEATED: _("Identifiant déjà pris à la ligne %(detail)s : les deux lieux sont importés."),
        Fault.POSSIBLE_DUPLICATE: _("Même nom et même commune que %(detail)s : les deux sont importés."),
        Fault.TOO_LONG: _("Texte trop long : il est coupé à %(detail)s caractères."),
        Fault.MISSING_CELLS: _("Il manque des cellules (%(detail)s) : vérifiez les guillemets et les virgules."),
        Fault.EXTRA_CELLS: _("Il y a des cellules en trop (%(detail)s) : vérifiez les guillemets et les virgules."),
        Fault.ESCAPED: _("Caractères codés pour le web : rétablis (%(detail)s)."),
        Fault.SPELLING: _("Nom de commune écrit comme au Code officiel géographique : %(detail)s."),
        Fault.MOBILE: _("Numéro mobile : il peut être celui d’une personne, il n’est pas repris."),
        Fault.MAILS: _("Les adresses électroniques ne sont pas reprises."),
        Fault.NO_EQUIVALENT: _("Valeur du schéma v0.1 sans équivalent en v1.0.2 : elle n’est pas reprise."),
        Fault.DECIMAL_COMMA: _("Virgule décimale lue comme un point."),
        Fault.ZERO_RESTORED: _("Zéro initial rétabli : %(detail)s."),
        Fault.DATE_REWRITTEN: _("Date lue comme jour/mois/année : %(detail)s."),
        Fault.SCHEME_ADDED: _("Adresse complétée : %(detail)s."),
        Fault.SEVERAL_WEBSITES: _("Seule la première adresse est reprise : %(detail)s."),
        Fault.POINT_OF_COMMUNE: _("Sans point valable, le lieu est placé à la mairie de %(detail)s."),
        Fault.ENCODING: _("Le fichier n’est pas en UTF-8 : il est lu en %(detail)s. Vérifiez les accents."),
        Fault.DELIMITER: _("Le séparateur est %(detail)s au lieu de la virgule : il est accepté."),
        Fault.UNKNOWN_COLUMN: _("Colonne inconnue du schéma : elle n’est pas reprise."),
    }
