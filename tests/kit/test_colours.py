import pytest

from fablabmesh.kit.colours import nearest_name


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#ff0000", "red"),
        ("#458fde", "cornflowerblue"),
        ("#7a5da9", "slateblue"),
        ("#9a5505", "saddlebrown"),
        ("#1f7265", "seagreen"),
        ("#000001", "black"),
    ],
)
def test_a_colour_has_a_name_of_css(colour, name):
    assert nearest_name(colour) == name


def test_what_is_no_colour_is_refused():
    with pytest.raises(ValueError, match="unknown color"):
        nearest_name("#quarante")
