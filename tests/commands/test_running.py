"""What holds for every command: messages, exit codes, output."""

import json
from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.conftest import CORPUS

EXPECTED = json.loads((CORPUS / "ctapipe" / "expected_lineage.json").read_text())
DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("what-produced", "nothing.h5"), 2, "nothing here is called 'nothing.h5'"),
        (("load", "absent.log"), 1, "can't be read: No such file or directory"),
        (("load", "/etc/hostname"), 1, "not a format that provgraph reads"),
        (("load", "x", "--format", "odd"), 2, "'odd' is no format"),
        (("load", "x", "--namespace", "a/b"), 2, "can't be a namespace"),
        (("stats", "--store", "odd://u:secret@host/x"), 2, "is no store"),
        (("stats", "--store", "sqlite:////proc/none/x.db"), 1, "check the path"),
        (("stats", "--store", "postgresql://u:secret@127.0.0.1:1/x"), 3, "can't be reached"),
        (("stats", "--store", "bolt://u:secret@127.0.0.1:1/x"), 3, "is the server up"),
        (("serve", "--host", "0.0.0.0"), 2, "--insecure"),
        (("what-produced",), 2, "Missing argument"),
    ],
)
def test_errors_say_what_to_do(
    newcomer: Shell, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = newcomer(*arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr + done.stdout
