"""Forms of a project, of a request to join it and of the answer."""

from collections.abc import Sequence
from typing import Any

from fablabmesh.kit.forms import (
    BaseForm,
    HiddenField,
    Length,
    SelectField,
    StringField,
    TextAreaField,
    block,
    line,
    required,
)
from fablabmesh.kit.i18n import gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.projects.rules import ProjectState, licence_names


class ProjectForm(BaseForm):
    """A project in words. `leads`: (slug, name) of the places that may lead it; none when it has its lead already."""

    version = HiddenField()
    lead = SelectField(_l("Lieu porteur"))
    title = StringField(
        _l("Titre"), filters=[line], validators=[required(_l("Donnez un titre au projet.")), Length(max=120)]
    )
    summary = TextAreaField(
        _l("Résumé"),
        filters=[block],
        validators=[
            required(_l("Dites en deux phrases ce que vous voulez faire ensemble.")),
            Length(max=400),
        ],
        render_kw={"rows": 3},
    )
    description = TextAreaField(
        _l("Description"), filters=[block], validators=[Length(max=20_000)], render_kw={"rows": 10}
    )
    seeks = TextAreaField(
        _l("Ce que le projet cherche"), filters=[block], validators=[Length(max=2_000)], render_kw={"rows": 3}
    )
    licence = SelectField(_l("Licence des résultats"))
    state = SelectField(_l("État"))

    def __init__(self, leads: Sequence[tuple[str, str]] = (), *, kept_licence: str = "", **given: Any) -> None:
        """`kept_licence`: one from elsewhere that the list does not hold."""
        super().__init__(**given)
        names = licence_names()
        if kept_licence and kept_licence not in names:
            names[kept_licence] = kept_licence
        self.licence.choices = [("", gettext("Pas encore choisie")), *names.items()]
        self.state.choices = [(state.value, state.label) for state in ProjectState]
        self.lead.choices = list(leads)
        if not leads:
            del self.lead

    @property
    def words(self) -> dict[str, Any]:
        """What is written, typed as the project keeps it."""
        return {
            "title": self.title.data,
            "summary": self.summary.data,
            "description": self.description.data,
            "seeks": self.seeks.data,
            "licence": self.licence.data,
            "state": ProjectState(self.state.data),
        }

    @property
    def typed_version(self) -> int:
        """The version the form was made of; 0, which no project has, for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class JoinForm(BaseForm):
    """A request to join. `places`: (slug, name) of the labs that the person looks after."""

    place = SelectField(_l("Votre lieu"))
    message = TextAreaField(
        _l("Ce que votre lieu apporte"),
        filters=[block],
        validators=[
            required(_l("Dites en quelques mots ce que votre lieu apporte : c’est ce qui décidera le porteur.")),
            Length(max=2_000),
        ],
        render_kw={"rows": 4},
    )

    def __init__(self, places: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.place.choices = list(places)


class AnswerForm(BaseForm):
    """The lead's word to a lab. `number` keeps apart the fields of several requests on one page."""

    answer = TextAreaField(_l("Votre réponse"), filters=[block], validators=[Length(max=2_000)], render_kw={"rows": 2})

    def __init__(self, number: int, **given: Any) -> None:
        super().__init__(**given)
        self.answer.id = self.answer.label.field_id = f"answer-{number}"

    def validate_refusal(self) -> bool:
        """To decline, a word is due."""
        fine: bool = self.validate()
        if fine and not self.answer.data:
            self.answer.errors = [gettext("Dites en quelques mots pourquoi : ce lieu le lira.")]
            return False
        return fine
