"""Mails as their reader sees them: on a phone's screen, in the light and in the dark, nothing is too
wide, too faint or too small to hit, and no text of a server becomes more than text."""

import email
import email.policy

import pytest

from parts.browser import PHONE, looks_of
from parts.daemon import ROOT

MAILS = sorted((ROOT / "tests/data/notifications").glob("email_*.golden"))
FAINTEST = 4.5   # WCAG AA
SMALLEST = 13    # pixels
THUMB = 44       # pixels


def page_of(path):
    """The HTML of a golden file, behind its envelope."""
    mail = email.message_from_string(path.read_text().partition("\n\n")[2],
                                     policy=email.policy.default)
    return mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", MAILS, ids=[path.stem for path in MAILS])
def test_a_mail_is_readable_on_a_phone(path, dark, work):
    looks = looks_of(page_of(path), work, dark)
    assert (sum(looks["paper"]) < 384) == dark, looks["paper"]
    assert looks["width"] <= PHONE
    assert looks["loads"] == 0
    faint = [text for text in looks["texts"]
             if text["contrast"] < FAINTEST or text["size"] < SMALLEST]
    assert looks["texts"] and not faint, faint
    assert all(link["height"] >= THUMB for link in looks["links"]), looks["links"]
