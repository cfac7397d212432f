#pragma once

// Asks the DNS plugin as a client would, and shows replies as text that a person can read.

#include "config/reader.hpp"
#include "protocols/dns/plugin.hpp"
#include "protocols/dns/server.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <ldns/ldns.h>

namespace dns_asking {

using Octets = std::vector<std::uint8_t>;

inline void add16(Octets& to, unsigned value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8U));
  to.push_back(static_cast<std::uint8_t>(value));
}

/// Octets in hexadecimal digits, and back.
inline std::string hex(std::span<const std::uint8_t> octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto octet : octets) text += {digits[octet >> 4U], digits[octet & 0x0FU]};
  return text;
}

inline Octets unhex(const std::string& text) {
  Octets octets;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    octets.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  }
  return octets;
}

inline void add(Octets& to, const Octets& octets) { to.insert(to.end(), octets.begin(), octets.end()); }

/// A name in wire form, without escapes: "www.example.test".
inline Octets wire_name(const std::string& name) {
  Octets wire;
  std::size_t start = 0;
  while (start < name.size()) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    wire.push_back(static_cast<std::uint8_t>(end - start));
    wire.insert(wire.end(), name.begin() + static_cast<std::ptrdiff_t>(start),
                name.begin() + static_cast<std::ptrdiff_t>(end));
    start = end + 1;
  }
  wire.push_back(0);
  return wire;
}

/// An OPT record.
inline Octets opt(unsigned payload, unsigned version = 0, bool dnssec_ok = false, const Octets& options = {}) {
  Octets record{0};
  add16(record, LDNS_RR_TYPE_OPT);
  add16(record, payload);
  add16(record, version);
  add16(record, dnssec_ok ? 0x8000U : 0U);
  add16(record, static_cast<unsigned>(options.size()));
  add(record, options);
  return record;
}

/// An option of an OPT record.
inline Octets option(unsigned code, const Octets& data = {}) {
  Octets octets;
  add16(octets, code);
  add16(octets, static_cast<unsigned>(data.size()));
  add(octets, data);
  return octets;
}

/// A query; what is not named is as in a common one.
struct Query {
  std::string name;
  std::string type = "A";
  unsigned rr_class = 1;
  unsigned id = 0x1234;
  unsigned flags = 0x0100;  // RD
  unsigned questions = 1;
  std::vector<Octets> additional{};
  thence::Transport transport = thence::Transport::udp;
  std::string local = "192.0.2.53";
  std::string peer = "198.51.100.7";
  std::uint32_t interface = 1;

  Octets wire() const {
    Octets message;
    add16(message, id);
    add16(message, flags);
    add16(message, questions);
    add16(message, 0);
    add16(message, 0);
    add16(message, static_cast<unsigned>(additional.size()));
    add(message, wire_name(name));
    add16(message, ldns_get_rr_type_by_name(type.c_str()));
    add16(message, rr_class);
    for (const auto& record : additional) add(message, record);
    return message;
  }
};

/// The options of a message, which ldns has checked for their lengths.
inline std::vector<std::pair<unsigned, Octets>> options_of(const ldns_pkt* packet) {
  std::vector<std::pair<unsigned, Octets>> options;
  const ldns_rdf* const rdata = ldns_pkt_edns_data(packet);
  std::span<const std::uint8_t> rest;
  if (rdata != nullptr) rest = {ldns_rdf_data(rdata), ldns_rdf_size(rdata)};
  while (rest.size() >= 4) {
    const std::size_t size = ldns_read_uint16(rest.data() + 2);
    if (rest.size() < 4 + size) break;
    const auto data = rest.subspan(4, size);
    options.emplace_back(ldns_read_uint16(rest.data()), Octets(data.begin(), data.end()));
    rest = rest.subspan(4 + size);
  }
  return options;
}

/// What a client sees of a reply: `RCODE flags`, the OPT's size and options, and a line a record with its section in
/// front.
inline std::string text_of(const Octets& message) {
  ldns_pkt* read = nullptr;
  if (ldns_wire2pkt(&read, message.data(), message.size()) != LDNS_STATUS_OK) return "not a DNS message\n";
  const std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)> packet(read, ldns_pkt_free);
  const auto take = [](char* text) {
    std::string taken(text);
    LDNS_FREE(text);
    return taken;
  };
  const unsigned rcode = static_cast<unsigned>(ldns_pkt_get_rcode(read)) | unsigned{ldns_pkt_edns_extended_rcode(read)}
                                                                               << 4U;
  std::string text = rcode == 16   ? "BADVERS"
                     : rcode == 23 ? "BADCOOKIE"
                                   : take(ldns_pkt_rcode2str(static_cast<ldns_pkt_rcode>(rcode)));
  if (ldns_pkt_aa(read)) text += " aa";
  if (ldns_pkt_tc(read)) text += " tc";
  if (ldns_pkt_ra(read)) text += " ra";
  if (ldns_pkt_ad(read)) text += " ad";
  if (ldns_pkt_cd(read)) text += " cd";
  if ((message[3] & 0x40U) != 0) text += " z";
  text += '\n';
  if (ldns_pkt_edns(read)) {
    text += "edns " + std::to_string(ldns_pkt_edns_udp_size(read)) + (ldns_pkt_edns_do(read) ? " do\n" : "\n");
  }
  for (const auto& [code, data] : options_of(read)) text += "option " + std::to_string(code) + ' ' + hex(data) + '\n';
  const auto add_section = [&](const char* name, const ldns_rr_list* records) {
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(records); ++i) {
      std::string line = take(ldns_rr2str(ldns_rr_list_rr(records, i)));
      std::replace(line.begin(), line.end(), '\t', ' ');
      while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
      text += std::string(name) + ' ' + line + '\n';
    }
  };
  add_section("answer", ldns_pkt_answer(read));
  add_section("authority", ldns_pkt_authority(read));
  add_section("additional", ldns_pkt_additional(read));
  return text;
}

/// A DNS responder with a configuration.
class Responder {
 public:
  /// @param yaml what stands under `dns:`
  /// @param clock the time as the responder sees it
  /// @throws thence::config::Invalid
  /// @param advertised what the world calls local addresses
  explicit Responder(const std::string& yaml, thence::Clock clock = nullptr,
                     thence::config::AdvertisedAddresses advertised = {})
      : Responder(yaml, thence::Clocks{clock, clock}, std::move(advertised)) {}

  Responder(const std::string& yaml, thence::Clocks clocks, thence::config::AdvertisedAddresses advertised = {}) {
    host_.advertised_addresses = std::move(advertised);
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse("t.yaml", yaml);
    service_ = thence::dns::plugin.load(thence::config::Cursor(document, problems), nullptr);
    if (problems.any(thence::config::Severity::partial)) throw thence::config::Invalid(problems);
    protocol_ = service_->make(host_);
    if (clocks.wall == nullptr) return;
    auto settings =
        std::make_shared<thence::dns::Settings>(thence::dns::read_settings(thence::config::Cursor(document, problems)));
    protocol_ = std::make_unique<thence::dns::Server>(std::move(settings), host_, clocks);
  }

  /// @return the message in octets; empty: nothing is sent
  Octets reply_to(const Octets& message, const thence::Route& route) {
    Octets buffer(route.transport == thence::Transport::udp ? 4096 : 65535);
    thence::Reply reply{std::as_writable_bytes(std::span(buffer)), 0, route};
    const auto verdict = protocol_->respond({std::as_bytes(std::span(message)), route}, reply);
    outcome_ = verdict.outcome->name;
    action_ = verdict.action;
    buffer.resize(verdict.action == thence::Verdict::Action::drop ? 0 : reply.size);
    return buffer;
  }

  Octets reply_to(const Query& query) {
    const auto address = [](const std::string& text) { return boost::asio::ip::make_address(text); };
    return reply_to(query.wire(),
                    {{address(query.peer), 4000}, {address(query.local), 53}, query.interface, query.transport});
  }

  std::string ask(const Query& query) { return text_of(reply_to(query)); }

  /// The host has these interfaces from now on.
  void set_interfaces(std::vector<thence::Interface> interfaces) {
    host_.interface_table = thence::InterfaceTable(std::move(interfaces));
    protocol_->interfaces_changed();
  }

  /// The host has these listeners from now on.
  void set_listeners(const std::vector<thence::config::Listener>& listeners) {
    host_.covered_addresses = thence::CoveredAddresses(listeners, "dns");
  }

  /// Of the last request: the name of its counter, and what was done.
  const std::string& outcome() const { return outcome_; }
  thence::Verdict::Action action() const { return action_; }

  std::uint64_t counter(const std::string& name) { return host_.counts[name].value; }

  thence::Protocol& protocol() { return *protocol_; }
  std::string example(const std::string& address, thence::Transport transport = thence::Transport::udp) const {
    return service_->example({boost::asio::ip::make_address(address), 5300}, transport);
  }

 private:
  thence::LoneHost host_;
  std::shared_ptr<const thence::Service> service_;
  std::unique_ptr<thence::Protocol> protocol_;
  std::string outcome_;
  thence::Verdict::Action action_{};
};

}  // namespace dns_asking
