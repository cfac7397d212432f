// Which view a request gets, and what is said about it.

#include "protocols/dns/view/view_finder.hpp"

#include "protocols/dns/view/view_match.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace view_finder_test {

using boost::asio::ip::address;
using boost::asio::ip::make_address;
using testing::IsEmpty;
using thence::Interface;
using thence::InterfaceTable;
using thence::Transport;
using thence::config::Prefix;
using thence::config::PrefixList;
using thence::dns::ClientSubnet;
using thence::dns::most_views;
using thence::dns::read_view_match;
using thence::dns::ViewFinder;
using thence::dns::ViewMatch;
using thence::dns::ViewRequest;
using thence::dns::why_not;

namespace {

/// Reads `match:`, and adds what is wrong with it to the problems.
ViewMatch read(const std::string& yaml, std::vector<std::string>& problems) {
  thence::config::Problems found;
  const auto document = thence::config::Document::parse("t.yaml", "match: " + yaml);
  auto map = thence::config::Cursor(document, found).map();
  auto match = read_view_match(map["match"]);
  for (const auto& each : found.sorted()) problems.push_back(each.text());
  return match;
}

ViewMatch match(const std::string& yaml) {
  std::vector<std::string> problems;
  auto match = read(yaml, problems);
  EXPECT_THAT(problems, IsEmpty());
  return match;
}

ClientSubnet subnet(const Prefix& network) {
  ClientSubnet subnet{.family = network.address.is_v4() ? ClientSubnet::ipv4 : ClientSubnet::ipv6,
                      .source = static_cast<std::uint8_t>(network.length)};
  const auto put = [&](const auto& octets) { std::ranges::copy(octets, subnet.address.begin()); };
  network.address.is_v4() ? put(network.address.to_v4().to_bytes()) : put(network.address.to_v6().to_bytes());
  return subnet;
}

ClientSubnet subnet(const std::string& network) { return subnet(Prefix::parse(network).value()); }

InterfaceTable table(const std::vector<std::pair<std::uint32_t, std::string>>& names) {
  std::vector<Interface> interfaces;
  interfaces.reserve(names.size());
  for (const auto& [index, name] : names) interfaces.push_back({index, name, true, {}});
  return InterfaceTable(interfaces);
}

/// A request with the parts that a test is about.
struct Asked {
  std::uint32_t interface = 0;
  std::string local = "192.0.2.53";
  std::string client = "198.51.100.7";
  std::string subnet = {};
  Transport transport = Transport::udp;
};

/// Views in their order, asked as a server asks them and in words; both must say the same.
class Views {
 public:
  explicit Views(const std::vector<std::string>& matches) {
    for (const auto& each : matches) matches_.push_back(match(each));
  }

  InterfaceTable interfaces = table({{2, "lan0"}, {3, "lan9"}, {4, "wg0"}, {4294967295, "far"}});

  /// The number of the view, or -1.
  int of(const Asked& asked) const {
    std::optional<ClientSubnet> sent;
    if (!asked.subnet.empty()) sent = subnet(asked.subnet);
    const auto found = find(asked, sent ? &*sent : nullptr);
    const ViewRequest request{std::string(interfaces.name(asked.interface)), make_address(asked.local),
                              make_address(asked.client), sent, asked.transport};
    const auto in_words = std::ranges::find_if(matches_, [&](const auto& each) { return !why_not(each, request); });
    EXPECT_EQ(found, in_words == matches_.end() ? -1 : in_words - matches_.begin());
    return found;
  }

  int find(const Asked& asked, const ClientSubnet* sent) const {
    const ViewFinder finder(matches_);
    const thence::Route route{
        {make_address(asked.client), 4000}, {make_address(asked.local), 53}, asked.interface, asked.transport};
    const auto view = finder.find(route, finder.interface_views(interfaces), sent);
    return view == most_views ? -1 : static_cast<int>(view);
  }

 private:
  std::vector<ViewMatch> matches_;
};

}  // namespace

TEST(ViewFinder, WithoutViewsNoneMatches) { EXPECT_EQ(Views({}).of({}), -1); }

TEST(ViewFinder, TheFirstViewThatMatchesServes) {
  EXPECT_EQ(Views({"{}", "{}"}).of({}), 0);
  const Views views({"{ clients: [10.1.0.0/16] }", "{ clients: [10.0.0.0/8] }", "{ clients: [10.1.2.0/24] }", "{}"});
  EXPECT_EQ(views.of({.client = "10.1.2.3"}), 0);
  EXPECT_EQ(views.of({.client = "10.2.2.3"}), 1);
  EXPECT_EQ(views.of({.client = "11.1.2.3"}), 3);
}

TEST(ViewFinder, AllListsMustMatch) {
  const Views views(
      {"{ interfaces: [lan0], local: [192.0.2.53], clients: [10.0.0.0/8], subnets: [203.0.113.0/24], "
       "transports: [udp] }"});
  const Asked asked{.interface = 2, .client = "10.0.0.1", .subnet = "203.0.113.0/24"};
  EXPECT_EQ(views.of(asked), 0);
  for (const auto& change : std::initializer_list<void (*)(Asked&)>{
           [](Asked& each) { each.interface = 3; }, [](Asked& each) { each.local = "192.0.2.54"; },
           [](Asked& each) { each.client = "11.0.0.1"; }, [](Asked& each) { each.subnet = "203.0.112.0/24"; },
           [](Asked& each) { each.transport = Transport::tcp; }}) {
    auto changed = asked;
    change(changed);
    EXPECT_EQ(views.of(changed), -1);
  }
}

TEST(ViewFinder, MatchesTransports) {
  const Views views({"{ transports: [tcp] }", "{ transports: [udp, tcp] }"});
  EXPECT_EQ(views.of({.transport = Transport::tcp}), 0);
  EXPECT_EQ(views.of({.transport = Transport::udp}), 1);
  EXPECT_EQ(Views({"{ transports: [udp] }"}).of({.transport = Transport::tcp}), -1);
}

TEST(ViewFinder, MatchesInterfaces) {
  const Views views({R"({ interfaces: ["lan*", "!lan9"] })", "{ interfaces: [far] }", "{ interfaces: ['!wg*'] }"});
  EXPECT_EQ(views.of({.interface = 2}), 0);
  EXPECT_EQ(views.of({.interface = 3}), 2);
  EXPECT_EQ(views.of({.interface = 4}), -1);
  EXPECT_EQ(views.of({.interface = 4294967295}), 1);
}

TEST(ViewFinder, AnUnknownInterfaceMatchesOnlyWhereInterfacesDoNotMatter) {
  const Views views({"{ interfaces: ['*'] }", "{ interfaces: ['!lan0'] }", "{ interfaces: ['\\?'] }", "{}"});
  for (const std::uint32_t unknown : {0U, 1U, 5U, 4294967294U}) EXPECT_EQ(views.of({.interface = unknown}), 3);
  EXPECT_EQ(views.of({.interface = 2}), 0);
}

TEST(ViewFinder, InterfacesComeGoAndAreRenamed) {
  Views views({"{ interfaces: [wg0] }", "{ interfaces: ['lan*'] }"});
  views.interfaces = table({{2, "lan0"}});
  EXPECT_EQ(views.of({.interface = 9}), -1);
  views.interfaces = table({{2, "lan0"}, {9, "wg0"}});
  EXPECT_EQ(views.of({.interface = 9}), 0);
  views.interfaces = table({{2, "lan0"}, {9, "lan1"}});
  EXPECT_EQ(views.of({.interface = 9}), 1);
  views.interfaces = table({{9, "other"}});
  EXPECT_EQ(views.of({.interface = 9}), -1);
  EXPECT_EQ(views.of({.interface = 2}), -1);
}

TEST(ViewFinder, MatchesAddressesOfBothFamilies) {
  for (const std::string list : {"local", "clients"}) {
    const Views views({"{ " + list + R"(: [10.0.0.0/8, "!10.9.0.0/16", "2001:db8::/32", "!2001:db8:9::/48"] })",
                       "{ " + list + ": ['!10.9.1.0/24'] }", "{ " + list + ": [10.9.1.1] }"});
    const auto of = [&](const std::string& address) {
      const auto other = address.find(':') == std::string::npos ? "192.0.2.1" : "2001:db8:ffff::1";
      return list == "local" ? views.of({.local = address, .client = other})
                             : views.of({.local = other, .client = address});
    };
    EXPECT_EQ(of("10.8.255.255"), 0);
    EXPECT_EQ(of("10.9.0.0"), 1);
    EXPECT_EQ(of("10.9.1.0"), -1);
    EXPECT_EQ(of("10.9.1.1"), 2);
    EXPECT_EQ(of("10.10.0.0"), 0);
    EXPECT_EQ(of("9.255.255.255"), 1);
    EXPECT_EQ(of("2001:db8::1"), 0);
    EXPECT_EQ(of("2001:db8:9:ffff:ffff:ffff:ffff:ffff"), 1);
    EXPECT_EQ(of("2001:db9::"), 1);
    EXPECT_EQ(of("::a00:1"), 1);  // 10.0.0.1 is something else
  }
}

TEST(ViewFinder, TheOrderOfAListMeansNothing) {
  const Views views({"{ clients: ['!10.9.0.0/16', 10.0.0.0/8, 10.9.9.0/24, 10.0.0.0/8, '!10.9.0.0/16'] }"});
  EXPECT_EQ(views.of({.client = "10.1.0.0"}), 0);
  EXPECT_EQ(views.of({.client = "10.9.9.9"}), -1);
}

TEST(ViewFinder, AListOfOneFamilyCoversNothingOfTheOther) {
  const Views views({"{ clients: [0.0.0.0/0] }", "{ clients: ['::/0'] }"});
  EXPECT_EQ(views.of({.client = "0.0.0.0"}), 0);
  EXPECT_EQ(views.of({.client = "255.255.255.255"}), 0);
  EXPECT_EQ(views.of({.client = "::"}), 1);
  EXPECT_EQ(views.of({.client = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}), 1);
}

TEST(ViewFinder, TheFirstAndTheLastAddressAreAddresses) {
  const Views views({"{ clients: [0.0.0.0, '::'] }",
                     "{ clients: [255.255.255.255, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'] }",
                     "{ clients: ['!0.0.0.0/1', '!::/1'] }", "{ clients: ['!128.0.0.0/1', '!8000::/1'] }"});
  EXPECT_EQ(views.of({.client = "0.0.0.0"}), 0);
  EXPECT_EQ(views.of({.client = "0.0.0.1"}), 3);
  EXPECT_EQ(views.of({.client = "127.255.255.255"}), 3);
  EXPECT_EQ(views.of({.client = "128.0.0.0"}), 2);
  EXPECT_EQ(views.of({.client = "255.255.255.254"}), 2);
  EXPECT_EQ(views.of({.client = "255.255.255.255"}), 1);
  EXPECT_EQ(views.of({.client = "::"}), 0);
  EXPECT_EQ(views.of({.client = "::1"}), 3);
  EXPECT_EQ(views.of({.client = "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}), 3);
  EXPECT_EQ(views.of({.client = "8000::"}), 2);
  EXPECT_EQ(views.of({.client = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"}), 2);
  EXPECT_EQ(views.of({.client = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}), 1);
}

TEST(ViewFinder, AScopeDoesNotMatter) {
  const Views views({"{ clients: ['fe80::/64'] }"});
  EXPECT_EQ(views.of({.client = "fe80::1%3"}), 0);
}

TEST(ViewFinder, ASubnetMatchesWhereEachOfItsAddressesDoes) {
  const Views views({R"({ subnets: [203.0.113.0/24, "!203.0.113.128/25", "2001:db8::/32", "!2001:db8:9::/48"] })",
                     "{ subnets: [10.0.0.0/9, 10.128.0.0/10, 10.192.0.0/10] }", "{ subnets: ['!192.0.2.0/24'] }"});
  EXPECT_EQ(views.of({.subnet = "203.0.113.0/25"}), 0);
  EXPECT_EQ(views.of({.subnet = "203.0.113.64/26"}), 0);
  EXPECT_EQ(views.of({.subnet = "203.0.113.0/24"}), 2);  // half of it is excluded
  EXPECT_EQ(views.of({.subnet = "203.0.113.128/32"}), 2);
  EXPECT_EQ(views.of({.subnet = "203.0.112.0/23"}), 2);  // more than is included
  EXPECT_EQ(views.of({.subnet = "10.0.0.0/8"}), 1);      // by three prefixes together
  EXPECT_EQ(views.of({.subnet = "10.0.0.0/7"}), 2);
  EXPECT_EQ(views.of({.subnet = "192.0.2.0/24"}), -1);
  EXPECT_EQ(views.of({.subnet = "192.0.2.255/32"}), -1);
  EXPECT_EQ(views.of({.subnet = "192.0.0.0/16"}), -1);  // some of it is excluded
  EXPECT_EQ(views.of({.subnet = "128.0.0.0/1"}), -1);
  EXPECT_EQ(views.of({.subnet = "2001:db8:8::/48"}), 0);
  EXPECT_EQ(views.of({.subnet = "2001:db8:9:1::/64"}), 2);
  EXPECT_EQ(views.of({.subnet = "2001:db8::/32"}), 2);
  EXPECT_EQ(views.of({.subnet = "2001:db8::1/128"}), 0);
}

TEST(ViewFinder, WithoutASubnetOnlyViewsMatchForWhichItDoesNotMatter) {
  const Views views({"{ subnets: [0.0.0.0/0, '::/0'] }", "{ subnets: ['!10.0.0.0/8'] }", "{}"});
  EXPECT_EQ(views.of({}), 2);
  EXPECT_EQ(views.of({.subnet = "203.0.113.0/24"}), 0);
  // An option that tells no address.
  EXPECT_EQ(views.of({.subnet = "0.0.0.0/0"}), 2);
  EXPECT_EQ(views.of({.subnet = "::/0"}), 2);
  const ClientSubnet none;
  EXPECT_EQ(views.find({}, &none), 2);
}

TEST(ViewFinder, ASubnetThatNobodyAsksForDoesNotMatter) {
  EXPECT_EQ(Views({"{ clients: [198.51.100.7] }"}).of({.subnet = "203.0.113.0/24"}), 0);
}

TEST(ViewFinder, KnowsAsManyViewsAsThereMayBe) {
  std::vector<std::string> matches;
  for (unsigned i = 0; i < most_views; ++i) matches.push_back("{ clients: [10.0.0." + std::to_string(i) + "] }");
  const Views views(matches);
  for (const int i : {0, 63, 64, 127, 128, 254, 255}) EXPECT_EQ(views.of({.client = "10.0.0." + std::to_string(i)}), i);
  EXPECT_EQ(views.of({.client = "10.0.1.0"}), -1);
}

namespace {

/// Prefixes, addresses and names of which many meet, nest, overlap and lie at the ends.
class Dice {
 public:
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_); }

  template <typename Value, std::size_t size>
  Value one_of(const std::array<Value, size>& values) {
    return values[below(size)];
  }

  address any_address(bool ipv4) {
    constexpr std::array<unsigned char, 6> octets{0, 1, 10, 127, 128, 255};
    if (ipv4) {
      boost::asio::ip::address_v4::bytes_type bytes;
      for (auto& each : bytes) each = one_of(octets);
      return boost::asio::ip::address_v4(bytes);
    }
    boost::asio::ip::address_v6::bytes_type bytes;
    std::ranges::fill(bytes, one_of(octets));
    for (std::size_t changes = below(4); changes > 0; --changes) bytes[below(bytes.size())] = one_of(octets);
    return boost::asio::ip::address_v6(bytes);
  }

  Prefix any_prefix(bool ipv4) {
    constexpr std::array<unsigned, 10> ipv4_lengths{0, 1, 2, 7, 8, 9, 16, 24, 31, 32};
    constexpr std::array<unsigned, 10> ipv6_lengths{0, 1, 8, 9, 48, 63, 64, 65, 127, 128};
    const unsigned length = one_of(ipv4 ? ipv4_lengths : ipv6_lengths);
    return {thence::config::masked(any_address(ipv4), length), length};
  }

  PrefixList any_list() {
    PrefixList list;
    if (below(4) == 0) return list;
    for (auto left = below(4); left > 0; --left) list.included.push_back(any_prefix(below(2) == 0));
    for (auto left = below(4); left > 0; --left) list.excluded.push_back(any_prefix(below(2) == 0));
    return list;
  }

  ViewMatch any_match() {
    ViewMatch match;
    for (auto* const list : {&match.local, &match.clients, &match.subnets}) *list = any_list();
    constexpr std::array<const char*, 5> globs{"lan*", "lan0", "lan?", "wg[0-1]", "*"};
    if (below(2) == 0) match.interfaces.included.emplace_back(one_of(globs));
    if (below(4) == 0) match.interfaces.excluded.emplace_back(one_of(globs));
    match.transports = {};
    if (below(5) != 0) match.transports.insert(Transport::udp);
    if (match.transports.empty() || below(5) != 0) match.transports.insert(Transport::tcp);
    return match;
  }

 private:
  std::mt19937 engine_{1};
};

/// Whether each address of a network is covered: all that need be asked are its first one, and those at which a prefix
/// begins or has just ended.
bool covers_all(const PrefixList& list, const Prefix& network) {
  const auto next = [](const address& last) -> std::optional<address> {
    if (last.is_v4()) {
      const auto number = last.to_v4().to_uint() + 1;
      return number == 0 ? std::nullopt : std::optional<address>(boost::asio::ip::address_v4(number));
    }
    auto octets = last.to_v6().to_bytes();
    const auto carried = std::find_if(octets.rbegin(), octets.rend(), [](auto& each) { return ++each != 0; });
    return carried == octets.rend() ? std::nullopt : std::optional<address>(boost::asio::ip::address_v6(octets));
  };
  const auto last = [](const Prefix& prefix) -> address {
    const auto filled = [&](auto octets) {
      for (unsigned bit = prefix.length; bit < octets.size() * 8; ++bit) {
        octets[bit / 8] = static_cast<unsigned char>(octets[bit / 8] | (0x80U >> bit % 8));
      }
      return octets;
    };
    if (prefix.address.is_v4()) return boost::asio::ip::address_v4(filled(prefix.address.to_v4().to_bytes()));
    return boost::asio::ip::address_v6(filled(prefix.address.to_v6().to_bytes()));
  };
  const auto is_wrong = [&](const address& each) { return network.covers(each) && !list.covers(each); };
  if (is_wrong(network.address)) return false;
  for (const auto* prefixes : {&list.included, &list.excluded}) {
    for (const auto& each : *prefixes) {
      const auto behind = next(last(each));
      if (is_wrong(each.address) || (behind && is_wrong(*behind))) return false;
    }
  }
  return true;
}

/// What a match means, part by part.
bool fits(const ViewMatch& match, const ViewRequest& request) {
  const bool no_network = !request.subnet || request.subnet->source == 0;
  return match.transports.contains(request.transport) &&
         (match.interfaces.empty() || (request.interface != "?" && match.interfaces.covers(request.interface))) &&
         match.local.covers(request.local) && match.clients.covers(request.client) &&
         (match.subnets.empty() ||
          (!no_network && covers_all(match.subnets, *thence::dns::network_of(*request.subnet))));
}

}  // namespace

TEST(ViewFinder, FindsWhatTheDefinitionFinds) {
  constexpr std::size_t rounds = 100;
  constexpr std::size_t requests = 1000;
  const auto interfaces = table({{1, "lan0"}, {2, "lan1"}, {3, "wg0"}, {7, "wg9"}, {8, "eth0"}});
  Dice dice;
  std::size_t none = 0;
  std::size_t late = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<ViewMatch> matches(1 + dice.below(round % 4 == 0 ? most_views : 20));
    std::ranges::generate(matches, [&] { return dice.any_match(); });
    const ViewFinder finder(matches);
    const auto interface_views = finder.interface_views(interfaces);
    for (std::size_t i = 0; i < requests; ++i) {
      const bool ipv4 = dice.below(2) == 0;
      const auto interface = static_cast<std::uint32_t>(dice.below(10));
      ViewRequest request{std::string(interfaces.name(interface)),
                          dice.any_address(ipv4),
                          dice.any_address(ipv4),
                          {},
                          dice.below(2) == 0 ? Transport::udp : Transport::tcp};
      if (dice.below(2) == 0) request.subnet = subnet(dice.any_prefix(dice.below(2) == 0));

      const auto expected = std::ranges::find_if(matches, [&](const auto& each) { return fits(each, request); });
      const auto found = finder.find({{request.client, 4000}, {request.local, 53}, interface, request.transport},
                                     interface_views, request.subnet ? &*request.subnet : nullptr);
      if (expected == matches.end()) {
        ++none;
        ASSERT_EQ(found, most_views);
      } else {
        ASSERT_EQ(found, expected - matches.begin());
        if (found >= 10) ++late;
      }
      if (i % 20 != 0) continue;
      const auto in_words = std::ranges::find_if(matches, [&](const auto& each) { return !why_not(each, request); });
      ASSERT_EQ(in_words, expected);
    }
  }
  // The requests were worth asking.
  EXPECT_GT(none, rounds * requests / 10);
  EXPECT_GT(late, rounds * requests / 10);
}

TEST(ViewFinder, CompilesManyPrefixes) {
  std::vector<ViewMatch> matches(4);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    matches[i % 4].clients.included.push_back({boost::asio::ip::address_v4(0x0A000000U + i), 32});
  }
  const ViewFinder finder(matches);
  const auto interface_views = finder.interface_views({});
  for (const std::uint32_t i : {0U, 1U, 77'777U, 99'999U}) {
    const thence::Route route{{boost::asio::ip::address_v4(0x0A000000U + i), 4000}, {make_address("10.0.0.1"), 53}};
    EXPECT_EQ(finder.find(route, interface_views, nullptr), i % 4);
  }
}

}  // namespace view_finder_test
