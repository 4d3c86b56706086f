"""The invented things, read without a database."""

from fablabmesh.demo import content


def test_every_key_leads_to_an_invented_place():
    keys = {spot.key for spot in content.PLACES}
    used = {person.place for person in content.PEOPLE} | {meeting.place for meeting in content.EVENTS}
    used |= {plan.lead for plan in content.PROJECTS}
    used |= {key for plan in content.PROJECTS for key, _message in plan.accepted + plan.waiting}

    assert used <= keys
    assert len(keys) == len(content.PLACES)


def test_no_mail_address_can_belong_to_anybody():
    assert all(person.email.endswith("@demonstration.invalid") for person in content.PEOPLE)


def test_no_lab_asks_to_join_its_own_project():
    assert all(key != plan.lead for plan in content.PROJECTS for key, _message in plan.accepted + plan.waiting)
