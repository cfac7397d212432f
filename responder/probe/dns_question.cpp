#include "responder/probe/dns_question.hpp"

#include "responder/probe/failure.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include <ldns/ldns.h>
#include <openssl/rand.h>

namespace thence::probe {

namespace {

struct Free {
  void operator()(ldns_rdf* name) const noexcept { ldns_rdf_deep_free(name); }
  void operator()(ldns_pkt* packet) const noexcept { ldns_pkt_free(packet); }
  void operator()(char* text) const noexcept { std::free(text); }
  void operator()(std::uint8_t* octets) const noexcept { std::free(octets); }
};
template <typename Value>
using Owned = std::unique_ptr<Value, Free>;

Owned<ldns_rdf> name_of(const std::string& text) { return Owned<ldns_rdf>(ldns_dname_new_frm_str(text.c_str())); }

/// ldns separates fields with tabs and adds a newline.
std::string record_text(const ldns_rr* record) {
  const Owned<char> written(ldns_rr2str(record));
  std::string text = written ? written.get() : "";
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\t', ' ');
  return text;
}

/// RFC 1035 §3.3.14: strings, each preceded by its length.
std::string strings_of(const ldns_rr* record) {
  std::string text;
  for (std::size_t i = 0; i < ldns_rr_rd_count(record); ++i) {
    const auto* const string = ldns_rr_rdf(record, i);
    const auto* const octets = ldns_rdf_data(string);
    if (ldns_rdf_size(string) > 1) text.append(reinterpret_cast<const char*>(octets) + 1, ldns_rdf_size(string) - 1);
  }
  return text;
}

std::string rcode_text(const ldns_pkt* packet) {
  const auto code = ldns_pkt_get_rcode(packet);
  const Owned<char> text(ldns_pkt_rcode2str(code));
  return text ? text.get() : "RCODE" + std::to_string(static_cast<int>(code));
}

}  // namespace

DnsQuestion dns_question(const std::string& name, const std::string& type) {
  if (name.empty() || !name_of(name)) throw Failure(Status::usage, "'" + name + "': is not a domain name");
  std::string capital = type;
  std::transform(capital.begin(), capital.end(), capital.begin(),
                 [](unsigned char each) { return static_cast<char>(std::toupper(each)); });
  const auto number = static_cast<std::uint16_t>(ldns_get_rr_type_by_name(capital.c_str()));
  if (number == 0)
    throw Failure(Status::usage, "--type '" + type + "': is not a record type, such as A, AAAA, TXT, TYPE65280");
  return {name, number};
}

std::vector<std::byte> dns_query(const DnsQuestion& question, std::uint16_t id) {
  constexpr std::uint16_t largest_reply = 1232;
  auto name = name_of(question.name);
  const Owned<ldns_pkt> packet(
      ldns_pkt_query_new(name.get(), static_cast<ldns_rr_type>(question.type), LDNS_RR_CLASS_IN, LDNS_RD));
  if (!packet) throw std::runtime_error("the query cannot be made");
  static_cast<void>(name.release());  // now owned by the packet
  ldns_pkt_set_id(packet.get(), id);
  ldns_pkt_set_edns_udp_size(packet.get(), largest_reply);
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&octets, packet.get(), &size) != LDNS_STATUS_OK)
    throw std::runtime_error("the query cannot be made");
  const Owned<std::uint8_t> owned(octets);
  const auto* const begin = reinterpret_cast<const std::byte*>(octets);
  return {begin, begin + size};
}

std::uint16_t new_query_id() {
  std::uint16_t id = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&id), sizeof id) != 1)
    throw std::runtime_error("the system has no random numbers");
  return id;
}

std::optional<DnsResponse> read_dns_response(std::span<const std::byte> octets, const DnsQuestion& question,
                                             std::uint16_t id) {
  ldns_pkt* read = nullptr;
  if (ldns_wire2pkt(&read, reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()) != LDNS_STATUS_OK)
    return {};
  const Owned<ldns_pkt> packet(read);
  const auto* const questions = ldns_pkt_question(read);
  if (!ldns_pkt_qr(read) || ldns_pkt_id(read) != id || ldns_rr_list_rr_count(questions) != 1) return {};
  const auto* const asked = ldns_rr_list_rr(questions, 0);
  const auto name = name_of(question.name);
  if (ldns_rr_get_type(asked) != static_cast<ldns_rr_type>(question.type) ||
      ldns_rr_get_class(asked) != LDNS_RR_CLASS_IN || ldns_dname_compare(ldns_rr_owner(asked), name.get()) != 0)
    return {};
  DnsResponse response{.rcode = rcode_text(read), .truncated = ldns_pkt_tc(read), .answer = {}, .texts = {}};
  const auto* const answer = ldns_pkt_answer(read);
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(answer); ++i) {
    const auto* const record = ldns_rr_list_rr(answer, i);
    response.answer.push_back(record_text(record));
    if (ldns_rr_get_type(record) == LDNS_RR_TYPE_TXT) response.texts.push_back(strings_of(record));
  }
  return response;
}

}  // namespace thence::probe
