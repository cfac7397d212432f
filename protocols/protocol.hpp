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

/// A message and the way it came.
struct Request {
  std::span<const std::byte> payload;
  Route route;
};

/// A message and the way it leaves. It starts out empty, with the route of its request.
struct Reply {
  std::span<std::byte> buffer;  ///< room for the message: at least 4096 octets of a datagram, 65535 in a stream
  std::size_t size = 0;         ///< octets of the buffer that are the message
  Route route;                  ///< its `local` is the source; a protocol may change that on purpose (RFC 5780 §6.1)

  // Set by the responder.
  ReplyPath* path = nullptr;
  std::size_t protocol = 0;  ///< number of the protocol on the worker

  /// Takes the reply away, to be sent later; respond() then returns Action::defer, and what is in the buffer is of no
  /// use. Without a responder, it owes nothing.
  Deferral defer() const noexcept {
    return path == nullptr ? Deferral() : Deferral(path->shared_from_this(), route, protocol);
  }
};

/// What became of a request.
struct Verdict {
  enum class Action : std::uint8_t {
    reply,   ///< the reply is sent
    refuse,  ///< the reply, which says no, is sent; the request is logged at a limited rate
    drop,    ///< nothing is sent; the request is logged at a limited rate
    defer,   ///< the protocol has taken Reply::defer(), and sends later
  };
  Action action;
  Counter* outcome;  ///< one of the protocol's counters: the worker counts it, and its name goes into the log
};

/// How the messages of a protocol stand in a byte stream.
enum class Framing : std::uint8_t {
  self_delimiting,  ///< one after another: each says itself where it ends (RFC 8489 §6.2.2)
  length_prefixed,  ///< each behind its length in two octets, in network byte order (RFC 1035 §4.2.2)
};

/// Octets in front of each message.
constexpr std::size_t prefix_size(Framing framing) noexcept { return framing == Framing::length_prefixed ? 2 : 0; }

/// One protocol on one worker. Pure: bytes and a route in, bytes and a route out; no socket, no system call, no lock,
/// no allocation in respond(), but for what it defers. Made, called and destroyed by the worker's thread while that
/// runs; destroyed between two batches when settings are read again and another one takes its place. What it has
/// deferred by then may still be sent by something that holds the Deferral.
class Protocol {
 public:
  virtual ~Protocol() = default;

  /// Whether a datagram is of this protocol. Asked only on a port that several protocols share, so of all protocols at
  /// most one may claim a payload.
  virtual bool claims(std::span<const std::byte> payload) const noexcept = 0;

  /// How messages stand in a stream of that transport.
  virtual Framing framing(Transport /*transport*/) const noexcept { return Framing::self_delimiting; }

  /// Where the first message of a stream ends. Without streams among its transports, a protocol is never asked.
  /// @param stream what has arrived, at least one octet
  /// @return octets of the message, with those of its framing: at most 65535 and these; 0 where the stream holds no
  /// message of this protocol; nothing where more is needed to tell
  virtual std::optional<std::size_t> frame(Transport /*transport*/,
                                           std::span<const std::byte> /*stream*/) const noexcept {
    return 0;
  }

  /// Told of a request some requests before respond() gets it. A protocol with much data can have the processor fetch
  /// by then what the answer needs; it must not matter for the answer.
  virtual void expect(const Request& /*request*/) noexcept {}

  /// Told before the first request, and whenever the interface table or the sockets have been replaced.
  virtual void interfaces_changed() {}

  /// Takes over what another protocol of the same plugin has learned, whose place it takes. Called once, before all
  /// else.
  virtual void follow(const Protocol& /*before*/) {}

  /// Tells what those who watch the server want to know of this worker's part, such as the health of upstreams: at most
  /// some hundred values, whatever the input was.
  virtual void measure(std::vector<Measure>& /*into*/) const {}

  /// Says what a request asks, for the log: `www.example.com A`. Called for lines that are written only.
  /// @return at most some hundred characters; empty where the message cannot be read
  virtual std::string describe(std::span<const std::byte> /*payload*/) const { return {}; }

  /// Answers one request. The buffers of both live only until the worker's next batch: what a deferred answer needs, it
  /// copies.
  virtual Verdict respond(const Request& request, Reply& reply) noexcept = 0;
};

/// A request that nobody has sent, as a person describes it.
struct Supposition {
  Route route;
  std::map<std::string, std::string>
      details;  ///< what else it has, in the protocol's own words: `name`, `www.example.com`
};

/// A protocol with its settings and data read: an immutable snapshot that all workers share. Each of its functions may
/// be called on any thread.
class Service {
 public:
  virtual ~Service() = default;

  /// Makes the protocol of one worker, which may use the host for as long as it lives. It keeps a share of the
  /// snapshot, but never the last one while the worker runs, so that freeing large data holds up no request.
  virtual std::unique_ptr<Protocol> make(Host& host) const = 0;

  /// A command that a person can copy to try the service at that transport address; empty where no usual client can.
  virtual std::string example(const Endpoint& /*at*/, Transport /*transport*/) const { return {}; }

  /// A second port that is to be served as the protocol's own listeners are, for a protocol that answers from another
  /// port than was asked; 0: none.
  virtual std::uint16_t alternate_port() const noexcept { return 0; }

  /// Says in words what a request would get, and why: lines that end with a newline; empty: it cannot tell.
  /// @throws std::invalid_argument with `what is wrong; what is allowed`
  virtual std::string explain(const Supposition& /*supposed*/, const InterfaceTable& /*interfaces*/,
                              const config::AdvertisedAddresses& /*advertised*/) const {
    return {};
  }

  /// What those who watch the server want to know of the snapshot, such as zones and their serials: at most a thousand
  /// values.
  virtual std::vector<Measure> measures() const { return {}; }

  /// Names the parts of the settings, such as views, that may serve a request which arrives there, in their order.
  /// @param interface index
  virtual std::vector<std::string> views(const boost::asio::ip::address& /*local*/, std::uint32_t /*interface*/,
                                         const InterfaceTable& /*interfaces*/) const {
    return {};
  }

  /// What its user should know about serving on these interfaces; empty: nothing.
  virtual std::string remark(const InterfaceTable& /*interfaces*/,
                             const config::AdvertisedAddresses& /*advertised*/) const {
    return {};
  }
};

/// What the registry knows of a protocol.
struct Plugin {
  std::string_view name;   ///< as in `listeners[].protocols`; also the top-level key of its settings
  std::string_view title;  ///< as people write it: "DNS"
  Transports transports;   ///< over which it speaks; of a listener's, only these are opened for it

  /// Reads the settings and loads the data. Mistakes go to the cursor's problems, all of them; without a fatal one, the
  /// service can be used.
  /// @param before what this plugin has loaded last, which goes on until the new service takes its place: what has not
  /// changed is shared with it, and what is broken now may stay as it was, with a problem that is not fatal; nullptr at
  /// the start
  std::shared_ptr<const Service> (*load)(const config::Cursor& section, const Service* before);

  /// A small request that any responder of this protocol answers, for a check of the running server.
  /// @param nonce makes the request its own
  std::vector<std::byte> (*probe)(std::uint64_t nonce);
  /// Whether a message is an answer to that probe.
  bool (*answers)(std::span<const std::byte> probe, std::span<const std::byte> message);
};

}  // namespace thence
