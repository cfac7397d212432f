#include "responder/dispatch/proxy_header.hpp"

#include "protocols/endpoint_text.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace proxy_header_test {

using namespace thence;

namespace {

using Octets = std::vector<std::byte>;

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
const std::string ipv4("\xC6\x33\x64\x01\xC0\x00\x02\x01\x04\xD2\x00\x35", 12);  // 198.51.100.1 1234, 192.0.2.1 53

Octets octets(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// @param behind what the length counts
Octets header(char command, char family, const std::string& behind) {
  const auto length = behind.size();
  return octets(signature + command + family + static_cast<char>(length >> 8U) + static_cast<char>(length & 0xFFU) +
                behind);
}

/// @return "CLIENT to LOCAL", "itself", or "none"
std::string who(const Octets& message) {
  const auto read = read_proxy_header(message);
  if (!read) return "none";
  return read->addresses ? text(read->addresses->client) + " to " + text(read->addresses->local) : "itself";
}

}  // namespace

TEST(ProxyHeader, SaysWhoAskedWhere) {
  EXPECT_EQ(who(header('\x21', '\x12', ipv4)), "198.51.100.1:1234 to 192.0.2.1:53");
  EXPECT_EQ(who(header('\x21', '\x11', ipv4)), "198.51.100.1:1234 to 192.0.2.1:53")
      << "the proxy's client came over TCP";
  const std::string one("\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
  const std::string two("\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\2", 16);
  EXPECT_EQ(who(header('\x21', '\x22', one + two + std::string("\4\xD2\0\x35", 4))),
            "[2001:db8::1]:1234 to [2001:db8::2]:53");
  const std::string mapped("\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xC0\0\2\1", 16);
  EXPECT_EQ(who(header('\x21', '\x22', mapped + mapped + std::string("\4\xD2\0\x35", 4))),
            "192.0.2.1:1234 to 192.0.2.1:53");
}

TEST(ProxyHeader, LocalIsTheProxyItself) {
  EXPECT_EQ(who(header('\x20', '\0', "")), "itself");
  EXPECT_EQ(who(header('\x20', '\x11', ipv4)), "itself");
  EXPECT_EQ(who(header('\x20', '\x7F', "anything")), "itself");
}

TEST(ProxyHeader, WhoCannotBeToldIsNobody) {
  EXPECT_EQ(who(header('\x21', '\0', "")), "none") << "UNSPEC";
  EXPECT_EQ(who(header('\x21', '\x31', std::string(216, 'u'))), "none") << "a Unix socket";
  EXPECT_EQ(who(header('\x21', '\x12', ipv4.substr(1))), "none");
  EXPECT_EQ(who(header('\x22', '\x12', ipv4)), "none") << "another command";
  EXPECT_EQ(who(header('\x11', '\x12', ipv4)), "none") << "another version";
  EXPECT_EQ(who(octets("PROXY TCP4 198.51.100.1 192.0.2.1 1234 53\r\n")), "none") << "version 1";
  EXPECT_EQ(who({}), "none");
  for (const auto& [at, with] : {std::pair(0, std::string(4, '\0')), std::pair(4, std::string("\xE0\0\0\1", 4)),
                                 std::pair(0, std::string(4, '\xFF')), std::pair(8, std::string(2, '\0')),
                                 std::pair(10, std::string(2, '\0'))}) {
    auto broken = ipv4;
    broken.replace(static_cast<std::size_t>(at), with.size(), with);
    EXPECT_EQ(who(header('\x21', '\x12', broken)), "none") << at;
  }
}

TEST(ProxyHeader, IsReadToItsEndAndNoFurther) {
  const std::string tlv("\4\0\3abc", 6);
  auto message = header('\x21', '\x12', ipv4 + tlv + tlv);
  const auto size = message.size();
  const auto payload = octets("payload");
  message.insert(message.end(), payload.begin(), payload.end());
  EXPECT_EQ(read_proxy_header(message)->size, size);
  EXPECT_EQ(who(header('\x21', '\x12', ipv4 + tlv.substr(0, 5))), "none");
  EXPECT_EQ(who(header('\x21', '\x12', ipv4 + "\4")), "none");
  for (std::size_t cut = 0; cut < size; ++cut) {
    EXPECT_FALSE(read_proxy_header(std::span(message).first(cut))) << cut;
  }
}

TEST(ProxyHeader, ItsLengthIsKnownFromTheFixedPartAndBounded) {
  const auto message = header('\x21', '\x12', ipv4);
  for (std::size_t cut = 0; cut < 16; ++cut) EXPECT_EQ(proxy_header_size(std::span(message).first(cut)), std::nullopt);
  EXPECT_EQ(proxy_header_size(std::span(message).first(16)), 28U);
  EXPECT_EQ(proxy_header_size(octets("\r\n\r\t")), 0U);
  EXPECT_EQ(proxy_header_size(header('\x20', '\0', std::string(longest_proxy_header - 16, 'x'))), longest_proxy_header);
  EXPECT_EQ(proxy_header_size(header('\x20', '\0', std::string(longest_proxy_header - 15, 'x'))), 0U);
}

}  // namespace proxy_header_test
