"""Domain names as tuples of labels (octets, the root left out)."""

LONGEST_NAME = 255  # octets on the wire (RFC 1035 §2.3.4)
LONGEST_LABEL = 63

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_*/")


def of(text):
    """The name of a text without escapes."""
    return tuple(label.encode() for label in text.split(".") if label)


def text(name):
    """The absolute name in presentation format (RFC 1035 §5.1)."""
    return "".join("".join(chr(octet) if octet in _PLAIN else f"\\{octet:03d}" for octet in label) + "."
                   for label in name) or "."


def wire(name):
    return b"".join(bytes([len(label)]) + label for label in name) + b"\0"


def wire_length(name):
    return sum(len(label) + 1 for label in name) + 1


def fits(name):
    return wire_length(name) <= LONGEST_NAME


def from_wire(octets):
    labels, at = [], 0
    while octets[at]:
        labels.append(octets[at + 1:at + 1 + octets[at]])
        at += 1 + octets[at]
    return tuple(labels)


def folded(name):
    """Letter case taken away (RFC 4343)."""
    return tuple(label.lower() for label in name)


def is_below(name, ancestor):
    """Whether it is the ancestor or below it. Both are folded."""
    return len(name) >= len(ancestor) and name[len(name) - len(ancestor):] == ancestor


def ancestors(name, apex):
    """From the name's parent up to the apex."""
    for count in range(1, len(name) - len(apex) + 1):
        yield name[count:]


def with_mixed_case(name, random):
    return tuple(bytes(octet ^ 0x20 if chr(octet).isascii() and chr(octet).isalpha() and random.random() < 0.4 else octet
                       for octet in label) for label in name)
