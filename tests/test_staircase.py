"""Each contract of the staircase, broken once on purpose: a rule that never fires is no rule."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
# The contract that is broken, the module that breaks it, and what it imports.
VIOLATIONS = [
    ("staircase", "milepost/queries", "import milepost.actions"),
    ("staircase", "milepost/core", "import milepost.records"),
    ("staircase", "milepost/actions", "import milepost.gateways"),
    ("staircase", "milepost/web", "import milepost.stories"),
    ("front-doors", "milepost/web/office", "import milepost.web.portal"),
    ("web-no-records", "milepost/web/field", "import milepost.records"),
    ("web-no-records", "milepost/web/portal", "import milepost.gateways"),
    ("sdk-in-gateways", "milepost/mailroom", "import stripe"),
    ("core-pure", "milepost/core", "import django"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package's Python, to plant imports in."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copytree(
        ROOT / "milepost", copy / "milepost", ignore=lambda folder, names: {
            name for name in names if Path(folder, name).is_file() and not name.endswith(".py")
        },
    )  # fmt: skip
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint(house: Path, contract: str) -> "subprocess.CompletedProcess[str]":
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--contract", contract]
    return subprocess.run(command, cwd=house, text=True, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("contract", "room", "planted"), VIOLATIONS, ids=lambda value: str(value).split("/")[-1]
)
def test_a_deliberate_violation_breaks_its_contract(house, contract, room, planted):
    module = house / room / "planted.py"
    module.write_text(planted + "\n")
    try:
        verdict = lint(house, contract)
    finally:
        module.unlink()
    assert verdict.returncode != 0
    assert f"{CONTRACTS[contract]} BROKEN" in verdict.stdout
    assert "planted" in verdict.stdout


def test_every_contract_has_its_violation():
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)
