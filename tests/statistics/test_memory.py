"""A report is made once for a version, and anew for another."""

from fablabmesh.statistics.memory import Memory


def test_what_was_made_for_a_version_is_kept_until_there_is_another():
    memory, made = Memory(), []

    def make():
        made.append(len(made))
        return made[-1]

    told = [memory.find("nation", version, make) for version in (1, 1, 2, 2)]

    assert told == [0, 0, 1, 1]


def test_the_one_longest_not_asked_for_goes_first():
    memory, made = Memory(most=2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        memory.find(key, 1, lambda key=key: made.append(key))

    assert made == ["a", "b", "c", "b"]
