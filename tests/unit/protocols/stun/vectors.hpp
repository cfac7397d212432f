#pragma once

// The messages of RFC 5769.

#include "tests/unit/protocols/stun/messages.hpp"

namespace stun_vectors {

using namespace stun_messages;
using namespace thence::stun;

inline const Octets request_2_1 = joined({
    hex("00010058 2112a442 b7e7a701bc34d686fa87dfae"),
    hex("80220010"),
    text("STUN test client"),
    hex("00240004 6e0001ff"),
    hex("80290008 932ff9b151263b36"),
    hex("00060009"),
    text("evtj:h6vY   "),
    hex("00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"),
    hex("80280004 e57a3bcf"),
});

inline const Octets response_2_2 = joined({
    hex("0101003c 2112a442 b7e7a701bc34d686fa87dfae"),
    hex("8022000b"),
    text("test vector "),
    hex("00200008 0001a147e112a643"),
    hex("00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"),
    hex("80280004 c07d4c96"),
});

inline const Octets response_2_3 = joined({
    hex("01010048 2112a442 b7e7a701bc34d686fa87dfae"),
    hex("8022000b"),
    text("test vector "),
    hex("00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"),
    hex("00080014 a382954e4be67bf11784c97c8292c275bfe3ed41"),
    hex("80280004 c8fb0b4c"),
});

inline const Octets request_2_4 = joined({
    hex("00010060 2112a442 78ad3433c6ad72c029da412e"),
    hex("00060012 e3839ee38388e383aae38383e382afe382b9 0000"),
    hex("0015001c"),
    text("f//499k954d6OL34oL9FSTvy64sA"),
    hex("0014000b"),
    text("example.org"),
    hex("00"),
    hex("00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666"),
});

}  // namespace stun_vectors
