"""An email address as people type or paste it: with its name, in brackets, with marks around it, in full width."""

import re
from urllib.parse import unquote

from email_validator import EmailNotValidError, validate_email

from webapp.tidying.characters import folded

_PAIRS = str.maketrans("。《》〈〉«»‹›【】「」，；：", ".<><><><>[][],;:")
_OPENING, _CLOSING, _MARKS = "<([{\"'“‘", {">": "<", ")": "(", "]": "[", "}": "{"}, " .,;:!?|/、\"'”’"
_ADDRESS = re.compile(r"[^\s<>()\[\]\"“”,;:/|、]+@[^\s<>()\[\]\"“”,;:/|、@]+")
_LABEL = re.compile(r"^[^@<>]*:\s*")
_SCHEME = re.compile(r"^\s*\w+://")
_MARKDOWN = re.compile(r"\[[^\[\]]*\]\(\s*(mailto:[^()]*)\)", re.IGNORECASE)
_APOSTROPHE = re.compile(r"(?<=\w)[‘’ʼ](?=\w)")
_AT, _DOT = (re.compile(rf"\s*(?:\({word}\)|\[{word}\])\s*", re.IGNORECASE) for word in (r"\s*at\s*", r"\s*dot\s*"))
_SPACED = re.compile(r"[\w+-]+(\s+\.\s+[\w+-]+)*@[\w-]+(\s+\.\s+[\w-]+)+")
_NAME = re.compile(r"[^\W\d_](?:[.'-]*[^\W\d_])*\.?")
_MAILTO = re.compile(r"^\s*mailto:", re.IGNORECASE)
_LONGEST_LOCAL = 64
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}
_NOT_LOCAL = re.compile(r"[^A-Za-z0-9!#$%&'*+=?^_`{|}~.-]")
_NOT_DOMAIN = re.compile(r"[^\w.-]|_")


class NoAddress(ValueError):
    """What was typed is no email address: why, as a word, and the part and the character that show it."""

    def __init__(self, why: str, part: str = "", character: str = "") -> None:
        self.why, self.part, self.character = why, part, character
        super().__init__(f"{why}: {part}")


def bare(text: str | None) -> str:
    """Return what of a text is meant as the address, without what is around it; whether it is one is not asked."""
    plain = _MARKDOWN.sub(r"<\1>", _plain(text))
    for inside in re.findall(r"<([^<>]*)>", plain):
        if "@" in _without_scheme(inside):
            plain = inside
    plain = re.sub(r"\s*\([^()@]*\)$", "", _stripped(_without_scheme(plain)))
    plain = re.sub(r"\s*@\s*", "@", _stripped(plain))
    if _SPACED.fullmatch(plain):
        return re.sub(r"\s+", "", plain)
    # A dot after a gap continues it; so does one before a gap where no other came since the "@": else a sentence may
    # follow.
    return _without_name(re.sub(r"(@[^\s.@]+\.)\s+(?=\w)", r"\1", re.sub(r"\s+\.(?=\w)", ".", plain)))


def read(text: str | None) -> str:
    """Return the address that a text holds, its domain as mail servers spell it. Raises NoAddress."""
    _one_only(_plain(text))
    address = bare(text)
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise NoAddress("none" if not at else "no local" if not local else "no domain")
    if " " in address:
        raise NoAddress("space", address)
    if "@" in local:
        raise NoAddress("at")
    _check_part(local, _NOT_LOCAL, "local")
    _check_part(domain, _NOT_DOMAIN, "domain")
    if len(local) > _LONGEST_LOCAL:
        raise NoAddress("long", local)
    if "." not in domain:
        raise NoAddress("ending", domain)
    try:
        found = validate_email(
            address,
            check_deliverability=False,
            allow_smtputf8=False,
            allow_domain_literal=False,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise NoAddress("other", domain) from error
    return found.ascii_email or found.normalized


def known_as(text: str | None) -> str:
    """Return an address as it is compared and looked up: in small letters, as typed where it is none."""
    try:
        return read(text).lower()
    except NoAddress:
        return bare(text).lower()


def mailbox(text: str | None) -> str:
    """Return where an address leads, to count what goes there: without what follows a plus, and without dots.

    To count by it, never to send to it: some servers do tell dots apart, and then two share a limit.
    """
    local, _at, domain = known_as(text).rpartition("@")
    name = local.partition("+")[0] or local
    return f"{name.replace('.', '')}@{_SAME_DOMAIN.get(domain, domain)}"


def _plain(text: str | None) -> str:
    """Return a text in plain width and signs, with what is written for the "@" and a dot to hide them from programs."""
    plain = _APOSTROPHE.sub("'", folded(text).translate(_PAIRS))
    return _DOT.sub(".", _AT.sub("@", plain)) if "@" not in plain else plain


def _without_name(plain: str) -> str:
    """Return the address alone where words before it can be no part of it; else a space was typed into it.

    That is where the address begins with a small letter, and the words are several, of which the first has a capital,
    or one that is in the address as well, or in a script that no address has.
    """
    words, _gap, address = plain.rpartition(" ")
    local = address.partition("@")[0]
    if not words or not local or local[:1].isupper() or not all(map(_NAME.fullmatch, words.split())):
        return plain
    several = " " in words and not words[0].islower()
    known = words.istitle() and words.lower() in local.lower()
    return address if several or known or not (words[0].isupper() or words[0].islower()) else plain


def _one_only(plain: str) -> None:
    spaced = re.sub(r"\s*@\s*", "@", plain)
    found = dict.fromkeys(_stripped(_without_scheme(each)).lower() for each in _ADDRESS.findall(spaced))
    if len(found) > 1:
        raise NoAddress("several", ", ".join(found))


def _without_scheme(text: str) -> str:
    if scheme := _MAILTO.match(text):
        return unquote(text[scheme.end() :].partition("?")[0])
    return _SCHEME.sub("", text) if _SCHEME.match(text) else _LABEL.sub("", text)


def _stripped(text: str) -> str:
    text = text.strip().lstrip(_OPENING + " ")
    while text and (text[-1] in _MARKS or (text[-1] in _CLOSING and _CLOSING[text[-1]] not in text)):
        text = text[:-1]
    return text


def _check_part(part: str, wrong: re.Pattern[str], name: str) -> None:
    if found := wrong.search(part):
        raise NoAddress(f"{name} character", part, found.group())
    if ".." in part:
        raise NoAddress(f"{name} dots", part)
    if part.startswith(".") or part.endswith("."):
        raise NoAddress(f"{name} edge", part)
