"""The judge over TCP: framed requests and replies (RFC 1035 section 4.2.2, RFC 8489 section 6.2.2)."""

import contextlib
import socket
import struct

from bed.judge import Verdict, socket_address, transport_address


@contextlib.contextmanager
def connection(host, target, port, receive_buffer=None, timeout=5.0):
    """@param receive_buffer octets; small for a client whose buffer should fill up soon
    @param timeout seconds for each step"""
    with host.inside():
        tcp = socket.socket(socket.AF_INET if target.family == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        with tcp:
            tcp.settimeout(timeout)
            if receive_buffer:
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            if target.device:
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, target.device.encode())
            if target.source:
                tcp.bind((target.source, 0))
            tcp.connect(socket_address(target, port))
            yield tcp


def frame(question, message):
    return struct.pack("!H", len(message)) + message if question.protocol == "dns" else message


def receive(tcp, question):
    """The next reply. @raise ConnectionError when the server has closed, TimeoutError when it is silent"""
    if question.protocol == "dns":
        return _exactly(tcp, struct.unpack("!H", _exactly(tcp, 2))[0])
    header = _exactly(tcp, 20)
    return header + _exactly(tcp, struct.unpack_from("!H", header, 2)[0])


def _exactly(tcp, size):
    data = b""
    while len(data) < size:
        more = tcp.recv(size - len(data))
        if not more:
            raise ConnectionResetError("closed by the server")
        data += more
    return data


def exchange(tcp, question):
    """One request and its reply."""
    request = question.request()
    tcp.sendall(frame(question, request))
    reply = receive(tcp, question)
    assert question.belongs(request, reply), f"not the reply to {request.hex()}: {reply.hex()}"
    return tuple(question.read(reply))


def ask(host, target, question, timeout=5.0):
    """One request on its own connection."""
    with connection(host, target, question.port, timeout=timeout) as tcp:
        answer = exchange(tcp, question)
        own, server = tcp.getsockname(), tcp.getpeername()
        return Verdict(server[0].partition("%")[0], server[1], "",
                       transport_address(own[0].partition("%")[0], own[1]), answer)


def closed(tcp):
    """Whether the server closes the connection, by FIN or RST, before the socket's time-out."""
    try:
        return tcp.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False
