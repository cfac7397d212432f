// Any octets as the RDATA of an OPT record. What is read must be what another reader of options finds there, and what a
// reply says of it must be options that can be read again.

#include "protocols/dns/identity/cookie.hpp"
#include "protocols/dns/wire/edns.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace {

using thence::dns::CookieStanding;
using thence::dns::Octets;

void require(bool condition) {
  if (!condition) std::abort();
}

/// @return nothing where the octets are no list of options
std::optional<std::vector<std::pair<unsigned, Octets>>> options_of(Octets rdata) {
  std::vector<std::pair<unsigned, Octets>> options;
  std::size_t at = 0;
  while (at != rdata.size()) {
    if (rdata.size() - at < 4) return std::nullopt;
    const std::size_t size = rdata[at + 2] * 256U + rdata[at + 3];
    if (rdata.size() - at - 4 < size) return std::nullopt;
    options.emplace_back(rdata[at] * 256U + rdata[at + 1], rdata.subspan(at + 4, size));
    at += 4 + size;
  }
  return options;
}

std::optional<Octets> first(const std::vector<std::pair<unsigned, Octets>>& options, unsigned code) {
  const auto found = std::ranges::find(options, code, [](const auto& each) { return each.first; });
  return found == options.end() ? std::nullopt : std::optional(found->second);
}

/// Whether the octets are a client subnet (RFC 7871 §6), bit by bit.
bool is_subnet(Octets data) {
  if (data.size() < 4 || data[0] != 0 || data[1] > 2 || data[3] != 0) return false;
  constexpr std::array bits{0U, 32U, 128U};
  const unsigned prefix = data[2];
  const Octets address = data.subspan(4);
  if (prefix > bits[data[1]] || address.size() * 8 >= prefix + 8U || address.size() * 8 < prefix) return false;
  for (std::size_t bit = prefix; bit < address.size() * 8; ++bit) {
    if ((address[bit / 8] >> (7 - bit % 8) & 1U) != 0) return false;
  }
  return true;
}

void check_subnet(const std::optional<Octets>& option, const std::optional<thence::dns::ClientSubnet>& subnet) {
  require(option.has_value() == subnet.has_value());
  if (!subnet) return;
  std::array<std::uint8_t, thence::dns::longest_client_subnet> written;
  const std::size_t size = thence::dns::write_client_subnet(written.data(), *subnet);
  require(std::ranges::equal(Octets(written.data(), size), *option));
}

void check_cookie(Octets option) {
  static thence::dns::Cookies cookies({{1, 2, 3}, {4, 5, 6}});
  constexpr std::uint32_t now = 1559731985;
  for (const auto* const text : {"192.0.2.1", "2001:db8::1"}) {
    const auto client = boost::asio::ip::make_address(text);
    const auto checked = cookies.check(option, client, now);
    require(checked.standing != CookieStanding::good && checked.standing != CookieStanding::absent);
    const bool is_cookie = option.size() == 8 || (option.size() >= 16 && option.size() <= 40);
    require(is_cookie == (checked.standing != CookieStanding::malformed));
    if (!is_cookie) continue;
    require(std::ranges::equal(option.first(8), Octets(checked.reply).first(8)));
    const auto again = cookies.check(checked.reply, client, now + 1);
    require(again.standing == CookieStanding::good && again.reply == checked.reply);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 65535) return 0;
  const Octets rdata(data, size);
  thence::dns::Edns edns;
  const bool whole = thence::dns::read_options(rdata, edns);
  const auto options = options_of(rdata);
  const auto subnet = options ? first(*options, 8) : std::nullopt;
  require(whole == (options.has_value() && (!subnet || is_subnet(*subnet))));
  if (!whole) return 0;
  require(edns.nsid == first(*options, 3).has_value());
  check_subnet(subnet, edns.client_subnet);
  const auto cookie = first(*options, 10);
  require(cookie.has_value() == edns.cookie.has_value());
  if (!cookie) return 0;
  require(cookie->data() == edns.cookie->data() && cookie->size() == edns.cookie->size());
  check_cookie(*edns.cookie);
  return 0;
}
