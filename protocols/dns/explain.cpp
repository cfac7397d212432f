#include "protocols/dns/explain.hpp"

#include "config/prefix.hpp"
#include "protocols/dns/server.hpp"
#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/type.hpp"
#include "protocols/endpoint_text.hpp"
#include "protocols/message_size.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <vector>

#include <ldns/ldns.h>

namespace thence::dns {

namespace {

constexpr std::uint16_t offered_size = 4096;

/// The query that a supposition describes, in wire format.
class SupposedQuery {
 public:
  explicit SupposedQuery(const Supposition& supposed) {
    for (const auto& [key, value] : supposed.details) {
      if (key == "name") {
        name_ = Name::parse(value, Name());
        if (value == "@" || !name_) wrong(key, value, "a domain name");
      } else if (key == "type") {
        type_ = static_cast<std::uint16_t>(ldns_get_rr_type_by_name(value.c_str()));
        if (type_ == 0) wrong(key, value, "such as A, AAAA, TXT, TYPE65280");
      } else if (key == "subnet") {
        subnet_ = config::Prefix::parse(value);
        if (!subnet_) wrong(key, value, "a prefix such as 203.0.113.0/24");
      } else {
        throw std::invalid_argument(
            key + " is not known; allowed: interface, local, client, port, transport, name, type, subnet");
      }
    }
    if (!name_) throw std::invalid_argument("name is missing; allowed: name= and the name that is asked");
    write();
  }

  Octets octets() const noexcept { return octets_; }
  std::string text() const {
    std::string text = name_->text() + ' ' + type_text(type_);
    return subnet_ ? text + " for " + subnet_->text() : text;
  }

 private:
  [[noreturn]] static void wrong(const std::string& key, const std::string& value, const std::string& allowed) {
    throw std::invalid_argument(key + "=" + value + " cannot be read; allowed: " + allowed);
  }

  void add16(unsigned value) {
    octets_.push_back(static_cast<std::uint8_t>(value >> 8U));
    octets_.push_back(static_cast<std::uint8_t>(value));
  }

  void write() {
    for (const unsigned word : {0U, unsigned{flag::recursion_desired}, 1U, 0U, 0U, 1U}) add16(word);
    octets_.insert(octets_.end(), name_->wire().begin(), name_->wire().end());
    add16(type_);
    add16(class_in);
    octets_.push_back(0);
    for (const unsigned word : {unsigned{type::opt}, unsigned{offered_size}, 0U, 0U}) add16(word);
    const auto option = subnet_option();
    add16(static_cast<unsigned>(option.size()));
    octets_.insert(octets_.end(), option.begin(), option.end());
  }

  std::vector<std::uint8_t> subnet_option() const {
    if (!subnet_) return {};
    ClientSubnet subnet{.family = subnet_->address.is_v4() ? ClientSubnet::ipv4 : ClientSubnet::ipv6,
                        .source = static_cast<std::uint8_t>(subnet_->length)};
    const auto copy = [&](const auto& bytes) { std::ranges::copy(bytes, subnet.address.begin()); };
    subnet_->address.is_v4() ? copy(subnet_->address.to_v4().to_bytes()) : copy(subnet_->address.to_v6().to_bytes());
    std::vector<std::uint8_t> option(option_head + longest_client_subnet);
    const std::size_t size = write_client_subnet(option.data() + option_head, subnet);
    store16(option.data(), option::client_subnet);
    store16(option.data() + 2, static_cast<std::uint16_t>(size));
    option.resize(option_head + size);
    return option;
  }

  std::optional<Name> name_;
  std::uint16_t type_ = type::a;
  std::optional<config::Prefix> subnet_;
  std::vector<std::uint8_t> octets_;
};

std::string taken(char* text) {
  const std::unique_ptr<char, void (*)(void*)> owned(text, std::free);
  std::string copy(text);
  std::ranges::replace(copy, '\t', ' ');
  return copy;
}

std::string error_text(std::uint16_t code) {
  switch (static_cast<ExtendedError>(code)) {
    case ExtendedError::prohibited:
      return ", extended error 18 (Prohibited)";
    case ExtendedError::not_authoritative:
      return ", extended error 20 (Not Authoritative)";
    case ExtendedError::invalid_data:
      return ", extended error 24 (Invalid Data)";
    default:
      return ", extended error " + std::to_string(code);
  }
}

/// The code of a reply's extended error, if any.
std::optional<std::uint16_t> extended_error(const ldns_pkt* packet) {
  const auto* const data = ldns_pkt_edns_data(packet);
  if (data == nullptr) return std::nullopt;
  std::optional<std::uint16_t> error;
  for_each_option({ldns_rdf_data(data), ldns_rdf_size(data)}, [&](std::uint16_t code, Octets whole) {
    const bool is_one = code == option::extended_error && whole.size() >= option_head + 2;
    if (is_one && !error) error = load16(whole.data() + option_head);
  });
  return error;
}

/// A reply in words: a line for the result and one for each record.
std::string text_of(Octets message) {
  ldns_pkt* read = nullptr;
  if (ldns_wire2pkt(&read, message.data(), message.size()) != LDNS_STATUS_OK) return "a message that cannot be shown\n";
  const std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)> packet(read, ldns_pkt_free);
  std::string text = taken(ldns_pkt_rcode2str(ldns_pkt_get_rcode(read)));
  if (ldns_pkt_tc(read)) text += ", truncated: TCP is needed";
  if (const auto error = extended_error(read)) text += error_text(*error);
  text += '\n';
  const auto add = [&](const char* section, const ldns_rr_list* records) {
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(records); ++i) {
      text += std::string("  ") + section + ": " + taken(ldns_rr2str(ldns_rr_list_rr(records, i)));
    }
  };
  add("answer", ldns_pkt_answer(read));
  add("authority", ldns_pkt_authority(read));
  add("additional", ldns_pkt_additional(read));
  return text;
}

/// Which upstreams would be asked, in words.
std::string text_of(const Forward& forward, const Route& route) {
  if (!forward.clients.covers(route.peer.address())) return "";
  std::string text = "asked of ";
  for (const auto& each : forward.upstreams)
    text += (&each == forward.upstreams.data() ? "" : ", then ") + thence::text(each);
  switch (forward.from.kind) {
    case ForwardSource::Kind::route:
      break;
    case ForwardSource::Kind::asked:
      text += ", from the address asked, " + route.local.address().to_string();
      break;
    case ForwardSource::Kind::address:
      text += ", from " + forward.from.address.to_string();
      break;
    case ForwardSource::Kind::interface:
      text += ", by interface " + forward.from.interface;
      break;
  }
  return text + '\n';
}

/// Which view serves the request, and why not those before it.
std::string text_of_views(const Settings& settings, const View* view, const ViewRequest& request) {
  if (!settings.finder) return "";
  std::string text;
  for (const auto& each : settings.views) {
    if (&each == view) {
      text += "view " + each.name + " matches: " + why(each.match, request);
      if (each.access == Access::answer) return text + '\n';
      return text + (each.access == Access::drop ? "; its access is drop\n" : "; its access is refuse\n");
    }
    text += "view " + each.name + " does not match: " + why_not(each.match, request).value_or("?") + '\n';
  }
  return text + "no view matches\n";
}

}  // namespace

std::string explain(const std::shared_ptr<const Settings>& settings, const Supposition& supposed,
                    const InterfaceTable& interfaces, const config::AdvertisedAddresses& advertised) {
  const SupposedQuery supposed_query(supposed);
  const Route& route = supposed.route;
  Query query;
  read(supposed_query.octets(), query);

  LoneHost host;
  host.interface_table = interfaces;
  host.advertised_addresses = advertised;
  Server server(settings, host);
  const View* const view = server.view_of(query, route);
  const auto* const subnet = server.trusted_subnet(query, route);
  std::string text = text_of_views(*settings, view,
                                   {.interface = std::string(interfaces.name(route.interface)),
                                    .local = route.local.address(),
                                    .client = route.peer.address(),
                                    .subnet = subnet == nullptr ? std::nullopt : std::optional(*subnet),
                                    .transport = route.transport});
  const auto* const served =
      view == nullptr || view->access != Access::answer ? nullptr : Server::zone_of(*view, query, route);
  if (served != nullptr) text += (served->forward ? "forward of " : "zone ") + served->apex.text() + " has the name\n";
  const bool is_transfer = query.type == type::axfr || query.type == type::ixfr;
  const bool is_forwarded = served != nullptr && served->forward && !is_transfer;
  const auto asked_of = is_forwarded ? text_of(*served->forward, route) : std::string();
  if (!asked_of.empty()) return text + supposed_query.text() + ": " + asked_of;

  std::vector<std::byte> buffer(largest_message);
  Reply reply{buffer, 0, route};
  const auto verdict = server.respond({std::as_bytes(std::span(supposed_query.octets())), route}, reply);
  text += supposed_query.text() + ": ";
  if (verdict.action == Verdict::Action::drop) return text + "no reply\n";
  return text + text_of(octets_of(reply.buffer.first(reply.size)));
}

}  // namespace thence::dns
