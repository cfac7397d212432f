#include "protocols/dns/view/view_match.hpp"

#include "config/settings.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace thence::dns {

namespace {

namespace ip = boost::asio::ip;
using config::Prefix;

/// The explanation for one list.
struct Finding {
  bool fits;
  std::string words;
};

const std::string& text_of(const std::string& glob) { return glob; }
std::string text_of(const Prefix& prefix) { return prefix.text(); }

/// The elements of a list for a person to read; a long list is cut off.
template <typename Element>
std::string listed(const std::vector<Element>& elements) {
  constexpr std::size_t shown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, elements.size()); ++i) {
    text += (i == 0 ? "" : ", ") + text_of(elements[i]);
  }
  return elements.size() <= shown ? text : text + " and " + std::to_string(elements.size() - shown) + " more";
}

template <typename Element, typename IsHit>
std::vector<Element> those(const std::vector<Element>& elements, const IsHit& is_hit) {
  std::vector<Element> hits;
  std::ranges::copy_if(elements, std::back_inserter(hits), is_hit);
  return hits;
}

/// @param subject such as `client 192.0.2.1`, @param within how it relates to an element, such as `within`
/// @param included_by the elements that include it, @param excluded_by those that exclude it
template <typename List, typename Elements>
Finding tell(const std::string& subject, std::string_view within, const List& list, const Elements& included_by,
             const Elements& excluded_by) {
  const std::string is = subject + " is ";
  if (!excluded_by.empty()) return {false, is + "excluded by !" + text_of(excluded_by.front())};
  if (list.included.empty()) return {true, is + "not excluded"};
  if (included_by.empty()) return {false, is + "not " + std::string(within) + ' ' + listed(list.included)};
  return {true, is + std::string(within) + ' ' + listed(included_by)};
}

bool overlap(const Prefix& a, const Prefix& b) noexcept {
  return a.length < b.length ? a.covers(b.address) : b.covers(a.address);
}

template <typename Bytes>
Bytes with_bit(Bytes bytes, unsigned bit) noexcept {
  auto& byte = bytes[bit / 8];
  byte = static_cast<unsigned char>(byte | (0x80U >> bit % 8));
  return bytes;
}

std::pair<Prefix, Prefix> halves(const Prefix& network) noexcept {
  const auto& [address, length] = network;
  const ip::address upper = address.is_v4() ? ip::address(ip::address_v4(with_bit(address.to_v4().to_bytes(), length)))
                                            : ip::address_v6(with_bit(address.to_v6().to_bytes(), length));
  return {{address, length + 1}, {upper, length + 1}};
}

/// Whether each address of a network is within one of the prefixes.
bool is_within(std::vector<Prefix> prefixes, const Prefix& network) {
  std::erase_if(prefixes, [&](const Prefix& each) { return !overlap(each, network); });
  if (prefixes.empty()) return false;
  if (std::ranges::any_of(prefixes, [&](const Prefix& each) { return each.length <= network.length; })) return true;
  const auto [lower, upper] = halves(network);
  return is_within(prefixes, lower) && is_within(prefixes, upper);
}

Finding judge(const std::string& subject, const config::PrefixList& list, const Prefix& network) {
  const auto overlaps = [&](const Prefix& each) { return overlap(each, network); };
  const auto included_by = is_within(list.included, network) ? those(list.included, overlaps) : std::vector<Prefix>();
  return tell(subject, "within", list, included_by, those(list.excluded, overlaps));
}

Finding judge(const std::string& subject, const config::PrefixList& list, const ip::address& address) {
  return judge(subject + ' ' + address.to_string(), list, Prefix{address, address.is_v4() ? 32U : 128U});
}

Finding judge(const config::PrefixList& list, const std::optional<ClientSubnet>& subnet) {
  if (!subnet) return {false, "no client subnet from a trusted client"};
  const auto network = network_of(*subnet);
  if (!network) return {false, "the client subnet has no address"};
  return judge("client subnet " + network->text(), list, *network);
}

Finding judge(const config::GlobList& list, const std::string& name) {
  if (name == "?") return {false, "the arrival interface is unknown"};
  const auto covers = [&](const std::string& glob) { return config::GlobList{{glob}, {}}.covers(name); };
  return tell("interface " + name, "one of", list, those(list.included, covers), those(list.excluded, covers));
}

/// The explanations for all non-empty lists, in the order of the fields.
std::vector<Finding> findings(const ViewMatch& match, const ViewRequest& request) {
  std::vector<Finding> all;
  if (!match.interfaces.empty()) all.push_back(judge(match.interfaces, request.interface));
  if (!match.local.empty()) all.push_back(judge("local address", match.local, request.local));
  if (!match.clients.empty()) all.push_back(judge("client", match.clients, request.client));
  if (!match.subnets.empty()) all.push_back(judge(match.subnets, request.subnet));
  if (match.transports != Transports::all()) {
    all.push_back(
        {match.transports.contains(request.transport), "the transport is " + std::string(name(request.transport))});
  }
  return all;
}

}  // namespace

ViewMatch read_view_match(const config::Cursor& at) {
  auto map = at.map();
  ViewMatch match;
  match.interfaces = map["interfaces"].interfaces();
  match.local = map["local"].prefixes();
  match.clients = map["clients"].prefixes();
  match.subnets = map["subnets"].prefixes();
  match.transports = config::read_transports(map["transports"]);
  map.close();
  return match;
}

std::optional<Prefix> network_of(const ClientSubnet& subnet) noexcept {
  if (subnet.source == 0) return std::nullopt;
  if (subnet.family == ClientSubnet::ipv4) return Prefix{ip::address_v4(load32(subnet.address.data())), subnet.source};
  return Prefix{ip::address_v6(subnet.address), subnet.source};
}

std::optional<std::string> why_not(const ViewMatch& match, const ViewRequest& request) {
  for (const auto& each : findings(match, request)) {
    if (!each.fits) return each.words;
  }
  return std::nullopt;
}

std::string why(const ViewMatch& match, const ViewRequest& request) {
  std::string text;
  for (const auto& each : findings(match, request)) text += (text.empty() ? "" : "; ") + each.words;
  return text.empty() ? "it matches all requests" : text;
}

}  // namespace thence::dns
