"""`milepost play` as a person meets it: the answer on standard output, and what its exit code means."""

import json
import os
import subprocess
import sys
from pathlib import Path

import milepost.stories

MILEPOST = str(Path(sys.executable).with_name("milepost"))
LIBRARY = Path(milepost.stories.__file__).parent / "library"


def play(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "MILEPOST_DATA": str(folder / "data")}
    command = [MILEPOST, "play", *arguments]
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False, timeout=300)


def test_a_story_is_played_on_a_database_of_its_own(tmp_path):
    answer = play(tmp_path, str(LIBRARY / "two-halves.yaml"), "--json", "--journal")
    assert answer.returncode == 0, answer.stderr
    output = json.loads(answer.stdout)
    assert output["schedule"]["First half"]["amount"] == "6435.30"
    assert output["journal"]


def test_a_story_that_ends_otherwise_is_exit_code_1(tmp_path):
    told = (LIBRARY / "two-halves.yaml").read_text().replace('"6435.29"', '"6435.30"')
    (tmp_path / "story.yaml").write_text(told)
    answer = play(tmp_path, str(tmp_path / "story.yaml"))
    assert answer.returncode == 1
    assert "Second half: expected 6435.30, got 6435.29." in answer.stdout


def test_a_story_that_is_refused_makes_no_database(tmp_path):
    (tmp_path / "story.yaml").write_text("titel: Fence\ncustomer: {name: Carol}\n")
    answer = play(tmp_path, str(tmp_path / "story.yaml"))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "Line 1: “titel” is not a key of a story.\n"
