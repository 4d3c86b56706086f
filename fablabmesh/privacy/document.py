"""docs/privacy.md, written from the register and from the columns; in French, for it is shown to French authorities."""

from collections.abc import Iterator

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.privacy.held import HELD
from fablabmesh.privacy.register import BESIDE, REGISTER, Treatment, fate_label

HEAD = """# Privacy: the register

Written by `.venv/bin/fablabmesh privacy register > docs/privacy.md` from `fablabmesh/privacy/register.py` and
`fablabmesh/privacy/held.py`; a test holds it to them, and holds them to every column of the database. It is in French,
as it is shown to whoever asks for the register of article 30 of the GDPR; `/confidentialite` says the same to the
public, in both languages.
"""


def write() -> str:
    """The whole document. A context that speaks French is expected."""
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
        hidden = _list((*held.owners, *held.hidden.split()))
        yield f"| `{table}` | {_list(held.exported)} | {hidden} | {fate_label(held)} |"
    yield ""


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{column}`" for column in columns) or "–"
