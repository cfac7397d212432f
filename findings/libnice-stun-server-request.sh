#!/usr/bin/env bash
# libnice 0.1.21 (Debian 12, 0.1.21-1), an ICE agent: to a STUN server it sends Binding requests of RFC 3489, without the
# magic cookie and without attributes, even with the compatibility that its documentation calls RFC 5245 and which is the
# default. Its connectivity checks between peers do have the cookie. So a server that tells STUN from other protocols by
# the cookie (RFC 7983, RFC 8489 §6.3) does not know its requests.
#
# Runs the agent against a socket on loopback, in a root of its own, and prints the request. Seen:
#   20 octets, type 0001, length 0, cookie: no
# Needs root (chroot) and Debian's archive. Exit status: 0 as seen, 1 changed.
set -euo pipefail

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/apt/archives/partial" "$root/system"
: >"$root/apt/status"
apt-get -qq -y --no-install-recommends --download-only -o Dir::State::status="$root/apt/status" \
  -o Dir::Cache::archives="$root/apt/archives" -o Debug::NoLocking=1 -o APT::Sandbox::User=root \
  install gir1.2-nice-0.1=0.1.21-1 libnice10=0.1.21-1 python3-gi python3-minimal
for each in "$root"/apt/archives/*.deb; do dpkg -x "$each" "$root/system"; done

cat >"$root/system/ask.py" <<'END'
import ctypes
import socket
import gi

gi.require_version("Nice", "0.1")
from gi.repository import GLib, Nice

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
loop = GLib.MainLoop()
agent = Nice.Agent.new(loop.get_context(), Nice.Compatibility.RFC5245)
for name, value in {"stun-server": "127.0.0.1", "stun-server-port": server.getsockname()[1], "upnp": False,
                    "ice-tcp": False}.items():
    agent.set_property(name, value)
own = Nice.Address.new()
own.set_from_string("127.0.0.1")
agent.add_local_address(own)
stream = agent.add_stream(1)
agent.gather_candidates(stream)
GLib.timeout_add(500, loop.quit)
loop.run()
server.settimeout(5)
request = server.recv(2048)
print(f"{len(request)} octets, type {request[:2].hex()}, length {int.from_bytes(request[2:4], 'big')}, "
      f"cookie: {'yes' if request[4:8] == bytes.fromhex('2112a442') else 'no'}")
END
seen=$(chroot "$root/system" /usr/bin/python3 /ask.py 2>/dev/null)
echo "$seen"
[[ $seen == "20 octets, type 0001, length 0, cookie: no" ]]
