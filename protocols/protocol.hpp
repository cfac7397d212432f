#pragma once

#include "config/reader.hpp"
#include "config/settings.hpp"
#include "protocols/counters.hpp"
#include "protocols/deferral.hpp"
#include "protocols/host.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/measure.hpp"
#include "protocols/message_size.hpp"
#include "protocols/route.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thence {

/// A message and the route it arrived by.
struct Request {
  std::span<const std::byte> payload;
  Route route;
};

/// A message and the route it leaves by. It starts out empty, with the route of its request.
struct Reply {
  std::span<std::byte> buffer;  ///< room for the message: at least 4096 octets for a datagram, 65535 for a stream
  std::size_t size = 0;         ///< octets of the message in the buffer
  Route route;                  ///< its `local` is the source, which a protocol may change on purpose (RFC 5780 §6.1)

  // Set by the responder.
  ReplyPath* path = nullptr;
  std::size_t protocol = 0;          ///< number of the protocol on the worker
  std::size_t unfragmented = 65535;  ///< octets that leave in one IP packet; a larger datagram is fragmented

  /// Takes the reply away to be sent later; respond() then returns Action::defer, and the buffer is ignored. Without a
  /// responder, the deferral does nothing.
  Deferral defer() const noexcept {
    return path == nullptr ? Deferral() : Deferral(path->shared_from_this(), route, protocol);
  }
};

/// How a request was handled.
struct Verdict {
  enum class Action : std::uint8_t {
    reply,   ///< the reply is sent
    refuse,  ///< the reply, a refusal, is sent; the request is logged at a limited rate
    drop,    ///< nothing is sent; the request is logged at a limited rate
    defer,   ///< the protocol has called Reply::defer(), and sends later
  };
  Action action;
  Counter* outcome;  ///< one of the protocol's counters: the worker increments it and logs its name
};

/// How messages are delimited in a byte stream.
enum class Framing : std::uint8_t {
  self_delimiting,  ///< each message contains its own length (RFC 8489 §6.2.2)
  length_prefixed,  ///< each message follows its length: two octets in network byte order (RFC 1035 §4.2.2)
};

/// Octets in front of each message.
constexpr std::size_t prefix_size(Framing framing) noexcept { return framing == Framing::length_prefixed ? 2 : 0; }

/// One protocol on one worker. Pure: bytes and a route in, bytes and a route out; no sockets, system calls, locks or
/// allocations in respond(), except for what it defers. Created, called and destroyed on the worker's thread; on a
/// reload, another one replaces it between two batches. What it has deferred by then may still be sent by whatever
/// holds the Deferral.
class Protocol {
 public:
  virtual ~Protocol() = default;

  /// Whether a datagram belongs to this protocol. Called only on ports that several protocols share: no two protocols
  /// may claim the same payload.
  virtual bool claims(std::span<const std::byte> payload) const noexcept = 0;

  /// How messages are delimited in a stream of that transport.
  virtual Framing framing(Transport /*transport*/) const noexcept { return Framing::self_delimiting; }

  /// Where the first message of a stream ends. Never called for a protocol without stream transports.
  /// @param stream what has arrived, at least one octet
  /// @return octets of the message, including its framing: at most 65535 plus prefix_size(); 0 if the stream holds no
  /// message of this protocol; nothing if it takes more octets to tell
  virtual std::optional<std::size_t> frame(Transport /*transport*/,
                                           std::span<const std::byte> /*stream*/) const noexcept {
    return 0;
  }

  /// Announces a request shortly before respond() gets it, so that a protocol with much data can prefetch what the
  /// answer needs. It must not affect the answer.
  virtual void expect(const Request& /*request*/) noexcept {}

  /// Called before the first request, and whenever the interface table or the sockets have been replaced.
  virtual void interfaces_changed() {}

  /// Takes over what its predecessor, of the same plugin, has learned. Called at most once, before anything else.
  virtual void follow(const Protocol& /*before*/) {}

  /// Reports this worker's values for monitoring, such as the health of upstreams: at most a few hundred, whatever the
  /// input.
  virtual void measure(std::vector<Measure>& /*into*/) const {}

  /// What a request asks, for the log: `www.example.com A`. Called only for lines that are written.
  /// @return at most a few hundred characters; empty if the message cannot be read
  virtual std::string describe(std::span<const std::byte> /*payload*/) const { return {}; }

  /// Answers one request. Both buffers live only until the worker's next batch: copy what a deferred answer needs.
  virtual Verdict respond(const Request& request, Reply& reply) noexcept = 0;
};

/// A hypothetical request, as a person describes it.
struct Supposition {
  Route route;
  std::map<std::string, std::string>
      details;  ///< the rest of it, in the protocol's own terms: `name`, `www.example.com`
};

/// A protocol's settings and data, loaded: an immutable snapshot that all workers share. Every function may be called
/// on any thread.
class Service {
 public:
  virtual ~Service() = default;

  /// Creates the protocol of one worker, which may use the host for as long as it lives. It shares ownership of the
  /// snapshot, but is never the last owner while the worker runs, so freeing large data delays no request.
  virtual std::unique_ptr<Protocol> make(Host& host) const = 0;

  /// A command to copy for trying the service at that transport address; empty where no common client can.
  virtual std::string example(const Endpoint& /*at*/, Transport /*transport*/) const { return {}; }

  /// A second port to serve just as the protocol's own listeners, for a protocol that can answer from another port than
  /// the request was sent to; 0: none.
  virtual std::uint16_t alternate_port() const noexcept { return 0; }

  /// Explains in words how a request would be answered, and why: lines that end with a newline; empty: unsupported.
  /// @throws std::invalid_argument with `what is wrong; what is allowed`
  virtual std::string explain(const Supposition& /*supposed*/, const InterfaceTable& /*interfaces*/,
                              const config::AdvertisedAddresses& /*advertised*/) const {
    return {};
  }

  /// Values of the snapshot for monitoring, such as zones and their serials: at most a thousand.
  virtual std::vector<Measure> measures() const { return {}; }

  /// The names, in order, of the parts of the settings, such as views, that may serve a request arriving there.
  /// @param local unspecified: any address
  /// @param interface index
  virtual std::vector<std::string> views(const boost::asio::ip::address& /*local*/, std::uint32_t /*interface*/,
                                         const InterfaceTable& /*interfaces*/) const {
    return {};
  }

  /// How many times as large as its request a reply over UDP may be, which a forged source address sends to somebody
  /// else. 0 where the replies to one address are limited in number.
  virtual double amplification() const { return 0; }

  /// What the operator should know about serving on these interfaces; empty: nothing.
  virtual std::string remark(const InterfaceTable& /*interfaces*/,
                             const config::AdvertisedAddresses& /*advertised*/) const {
    return {};
  }
};

/// What the registry knows of a protocol.
struct Plugin {
  std::string_view name;   ///< as in `listeners[].protocols`; also the top-level key of its settings
  std::string_view title;  ///< for people: "DNS"
  Transports transports;   ///< those it supports; of a listener's, only these are opened for it

  /// Reads the settings and loads the data. All errors go to the cursor's problems; unless one is fatal, the service is
  /// usable.
  /// @param before the service in use, which the new one will replace: unchanged data is shared with it, and data that
  /// is now broken may stay as it was, with a problem that is not fatal; nullptr at startup
  std::shared_ptr<const Service> (*load)(const config::Cursor& section, const Service* before);

  /// A small request that any server of this protocol answers, for checking the running server.
  /// @param nonce makes the request unique
  std::vector<std::byte> (*probe)(std::uint64_t nonce);
  /// Whether a message is an answer to that probe.
  bool (*answers)(std::span<const std::byte> probe, std::span<const std::byte> message);
};

}  // namespace thence
