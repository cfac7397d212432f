#pragma once

#include "config/reader.hpp"
#include "config/settings.hpp"
#include "protocols/counters.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/measure.hpp"
#include "protocols/route.hpp"
#include "protocols/source_table.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace thence {

/// A message and the way it came.
struct Request {
  std::span<const std::byte> payload;
  Route route;
};

/// A message and the way it leaves. It starts out empty, with the route of its request.
struct Reply {
  std::span<std::byte> buffer;  ///< room for the message: at least 4096 octets over UDP, 65535 over TCP
  std::size_t size = 0;         ///< octets of the buffer that are the message
  Route route;                  ///< its `local` is the source; a protocol may change that on purpose (RFC 5780 §6.1)
};

/// What became of a request.
struct Verdict {
  enum class Action : std::uint8_t {
    reply,   ///< the reply is sent
    refuse,  ///< the reply, which says no, is sent; the request is logged at a limited rate
    drop,    ///< nothing is sent; the request is logged at a limited rate
    defer,   ///< the protocol keeps the route and sends later, through Environment::send
  };
  Action action;
  Counter* outcome;  ///< one of the protocol's counters: the worker counts it, and its name goes into the log
};

/// Where the next message of a byte stream stands. See Protocol::frame.
struct Frame {
  std::size_t prefix = 0;  ///< octets in front of the message, 0 or 2: a length (RFC 1035 §4.2.2) that replies get too
  std::size_t message = 0;  ///< octets of the message, at most 65535; 0: the stream holds no message of this protocol
};

/// One protocol on one worker. Pure: bytes and a route in, bytes and a route out; no socket, no system call, no lock,
/// no allocation in respond(), but for what it defers. Made, called and destroyed by the worker's thread while that
/// runs; destroyed between two batches when settings are read again and another one takes its place. What it has
/// deferred by then may still be sent by something that holds a copy of its environment.
class Protocol {
 public:
  virtual ~Protocol() = default;

  /// Whether a datagram is of this protocol. Asked only on a port that several protocols share, so of all protocols at
  /// most one may claim a payload.
  virtual bool claims(std::span<const std::byte> payload) const noexcept = 0;

  /// Where the first message of a byte stream ends.
  /// @param stream what has arrived, at least 8 octets
  /// @return nothing when more is needed to tell
  virtual std::optional<Frame> frame(std::span<const std::byte> stream) const noexcept = 0;

  /// Told of a request that respond() will get a few others later. A protocol with much data can have the processor
  /// fetch by then what the answer needs; it must not matter for the answer.
  virtual void expect(const Request& request) noexcept { static_cast<void>(request); }

  /// Told before the first request, and whenever the interface table or the sockets have been replaced.
  virtual void interfaces_changed() {}

  /// Takes over what another protocol of the same plugin has learned, whose place it takes. Called once, before all
  /// else.
  virtual void follow(const Protocol& before) { static_cast<void>(before); }

  /// Tells what those who watch the server want to know of this worker's part, such as the health of upstreams: at most
  /// some hundred values, whatever the input was.
  virtual void measure(std::vector<Measure>& into) const { static_cast<void>(into); }

  /// Answers one request. The buffers of both live only until the worker's next batch: what a deferred answer needs, it
  /// copies.
  virtual Verdict respond(const Request& request, Reply& reply) noexcept = 0;
};

/// What a protocol may use of the worker that it runs on. All of it outlives the protocol and what it has deferred.
struct Environment {
  boost::asio::any_io_executor executor;  ///< for timers and upstream sockets; its handlers run on the worker's thread
  const InterfaceTable& interfaces;       ///< live: the worker replaces the value between two batches
  Counters& counters;                     ///< this protocol's own, on this worker; kept when settings are read again

  /// Sends a reply that respond() deferred, on the worker's thread. The route is that of the request; when its socket,
  /// connection or address is gone by now, nothing is sent and that is counted.
  std::function<void(const Route& route, std::span<const std::byte> message)> send;

  /// This protocol's UDP sockets, live as the interfaces are: after a change, Protocol::interfaces_changed is called. A
  /// dual-stack one stands here for each family. A reply's source that none of them serves is not sent.
  const SourceTable* sockets = nullptr;
  config::AdvertisedAddresses advertised = {};  ///< 1:1 NAT: what the world calls local addresses
};

/// A request that nobody has sent, as a person describes it.
struct Supposition {
  Route route;
  std::map<std::string, std::string>
      details;  ///< what else it has, in the protocol's own words: `name`, `www.example.com`
};

/// A protocol with its settings and data read: an immutable snapshot that all workers share.
struct Service {
  /// Makes the protocol of one worker. Called on any thread; the protocol keeps a share of the snapshot, but never the
  /// last one while the worker runs, so that freeing large data holds up no request.
  std::function<std::unique_ptr<Protocol>(const Environment&)> make;
  /// A command that a person can copy to try the service at that transport address; empty where no usual client can.
  std::function<std::string(const Endpoint&, Transport)> example;
  /// Reads the settings anew, beside this service, which goes on: what has not changed is shared with it, and what is
  /// broken now may stay as it was, with a problem that is not fatal. Called on any thread.
  std::function<Service(const config::Cursor& section)> reload;
  /// A second port that is to be served as the protocol's own listeners are, for a protocol that answers from another
  /// port than was asked; 0: none.
  std::uint16_t alternate_port = 0;
  /// Says in words what a request would get, and why: lines that end with a newline. May be absent. Called on any
  /// thread.
  /// @throws std::invalid_argument with `what is wrong; what is allowed`
  std::function<std::string(const Supposition&, const InterfaceTable&, const config::AdvertisedAddresses&)> explain =
      {};
  /// What those who watch the server want to know of the snapshot, such as zones and their serials: at most a thousand
  /// values. May be absent. Called on any thread.
  std::function<std::vector<Measure>()> measures = {};
  /// Names the parts of the settings, such as views, that may serve a request which arrives there, in their order. May
  /// be absent. Called on any thread. @param interface index
  std::function<std::vector<std::string>(const boost::asio::ip::address& local, std::uint32_t interface,
                                         const InterfaceTable&)>
      views = {};
  /// What its user should know about serving on these interfaces; empty: nothing. May be absent. Called on any thread.
  std::function<std::string(const InterfaceTable&, const config::AdvertisedAddresses&)> remark = {};
};

/// What the registry knows of a protocol.
struct Plugin {
  std::string_view name;   ///< as in `listeners[].protocols`; also the top-level key of its settings
  std::string_view title;  ///< as people write it: "DNS"

  /// Reads the settings and loads the data. Mistakes go to the cursor's problems, all of them; without a fatal one, the
  /// service can be used.
  Service (*load)(const config::Cursor& section);

  /// A small request that any responder of this protocol answers, for a check of the running server.
  /// @param nonce makes the request its own
  std::vector<std::byte> (*probe)(std::uint64_t nonce);
  /// Whether a message is an answer to that probe.
  bool (*answers)(std::span<const std::byte> probe, std::span<const std::byte> message);
};

}  // namespace thence
