"""The form of an event's image: the file, and what it shows in words."""

from fablabmesh.events.forms import VersionForm
from fablabmesh.kit.forms import FileField, Length, StringField, line, required
from fablabmesh.kit.i18n import lazy_gettext as _l


class ImageForm(VersionForm):
    """An empty file leaves the image as it is."""

    image = FileField(_l("Fichier"), render_kw={"accept": "image/jpeg,image/png,image/webp"})
    text = StringField(
        _l("Ce que l’image montre"),
        filters=[line],
        validators=[
            required(_l("Décrivez l’image en une phrase, pour celles et ceux qui ne la voient pas.")),
            Length(max=300),
        ],
    )

    @property
    def content(self) -> bytes:
        """What was sent; nothing when no file was chosen."""
        return self.image.data.read() if self.image.data else b""
