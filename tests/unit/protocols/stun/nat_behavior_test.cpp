#include "protocols/stun/plugin.hpp"
#include "tests/unit/protocols/stun/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nat_behavior_test {

using namespace stun_messages;
using namespace thence;
using testing::HasSubstr;

namespace {

Octets plain_address(std::uint32_t type, const char* address, std::uint16_t port) {
  const auto ip = boost::asio::ip::make_address(address);
  Octets octets;
  const auto add = [&](auto bytes) {
    for (const auto each : bytes) octets.push_back(std::byte{each});
  };
  if (ip.is_v4()) {
    add(ip.to_v4().to_bytes());
  } else {
    add(ip.to_v6().to_bytes());
  }
  return attribute(type, joined({big_endian(ip.is_v4() ? 1 : 2, 2), big_endian(port, 2), octets}));
}

Octets change_request(std::uint32_t flags) { return attribute(0x0003, big_endian(flags, 4)); }
Octets response_port(std::uint16_t port) { return attribute(0x0027, joined({big_endian(port, 2), Octets(2)})); }
Octets padding(std::size_t octets) { return attribute(0x0026, Octets(octets)); }

/// A server on two addresses of two interfaces and two ports.
class Rfc5780 : public testing::Test {
 protected:
  Rfc5780() {
    interfaces_ =
        InterfaceTable({interface(2, {"192.0.2.1", "2001:db8:1::1"}), interface(3, {"198.51.100.1", "2001:db8:2::1"})});
    sockets_ = SourceTable(std::vector<ListeningSocket>{
        {endpoint("0.0.0.0", 3478)}, {endpoint("::", 3478)}, {endpoint("0.0.0.0", 3479)}, {endpoint("::", 3479)}});
  }

  void serve(const std::string& settings) {
    const auto document = config::Document::parse("t.yaml", "stun: { " + settings + " }");
    service_ = stun::plugin.load(config::Cursor(document, problems_).map()["stun"], service_.get());
    protocol_ = service_->make(host_);
    protocol_->interfaces_changed();
  }

  /// Asks 192.0.2.1:3478 unless told else.
  std::string ask(const Octets& message, Transport transport = Transport::udp) {
    const Request request{message, {peer_, asked_, 2, transport}};
    Octets buffer(4096, std::byte{0xee});
    Reply reply{buffer, 0, request.route};
    const auto verdict = protocol_->respond(request, reply);
    reply_.assign(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(reply.size));
    route_ = reply.route;
    return verdict.outcome->name;
  }

  std::string source() const { return route_.local.address().to_string() + ' ' + std::to_string(route_.local.port()); }

  /// An attribute of the reply with its header; empty where there is none.
  Octets got(std::uint32_t type) const {
    const auto message = stun::Message::read(reply_);
    const auto found = message ? message->find(stun::AttributeType{static_cast<std::uint16_t>(type)}) : std::nullopt;
    return found ? attribute(type, {found->value.begin(), found->value.end()}) : Octets{};
  }

  unsigned error() const {
    const auto code = got(0x0009);
    return code.empty() ? 0 : std::to_integer<unsigned>(code[6]) * 100 + std::to_integer<unsigned>(code[7]);
  }

  static Interface interface(std::uint32_t index, std::initializer_list<const char*> addresses) {
    Interface made{index, "i", true, {}};
    for (const auto* const each : addresses) made.addresses.push_back({boost::asio::ip::make_address(each), 24});
    return made;
  }

  Endpoint peer_ = endpoint("203.0.113.9", 4242);
  Endpoint asked_ = endpoint("192.0.2.1", 3478);
  config::Problems problems_;
  LoneHost host_;
  InterfaceTable& interfaces_ = host_.interface_table;
  SourceTable& sockets_ = host_.source_table;
  std::shared_ptr<const Service> service_;
  std::unique_ptr<Protocol> protocol_;
  Octets reply_;
  Route route_;
};

}  // namespace

TEST_F(Rfc5780, Section61Table1EachOfTheFourSocketsAnswersFromEachOther) {
  serve("behavior-discovery: true");
  for (const auto* const family : {"4", "6"}) {
    const bool ipv4 = *family == '4';
    const std::array addresses =
        ipv4 ? std::array{"192.0.2.1", "198.51.100.1"} : std::array{"2001:db8:1::1", "2001:db8:2::1"};
    constexpr std::array<std::uint16_t, 2> ports{3478, 3479};
    peer_ = endpoint(ipv4 ? "203.0.113.9" : "2001:db8:9::9", 4242);
    for (unsigned address = 0; address < 2; ++address) {
      for (unsigned port = 0; port < 2; ++port) {
        for (const std::uint32_t flags : {0U, 2U, 4U, 6U}) {
          asked_ = endpoint(addresses[address], ports[port]);
          ASSERT_EQ(ask(request({change_request(flags)})), "success");
          const auto* const from = addresses[address ^ (flags >> 2U)];
          const auto from_port = ports[port ^ (flags >> 1U & 1U)];
          EXPECT_EQ(source(), from + (' ' + std::to_string(from_port)));
          EXPECT_EQ(got(0x802B), plain_address(0x802B, from, from_port));
          EXPECT_EQ(got(0x802C), plain_address(0x802C, addresses[address ^ 1U], ports[port ^ 1U]));
          EXPECT_EQ(got(0x0001), plain_address(0x0001, ipv4 ? "203.0.113.9" : "2001:db8:9::9", 4242));
          EXPECT_EQ(route_.peer, peer_);
        }
      }
    }
  }
}

TEST_F(Rfc5780, Section61TheMappedAddressIsThereBothWaysAndTheXoredOneFirst) {
  serve("behavior-discovery: true");
  EXPECT_EQ(ask(request()), "success");
  EXPECT_EQ(reply_.size(), 68U);
  EXPECT_EQ(Octets(reply_.begin() + 20, reply_.begin() + 22), hex("0020"));
  EXPECT_FALSE(got(0x0001).empty());
  EXPECT_EQ(ask(fingerprinted(request())), "success");
  EXPECT_EQ(reply_.size(), 76U);
}

TEST_F(Rfc5780, Section74WithoutASecondAddressNothingCanBeChanged) {
  interfaces_ = InterfaceTable({interface(2, {"192.0.2.1", "10.0.0.1"})});
  serve("behavior-discovery: true");
  EXPECT_EQ(ask(request()), "success");
  EXPECT_TRUE(got(0x802C).empty());
  EXPECT_EQ(got(0x802B), plain_address(0x802B, "192.0.2.1", 3478));
  for (const std::uint32_t flags : {2U, 4U, 6U}) {
    EXPECT_EQ(ask(request({change_request(flags)})), "unknown-attribute");
    EXPECT_EQ(error(), 420U);
    EXPECT_EQ(source(), "192.0.2.1 3478");
  }
  EXPECT_EQ(ask(request({change_request(0)})), "success");
  EXPECT_THAT(service_->remark(interfaces_, {}), HasSubstr("no two addresses"));
}

TEST_F(Rfc5780, Section74WithoutASecondPortNothingCanBeChanged) {
  sockets_ = SourceTable(std::vector<ListeningSocket>{{endpoint("0.0.0.0", 3478)}, {endpoint("::", 3479)}});
  serve("behavior-discovery: true");
  EXPECT_EQ(ask(request({change_request(4)})), "unknown-attribute");
  EXPECT_EQ(ask(request()), "success");
  EXPECT_TRUE(got(0x802C).empty());
}

TEST_F(Rfc5780, Section6AddressesThatComeAndGoChangeThePairs) {
  serve("behavior-discovery: true");
  interfaces_ = InterfaceTable({interface(2, {"192.0.2.1"})});
  protocol_->interfaces_changed();
  EXPECT_EQ(ask(request({change_request(4)})), "unknown-attribute");
  interfaces_ = InterfaceTable({interface(2, {"192.0.2.1"}), interface(4, {"203.0.113.1"})});
  protocol_->interfaces_changed();
  EXPECT_EQ(ask(request({change_request(4)})), "success");
  EXPECT_EQ(source(), "203.0.113.1 3478");
  // Settings that are read again change no pair, even where another one would be made by now.
  interfaces_ =
      InterfaceTable({interface(2, {"192.0.2.1"}), interface(3, {"198.51.100.1"}), interface(4, {"203.0.113.1"})});
  const auto before = std::move(protocol_);
  protocol_ = service_->make(host_);
  protocol_->follow(*before);
  protocol_->interfaces_changed();
  EXPECT_EQ(ask(request({change_request(4)})), "success");
  EXPECT_EQ(source(), "203.0.113.1 3478");
}

TEST_F(Rfc5780, Section61BehindOneToOneNatThePublicAddressesAreTold) {
  interfaces_ = InterfaceTable({interface(2, {"10.0.0.1"}), interface(3, {"10.0.1.1"})});
  host_.advertised_addresses = {
      {boost::asio::ip::make_address("10.0.0.1"), boost::asio::ip::make_address("192.0.2.1")},
      {boost::asio::ip::make_address("10.0.1.1"), boost::asio::ip::make_address("198.51.100.1")}};
  serve("behavior-discovery: true");
  asked_ = endpoint("10.0.0.1", 3478);
  EXPECT_EQ(ask(request({change_request(4)})), "success");
  EXPECT_EQ(source(), "10.0.1.1 3478");
  EXPECT_EQ(got(0x802B), plain_address(0x802B, "198.51.100.1", 3478));
  EXPECT_EQ(got(0x802C), plain_address(0x802C, "198.51.100.1", 3479));
}

TEST_F(Rfc5780, Section75ResponsePortIsTakenWithTwoOctetsAndWithFour) {
  serve("behavior-discovery: { response-port: true }");
  for (const auto& value : {big_endian(5000, 2), joined({big_endian(5000, 2), Octets(2, std::byte{7})})}) {
    EXPECT_EQ(ask(request({attribute(0x0027, value), change_request(6)})), "success");
    EXPECT_EQ(route_.peer, endpoint("203.0.113.9", 5000));
    EXPECT_EQ(source(), "198.51.100.1 3479");
    EXPECT_EQ(got(0x0001), plain_address(0x0001, "203.0.113.9", 4242));
  }
  for (const auto& value : {big_endian(0, 2), Octets{}, Octets(1), Octets(3), Octets(8, std::byte{1})}) {
    EXPECT_EQ(ask(request({attribute(0x0027, value)})), "bad-request");
    EXPECT_EQ(error(), 400U);
    EXPECT_EQ(route_.peer, peer_);
  }
}

TEST_F(Rfc5780, Section76PaddingIsAnsweredByNoMoreOfIt) {
  serve("behavior-discovery: { padding: true }");
  for (const std::size_t octets : {0U, 1U, 4U, 5U, 100U, 1500U}) {
    EXPECT_EQ(ask(request({padding(octets)})), "success");
    EXPECT_EQ(got(0x0026), padding(octets));
  }
  EXPECT_EQ(ask(request({padding(4060)})), "success");
  EXPECT_EQ(reply_.size(), 4096U);
}

TEST_F(Rfc5780, Section61PaddingAndResponsePortExcludeEachOther) {
  serve("behavior-discovery: { padding: true, response-port: true }");
  EXPECT_EQ(ask(request({padding(4), response_port(5)})), "bad-request");
  EXPECT_EQ(ask(request({response_port(5), padding(4)})), "bad-request");
  EXPECT_EQ(error(), 400U);
}

TEST_F(Rfc5780, Section7ResponsePortAndPaddingAreUnknownUnlessTurnedOn) {
  serve("behavior-discovery: true");
  EXPECT_EQ(ask(request({padding(4), response_port(5), change_request(4)})), "unknown-attribute");
  EXPECT_EQ(got(0x000A), attribute(0x000A, hex("00260027")));
  EXPECT_EQ(source(), "192.0.2.1 3478");
  EXPECT_EQ(route_.peer, peer_);
}

TEST_F(Rfc5780, NothingIsChangedOverTcp) {
  serve("behavior-discovery: { response-port: true }");
  for (const auto& wish : {change_request(2), change_request(4), response_port(5)}) {
    EXPECT_EQ(ask(request({wish}), Transport::tcp), "bad-request");
    EXPECT_EQ(error(), 400U);
  }
  EXPECT_EQ(ask(request({change_request(0)}), Transport::tcp), "success");
  interfaces_ = {};
  protocol_->interfaces_changed();
  EXPECT_EQ(ask(request({change_request(2)}), Transport::tcp), "bad-request");
}

TEST_F(Rfc5780, Section6AnotherAlternatePortIsUsedAsSoonAsItIsOpen) {
  serve("behavior-discovery: true");
  const auto document = config::Document::parse("t.yaml", "stun: { behavior-discovery: { alternate-port: 5000 } }");
  service_ = stun::plugin.load(config::Cursor(document, problems_).map()["stun"], service_.get());
  EXPECT_THAT(problems_.sorted(), testing::IsEmpty());
  sockets_ = SourceTable(std::vector<ListeningSocket>{{endpoint("0.0.0.0", 3478)}, {endpoint("0.0.0.0", 5000)}});
  const auto before = std::move(protocol_);
  protocol_ = service_->make(host_);
  protocol_->follow(*before);
  protocol_->interfaces_changed();
  EXPECT_EQ(ask(request({change_request(6)})), "success");
  EXPECT_EQ(source(), "198.51.100.1 5000");
}

TEST_F(Rfc5780, Section6AnAddressThatNoListenerServesIsNobodysAlternate) {
  ArrivalFilter first({{"i"}, {}}, {{}, {*config::Prefix::parse("198.51.100.0/24")}});
  first.update(interfaces_);
  sockets_ = SourceTable(
      std::vector<ListeningSocket>{{endpoint("0.0.0.0", 3478), &first}, {endpoint("0.0.0.0", 3479), &first}});
  serve("behavior-discovery: true");
  EXPECT_EQ(ask(request({change_request(4)})), "unknown-attribute");
  sockets_ = SourceTable(std::vector<ListeningSocket>{
      {endpoint("192.0.2.1", 3478)}, {endpoint("198.51.100.1", 3478)}, {endpoint("198.51.100.1", 3479)}});
  protocol_->interfaces_changed();
  EXPECT_EQ(ask(request({change_request(6)})), "success");
  EXPECT_EQ(source(), "198.51.100.1 3479");
}

TEST_F(Rfc5780, ChangeRequestOfAnotherLengthIsABadRequest) {
  serve("behavior-discovery: true");
  EXPECT_EQ(ask(request({attribute(0x0003, Octets(8))})), "bad-request");
}

TEST_F(Rfc5780, NoReplyIsLargerThanTheSettingsAllow) {
  serve("behavior-discovery: { amplification: 3, padding: true }");
  EXPECT_EQ(ask(request()), "success");
  EXPECT_LE(reply_.size(), 60U);
  EXPECT_FALSE(got(0x0020).empty());
  EXPECT_FALSE(got(0x802C).empty());
  peer_ = endpoint("2001:db8:9::9", 4242);
  asked_ = endpoint("2001:db8:1::1", 3478);
  EXPECT_EQ(ask(request()), "success");
  EXPECT_EQ(reply_.size(), 44U);
  for (std::size_t octets = 0; octets < 200; octets += 4) {
    const auto asked = request({padding(octets)});
    EXPECT_EQ(ask(asked), "success");
    EXPECT_LE(reply_.size(), 3 * asked.size());
    EXPECT_LE(got(0x0026).size(), 4 + octets);
  }
}

TEST_F(Rfc5780, Rfc3489Section113AClassicClientThatMayChangeLearnsTheAddresses) {
  serve("behavior-discovery: true");
  EXPECT_EQ(ask(classic_request({change_request(6)})), "success-classic");
  EXPECT_EQ(source(), "198.51.100.1 3479");
  EXPECT_EQ(got(0x0001), plain_address(0x0001, "203.0.113.9", 4242));
  EXPECT_EQ(got(0x0004), plain_address(0x0004, "198.51.100.1", 3479));
  EXPECT_EQ(got(0x0005), plain_address(0x0005, "198.51.100.1", 3479));
  EXPECT_TRUE(got(0x0020).empty());
  EXPECT_TRUE(got(0x802C).empty());
}

TEST_F(Rfc5780, Rfc3489Section81TestIWithoutAttributesGetsTheAddressesToo) {
  serve("behavior-discovery: true");
  EXPECT_EQ(ask(classic_request()), "success-classic");
  EXPECT_EQ(source(), "192.0.2.1 3478");
  EXPECT_EQ(got(0x0001), plain_address(0x0001, "203.0.113.9", 4242));
  EXPECT_EQ(got(0x0004), plain_address(0x0004, "192.0.2.1", 3478));
  EXPECT_EQ(got(0x0005), plain_address(0x0005, "198.51.100.1", 3479));
  EXPECT_EQ(reply_.size(), 56U);
}

TEST_F(Rfc5780, Rfc3489AClassicClientKnowsNeitherResponsePortNorPadding) {
  serve("behavior-discovery: { padding: true, response-port: true }");
  EXPECT_EQ(ask(classic_request({padding(4), response_port(5)})), "unknown-attribute");
}

TEST_F(Rfc5780, TheLimitOfRepliesIsForUdpAndForOthersThanTheHostItself) {
  serve("rate-limit: { per-second: 1 }");
  // What gets no reply counts for nothing.
  EXPECT_EQ(ask({}), "malformed");
  EXPECT_EQ(ask(message(0x0011, modern_id)), "indication");
  EXPECT_EQ(ask(request()), "success");
  EXPECT_EQ(ask(request()), "limited");
  EXPECT_TRUE(reply_.empty());
  EXPECT_EQ(ask(request(), Transport::tcp), "success");
  peer_ = endpoint("198.51.100.9", 1);
  EXPECT_EQ(ask(request()), "success");
  peer_ = endpoint("127.0.0.1", 1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(request()), "success");
}

TEST_F(Rfc5780, MistakesInTheSettingsAreTold) {
  const auto told = [&](const std::string& settings) {
    problems_ = {};
    serve(settings);
    std::string all;
    for (const auto& each : problems_.sorted()) all += each.text() + '\n';
    return all;
  };
  EXPECT_EQ(told("behavior-discovery: false"), "");
  EXPECT_EQ(service_->alternate_port(), 0);
  EXPECT_EQ(told("behavior-discovery: true"), "");
  EXPECT_EQ(service_->alternate_port(), 3479);
  EXPECT_EQ(told("behavior-discovery: { alternate-port: 5, pairs: [[192.0.2.1, 192.0.2.2], ['::1', 'fd00::1']] }"), "");
  EXPECT_EQ(service_->alternate_port(), 5);
  EXPECT_EQ(told("behavior-discovery: { pairs: auto, amplification: 16 }"), "");
  EXPECT_THAT(told("behavior-discovery: maybe"), HasSubstr("behavior-discovery: is neither true nor false"));
  EXPECT_THAT(told("behavior-discovery: { pairs: 192.0.2.1 }"), HasSubstr("pairs: are no pairs"));
  EXPECT_EQ(told("behavior-discovery: { pairs: [192.0.2.1] }"),
            "t.yaml:1:39: stun.behavior-discovery.pairs[0]: is not a pair; allowed: [ADDRESS, ADDRESS]\n");
  EXPECT_THAT(told("behavior-discovery: { pairs: [[192.0.2.1]] }"), HasSubstr("pairs[0]: is not a pair"));
  EXPECT_THAT(told("behavior-discovery: { pairs: [] }"), HasSubstr("pairs: are no pairs"));
  EXPECT_THAT(told("behavior-discovery: { pairs: [[192.0.2.1, '::1']] }"), HasSubstr("pairs[0]: two families"));
  EXPECT_THAT(told("behavior-discovery: { pairs: [[192.0.2.1, 192.0.2.1]] }"), HasSubstr("is in a pair already"));
  EXPECT_THAT(told("behavior-discovery: { pairs: [['fe80::1', 'fe80::2']] }"), HasSubstr("link-local"));
  EXPECT_THAT(told("behavior-discovery: { pairs: [[192.0.2, x]] }"), HasSubstr("'x' is no address"));
  EXPECT_THAT(told("behavior-discovery: { amplification: 2 }"), HasSubstr("amplification: "));
  EXPECT_THAT(told("behavior-discovery: { slip: 2 }"), HasSubstr("slip: unknown key"));
  EXPECT_THAT(told("rate-limit: { per-second: 1, slip: 2 }"), HasSubstr("slip: unknown key"));
}

}  // namespace nat_behavior_test
