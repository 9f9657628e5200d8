"""However somebody writes a postal address, it is compared in one form; another flat or street is another address."""

import pytest

from members.privacy.address_form import address_form

ELM = "12 elm st||06103"


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("12 Elm Street\nHartford, CT 06103", ELM),
        ("12 Elm St., Hartford CT 06103-1234", ELM),
        ("12 ELM STREET HARTFORD CT 061031234", ELM),
        ("Joseph K\n12 elm str\nHartford, Connecticut\n06103 USA", ELM),
        ("１２ Élm Street; Hartford; 06103", ELM),
        ("12 Elm Street Apt 4\nHartford, CT 06103", "12 elm st|4|06103"),
        ("12 Elm St #4, Hartford CT 06103", "12 elm st|4|06103"),
        ("12 Elm St\nUnit 4\nHartford CT 06103", "12 elm st|4|06103"),
        ("12 North Main Street, Hartford 06103", "12 n main st||06103"),
        ("12 N. Main St, Hartford 06103", "12 n main st||06103"),
        ("12 Main Street North, Hartford 06103", "12 main st n||06103"),
        ("12 Court Street, Hartford 06103", "12 ct st||06103"),
        ("450 State Road 7\nHollywood, FL 33023", "450 state rd 7||33023"),
        ("450 State Road 84 West, Davie FL 33324", "450 state rd 84 w||33324"),
        ("12 US Highway 1 Apt 3, Jupiter FL 33477", "12 us hwy 1|3|33477"),
        ("9 County Rd 12B\nElba, AL 36323", "9 county rd 12b||36323"),
        ("12 Main Street 2nd Floor\nHartford CT 06103", "12 main st||06103"),
        ("12 Broadway\nNew York, NY 10001", "12 broadway||10001"),
        ("P.O. Box 77, Hartford CT 06103", "po box 77||06103"),
        ("PO Box 77\nHartford 06103", "po box 77||06103"),
    ],
)
def test_an_address_has_one_form(typed, form):
    assert address_form(typed) == form


@pytest.mark.parametrize(
    "typed",
    ["", "06103", "Hartford, CT 06103", "12 Elm Street", "12 Elm Street\nHartford", "7 Hrad 110 00 Praha", "12 06103"],
)
def test_what_is_no_whole_address_has_none(typed):
    assert address_form(typed) is None
