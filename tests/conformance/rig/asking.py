"""A client that has many questions under way at once, over one UDP socket and one TCP connection."""

import select
import socket
import struct
import time

_WINDOW = 64  # questions under way; less than what fills a socket's buffer


class Client:
    def __init__(self, port, address="127.0.0.1", patience=2.0, tries=3):
        """@param patience seconds without any reply until what is missing is asked again"""
        self._address = (address, port)
        self._patience = patience
        self._tries = tries
        self._tcp = None
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._udp.connect(self._address)
        self._identity = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._udp.close()
        self._hang_up()

    def ask(self, questions):
        """@return the octets of each reply, or None where there was none"""
        replies = [None] * len(questions)
        for tcp in (False, True):
            places = [place for place, question in enumerate(questions) if question.tcp == tcp]
            for at in range(0, len(places), _WINDOW):
                self._ask_window(questions, places[at:at + _WINDOW], replies, tcp)
        return replies

    def _ask_window(self, questions, places, replies, tcp):
        for _ in range(self._tries):
            waiting = {}
            for place in places:
                if replies[place] is None:
                    self._identity = (self._identity + 1) & 0xFFFF
                    waiting[self._identity] = place
            if not waiting:
                return
            messages = [questions[place].octets(identity) for identity, place in waiting.items()]
            try:
                (self._over_tcp if tcp else self._over_udp)(messages, waiting, replies)
            except OSError:  # nobody there, or hung up
                self._hang_up()
                time.sleep(0.02)

    def _over_udp(self, messages, waiting, replies):
        for octets in messages:
            self._udp.send(octets)
        self._udp.settimeout(self._patience)
        while waiting:
            self._take(self._udp.recv(65535), waiting, replies)

    def _over_tcp(self, messages, waiting, replies):
        if self._tcp is None:
            self._tcp = socket.create_connection(self._address, self._patience)
        self._tcp.sendall(b"".join(struct.pack("!H", len(octets)) + octets for octets in messages))
        unread = b""
        while waiting:
            if not select.select([self._tcp], [], [], self._patience)[0]:
                raise TimeoutError
            more = self._tcp.recv(1 << 18)
            if not more:
                raise ConnectionError
            unread += more
            while len(unread) >= 2 and len(unread) >= 2 + (length := struct.unpack_from("!H", unread)[0]):
                self._take(unread[2:2 + length], waiting, replies)
                unread = unread[2 + length:]

    @staticmethod
    def _take(octets, waiting, replies):
        place = waiting.pop(int.from_bytes(octets[:2], "big"), None)
        if place is not None:
            replies[place] = octets

    def _hang_up(self):
        if self._tcp:
            self._tcp.close()
            self._tcp = None
