"""Types of records: their numbers, and data for each of them.

Where one of the four servers does not know a type's own format, the data is in that of unknown types (RFC 3597).
"""

import base64


NUMBERS = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MB": 7, "MG": 8, "MR": 9, "NULL": 10, "WKS": 11, "PTR": 12, "HINFO": 13, "MINFO": 14,
    "MX": 15, "TXT": 16, "RP": 17, "AFSDB": 18, "X25": 19, "ISDN": 20, "RT": 21, "NSAP": 22, "SIG": 24, "KEY": 25,
    "PX": 26, "GPOS": 27, "AAAA": 28, "LOC": 29, "NXT": 30, "SRV": 33, "NAPTR": 35, "KX": 36, "CERT": 37, "DNAME": 39, "APL": 42,
    "DS": 43, "SSHFP": 44, "IPSECKEY": 45, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "DHCID": 49, "NSEC3": 50,
    "NSEC3PARAM": 51, "TLSA": 52, "SMIMEA": 53, "HIP": 55, "TALINK": 58, "CDS": 59, "CDNSKEY": 60, "OPENPGPKEY": 61, "CSYNC": 62,
    "ZONEMD": 63, "SVCB": 64, "HTTPS": 65, "SPF": 99, "NID": 104, "L32": 105, "L64": 106, "LP": 107, "EUI48": 108,
    "EUI64": 109, "ANY": 255, "URI": 256, "CAA": 257, "AVC": 258, "AMTRELAY": 260, "DLV": 32769, "TYPE65280": 65280,
}
TEXTS = {number: text for text, number in NUMBERS.items()}


def text(number):
    return TEXTS.get(number, f"TYPE{number}")


def _hex(random, octets):
    return random.randbytes(octets).hex().upper()


def _base64(random, octets):
    return base64.b64encode(random.randbytes(octets)).decode()


def _string(random, longest=30):
    """A character-string, now and then empty or of all 255 octets."""
    length = random.choice([0, 255] + 8 * [random.randint(1, longest)])
    return '"' + "".join(random.choice('abcdefgh IJKLMNOP0123456789=;!') for _ in range(length)) + '"'


def _unknown(octets):
    return f"\\# {len(octets)} {octets.hex().upper()}".rstrip()


_FAR = b"\x04Host\x07example\x03net\x00"  # a name on the wire


def a(random):
    return f"192.0.2.{random.randint(1, 254)}"


def aaaa(random):
    return f"2001:db8::{random.randint(1, 0xffff):x}:{random.randint(1, 0xffff):x}"


# What makes the data of a type; `name` gives a name in presentation format.
# Types that mean something to a server (NS, CNAME, DNAME, SOA, DS and those of DNSSEC) are placed by the generator.
DATA = {
    "A": lambda r, name: a(r),
    "AAAA": lambda r, name: aaaa(r),
    "MB": lambda r, name: _unknown(_FAR),
    "MG": lambda r, name: _unknown(_FAR),
    "MR": lambda r, name: _unknown(_FAR),
    "PTR": lambda r, name: name(),
    "HINFO": lambda r, name: f"{_string(r)} {_string(r)}",
    "MINFO": lambda r, name: f"{name()} {name()}",
    "MX": lambda r, name: f"{r.randint(0, 65535)} {name()}",
    "TXT": lambda r, name: " ".join(_string(r) for _ in range(r.randint(1, 3))),
    "RP": lambda r, name: f"{name()} {name()}",
    "AFSDB": lambda r, name: f"{r.randint(1, 2)} {name()}",
    "X25": lambda r, name: _unknown(b"\x0c311061700956"),
    "ISDN": lambda r, name: _unknown(b"\x0f150862028003217\x03004"),
    "RT": lambda r, name: f"{r.randint(0, 65535)} {name()}",
    "NSAP": lambda r, name: _unknown(r.randbytes(20)),
    "KEY": lambda r, name: f"512 3 13 {_base64(r, 64)}",
    "PX": lambda r, name: _unknown(b"\x00\x0a" + _FAR + _FAR),
    "GPOS": lambda r, name: _unknown(b"\x08-32.6882\x08116.8652\x0410.0"),
    "LOC": lambda r, name: f"{r.randint(0, 89)} {r.randint(0, 59)} 12.345 N {r.randint(0, 179)} 53 6.000 E -2.00m 1m 10000m 10m",
    "SRV": lambda r, name: f"{r.randint(0, 65535)} {r.randint(0, 9)} {r.randint(1, 65535)} {name()}",
    "NAPTR": lambda r, name: f'{r.randint(0, 65535)} 10 "u" "E2U+sip" "!^.*$!sip:a@b.test!" {r.choice([name(), "."])}',
    "KX": lambda r, name: f"{r.randint(0, 65535)} {name()}",
    "CERT": lambda r, name: f"1 {r.randint(0, 65535)} 8 {_base64(r, 40)}",
    "APL": lambda r, name: f"1:192.0.2.{r.randint(0, 15) * 16}/28 !2:2001:db8::/32",
    "SSHFP": lambda r, name: f"4 2 {_hex(r, 32)}",
    "IPSECKEY": lambda r, name: r.choice([f"10 1 2 {a(r)} {_base64(r, 33)}", f"10 2 2 {aaaa(r)} {_base64(r, 33)}",
                                          f"10 3 2 {name()} {_base64(r, 33)}", f"10 0 2 . {_base64(r, 33)}"]),
    "DHCID": lambda r, name: _base64(r, 35),
    "TLSA": lambda r, name: f"3 1 1 {_hex(r, 32)}",
    "SMIMEA": lambda r, name: f"3 0 1 {_hex(r, 32)}",
    "HIP": lambda r, name: _unknown(b"\x10\x02\x00\x42" + r.randbytes(82) + _FAR),
    "OPENPGPKEY": lambda r, name: _base64(r, r.choice([60, 300])),
    "SVCB": lambda r, name: r.choice([f"0 {name()}", f"1 {name()} port={r.randint(1, 65535)} ipv4hint={a(r)}",
                                      f'2 . alpn="h2,h3" key65280="x{r.randint(0, 99)}"']),
    "HTTPS": lambda r, name: r.choice([f"0 {name()}", f'1 . alpn="h2" ipv6hint={aaaa(r)}', f"1 {name()} mandatory=port port=8443"]),
    "SPF": lambda r, name: '"v=spf1 -all"',
    "NID": lambda r, name: f"{r.randint(0, 65535)} 0014:4fff:ff20:{_hex(r, 2).lower()}",
    "L32": lambda r, name: f"{r.randint(0, 65535)} {a(r)}",
    "L64": lambda r, name: f"{r.randint(0, 65535)} 2001:0db8:1140:{_hex(r, 2).lower()}",
    "LP": lambda r, name: f"{r.randint(0, 65535)} {name()}",
    "EUI48": lambda r, name: f"00-00-5e-00-53-{_hex(r, 1).lower()}",
    "EUI64": lambda r, name: f"00-00-5e-ef-10-00-00-{_hex(r, 1).lower()}",
    "URI": lambda r, name: f'10 {r.randint(0, 65535)} "ftp://ftp.example.test/public"',
    "CAA": lambda r, name: f'{r.choice([0, 128])} {r.choice(["issue", "iodef", "tbs"])} "ca{r.randint(0, 99)}.test"',
    "DLV": lambda r, name: _unknown(r.randbytes(2) + b"\x0d\x02" + r.randbytes(32)),
    "AVC": lambda r, name: _unknown(b"\3abc"),
    "AMTRELAY": lambda r, name: _unknown(bytes([10, 1, 192, 0, 2, r.randint(0, 255)])),
    "TYPE65280": lambda r, name: _unknown(r.randbytes(r.randint(0, 40))),
}

# At the apex only. CDS and CDNSKEY ask for the DS to be removed (RFC 8078 §4), as BIND wants a key for any other.
APEX_DATA = {
    "CDS": lambda r, name: "0 0 0 00",
    "CDNSKEY": lambda r, name: "0 3 0 AA==",
    "CSYNC": lambda r, name: "66 3 A NS AAAA",
    "ZONEMD": lambda r, name: f"1 1 1 {_hex(r, 48)}",
}

# Written as TYPEn, as one of the servers does not know the word or takes only its own format after it.
GENERIC = {word: f"TYPE{NUMBERS[word]}" for word in ("AMTRELAY", "AVC", "DLV", "GPOS", "HIP", "ISDN", "MB", "MG", "MR", "NSAP", "PX", "X25")}

# Where names stand in the data of records: a number is so many octets, s a character-string, n a name, and what is left
# has none.
LAYOUTS = {
    "NS": "n", "CNAME": "n", "SOA": "nn", "MB": "n", "MG": "n", "MR": "n", "PTR": "n", "MINFO": "nn", "MX": "2n", "RP": "nn",
    "AFSDB": "2n", "RT": "2n", "PX": "2nn", "SRV": "6n", "NAPTR": "4sssn", "KX": "2n", "DNAME": "n", "RRSIG": "99n",
    "NSEC": "n", "SVCB": "2n", "HTTPS": "2n", "LP": "2n",
}

