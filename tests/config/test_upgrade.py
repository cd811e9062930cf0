"""
An older Milepost's data under today's Milepost: `releases/` holds the demo as that version left it.

Each file is a plain dump of the demo as of 2 March 2026. Nothing in it is ever rewritten: what a
migration does to data that is out in the world is what this test sees.
"""

import gzip
import subprocess
from pathlib import Path

import pytest
from psycopg import sql

from milepost.config import backup, databases
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from tests import testbed
from tests.cast import AT

RELEASES = Path(__file__).parent / "releases"

# What version 0.1.0 itself showed on each job's page: quoted, billed, paid, on its way, left.
FIGURES = {
    "Back porch and steps": (0, 0, 0, 0, 0),
    "Bathroom remodel": (0, 0, 0, 0, 0),
    "Basement finishing": (22_353_50, 2_235_35, 0, 0, 20_118_15),
    "Kitchen remodel": (40_000_00, 10_000_00, 10_000_00, 0, 30_000_00),
    "Showroom fit-out": (25_431_75, 5_086_35, 5_086_35, 0, 20_345_40),
    "Garage rebuild": (17_000_00, 11_900_00, 5_100_00, 0, 5_100_00),
    "Window replacement": (9_899_55, 9_899_55, 6_949_78, 0, 0),
    "Attic insulation": (3_410_00, 3_410_00, 0, 3_410_00, 0),
    "Quartz countertops": (5_407_40, 1_351_85, 0, 0, 4_055_55),
    "Roof replacement": (15_680_00, 4_704_00, 4_704_00, 0, 10_976_00),
    "Laundry room": (6_869_00, 6_869_00, 6_869_00, 0, 0),
    "Garbage disposal replaced": (310_00, 310_00, 310_00, 0, 0),
    "Kitchen tap repaired": (180_00, 180_00, 0, 0, 0),
}


@pytest.fixture
def upgraded(database, database_server):
    """The demo of version 0.1.0, brought up to date by today's migrations."""
    name = f"{database.owner_url.split('/')[3].split('?')[0]}_upgraded"
    with database_server.owner() as owner:
        testbed.drop(owner, name)
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    server = database_server.at(name)
    with databases.pointed_at(server.app_url, server.owner_url):
        _play(gzip.decompress((RELEASES / "demo_0.1.0.sql.gz").read_bytes()))
        databases.migrate(str)
        yield server
    with database_server.owner() as owner:
        testbed.drop(owner, name)


def _play(script: bytes) -> None:
    psql = [backup._program("psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
    subprocess.run(psql, env=backup._as_owner(), input=script, stdout=subprocess.DEVNULL, check=True)


def test_the_previous_versions_data_survive_the_upgrade_to_the_cent(upgraded):
    # When doctor recomputes every guarantee from rows that an older version wrote
    findings = [str(finding) for finding in examine()]

    # Then everything holds, and the guards are those of a fresh database
    assert findings == []

    # And each job shows the figures that it showed before
    with upgraded.owner() as owner:
        jobs = owner.execute("SELECT business_id, id, title FROM job ORDER BY id").fetchall()
    assert {title: _bar(business_id, job_id) for business_id, job_id, title in jobs} == FIGURES


def _bar(business_id: int, job_id: int) -> tuple[int, ...]:
    bar = job_page(business_id, job_id, at=AT).bar
    return tuple(part.cents for part in (bar.quoted, bar.billed, bar.paid, bar.pending, bar.left))
