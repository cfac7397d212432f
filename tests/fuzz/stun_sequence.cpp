/// Sequences of STUN requests to a server that discovers behaviour and asks for credentials, while addresses come and
/// go and settings are read again. A client keeps what it was told and uses it: so the mutations get behind the checks.

#include "protocols/network_order.hpp"
#include "protocols/stun/change_request.hpp"
#include "protocols/stun/fingerprint.hpp"
#include "protocols/stun/mapped_address.hpp"
#include "protocols/stun/message_integrity.hpp"
#include "protocols/stun/plugin.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <fuzzer/FuzzedDataProvider.h>
#include <openssl/evp.h>
#include <unistd.h>

namespace {

using namespace thence;
using namespace thence::stun;
using Octets = std::vector<std::byte>;

constexpr std::size_t most_steps = 64;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Once in so many times, and not where the input has come to its end.
bool rarely(FuzzedDataProvider& input, unsigned times) { return input.ConsumeIntegralInRange(1U, times) == times; }

Octets octets_of(const std::string& text) {
  const auto octets = std::as_bytes(std::span(text));
  return {octets.begin(), octets.end()};
}

Octets long_term_key() {
  const std::string text = "user:realm:pass";
  Octets key(32);
  unsigned size = 0;
  require(EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(key.data()), &size, EVP_sha256(),
                     nullptr) == 1 &&
          size == key.size());
  return key;
}

/// The server as a worker has it, on a host whose addresses change.
class Server {
 public:
  Server() {
    using boost::asio::ip::udp;
    host_.source_table = SourceTable(std::vector<ListeningSocket>{
        {{udp::v4(), 3478}}, {{udp::v6(), 3478}}, {{udp::v4(), 3479}}, {{udp::v6(), 3479}}});
    replace();
  }

  void change_addresses(unsigned which) {
    std::vector<Interface> all;
    for (std::uint32_t index = 1; index <= 3; ++index) {
      Interface each{index, "i", true, {}};
      const auto add = [&](unsigned bit, const std::string& address) {
        if ((which >> bit & 1U) != 0) each.addresses.push_back({boost::asio::ip::make_address(address), 24, true});
      };
      add(index, "192.0.2." + std::to_string(index));
      add(index + 3, "2001:db8::" + std::to_string(index));
      all.push_back(each);
    }
    host_.interface_table = InterfaceTable(all);
    protocol_->interfaces_changed();
  }

  /// Settings that are read again, the same ones.
  void replace() {
    auto section = config::Cursor(document_, problems_).map()["stun"];
    service_ = plugin.load(section, service_.get());
    require(!problems_.any(config::Severity::warning));
    auto next = service_->make(host_);
    if (protocol_) next->follow(*protocol_);
    protocol_ = std::move(next);
    protocol_->interfaces_changed();
  }

  /// @return the reply and its route
  std::optional<std::pair<Octets, Route>> ask(const Octets& message, const Route& route) {
    Octets buffer(route.transport == Transport::udp ? 4096 : 65535);
    Reply reply{buffer, 0, route};
    const auto action = protocol_->respond({message, route}, reply).action;
    require(reply.size <= buffer.size());
    const bool replied = action == Verdict::Action::reply || action == Verdict::Action::refuse;
    require(replied == (reply.size != 0));
    if (!replied) return {};
    buffer.resize(reply.size);
    check_route(route, reply.route);
    return std::pair{buffer, reply.route};
  }

 private:
  void check_route(const Route& asked, const Route& route) const {
    require(route.peer.address() == asked.peer.address() && route.peer.port() != 0);
    require(route.interface == asked.interface && route.transport == asked.transport);
    require(route.local.address().is_v4() == asked.local.address().is_v4());
    // From the address asked, or from another one that the host has now.
    require(route.local.address() == asked.local.address() || host_.interface_table.is_local(route.local.address()));
    require(route.local.port() == asked.local.port() || route.local.port() == 3478 || route.local.port() == 3479);
    if (route.transport == Transport::tcp) require(route == asked);
  }

  static std::string users_file() {
    const auto file = std::filesystem::temp_directory_path() / ("thence-fuzz-users-" + std::to_string(::getpid()));
    std::ofstream(file) << "user pass\n";
    return file.string();
  }

  LoneHost host_;
  config::Problems problems_;
  config::Document document_ = config::Document::parse(
      "",
      "stun: { behavior-discovery: { response-port: true, padding: true }, credentials: { realm: realm, users-file: '" +
          users_file() + "' } }");
  std::shared_ptr<const Service> service_;
  std::unique_ptr<Protocol> protocol_;
};

/// What a client of the long-term mechanism does (RFC 8489 §9.2.3).
class Client {
 public:
  Octets make(FuzzedDataProvider& input) {
    Octets buffer(8192);
    std::array<std::byte, 16> id{};
    store32(std::span(id).first<4>(), rarely(input, 10) ? 7U : magic_cookie);
    MessageWriter writer(buffer, MessageClass::request, id);
    add_wishes(writer, input);
    right_ = false;
    if (input.ConsumeBool()) add_credentials(writer, input);
    if (input.ConsumeBool()) add_fingerprint(writer);
    buffer.resize(writer.message().size());
    if (rarely(input, 5)) {
      const auto at = input.ConsumeIntegralInRange<std::size_t>(0, buffer.size() - 1);
      const auto bits = std::byte{input.ConsumeIntegral<std::uint8_t>()};
      buffer[at] ^= bits;
      if (bits != std::byte{} && at < covered_) right_ = false;
    }
    return buffer;
  }

  void hear(const Octets& octets) {
    const auto reply = Message::read(octets);
    require(reply.has_value() && reply->method() == binding);
    if (reply->has_fingerprint()) require(fingerprint_holds(*reply));
    if (const auto nonce = reply->find(AttributeType::nonce)) nonce_.assign(nonce->value.begin(), nonce->value.end());
    const auto integrity = reply->find(AttributeType::message_integrity_sha256);
    if (integrity) require(integrity_.holds(*reply, *integrity, key_));
    // Nobody gets an address without the right credentials.
    if (reply->message_class() == MessageClass::success) require(right_ && integrity);
  }

 private:
  static void add_wishes(MessageWriter& writer, FuzzedDataProvider& input) {
    if (input.ConsumeBool()) add_change_request(writer, {input.ConsumeBool(), input.ConsumeBool()});
    const auto add = [&](AttributeType type, std::size_t most) {
      if (!input.ConsumeBool()) return;
      const auto value = input.ConsumeBytes<std::uint8_t>(input.ConsumeIntegralInRange<std::size_t>(0, most));
      std::ranges::copy(std::as_bytes(std::span(value)), writer.add(type, value.size()).begin());
    };
    add(AttributeType::response_port, 5);
    add(AttributeType::padding, 2000);
    add(AttributeType{input.ConsumeIntegral<std::uint16_t>()}, 40);
  }

  void add_credentials(MessageWriter& writer, FuzzedDataProvider& input) {
    const auto add = [&](AttributeType type, const Octets& value) {
      std::ranges::copy(value, writer.add(type, value.size()).begin());
    };
    const bool knows = input.ConsumeBool();
    add(AttributeType::username, octets_of(knows ? "user" : input.ConsumeRandomLengthString(20)));
    add(AttributeType::realm, octets_of("realm"));
    add(AttributeType::nonce, nonce_);
    add(AttributeType::password_algorithms, octets_of(std::string("\0\2\0\0\0\1\0\0", 8)));
    add(AttributeType::password_algorithm, octets_of(std::string("\0\2\0\0", 4)));
    integrity_.add(writer, AttributeType::message_integrity_sha256, key_);
    covered_ = writer.message().size();
    right_ = true;
  }

  Octets key_ = long_term_key();
  Octets nonce_ = octets_of("none yet");
  MessageIntegrity integrity_;
  std::size_t covered_ = 0;  // octets of the last request that its integrity is for
  bool right_ = false;       // whether the last request had the right key and arrives as it was made
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Server server;
  static Client client;
  FuzzedDataProvider input(data, size);
  server.change_addresses(0x7e);
  for (std::size_t step = 0; step < most_steps && input.remaining_bytes() > 0; ++step) {
    if (rarely(input, 10)) server.change_addresses(input.ConsumeIntegral<std::uint8_t>());
    if (rarely(input, 50)) server.replace();
    const bool ipv6 = input.ConsumeBool();
    const auto last = std::to_string(input.ConsumeIntegralInRange(1, 4));
    const auto address = [&](const std::string& host) {
      return boost::asio::ip::make_address((ipv6 ? "2001:db8::" : "192.0.2.") + host);
    };
    // A client changes its port rarely, as a nonce is for one.
    const std::uint16_t port = rarely(input, 20) ? 5 : 4;
    const Route route{{address("99"), port},
                      {address(last), static_cast<std::uint16_t>(input.ConsumeBool() ? 3478 : 3479)},
                      1,
                      rarely(input, 5) ? Transport::tcp : Transport::udp};
    const auto reply = server.ask(client.make(input), route);
    if (!reply) continue;
    client.hear(reply->first);
    // Two servers never talk to each other.
    require(!server.ask(reply->first, route));
  }
  return 0;
}
