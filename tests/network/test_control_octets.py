"""Names with octets that a terminal acts upon, or that are no UTF-8: neither the log nor a command's output has them."""

import json
import re
import subprocess

import pytest

from bed.judge import Target, ask, dns_question
from bed.process import Process, eventually
from bed.thence import BINARY, settings

INTERFACE = b"t\x1b[31m\xff"
VIEW = b"v\xff\xc2\x9b"
SHOWN = r"t\x1b[31m\xff"
SELF = dns_question("self.thence.test", "A")


@pytest.fixture
def odd(bed, tmp_path):
    """A host with such an interface, and the configuration of a view with such a name, in a file with such a name."""
    with bed.server.inside():
        for command in ("link set two down", "link set two name NAME", "link set NAME up",
                        "addr replace fd77:2::1/64 dev NAME nodad", "addr replace fe80::1/64 dev NAME nodad"):
            assert bed.server.run("ip", *(INTERFACE if word == "NAME" else word for word in command.split())
                                  ).returncode == 0
    bed.await_reachable("10.77.2.1")
    values = settings()
    values["dns"]["views"] = [{"name": "VIEW", "match": {"interfaces": ["t*"]}, "zones": ["thence.test"]}]
    file = tmp_path / "odd\x1b[2J.yaml"
    file.write_bytes(json.dumps(values).encode().replace(b"VIEW", VIEW))
    return bed, file


def text_of(output):
    """Output that is fit for a terminal."""
    text = output.decode("utf-8")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), ascii(text)
    return text


COMMANDS = {
    "addresses": ("addresses",),
    "addresses in JSON": ("addresses", "--json"),
    "check": ("check",),
    "explain": ("check", "--explain", f"interface={INTERFACE.decode('utf-8', 'surrogateescape')},"
                                      "local=10.77.2.1,client=10.77.2.9,name=self.thence.test"),
    "explain nothing": ("check", "--explain", "interface=x\x1b,local=\x1b[2J"),
    "selftest": ("selftest",),
    "no such file": ("check", "-c", "missing\x1b[2J.yaml"),
    "probe": ("probe", "stun", "127.0.0.1", "--timeout", "0.1"),
    "probe in JSON": ("probe", "stun", "127.0.0.1", "--timeout", "0.1", "--json"),
    "probe nobody": ("probe", "stun", "127.0.0.1", "--from", "x\x1b[2J"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_command_prints_them(odd, command):
    bed, file = odd
    where = () if "-c" in command or "probe" in command else ("-c", str(file))
    with bed.server.inside():
        done = subprocess.run((BINARY, *command, *where), capture_output=True, check=False)
    out, err = text_of(done.stdout), text_of(done.stderr)
    assert out or err
    if command[0] == "addresses":
        assert SHOWN in (json.loads(out)[-1]["interface"] if "--json" in command else out)


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_the_log_and_the_table_of_the_start_have_none(odd, tmp_path, log_format):
    bed, file = odd
    file.write_bytes(file.read_bytes().replace(b'"format": "json", "level": "info"',
                                               b'"format": "%s", "level": "debug"' % log_format.encode()))
    with Process(bed.server, tmp_path, BINARY, "serve", "-c", file) as server:
        assert eventually(lambda: b"serving" in server.err.read_bytes())
        assert ask(bed.client, Target("10.77.2.1"), SELF).answer
        assert eventually(lambda: b"noerror" in server.err.read_bytes())
        assert server.stop() == 0
        out, err = text_of(server.out.read_bytes()), text_of(server.err.read_bytes())
    if log_format == "json":
        events = [json.loads(line) for line in err.splitlines()]
        assert SHOWN in [event.get("interface") for event in events]
        assert [r"dns v\xff\xc2\x9b"] in [event.get("views") for event in events]
    else:
        assert SHOWN in out
