"""What the environment may say, and what Milepost makes up for itself."""

import stat

import pytest

from milepost.config import environment
from milepost.config.environment import BadConfiguration


def test_secrets_are_made_once_for_the_owner_of_the_folder_alone(tmp_path):
    first = environment.load_secrets(tmp_path / "data")
    assert environment.load_secrets(tmp_path / "data") == first
    assert len(set(first.values())) == len(environment.SECRETS)
    assert stat.S_IMODE((tmp_path / "data" / "secrets.json").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secrets.json"]


def test_a_secret_of_the_environment_wins_and_is_not_written_down(tmp_path, monkeypatch):
    monkeypatch.setenv("LINK_SECRET", "from-the-vault")
    assert environment.load_secrets(tmp_path)["LINK_SECRET"] == "from-the-vault"
    assert "from-the-vault" not in (tmp_path / "secrets.json").read_text()


def test_a_newer_milepost_adds_its_secrets_and_keeps_the_others(tmp_path):
    (tmp_path / "secrets.json").write_text('{"LINK_SECRET": "old"}')
    assert environment.load_secrets(tmp_path)["LINK_SECRET"] == "old"
    assert environment.load_secrets(tmp_path)["SECRET_KEY"]


def test_a_broken_secrets_file_is_said_not_overwritten(tmp_path):
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(BadConfiguration, match=r"secrets\.json cannot be read"):
        environment.load_secrets(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == "{"


def test_a_database_url_keeps_odd_passwords_sockets_and_ssl():
    parsed = environment.database(
        "postgresql://app:p%40ss%2F@db.example:6432/mile?sslmode=require", max_age_s=60
    )
    assert (parsed["USER"], parsed["PASSWORD"], parsed["HOST"], parsed["PORT"], parsed["NAME"]) == (
        "app", "p@ss/", "db.example", "6432", "mile",
    )  # fmt: skip
    assert parsed["OPTIONS"] == {"sslmode": "require"}
    socket = environment.database("postgresql://app@/mile?host=%2Frun%2Fpg", max_age_s=0)
    assert socket["HOST"] == "/run/pg"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://u:p%40@mail.example:2525?tls=1", 2525, True, False),
        ("smtp://mail.example", 587, False, False),
        ("smtps://mail.example", 465, False, True),
    ],
)
def test_an_email_url_says_how_to_send(url, port, tls, ssl):
    parsed = environment.email(url)
    assert (parsed["EMAIL_PORT"], parsed["EMAIL_USE_TLS"], parsed["EMAIL_USE_SSL"]) == (port, tls, ssl)


@pytest.mark.parametrize("url", ["mail.example:587", "http://mail.example"])
def test_an_email_url_that_is_none_is_refused_with_an_example(url):
    with pytest.raises(BadConfiguration, match="smtp://user:password@host:587"):
        environment.email(url)


def test_a_number_that_is_none_is_refused_by_its_name(monkeypatch):
    monkeypatch.setenv("MILEPOST_PORT", "eight thousand")
    with pytest.raises(BadConfiguration, match="MILEPOST_PORT must be a whole number"):
        environment.number("MILEPOST_PORT", 8000)
