"""Letters from templates: both languages, both forms, nothing typed becomes markup or a second line of a subject."""

import pytest

from fablabmesh.kit.letters import LONGEST_SUBJECT, RULE, Writer


@pytest.fixture
def writer(tmp_path, pages):
    folder = tmp_path / "room" / "mail"
    folder.mkdir(parents=True)
    (folder / "hello.html").write_text(
        '<html lang="{{ language }}"><p>{{ name }} {{ _("Annulé") }}</p><a href="{{ base_url }}/x">x</a></html>'
    )
    (folder / "hello.txt").write_text(
        "{{ name }} {{ _('Annulé') }}\n\n\n\n{% if name %}\n{{ name }}\n{% endif %}\n\n\n\nfin\n"
    )
    with pages.app_context():
        yield Writer(tmp_path, "https://mesh.exemple.test")


def test_the_first_line_of_the_text_is_the_subject(writer):
    letter = writer.write("room/mail/hello.html", "fr", name="Zoé")

    assert (letter.subject, letter.text) == ("Zoé Annulé", "Zoé\n\nfin\n")


def test_a_letter_speaks_the_language_of_its_reader(writer):
    letter = writer.write("room/mail/hello.html", "en", name="Zoé")

    assert letter.subject == "Zoé Cancelled"
    assert letter.html == '<html lang="en"><p>Zoé Cancelled</p><a href="https://mesh.exemple.test/x">x</a></html>\n'


def test_for_a_reader_of_unknown_language_a_letter_speaks_all_of_them(writer, tmp_path):
    (tmp_path / "room" / "mail" / "hello.html").write_text(
        '<html lang="{{ language }}"><body><p>{{ name }} {{ _("Annulé") }}</p></body></html>'
    )

    letter = writer.write_in_all("room/mail/hello.html", lambda language: {"name": f"Zoé-{language}"})

    assert letter.subject == "Zoé-fr Annulé / Zoé-en Cancelled"
    assert letter.text == f"[English ↓]\n\nZoé-fr\n\nfin\n\n{RULE}\n\nZoé-en\n\nfin\n"
    assert letter.html == (
        '<html lang="fr"><body><p>Zoé-fr Annulé</p><div lang="en"><p>Zoé-en Cancelled</p></div>\n</body></html>\n'
    )


def test_what_people_typed_is_escaped_in_html_and_plain_in_text(writer):
    letter = writer.write("room/mail/hello.html", "fr", name="<b>L’été & co</b>")

    assert "<p>&lt;b&gt;L’été &amp; co&lt;/b&gt; Annulé</p>" in letter.html
    assert letter.text == "<b>L’été & co</b>\n\nfin\n"


@pytest.mark.parametrize("name", ["Zoé\r\nBcc: bob@exemple.test", "Zoé\u2028Bcc: bob@exemple.test", "Zoé\x00"])
def test_a_subject_is_one_line_whatever_was_typed(writer, name):
    subject = writer.write("room/mail/hello.html", "fr", name=name).subject

    assert subject.isprintable()
    assert subject.startswith("Zoé")


def test_a_long_subject_is_cut_at_a_word(writer):
    subject = writer.write("room/mail/hello.html", "fr", name="réparation " * 40).subject

    assert len(subject) <= LONGEST_SUBJECT
    assert subject.endswith("réparation…")


def test_a_value_that_is_missing_is_an_error(writer):
    with pytest.raises(Exception, match="name"):
        writer.write("room/mail/hello.html", "fr")
