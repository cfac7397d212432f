/// Any octets as a STUN request, over both transports: what is answered, and with what, holds to a few rules.
///
/// The first octet of the input says how the rest is sent, so that the mutations get past length and CRC.

#include "protocols/network_order.hpp"
#include "protocols/stun/attribute.hpp"
#include "protocols/stun/fingerprint.hpp"
#include "protocols/stun/message.hpp"
#include "protocols/stun/plugin.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/crc.hpp>

namespace {

using namespace thence;
using namespace thence::stun;
using Octets = std::vector<std::byte>;

constexpr unsigned over_tcp = 0x01;
constexpr unsigned from_ipv6 = 0x02;
constexpr unsigned with_length = 0x04;
constexpr unsigned with_cookie = 0x08;
constexpr unsigned with_fingerprint = 0x10;

void require(bool holds) {
  if (!holds) std::abort();
}

/// The protocol as a worker has it.
class Worker {
 public:
  Protocol& protocol() { return *protocol_; }

 private:
  LoneHost host_;
  config::Problems problems_;
  config::Document document_ = config::Document::parse("", "");
  std::shared_ptr<const Service> service_ = plugin.load(config::Cursor(document_, problems_), nullptr);
  std::unique_ptr<Protocol> protocol_ = service_->make(host_);
};

Octets made_message(unsigned how, std::span<const std::byte> input) {
  Octets octets(input.begin(), input.end());
  if (octets.size() < header_size) return octets;
  if ((how & with_fingerprint) != 0) octets.resize(octets.size() + fingerprint_size);
  const std::span message(octets);
  if ((how & with_length) != 0) {
    store16(message.subspan<2, 2>(), static_cast<std::uint16_t>(message.size() - header_size));
  }
  if ((how & with_cookie) != 0) store32(message.subspan<4, 4>(), magic_cookie);
  if ((how & with_fingerprint) != 0) {
    const auto attribute = message.last<fingerprint_size>();
    boost::crc_32_type crc;
    crc.process_bytes(message.data(), message.size() - fingerprint_size);
    store16(attribute.first<2>(), static_cast<std::uint16_t>(AttributeType::fingerprint));
    store16(attribute.subspan<2, 2>(), 4);
    store32(attribute.last<4>(), crc.checksum() ^ 0x5354554e);
  }
  return octets;
}

std::optional<Octets> answer(Protocol& protocol, const Request& request, std::byte before, Verdict::Action& action) {
  Octets buffer(request.route.transport == Transport::udp ? 4096 : 65535, before);
  Reply reply{buffer, 0, request.route};
  action = protocol.respond(request, reply).action;
  require(reply.route == request.route);
  require(reply.size <= buffer.size());
  const bool replied = action == Verdict::Action::reply || action == Verdict::Action::refuse;
  require(replied == (reply.size != 0));
  if (!replied) return {};
  buffer.resize(reply.size);
  return buffer;
}

/// The types of UNKNOWN-ATTRIBUTES are of the request, required, and each there once; an odd classic list repeats one.
void check_list(const Message& request, const Message& reply) {
  const auto list = reply.find(AttributeType::unknown_attributes);
  require(list && !list->value.empty() && list->value.size() % 2 == 0);
  std::set<std::uint16_t> seen;
  auto rest = list->value;
  for (; !rest.empty(); rest = rest.subspan(2)) {
    const auto type = load16(rest.first<2>());
    const bool repeated = !seen.insert(type).second;
    require(!repeated || (request.classic() && rest.size() == 2));
    require(comprehension_required(AttributeType{type}));
    require(request.find(AttributeType{type}).has_value());
  }
  require(!request.classic() || list->value.size() % 4 == 0);
}

void check_reply(Protocol& protocol, const Octets& sent, const Octets& octets, const Route& route, bool refused) {
  const auto request = Message::read(sent);
  require(request && request->message_class() == MessageClass::request && request->method() == binding);
  require(!request->has_fingerprint() || fingerprint_holds(*request));
  require(!request->classic() || route.transport == Transport::udp);

  const auto reply = Message::read(octets);
  require(reply.has_value());
  require(reply->method() == binding);
  require(reply->message_class() == (refused ? MessageClass::error : MessageClass::success));
  require(std::equal(reply->id().begin(), reply->id().end(), request->id().begin()));
  require(reply->has_fingerprint() == (request->has_fingerprint() && !request->classic()));
  require(!reply->has_fingerprint() || fingerprint_holds(*reply));

  // Not a means of amplification: an address, or an error and two octets for each attribute of the request.
  require(octets.size() <= (refused ? 64 + sent.size() / 2 : 52));
  if (refused) {
    require(reply->find(AttributeType::error_code).has_value());
    check_list(*request, *reply);
  } else {
    const auto type = request->classic() ? AttributeType::mapped_address : AttributeType::xor_mapped_address;
    const auto address = reply->find(type);
    require(address && address->value.size() == (route.peer.address().is_v4() ? 8 : 20));
    require(answers(sent, octets));
  }
  // Two servers never talk to each other.
  Verdict::Action action{};
  require(!answer(protocol, {octets, route}, std::byte{}, action));
}

void check_recognition(const Protocol& protocol, const Octets& message) {
  const bool claimed = protocol.claims(message);
  const auto frame = protocol.frame(Transport::tcp, message);
  require(frame.has_value() == (message.size() >= 8));
  if (!frame) return;
  require(*frame <= 65535 && *frame % 4 == 0);
  require(*frame == 0 || *frame >= header_size);
  // RFC 3489 is defined only for UDP.
  if (claimed && has_magic_cookie(message)) require(*frame == message.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Worker worker;
  if (size == 0) return 0;
  auto& protocol = worker.protocol();
  const unsigned how = data[0];
  const auto message = made_message(how, std::as_bytes(std::span(data, size)).subspan(1));
  const auto peer = boost::asio::ip::make_address((how & from_ipv6) != 0 ? "2001:db8::2112:a442" : "192.0.2.1");
  const auto local = boost::asio::ip::make_address((how & from_ipv6) != 0 ? "2001:db8::1" : "192.0.2.2");
  const Route route{{peer, 8466}, {local, 3478}, 1, (how & over_tcp) != 0 ? Transport::tcp : Transport::udp};

  check_recognition(protocol, message);
  Verdict::Action action{};
  const auto reply = answer(protocol, {message, route}, std::byte{0x00}, action);
  // All octets of a reply are written: none is what stood in the buffer before.
  require(reply == answer(protocol, {message, route}, std::byte{0xff}, action));
  if (reply) check_reply(protocol, message, *reply, route, action == Verdict::Action::refuse);
  return 0;
}
