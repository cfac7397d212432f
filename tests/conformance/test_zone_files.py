"""Which zone files Thence takes, refuses or warns of, beside kzonecheck and named-checkzone."""

import subprocess

import pytest

from rig import servers

_SOA = "@ 3600 SOA ns1 hostmaster 1 3600 600 86400 300\n"
_NS = "@ 3600 NS ns1\nns1 3600 A 192.0.2.1\n"
_ZONE = _SOA + _NS
_OK, _WARNING, _ERROR = "ok", "warning", "error"

# Whole zones. kzonecheck says whether each is sound.
_SENSE = {
    'good': _ZONE,
    'missing SOA': _NS,
    'empty file': '',
    'two SOAs, different': _ZONE + '@ 3600 SOA ns2 hostmaster 2 3600 600 86400 300\n',
    'two SOAs, identical': _ZONE + '@ 3600 SOA ns1 hostmaster 1 3600 600 86400 300\n',
    'SOA not at apex': _ZONE + 'sub 3600 SOA ns1 hostmaster 1 3600 600 86400 300\n',
    'out-of-zone record': _ZONE + 'www.other. 3600 A 192.0.2.2\n',
    'out-of-zone record first': 'www.other. 3600 A 192.0.2.2\n' + _ZONE,
    'CNAME and A': _ZONE + 'a 3600 CNAME ns1\na 3600 A 192.0.2.2\n',
    'CNAME and TXT': _ZONE + 'a 3600 CNAME ns1\na 3600 TXT x\n',
    'CNAME at apex': _ZONE + '@ 3600 CNAME ns1\n',
    'CNAME and NS (delegation)': _ZONE + 'a 3600 CNAME ns1\na 3600 NS ns1\n',
    'CNAME and DNAME': _ZONE + 'a 3600 CNAME ns1\na 3600 DNAME b.example.\n',
    'CNAME and NSEC/RRSIG': _ZONE + 'a 3600 CNAME ns1\na 3600 NSEC b CNAME\n',
    'CNAME and KEY': _ZONE + 'a 3600 CNAME ns1\na 3600 KEY 256 3 8 AQAB\n',
    'two CNAMEs': _ZONE + 'a 3600 CNAME ns1\na 3600 CNAME ns2\n',
    'two CNAMEs identical': _ZONE + 'a 3600 CNAME ns1\na 3600 CNAME ns1\n',
    'two CNAMEs differing in case': _ZONE + 'a 3600 CNAME ns1\na 3600 CNAME NS1\n',
    'CNAME to itself': _ZONE + 'a 3600 CNAME a\n',
    'CNAME loop': _ZONE + 'a 3600 CNAME b\nb 3600 CNAME a\n',
    'CNAME to missing name': _ZONE + 'a 3600 CNAME nowhere\n',
    'DNAME': _ZONE + 'd 3600 DNAME e.example.\n',
    'DNAME with child A': _ZONE + 'd 3600 DNAME e.example.\nx.d 3600 A 192.0.2.2\n',
    'DNAME with grandchild': _ZONE + 'd 3600 DNAME e.example.\nx.y.d 3600 A 192.0.2.2\n',
    'DNAME with child NSEC only': _ZONE + 'd 3600 DNAME e.example.\nx.d 3600 NSEC d NSEC\n',
    'DNAME at apex': _SOA + '@ 3600 NS ns1.example.\n@ 3600 DNAME e.example.\n',
    'DNAME at apex with children': _ZONE + '@ 3600 DNAME e.example.\n',
    'two DNAMEs': _ZONE + 'd 3600 DNAME e.example.\nd 3600 DNAME f.example.\n',
    'DNAME and NS (delegation)': _ZONE + 'd 3600 DNAME e.example.\nd 3600 NS ns1\n',
    'DNAME and A same owner': _ZONE + 'd 3600 DNAME e.example.\nd 3600 A 192.0.2.2\n',
    'DNAME at wildcard': _ZONE + '*.d 3600 DNAME e.example.\n',
    'missing NS at apex': _SOA + 'www 3600 A 192.0.2.2\n',
    'apex NS in zone without address': _SOA + '@ 3600 NS ns1\n',
    'apex NS out of zone': _SOA + '@ 3600 NS ns1.example.\n',
    'apex NS is a CNAME': _SOA + '@ 3600 NS ns1\nns1 3600 CNAME x\nx 3600 A 192.0.2.1\n',
    'apex NS by wildcard address': _SOA + '@ 3600 NS ns1.w\n*.w 3600 A 192.0.2.1\n',
    'delegation, glue below missing': _ZONE + 'sub 3600 NS ns.sub\n',
    'delegation, glue below present': _ZONE + 'sub 3600 NS ns.sub\nns.sub 3600 A 192.0.2.2\n',
    'delegation, glue AAAA only': _ZONE + 'sub 3600 NS ns.sub\nns.sub 3600 AAAA 2001:db8::1\n',
    'delegation, NS in zone without address': _ZONE + 'sub 3600 NS nowhere\n',
    'delegation, NS in zone has only TXT': _ZONE + 'sub 3600 NS x\nx 3600 TXT x\n',
    'delegation, NS is a CNAME': _ZONE + 'sub 3600 NS x\nx 3600 CNAME ns1\n',
    'delegation, glue under sibling missing': _ZONE + 'sub 3600 NS ns.sib\nsib 3600 NS ns1\n',
    'delegation, glue under sibling present': _ZONE + 'sub 3600 NS ns.sib\nsib 3600 NS ns1\nns.sib 3600 A 192.0.2.3\n',
    'delegation, NS out of zone': _ZONE + 'sub 3600 NS ns.example.\n',
    'delegation, NS address by wildcard': _ZONE + 'sub 3600 NS ns.w\n*.w 3600 A 192.0.2.3\n',
    'delegation, NS address by wildcard below cut': _ZONE + 'sub 3600 NS ns.sub\n*.sub 3600 A 192.0.2.3\n',
    'glue TXT below delegation (non-glue data)': _ZONE + 'sub 3600 NS ns1\nx.sub 3600 TXT x\n',
    'A below delegation, not glue': _ZONE + 'sub 3600 NS ns1\nx.sub 3600 A 192.0.2.3\n',
    'A at delegation': _ZONE + 'sub 3600 NS ns1\nsub 3600 A 192.0.2.3\n',
    'TXT at delegation': _ZONE + 'sub 3600 NS ns1\nsub 3600 TXT x\n',
    'NS below delegation': _ZONE + 'sub 3600 NS ns1\nx.sub 3600 NS ns1\n',
    'DS at delegation': _ZONE + 'sub 3600 NS ns1\nsub 3600 DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000\n',
    'DS without NS': _ZONE + 'sub 3600 DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000\n',
    'DS at apex': _ZONE + '@ 3600 DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000\n',
    'DS digest of wrong length': _ZONE + 'sub 3600 NS ns1\nsub 3600 DS 1 8 2 00\n',
    'NS at wildcard': _ZONE + '*.w 3600 NS ns1\n',
    'MX to CNAME': _ZONE + '@ 3600 MX 1 m\nm 3600 CNAME ns1\n',
    'MX to missing name': _ZONE + '@ 3600 MX 1 nowhere\n',
    "MX to '.'": _ZONE + '@ 3600 MX 0 .\n',
    'SRV to CNAME': _ZONE + '_s._tcp 3600 SRV 0 0 1 m\nm 3600 CNAME ns1\n',
    "NS to '.'": _ZONE + '@ 3600 NS .\n',
    'SOA MNAME missing': '@ 3600 SOA nowhere hostmaster 1 3600 600 86400 300\n' + _NS,
    'TTLs differ in an RRset': _ZONE + 'a 3600 A 192.0.2.2\na 60 A 192.0.2.3\n',
    'same record twice': _ZONE + 'a 3600 A 192.0.2.2\na 3600 A 192.0.2.2\n',
    'same record twice, TTLs differ': _ZONE + 'a 3600 A 192.0.2.2\na 60 A 192.0.2.2\n',
    'class CH': _ZONE + 'a 3600 CH A 192.0.2.2\n',
    'syntax error in a record': _ZONE + 'a 3600 A 192.0.2.999\n',
    'unknown type name': _ZONE + 'a 3600 FOO x\n',
    'unknown directive': _ZONE + '$FOO x\n',
    '$INCLUDE of a missing file': _ZONE + '$INCLUDE missing.inc\n',
    '$GENERATE': _ZONE + '$GENERATE 1-3 h$ A 192.0.2.$\n',
    'TTL over 2^31-1': _ZONE + 'a 2147483648 A 192.0.2.2\n',
    'OPT record': _ZONE + 'a 3600 TYPE41 \\# 0\n',
    'ANY (TYPE255) record': _ZONE + 'a 3600 TYPE255 \\# 0\n',
    'TYPE0 record': _ZONE + 'a 3600 TYPE0 \\# 0\n',
    "first record's owner blank": ' 3600 SOA ns1 hostmaster 1 3600 600 86400 300\n' + _NS,
    'no TTL anywhere': '@ SOA ns1 hostmaster 1 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\n',
    'NSEC without DNSKEY': _ZONE + 'a 3600 A 192.0.2.2\na 3600 NSEC b A NSEC\n',
    'RRSIG without DNSKEY': _ZONE + 'a 3600 A 192.0.2.2\na 3600 RRSIG A 8 3 3600 20300101000000 20200101000000 1 @ AAAA\n',
    'DNSKEY without RRSIG': _ZONE + '@ 3600 DNSKEY 257 3 8 AwEAAQ==\n',
    'NSEC3 without NSEC3PARAM': _ZONE + '0p9mhaveqvm6t7vbl5lop2u3t2rp3tom 3600 NSEC3 1 0 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A\n',
    'NSEC3PARAM not at apex': _ZONE + 'a 3600 NSEC3PARAM 1 0 0 -\n',
    'DNSKEY not at apex': _ZONE + 'a 3600 DNSKEY 257 3 8 AwEAAQ==\n',
    'CDS without CDNSKEY': _ZONE + '@ 3600 CDS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000\n',
    'wildcard as CNAME and A': _ZONE + '*.a 3600 CNAME ns1\n*.a 3600 A 192.0.2.2\n',
    "CNAME at delegation's child (occluded)": _ZONE + 'sub 3600 NS ns1\nx.sub 3600 CNAME ns1\nx.sub 3600 A 192.0.2.9\n',
    'RRset over 65535 octets': _ZONE + "".join(f"big 3600 TXT {i:05}" + " x" * 490 + "\n" for i in range(80)),
}

# Where kzonecheck judges otherwise: what it says, what Thence says, and why.
_OTHER_SENSE = {
    "two SOAs, different": (_OK, _ERROR, "Knot drops the second one silently; BIND refuses the zone"),
    "SOA not at apex": (_OK, _ERROR, "Knot drops it silently; BIND refuses the zone"),
    "out-of-zone record": (_OK, _WARNING, "Knot warns when it loads the zone, but kzonecheck only with -v"),
    "out-of-zone record first": (_OK, _WARNING, "Knot warns when it loads the zone, but kzonecheck only with -v"),
    "CNAME and KEY": (_ERROR, _OK, "RFC 2181 §10.1 allows it; BIND does"),
    "DS digest of wrong length": (_WARNING, _OK, "digests are for validators"),
    "NS at wildcard": (_OK, _ERROR, "RFC 4592 §4.2; BIND refuses the zone"),
    "$GENERATE": (_ERROR, _OK, "Knot does not know it; BIND does"),
    "TTL over 2^31-1": (_OK, _ERROR, "RFC 2181 §8"),
    "OPT record": (_OK, _ERROR, "no type of a zone's record; BIND refuses it"),
    "ANY (TYPE255) record": (_OK, _ERROR, "no type of a zone's record; BIND refuses it"),
    "TYPE0 record": (_OK, _ERROR, "no type of a zone's record; BIND refuses it"),
    "RRset over 65535 octets": (_OK, _ERROR, "it fits no message; BIND refuses it"),
}

# Behind a zone that is sound.
_TEXTS = {
    'quoted with spaces': 'a 60 TXT "x y" z\n',
    'semicolon in quotes': 'a 60 TXT "x;y"\n',
    'escaped semicolon': 'a 60 TXT x\\;y\n',
    'escaped quote in quotes': 'a 60 TXT "x\\"y"\n',
    'decimal escape': 'a 60 TXT "\\065\\255\\000"\n',
    'decimal escape too large': 'a 60 TXT "\\256"\n',
    'newline in quotes': 'a 60 TXT "x\ny"\n',
    'newline in quotes in parentheses': 'a 60 TXT ( "x\ny" )\n',
    'parens in quotes': 'a 60 TXT "(x" "y)"\n',
    'parens over lines': 'a 60 TXT ( "x"\n ; comment ) "\n "y" )\n',
    'nested parens': 'a 60 TXT ( "x" ( "y" ) )\n',
    'paren directly at word': 'a 60 MX (10)m\n',
    'paren starts line': '( a 60 A 192.0.2.2 )\n',
    'paren before owner on line': '(a 60 A 192.0.2.2\n)\n',
    'paren after owner': 'a (60 A\n192.0.2.2)\n',
    'empty parens': 'a 60 A ( ) 192.0.2.2\n',
    'blank owner': 'a 60 A 192.0.2.2\n 60 AAAA ::1\n',
    'tab owner': 'a 60 A 192.0.2.2\n\t60 AAAA ::1\n',
    'blank owner after directive': 'a 60 A 192.0.2.2\n$TTL 5\n 60 AAAA ::1\n',
    'blank owner after $ORIGIN': 'a 60 A 192.0.2.2\n$ORIGIN sub.z.\n 60 AAAA ::1\n',
    '@ in rdata': 'a 60 CNAME @\n',
    '@ in SOA/MX': 'a 60 MX 10 @\n',
    'escaped @': '\\@ 60 A 192.0.2.2\n',
    'ttl units': 'a 1w2d3h4m5s A 192.0.2.2\n',
    'ttl units upper': 'a 1W2D A 192.0.2.2\n',
    'ttl before class': 'a 60 IN A 192.0.2.2\n',
    'class before ttl': 'a IN 60 A 192.0.2.2\n',
    'lower class and type': 'a 60 in a 192.0.2.2\n',
    'CLASS1': 'a 60 CLASS1 A 192.0.2.2\n',
    'TYPE1 generic': 'a 60 TYPE1 \\# 4 c0000202\n',
    'type1 lower': 'a 60 type1 \\# 4 c0000202\n',
    'TYPE1 plain': 'a 60 TYPE1 192.0.2.2\n',
    'A generic': 'a 60 A \\# 4 c0000202\n',
    'A generic wrong size': 'a 60 A \\# 3 c00002\n',
    'A generic length mismatch': 'a 60 A \\# 4 c00002\n',
    'generic blanks': 'a 60 TYPE65280 \\# 4 c0 00 0202\n',
    'generic odd blanks': 'a 60 TYPE65280 \\# 4 c00 00 202\n',
    'generic empty': 'a 60 TYPE65280 \\# 0\n',
    'generic upper': 'a 60 TYPE65280 \\# 4 C00002FF\n',
    'generic multi line': 'a 60 TYPE65280 \\# 4 ( c000 ; x\n 02ff )\n',
    'MX generic': 'a 60 MX \\# 5 000a016d00\n',
    'MX generic bad name': 'a 60 MX \\# 4 000a016d\n',
    'TXT generic': 'a 60 TXT \\# 2 0141\n',
    'TXT generic empty': 'a 60 TXT \\# 0\n',
    'unknown type without \\#': 'a 60 TYPE65280 abcd\n',
    'upper case directive': '$TTL 60\n$ORIGIN sub\na A 192.0.2.2\n',
    'lower case directive': '$ttl 60\na A 192.0.2.2\n',
    'directive comment': '$TTL 60 ; x\na A 192.0.2.2\n',
    'directive with tab': '$TTL\t60\na A 192.0.2.2\n',
    'directive leading blank': ' $TTL 60\na A 192.0.2.2\n',
    '$TTL units': '$TTL 1h\na A 192.0.2.2\n',
    'CRLF': 'a 60 A 192.0.2.2\r\nb 60 TXT "x"\r\n',
    'CRLF parens': 'a 60 MX ( 10\r\n m )\r\n',
    'CR inside': 'a 60 TXT x\ry\n',
    'no newline at end': 'a 60 A 192.0.2.2',
    'no newline, comment at end': 'a 60 A 192.0.2.2 ; x',
    'tabs': 'a\t60\tIN\tA\t192.0.2.2\t\n',
    'trailing blanks': 'a 60 A 192.0.2.2   \n',
    'blank line with tab': '\t\na 60 A 192.0.2.2\n',
    'comment after blanks': '   ; x\na 60 A 192.0.2.2\n',
    'comment touching': 'a 60 A 192.0.2.2;x\n',
    'unbalanced close': 'a 60 A 192.0.2.2 )\n',
    'unbalanced open': 'a 60 A ( 192.0.2.2\n',
    'unclosed quote': 'a 60 TXT "x\n',
    'TXT empty string': 'a 60 TXT ""\n',
    'TXT none': 'a 60 TXT\n',
    'TXT adjacent quotes': 'a 60 TXT "x""y"\n',
    'TXT word touching quote': 'a 60 TXT x"y"\n',
    'TXT quote touching word': 'a 60 TXT "x"y\n',
    'TXT equals quotes': 'a 60 TXT x="y z"\n',
    'TXT non ascii': 'a 60 TXT "é"\n',
    'TXT tab in quotes': 'a 60 TXT "x\ty"\n',
    'trailing backslash': 'a 60 TXT x\\\n',
    'backslash dot owner': 'a\\.b 60 A 192.0.2.2\n',
    'decimal owner': 'a\\046b 60 A 192.0.2.2\n',
    'short decimal owner': 'a\\04 60 A 192.0.2.2\n',
    'quoted owner': '"a" 60 A 192.0.2.2\n',
    'quoted name in rdata': 'a 60 CNAME "b"\n',
    'quoted number in rdata': 'a 60 MX "10" b\n',
    'quoted address': 'a 60 A "192.0.2.2"\n',
    'owner empty label': 'a..b 60 A 192.0.2.2\n',
    'owner leading dot': '.a 60 A 192.0.2.2\n',
    'label 63': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 60 A 192.0.2.2\n',
    'label 64': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 60 A 192.0.2.2\n',
    'wildcard': '*.a 60 A 192.0.2.2\n',
    'wildcard inside': 'x.*.a 60 A 192.0.2.2\n',
    'owner is type name': 'MX 60 A 192.0.2.2\n',
    'owner is IN': 'IN 60 A 192.0.2.2\n',
    'owner is number': '60 A 192.0.2.2\n',
    'numeric owner with ttl': '1 60 A 192.0.2.2\n',
    'no ttl': 'a A 192.0.2.2\n',
    'ttl zero': 'a 0 A 192.0.2.2\n',
    'ttl max': 'a 2147483647 A 192.0.2.2\n',
    'ttl 2^31': 'a 2147483648 A 192.0.2.2\n',
    'ttl 2^32-1': 'a 4294967295 A 192.0.2.2\n',
    'ttl 2^32': 'a 4294967296 A 192.0.2.2\n',
    'ttl negative': 'a -1 A 192.0.2.2\n',
    'A extra octet': 'a 60 A 192.0.2.2.1\n',
    'A short': 'a 60 A 192.0.2\n',
    'A leading zeros': 'a 60 A 192.000.002.002\n',
    'AAAA v4 mapped': 'a 60 AAAA ::ffff:192.0.2.1\n',
    'AAAA scope': 'a 60 AAAA fe80::1%eth0\n',
    'MX negative': 'a 60 MX -1 m\n',
    'MX 65536': 'a 60 MX 65536 m\n',
    'MX no exchange': 'a 60 MX 10\n',
    'extra field': 'a 60 MX 10 m x\n',
    'NUL octet': 'a 60 TXT "x\x00y"\n',
    'unknown directive': '$FOO x\n',
    '$ORIGIN relative': '$ORIGIN sub\na 60 A 192.0.2.2\n',
    '$ORIGIN root': '$ORIGIN .\na.z 60 A 192.0.2.2\n',
    '$ORIGIN none': '$ORIGIN\n',
    '$ORIGIN @': '$ORIGIN @\na 60 A 192.0.2.2\n',
    '$TTL none': '$TTL\n',
    '$TTL bad': '$TTL x\n',
    '$ORIGIN extra': '$ORIGIN sub.z. x\n',
    '$TTL extra': '$TTL 60 x\n',
    'vertical tab': 'a 60 A\x0b192.0.2.2\n',
    'form feed': 'a 60 A\x0c192.0.2.2\n',
    "string of 255 octets": f'a 60 TXT "{"x" * 255}"\n',
    "string of 256 octets": f'a 60 TXT "{"x" * 256}"\n',
    "text of 20000 octets": "a 60 TXT" + f' "{"x" * 250}"' * 80 + "\n",
    "text of 20000 octets in escapes": "a 60 TXT" + f' "{chr(92)}200{(chr(92) + "200") * 249}"' * 80 + "\n",
    "label of 63 octets": "x" * 63 + " 60 A 192.0.2.2\n",
    "label of 64 octets": "x" * 64 + " 60 A 192.0.2.2\n",
    "name of 255 octets": ".".join(["x" * 63] * 3 + ["x" * 59]) + " 60 A 192.0.2.2\n",
    "name of 256 octets": ".".join(["x" * 63] * 3 + ["x" * 60]) + " 60 A 192.0.2.2\n",
    "name of 256 octets in data": "a 60 CNAME " + ".".join(["x" * 63] * 3 + ["x" * 60]) + "\n",
    "line of blanks": "a 60 A" + " " * 200_000 + "192.0.2.2\n",
    "long comment": "a 60 A 192.0.2.2 ;" + "x" * 3_000_000 + "\n",
    "many empty lines": "\n" * 100_000 + "a 60 A 192.0.2.2\n",
}

# A record of each type, in the forms that it may have or seem to have.
_DATA = [
    'A 192.0.2.1',
    'NS ns.example.',
    'MD m',
    'MF m',
    'CNAME c',
    'MB m',
    'MG m',
    'MR m',
    'NULL \\# 2 0102',
    'WKS 192.0.2.1 tcp smtp 80',
    'PTR p',
    'HINFO "PC" Linux',
    'MINFO a b',
    'MX 10 m',
    'TXT x "y"',
    'RP a b',
    'AFSDB 1 a',
    'X25 311061700956',
    'ISDN 150862028003217 004',
    'ISDN 150862028003217',
    'RT 10 r',
    'NSAP 0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00',
    'NSAP-PTR foo.bar.',
    'SIG NXT 1 3 3600 20300101000000 20200101000000 2143 foo.nil. MxFcby9k/yvedMfQgKzhH5er0Mu/vILz',
    'KEY 512 255 1 AQMFD5raczCJHViKtLYhWGz8hMY9UGRuniJDBzC7w0aR',
    'PX 10 a b',
    'GPOS -32.6882 116.8652 10.0',
    'AAAA 2001:db8::1',
    'LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m',
    'LOC 42 21 54 N 71 06 18 W -24m',
    'LOC 42 N 71 W 0m',
    'LOC 42 21 54 N 71 06 18 W -24 30',
    'NXT medium A MX SIG NXT',
    'EID \\# 4 e32c6f78',
    'NIMLOC \\# 4 e32c6f78',
    'SRV 0 5 5060 sip',
    'ATMA +61200000000',
    'NAPTR 100 50 "s" "z3950+I2L+I2C" "" _z3950._tcp.gatech.edu.',
    'NAPTR 100 10 "" "" "!^urn:cid:.+@([^\\\\.]+\\\\.)(.*)$!\\\\2!i" .',
    'KX 10 k',
    'CERT PGP 0 0 AQID',
    'CERT 1 12179 3 AQID',
    'CERT PKIX 1 RSASHA256 AQID',
    'A6 0 2001:db8::1',
    'DNAME d',
    'SINK 1 0 0 AQID',
    'APL 1:192.168.32.0/21 !1:192.168.38.0/28 2:FF00:0:0:0:0:0:0:0/8',
    'APL ',
    'DS 60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )',
    'SSHFP 2 1 123456789abcdef67890123456789abcdef67890',
    'IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==',
    'IPSECKEY 10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==',
    'IPSECKEY 10 2 2 2001:0DB8:0:8002::2000:1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==',
    'IPSECKEY 10 3 2 mygateway.example.com. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==',
    'IPSECKEY 10 1 0 192.0.2.38',
    'RRSIG A 5 3 86400 20300322173103 20200220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTr',
    'RRSIG A 5 3 86400 1900000000 1800000000 2642 example.com. AQID',
    'RRSIG TYPE65280 5 3 86400 1900000000 1800000000 2642 example.com. AQID',
    'RRSIG A RSASHA1 3 86400 1900000000 1800000000 2642 example.com. AQID',
    'NSEC host.example.com. A MX RRSIG NSEC TYPE1234',
    'NSEC host.example.com.',
    'DNSKEY 256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8no',
    'DNSKEY 256 3 RSASHA1 AQPSKmyn',
    'DNSKEY ZONE 3 5 AQPSKmyn',
    'DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=',
    'NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG',
    'NSEC3 1 1 12 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr',
    'NSEC3 1 1 12 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A',
    'NSEC3PARAM 1 0 12 aabbccdd',
    'NSEC3PARAM 1 0 0 -',
    'TLSA 0 0 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971',
    'TLSA PKIX-TA CERT SHA2-256 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971',
    'SMIMEA 3 1 1 d2ab de24',
    'HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D',
    'HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNu rvs.example.com. rvs2',
    'NINFO x',
    'RKEY 0 3 5 AQID',
    'TALINK a b',
    'CDS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118',
    'CDS 0 0 0 00',
    'CDNSKEY 256 3 5 AQPSKmyn',
    'CDNSKEY 0 3 0 AA==',
    'OPENPGPKEY AQID BAUG',
    'CSYNC 66 3 A NS AAAA',
    'CSYNC 66 3',
    'ZONEMD 2018031500 1 1 FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE',
    'SVCB 1 foo alpn=h2,h3 port=8443',
    'SVCB 0 foo',
    'SVCB 1 .',
    'SVCB 1 foo key667=hello',
    'SVCB 1 foo key667="hello\\210qoo"',
    'SVCB 1 . key65280=abc',
    'SVCB 1 . key65280',
    'SVCB 1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1',
    'SVCB 16 foo.example.org. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1',
    'SVCB 16 foo alpn="f\\\\\\\\oo\\\\,bar,h2"',
    'SVCB 16 foo alpn=f\\\\\\092oo\\092,bar,h2',
    'SVCB 1 . alpn=h2 no-default-alpn',
    'SVCB 1 . no-default-alpn',
    'SVCB 1 . alpn=h2 no-default-alpn=x',
    'SVCB 1 . ech=AAEC',
    'SVCB 1 . alpn=h2 dohpath=/dns-query{?dns}',
    'SVCB 1 . alpn=h2 key7=/dns-query{?dns}',
    'SVCB 1 . port=1 port=2',
    'SVCB 1 . port=1 alpn=h2',
    'SVCB 1 . alpn=',
    'SVCB 1 . port',
    'SVCB 1 . mandatory=alpn',
    'SVCB 1 . mandatory=mandatory',
    'SVCB 0 foo alpn=h2',
    'SVCB 1 . key01=h2',
    'SVCB 1 . key1=h2',
    'SVCB 1 . key65536=x',
    'SVCB 1 . foo=x',
    'SVCB 1 . ALPN=h2',
    'SVCB 1 . port="53"',
    'SVCB 1 . ipv4hint=1.2.3',
    'SVCB 1 . key65535=x',
    'SVCB 1 . ipv4hint=192.0.2.1,192.0.2.2',
    'SVCB 1 . port=65536',
    'SVCB 1 . alpn="h2,h3"',
    'SVCB 1 . ech=',
    'HTTPS 1 . alpn=h3',
    'HTTPS 0 x.example.',
    'SPF "v=spf1 -all"',
    'UINFO x',
    'UID \\# 1 00',
    'NID 10 0014:4fff:ff20:ee64',
    'L32 10 10.1.2.0',
    'L64 10 2001:0DB8:1140:1000',
    'LP 10 l64-subnet1.example.com.',
    'EUI48 00-00-5e-00-53-2a',
    'EUI64 00-00-5e-ef-10-00-00-2a',
    'URI 10 1 "ftp://ftp1.example.com/public"',
    'CAA 0 issue "ca.example.net; account=230123"',
    'CAA 128 tbs Unknown',
    'CAA 0 issue ""',
    'CAA 0 issue ca.example.net',
    'CAA 0 ISSUE "x"',
    'CAA 256 issue "x"',
    'CAA 0 is-sue "x"',
    'AVC "app-name:x"',
    'DOA 0 1 2 "text/html" aGVsbG8=',
    'AMTRELAY 10 0 1 203.0.113.15',
    'AMTRELAY 10 0 2 2001:db8::15',
    'AMTRELAY 128 1 3 amtrelays.example.com.',
    'AMTRELAY 10 1 0 .',
    'RESINFO qnamemin exterr=15-17',
    'TA 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118',
    'DLV 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118',
    'TYPE65280 \\# 3 abcdef',
    'TYPE731 \\# 6 abcd ( ef 01 23 45 )',
    'WALLET x y',
    'CLA x',
    'IPN \\# 8 0000000000000001',
    'NXNAME \\# 0',
]

# What both take or refuse and Thence does not.
_OTHER_SYNTAX = {
    "quoted name in rdata": "an old habit; ldns takes it",
    "ttl 2^31": "RFC 2181 §8",
    "ttl 2^32-1": "RFC 2181 §8",
    "MD m": "obsolete, but a type like others",
    "MF m": "obsolete, but a type like others",
    "TLSA PKIX-TA CERT SHA2-256 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971": "RFC 7218",
}

def _run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


@pytest.fixture
def zone(tmp_path):
    """Writes the text of a zone `z`."""
    def write(text):
        (tmp_path / "z.zone").write_bytes(text.encode())
        (tmp_path / "z.yaml").write_text("dns: { zones: [{ name: z, file: z.zone }] }\n")
        return tmp_path
    return write


def _thence(folder):
    status, said = _run(folder, servers.THENCE, "check", "-c", "z.yaml")
    assert status in (0, 2), said
    return _ERROR if status else _WARNING if "warning: " in said else _OK, said


def _knot(folder):
    """kzonecheck's status is that of an error for a warning, too; what Knot would not serve it calls serious."""
    status, said = _run(folder, "kzonecheck", "-o", "z", "z.zone")
    serious = "Serious semantic error" in said or "failed to run semantic checks" in said
    return _ERROR if serious else _WARNING if status else _OK, said


def _takes_bind(folder):
    status, said = _run(folder, "named-checkzone", "-i", "none", "-k", "ignore", "z", "z.zone")
    return status == 0, said


@pytest.mark.parametrize("case", _SENSE)
def test_a_zone_makes_sense_or_not_as_for_knot(case, zone):
    folder = zone(_SENSE[case])
    (thence, thence_said), (knot, knot_said) = _thence(folder), _knot(folder)
    expected = _OTHER_SENSE.get(case, (knot, knot, ""))[:2]
    assert (knot, thence) == expected, f"{case}\nThence: {thence_said}\nKnot: {knot_said}"
    assert case not in _OTHER_SENSE or knot != thence, "take it off the list"


def _compare(case, text, zone):
    folder = zone(_ZONE + text)
    (thence, thence_said), (knot, knot_said), (bind, bind_said) = _thence(folder), _knot(folder), _takes_bind(folder)
    takes = thence != _ERROR
    if (knot != _ERROR) == bind:
        said = f"{case}\nThence: {thence_said}\nKnot: {knot_said}\nBIND: {bind_said}"
        assert (takes == bind) == (case not in _OTHER_SYNTAX), said
    if thence == _ERROR:
        assert "z.zone:" in thence_said, "the place"


@pytest.mark.parametrize("case", _TEXTS)
def test_a_text_is_taken_where_knot_and_bind_take_it(case, zone):
    _compare(case, _TEXTS[case], zone)


@pytest.mark.parametrize("data", _DATA)
def test_data_is_taken_where_knot_and_bind_take_it(data, zone):
    _compare(data, f"x 3600 {data}\n", zone)


def test_no_known_difference_is_of_a_case_that_is_gone():
    assert set(_OTHER_SENSE) <= set(_SENSE)
    assert set(_OTHER_SYNTAX) <= {*_TEXTS, *_DATA}
