// The cost of choosing the view of a request, and of preparing for it.

#include "protocols/dns/view/view_finder.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace {

using namespace thence;
using namespace thence::dns;
using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using config::Prefix;

constexpr std::uint32_t interfaces = 8;
constexpr unsigned own_addresses = 4;  // per interface and family

/// Random, but the same each time.
class Dice {
 public:
  std::uint32_t below(std::uint32_t end) { return std::uniform_int_distribution<std::uint32_t>(0, end - 1)(engine_); }

  address any_address(bool ipv4) {
    if (ipv4) return address_v4(word());
    address_v6::bytes_type octets{0x20, 0x01};
    for (std::size_t i = 2; i < octets.size(); ++i) octets[i] = static_cast<unsigned char>(below(256));
    return address_v6(octets);
  }

  Prefix any_prefix() {
    const bool ipv4 = below(2) == 0;
    const unsigned length = ipv4 ? 8 + below(21) : 24 + below(41);
    return {config::masked(any_address(ipv4), length), length};
  }

  address within(const Prefix& prefix) {
    if (prefix.address.is_v4()) {
      return address_v4(prefix.address.to_v4().to_uint() | (word() >> prefix.length));
    }
    auto octets = prefix.address.to_v6().to_bytes();
    for (std::size_t i = prefix.length / 8 + 1; i < octets.size(); ++i)
      octets[i] = static_cast<unsigned char>(below(256));
    return address_v6(octets);
  }

 private:
  std::uint32_t word() { return static_cast<std::uint32_t>(engine_()); }

  std::mt19937 engine_{5};
};

address own_address(std::uint32_t interface, unsigned number, bool ipv4) {
  const auto text = std::to_string(interface);
  return boost::asio::ip::make_address(ipv4 ? "10." + text + ".0." + std::to_string(1 + number)
                                            : "2001:db8:" + text + "::" + std::to_string(1 + number));
}

InterfaceTable interface_table() {
  std::vector<Interface> all;
  for (std::uint32_t i = 1; i <= interfaces; ++i) all.push_back({2 * i, "lan" + std::to_string(i), true, {}});
  return InterfaceTable(all);
}

enum class Lists : std::uint8_t { clients, all, subnets_too };

/// Views whose prefixes nest and overlap, one in five excluded.
/// @param prefixes the total over all views and lists
std::vector<ViewMatch> matches(std::size_t views, std::size_t prefixes, Lists lists) {
  Dice dice;
  std::vector<ViewMatch> all(views);
  if (lists != Lists::clients) {
    for (std::size_t i = 0; i < views; ++i) {
      const auto interface = static_cast<std::uint32_t>(1 + i % interfaces);
      const auto own = [&](bool ipv4, unsigned length) {
        return Prefix{config::masked(own_address(interface, 0, ipv4), length), length};
      };
      all[i].interfaces = {{"lan[" + std::to_string(interface) + "-9]"}, {"lan9"}};
      all[i].local = {{own(true, 8), own(false, 32)}, {own(true, 16), own(false, 48)}};
    }
    prefixes -= 4 * views;
  }
  for (std::size_t i = 0; i < prefixes; ++i) {
    auto& match = all[i % views];
    auto& list = lists == Lists::subnets_too && dice.below(2) == 0 ? match.subnets : match.clients;
    (i / views % 5 == 4 ? list.excluded : list.included).push_back(dice.any_prefix());
  }
  return all;
}

struct Asked {
  Route route;
  ClientSubnet subnet;
};

ClientSubnet subnet_of(const address& of) {
  ClientSubnet subnet;
  subnet.family = of.is_v4() ? ClientSubnet::ipv4 : ClientSubnet::ipv6;
  subnet.source = of.is_v4() ? 24 : 56;
  const auto masked = config::masked(of, subnet.source);
  if (of.is_v4()) {
    std::ranges::copy(masked.to_v4().to_bytes(), subnet.address.begin());
  } else {
    std::ranges::copy(masked.to_v6().to_bytes(), subnet.address.begin());
  }
  return subnet;
}

/// Requests of both families, most from a prefix of some view, in an order that branch prediction cannot learn.
std::vector<Asked> requests(const std::vector<ViewMatch>& views) {
  Dice dice;
  std::vector<Prefix> known;
  for (const auto& view : views) {
    for (const auto* list : {&view.clients, &view.subnets}) {
      known.insert(known.end(), list->included.begin(), list->included.end());
    }
  }
  std::vector<Asked> all(1U << 15U);
  for (auto& [route, subnet] : all) {
    const bool is_known = !known.empty() && dice.below(4) != 0;
    const auto client = is_known ? dice.within(known[dice.below(static_cast<std::uint32_t>(known.size()))])
                                 : dice.any_address(dice.below(2) == 0);
    const auto interface = 1 + dice.below(interfaces);
    route.peer = {client, 4000};
    route.local = {own_address(interface, dice.below(own_addresses), client.is_v4()), 53};
    route.interface = 2 * interface;
    subnet = subnet_of(client);
  }
  return all;
}

/// The same loop as the others, without the work they measure.
void no_view(benchmark::State& state) {
  const auto all = requests({});
  std::size_t next = 0;
  for (auto _ : state) {
    auto client = all[next].route.peer.address();
    benchmark::DoNotOptimize(client);
    next = (next + 1) % all.size();
  }
}
BENCHMARK(no_view);

void find(benchmark::State& state, std::size_t views, std::size_t prefixes, Lists lists) {
  const auto all = requests(matches(views, prefixes, lists));
  const ViewFinder finder(matches(views, prefixes, lists));
  const auto interface_views = finder.interface_views(interface_table());
  std::size_t next = 0;
  std::size_t found = 0;
  for (auto _ : state) {
    const auto& [route, subnet] = all[next];
    const auto view = finder.find(route, interface_views, lists == Lists::subnets_too ? &subnet : nullptr);
    if (view != most_views) ++found;
    next = (next + 1) % all.size();
  }
  state.counters["found"] = benchmark::Counter(static_cast<double>(found), benchmark::Counter::kAvgIterations);
}
BENCHMARK_CAPTURE(find, 1_view, 1, 10, Lists::all);
BENCHMARK_CAPTURE(find, 64_views_1000_prefixes_clients, 64, 1000, Lists::clients);
BENCHMARK_CAPTURE(find, 64_views_1000_prefixes, 64, 1000, Lists::all);
BENCHMARK_CAPTURE(find, 64_views_1000_prefixes_subnets_too, 64, 1000, Lists::subnets_too);
BENCHMARK_CAPTURE(find, 256_views_100000_prefixes, 256, 100'000, Lists::all);

void compile(benchmark::State& state, std::size_t views, std::size_t prefixes, Lists lists) {
  const auto all = matches(views, prefixes, lists);
  for (auto _ : state) benchmark::DoNotOptimize(ViewFinder(all));
}
BENCHMARK_CAPTURE(compile, 64_views_100000_prefixes, 64, 100'000, Lists::all)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compile, 256_views_100000_prefixes_subnets_too, 256, 100'000, Lists::subnets_too)
    ->Unit(benchmark::kMillisecond);

void interfaces_change(benchmark::State& state) {
  const ViewFinder finder(matches(64, 1000, Lists::all));
  const auto table = interface_table();
  for (auto _ : state) benchmark::DoNotOptimize(finder.interface_views(table));
}
BENCHMARK(interfaces_change)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
