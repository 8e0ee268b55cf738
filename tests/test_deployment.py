"""What the documents say of deploying is true of the code: names of settings, commands, files that git ignores."""

import re
import subprocess

import click
import pytest
import yaml
from flask import Flask

from tests.deployment import ROOT, steps
from webapp.cli import main
from webapp.config import unknown_names
from webapp.institution import NAMES
from webapp.place import PlaceSettings

_PAGES = ("deploy", "networks", "accounts", "translations", "security")
DOCUMENTS = ("README.md", *(f"docs/{page}.md" for page in _PAGES))
# Commands that come with the copies of an installation.
COPIES = {"backup", "restore"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*DOCUMENTS, "docker-compose.yml", "Dockerfile"])
def test_every_setting_that_is_named_is_one(name: str) -> None:
    found = set(re.findall(r"LIAISON_[A-Z][A-Z_]*[A-Z]\b(?![…_*])", read(name)))
    allowed = {"LIAISON_TIME_ZONE", "LIAISON_IMAP_URL"} if name == "docs/deploy.md" else set()
    assert set(unknown_names(dict.fromkeys(found, ""))) == allowed


def test_every_setting_of_the_institution_is_in_the_document_and_in_compose() -> None:
    passed = yaml.safe_load(read("docker-compose.yml"))["x-service"]["environment"]
    own = set(PlaceSettings.__annotations__) | set(NAMES)
    for name in {f"LIAISON_{field.upper()}" for field in own}:
        assert name in passed
        assert name.removeprefix("LIAISON_INSTITUTION") in read("docs/deploy.md")


def test_every_command_that_is_named_is_one() -> None:
    def names(group: click.Group, before: tuple[str, ...] = ()) -> set[str]:
        found = set()
        for name, command in group.commands.items():
            here = (*before, name)
            found |= names(command, here) if isinstance(command, click.Group) else {" ".join(here)}
        return found

    known = names(main)
    text = "\n".join(map(read, DOCUMENTS))
    said = re.findall(r"(?:^|`|\bweb )liaison ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)", text, re.MULTILINE)
    unknown = {words for words in said if words not in known and words.split()[0] not in known}
    assert unknown - COPIES == set()


@pytest.mark.parametrize("title", steps())
def test_commands_are_written_as_a_shell_reads_them(title: str) -> None:
    done = subprocess.run(["bash", "-n"], input=steps()[title], text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_image_has_what_it_copies() -> None:
    allowed = {line.removeprefix("!") for line in read(".dockerignore").splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--)(\S+) ", read("Dockerfile"), re.MULTILINE)
    assert set(copied) == allowed


def test_git_ignores_what_an_installation_adds() -> None:
    own = [".env", "liaison.env", "institution/networks.yaml", "secrets/secret_key"]
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    ignored = subprocess.run(["git", "check-ignore", *own], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == own


def test_every_image_is_named_with_tag_and_digest() -> None:
    services = yaml.safe_load(read("docker-compose.yml"))["services"]
    own = {name for name, each in services.items() if "build" in each}
    images = [re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", each["image"]) for name, each in services.items() if name not in own]
    stages = re.findall(r" AS (\S+)$", read("Dockerfile"), re.MULTILINE)
    bases = [name for name in re.findall(r"^FROM (\S+)", read("Dockerfile"), re.MULTILINE) if name not in stages]
    copied = [name for name in re.findall(r"--from=(\S+)", read("Dockerfile")) if name not in stages]
    assert len(images) >= 3
    assert len(bases) >= 2
    pinned = re.compile(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}")
    assert [name for name in [*images, *bases, *copied] if not pinned.fullmatch(name)] == []
    said = read("docs/security.md")
    assert [name for name in [*images, *bases] if f"`{name.partition('@')[0]}`" not in said] == []


def test_no_address_with_a_secret_is_in_the_log_of_the_proxy(app: Flask) -> None:
    left_out = [re.compile(found) for found in re.findall(r"^ +~(\^\S+) 0;$", steps()["nginx"], re.MULTILINE)]
    secret = [rule.rule for rule in app.url_map.iter_rules() if "<secret:" in rule.rule or "<form_id" in rule.rule]
    addresses = {re.sub(r"<[^>]+>", "x", rule) for rule in secret}
    assert len(addresses) > 20
    assert {each for each in addresses if not any(found.match(each) for found in left_out)} == set()
    told = read("docs/deploy.md")
    heads = {found[2] for each in addresses if (found := re.match(r"(/x)?(/[a-z-]+/)", each))}
    assert {head for head in heads if f"`{head}" not in told} == set()
