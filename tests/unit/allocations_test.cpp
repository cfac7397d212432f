#include "responder/configuration/registry.hpp"
#include "responder/configuration/snapshot.hpp"
#include "responder/host/interface_monitor.hpp"
#include "responder/run/worker.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
#include <new>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>

/// The answering path allocates nothing: every `operator new` of this program is counted, by thread, and so is what the
/// cryptographic library allocates.
namespace {

thread_local bool counting_here = true;
std::atomic<std::uint64_t> allocations{0};
/// So many of the next allocations of at least `failing_from` octets fail, after so many that do not.
std::atomic<int> to_fail{0};
std::atomic<std::size_t> failing_from{0};
std::atomic<int> failing_after{0};

/// @return nullptr if there is no memory
void* counted(std::size_t size) {
  if (counting_here) ++allocations;
  if (counting_here && to_fail > 0 && size >= failing_from && failing_after-- <= 0) {
    --to_fail;
    return nullptr;
  }
  return std::malloc(size);
}

void* counted_or_thrown(std::size_t size) {
  if (void* const memory = counted(size)) return memory;
  throw std::bad_alloc();
}

void* crypto_malloc(std::size_t size, const char* /*file*/, int /*line*/) {
  return size == 0 ? nullptr : counted(size);
}
void* crypto_realloc(void* memory, std::size_t size, const char* /*file*/, int /*line*/) {
  if (counting_here) ++allocations;
  return std::realloc(memory, size);
}
void crypto_free(void* memory, const char* /*file*/, int /*line*/) { std::free(memory); }

/// Before anything else, as the library takes no others once it has allocated.
const bool counting_crypto = CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;

}  // namespace

void* operator new(std::size_t size) { return counted_or_thrown(size); }
void* operator new[](std::size_t size) { return counted_or_thrown(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace thence {
namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;

constexpr auto text = R"(
listeners: [{port: 15711, protocols: [dns]}, {port: 15712, protocols: [stun]}, {port: 15713, protocols: [dns, stun]}]
dns:
  zones:
    - name: example.com
      records: ["@ 60 SOA ns h 1 2 3 4 5", "@ 60 NS ns", "ns 60 A 192.0.2.1", "www 60 A 192.0.2.2", "w 60 CNAME www"]
      dynamic:
        self: self
        client: { tell: client, subnet: true }
        whoami: whoami
        gate: { interface: lo }
        near: { nearest: [192.0.2.3, 127.0.0.3, "2001:db8::3"] }
        only: { nearest: [192.0.2.3, 127.0.0.3, "2001:db8::3"], only: true }
    - name: 127.in-addr.arpa
      records: ["@ 60 SOA ns.example.com. h 1 2 3 4 5", "@ 60 NS ns.example.com."]
      reverse: "*.hosts.example.com"
  nsid: node-7
  chaos: { id: node-7, version: "1" }
  rate-limit: { per-second: 1 }
stun: { behavior-discovery: { alternate-port: 15714, padding: true } }
)";

/// Each kind of match decides about some request.
constexpr auto views = R"(
dns:
  zones:
    - name: example.com
      records: ["@ 60 SOA ns h 1 2 3 4 5", "@ 60 NS ns", "ns 60 A 192.0.2.1", "www 60 A 192.0.2.2"]
  client-subnet: { trusted: [192.0.2.0/24, "2001:db8::/32"] }
  views:
    - { name: enemies, match: { clients: [192.0.2.66, "2001:db8::66"] }, access: drop }
    - { name: strangers, match: { clients: [192.0.2.67] }, access: refuse }
    - name: subnet
      match: { subnets: [192.0.0.0/20, "2001:db8:5::/48", "!192.0.8.0/24"] }
      zones: [ { name: example.com, dynamic: { client: { tell: client, subnet: true } } } ]
    - { name: streams, match: { transports: [tcp], local: ["192.0.2.0/24", "2001:db8::/32"] }, zones: [example.com] }
    - name: lan
      match: { interfaces: ["eth*", "!eth1"], clients: ["0.0.0.0/0", "!192.0.2.9"] }
      zones: [example.com]
)";

Snapshot load_text(const std::string& settings = text) { return load(config::Document::parse("test", settings)); }

/// A DNS query. @param labels such as "\3www\7example\3com"
std::string query(const std::string& labels, char type, const std::string& options = "", char rr_class = '\1') {
  return std::string("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01", 12) + labels + std::string("\0\0", 2) + type +
         '\0' + rr_class + std::string("\0\0\x29\x10\0\0\0\0\0\0", 10) + static_cast<char>(options.size()) + options;
}

/// What a query may ask of EDNS. Over the limit of replies one gets BADCOOKIE, TC or nothing.
std::vector<std::string> options() {
  const std::string client_cookie = std::string("\0\12\0\10", 4) + "12345678";
  const std::string bad_cookie =
      std::string("\0\12\0\30", 4) + "12345678" + std::string("\1\0\0\0", 4) + "123456789012";
  const std::string subnet("\0\10\0\7\0\1\30\0\300\0\2", 11);
  const std::string ipv6_subnet("\0\10\0\12\0\2\60\0\x20\x01\x0d\xb8\0\5", 14);
  const std::string nsid("\0\3\0\0", 4);
  return {
      client_cookie, bad_cookie, subnet, ipv6_subnet, nsid, client_cookie + subnet + nsid, std::string("\0\10\0\0", 4)};
}

std::vector<std::string> dns_requests() {
  const std::string apex = "\7example\3com";
  std::vector<std::string> all;
  for (const std::string name :
       {"\3www", "\1w", "\6absent", "\4self", "\6client", "\6whoami", "\4gate", "\4near", "\4only", ""}) {
    for (const char type : {'\1', '\34', '\20', '\6', '\377'}) all.push_back(query(name + apex, type));
  }
  for (const auto& each : options()) {
    all.push_back(query("\3www" + apex, '\1', each));
    all.push_back(query("\6client" + apex, '\20', each));
    all.push_back(query("\6whoami" + apex, '\20', each));
  }
  const std::string reverse = "\003127\7in-addr\4arpa";
  for (const std::string name : {"\0011\0010\0010", "\0019\0010\0010", "\0010", ""})
    all.push_back(query(name + reverse, '\14'));
  all.push_back(query("\2id\6server", '\20', "", '\3'));
  all.push_back(query("\7version\4bind", '\20', "", '\3'));
  all.push_back(query("\5other\4zone", '\1'));
  all.push_back(query("\3www" + apex, '\1').substr(0, 20));
  return all;
}

std::vector<std::string> stun_requests() {
  const std::string id = "123456789012";
  const std::string cookie = "\x21\x12\xa4\x42";
  const std::string empty("\0\1\0\0", 4);
  const std::string with_one("\0\1\0\10", 4);
  // CHANGE-REQUEST with both flags, and PADDING.
  return {empty + cookie + id,
          std::string("\0\1\0\4", 4) + cookie + id + std::string("\x7f\xff\0\0", 4),
          empty + "0123" + id,
          with_one + cookie + id + std::string("\0\3\0\4\0\0\0\6", 8),
          with_one + "0123" + id + std::string("\0\3\0\4\0\0\0\6", 8),
          with_one + cookie + id + std::string("\0\x26\0\4pads", 8)};
}

Route route_of(const char* peer, Transport transport = Transport::udp, std::uint32_t interface = 2) {
  return {{ip::make_address(peer), 4242}, {ip::make_address("192.0.2.1"), 53}, interface, transport};
}

InterfaceTable interfaces_of_a_host() {
  return InterfaceTable(
      {{1, "lo", true, {{ip::make_address("127.0.0.1"), 8}}},
       {2, "eth0", true, {{ip::make_address("192.0.2.1"), 24}, {ip::make_address("2001:db8::1"), 64}}},
       {3, "eth1", true, {}}});
}

/// Where deferred replies go.
struct Path final : ReplyPath {
  unsigned sent = 0;

 private:
  void send_deferred(const Route&, std::size_t, std::span<const std::byte>) override { ++sent; }
  void give_up(const Route&) noexcept override {}
};

/// How many allocations a request makes once everything is warm.
std::uint64_t allocations_of(Protocol& protocol, const std::string& payload, const Route& route,
                             ReplyPath* path = nullptr) {
  std::vector<std::byte> room(65535);
  const Request request{std::as_bytes(std::span(payload)), route};
  const auto before = allocations.load();
  for (int i = 0; i < 10; ++i) {
    Reply reply{room, 0, route, path, 0};
    const auto verdict = protocol.respond(request, reply);
    ++verdict.outcome->value;
  }
  return allocations.load() - before;
}

TEST(Allocations, TheCountingCounts) {
  const auto before = allocations.load();
  delete new std::string(100, 'x');
  EXPECT_GT(allocations.load(), before);
  const auto before_crypto = allocations.load();
  BN_free(BN_new());
  EXPECT_TRUE(counting_crypto);
  EXPECT_GT(allocations.load(), before_crypto);
}

TEST(Allocations, NoneInRespondOfEitherProtocol) {
  const auto snapshot = load_text();
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    LoneHost host;
    host.interface_table = interfaces_of_a_host();
    const auto protocol = snapshot.services[i]->make(host);
    protocol->interfaces_changed();
    for (const auto& request : plugins()[i].name == "dns" ? dns_requests() : stun_requests()) {
      // The first is over the limit of replies, the second has none.
      EXPECT_EQ(allocations_of(*protocol, request, route_of("192.0.2.9")), 0U) << plugins()[i].name;
      EXPECT_EQ(allocations_of(*protocol, request, route_of("127.0.0.1")), 0U) << plugins()[i].name;
      EXPECT_EQ(allocations_of(*protocol, request, route_of("2001:db8::9", Transport::tcp)), 0U) << plugins()[i].name;
    }
  }
}

/// A DNS responder by itself.
class Responder {
 public:
  explicit Responder(const std::string& settings) {
    const auto dns = std::ranges::find(plugins(), "dns", &Plugin::name) - plugins().begin();
    host_.interface_table = interfaces_of_a_host();
    protocol_ = load_text(settings).services[static_cast<std::size_t>(dns)]->make(host_);
    protocol_->interfaces_changed();
  }

  Protocol& protocol() { return *protocol_; }
  ReplyPath& path() { return *path_; }
  std::uint64_t counter(const char* name) { return host_.counts[name].value; }

  void wait_for_deferred() {
    while (path_->sent == 0) host_.context.run_one();
  }

 private:
  std::shared_ptr<Path> path_ = std::make_shared<Path>();
  LoneHost host_;
  std::unique_ptr<Protocol> protocol_;
};

TEST(Allocations, NoneInViews) {
  Responder responder(views);
  const auto ask_all = [&](const Route& route) {
    std::uint64_t during = 0;
    for (const auto& request : dns_requests()) during += allocations_of(responder.protocol(), request, route);
    return during;
  };
  for (const auto transport : {Transport::udp, Transport::tcp}) {
    for (const std::uint32_t interface : {1U, 2U, 3U, 4U}) {
      for (const auto* const peer : {"192.0.2.9", "192.0.2.10", "192.0.2.66", "192.0.2.67", "2001:db8::9"}) {
        EXPECT_EQ(ask_all(route_of(peer, transport, interface)), 0U) << peer << " on interface " << interface;
      }
    }
  }
  for (const auto* const outcome : {"noerror", "nodata", "nxdomain", "refused", "shut-out"}) {
    EXPECT_GT(responder.counter(outcome), 0U) << outcome;
  }
}

/// Takes a query without options of its own, and gives its name an address.
void answer_one(ip::udp::socket& upstream) {
  std::string message(512, '\0');
  ip::udp::endpoint from;
  message.resize(upstream.receive_from(asio::buffer(message), from));
  message.resize(message.size() - 11);  // without OPT
  message[2] = '\x84';
  message[7] = 1;
  message[11] = 0;
  message += std::string("\300\14\0\1\0\1\0\0\7\0\0\4\300\0\2\1", 16);
  upstream.send_to(asio::buffer(message), from);
}

TEST(Allocations, NoneInWhatIsForwardedAndCached) {
  asio::io_context context;
  ip::udp::socket upstream(context, {ip::address_v4::loopback(), 0});
  const auto port = std::to_string(upstream.local_endpoint().port());
  Responder responder("dns: { forward: [ { zone: \".\", open: true, to: [\"127.0.0.1:" + port + "\"] } ] }");
  const auto question = query("\3www\7example", '\1');
  const auto route = route_of("192.0.2.9");
  EXPECT_GT(allocations_of(responder.protocol(), question, route, &responder.path()), 0U);
  answer_one(upstream);
  responder.wait_for_deferred();
  EXPECT_EQ(allocations_of(responder.protocol(), question, route), 0U);
  EXPECT_EQ(responder.counter("forward-cached"), 10U);
}

/// Counts the allocations of one thread, the worker's: all others are left out.
TEST(Allocations, NoneOnAWorkerBetweenSocketAndSocket) {
  counting_here = false;
  const auto snapshot = load_text();
  Worker worker(snapshot, read_interfaces());
  ListeningSockets sockets({worker.executor()}, host_families(), {});
  auto prepared = sockets.prepare(snapshot.settings.listeners, read_interfaces());
  ASSERT_TRUE(prepared.refusals.empty()) << prepared.refusals.front();
  worker.open(std::move(sockets.take(std::move(prepared)).front()), snapshot.settings.listeners);
  worker.start();

  asio::io_context context;
  std::uint64_t answered = 0;
  const auto ask_all = [&](std::uint16_t port, const std::vector<std::string>& requests, const char* address) {
    const auto destination = ip::make_address(address);
    ip::udp::socket socket(context, {destination.is_v4() ? ip::udp::v4() : ip::udp::v6(), 0});
    for (const auto& request : requests) socket.send_to(asio::buffer(request), {destination, port});
    char reply[4096];
    const timeval patience{0, 50'000};
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (std::size_t i = 0; i < requests.size() && ::recv(socket.native_handle(), reply, sizeof reply, 0) > 0; ++i) {
      ++answered;
    }
  };
  const auto round = [&] {
    for (const auto* const address : {"127.0.0.1", "127.9.9.9", "::1"}) {
      ask_all(15711, dns_requests(), address);
      ask_all(15712, stun_requests(), address);
      ask_all(15713, dns_requests(), address);
    }
  };
  // One request out of a batch may be refused at a logged rate of one a second: the log is not the answering path.
  log::start({config::LogLevel::error, config::LogFormat::text});
  round();
  const auto before = allocations.load();
  answered = 0;
  for (int i = 0; i < 5; ++i) round();
  const auto during = allocations.load() - before;
  worker.stop();
  log::stop(0);
  EXPECT_GT(answered, 900U);
  EXPECT_EQ(during, 0U) << "for " << answered << " answers";
}

std::uint64_t counter(Worker& worker, std::string_view name) {
  std::promise<std::uint64_t> value;
  worker.report([&](const WorkerReport& report) {
    std::uint64_t found = 0;
    for (const auto& each : report.counters) found = each.name == name ? each.value : found;
    value.set_value(found);
  });
  return value.get_future().get();
}

/// @return the octets of the reply; 0 where the connection is closed without one
std::size_t ask_over_tcp(const std::string& request) {
  asio::io_context context;
  ip::tcp::socket socket(context);
  boost::system::error_code error;
  socket.connect({ip::address_v4::loopback(), 15711}, error);
  const std::string framed = std::string{'\0', static_cast<char>(request.size())} + request;
  if (!error) asio::write(socket, asio::buffer(framed), error);
  std::string reply(2048, '\0');
  return error ? 0 : socket.read_some(asio::buffer(reply), error);
}

/// Where there is no memory for a connection, that costs the connection and no more.
TEST(Allocations, WithoutMemoryForAConnectionOnlyThatIsLost) {
  counting_here = false;
  log::start({config::LogLevel::error, config::LogFormat::text});
  const auto snapshot = load_text();
  Worker worker(snapshot, read_interfaces());
  ListeningSockets sockets({worker.executor()}, host_families(), {});
  worker.open(std::move(sockets.take(sockets.prepare(snapshot.settings.listeners, read_interfaces())).front()),
              snapshot.settings.listeners);
  worker.start();
  const auto question = query("\3www\7example\3com", '\1');
  EXPECT_GT(ask_over_tcp(question), 0U);

  // Its buffer cannot be had.
  failing_from = 512;
  failing_after = 0;
  to_fail = 1;
  EXPECT_EQ(ask_over_tcp(question), 0U);
  EXPECT_EQ(to_fail, 0);
  EXPECT_EQ(counter(worker, "tcp.closed.failed"), 1U);
  EXPECT_GT(ask_over_tcp(question), 0U) << "the next one is served";

  // Whatever is allocated on the way of a connection cannot be had, one after the other.
  for (std::size_t nth = 1; nth <= 12; ++nth) {
    failing_from = nth * 16;
    failing_after = 0;
    to_fail = 1;
    ask_over_tcp(question);
    to_fail = 0;
    EXPECT_GT(ask_over_tcp(question), 0U) << nth;
  }
  EXPECT_EQ(counter(worker, "worker-failures"), 0U);
  worker.stop();
  log::stop(0);
}

/// A change that runs out of memory somewhere on its way is over all the same, and the next one is taken.
TEST(Allocations, WithoutMemoryForAChangeItEndsAndTheNextOneIsTaken) {
  counting_here = false;
  log::start({config::LogLevel::error, config::LogFormat::text});
  const auto snapshot = load_text();
  const auto interfaces = read_interfaces();
  Worker worker(snapshot, interfaces);
  ListeningSockets sockets({worker.executor()}, host_families(), {});
  const auto prepared = [&] {
    return std::move(sockets.take(sockets.prepare(snapshot.settings.listeners, interfaces)).front());
  };
  worker.open(prepared(), snapshot.settings.listeners);
  worker.start();

  const auto is_over = [](std::promise<void>& ended) {
    return ended.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  };
  const std::function<bool()> reload = [&] {
    std::promise<void> ended;
    worker.snapshot_changed(snapshot, prepared(), [&] { ended.set_value(); });
    return is_over(ended);
  };
  const std::function<bool()> bring_interfaces = [&] {
    std::promise<void> ended;
    worker.interfaces_changed(interfaces, prepared(), [&] { ended.set_value(); });
    return is_over(ended);
  };
  const auto question = query("\3www\7example\3com", '\1');
  failing_from = 0;
  for (const auto& change : {reload, bring_interfaces}) {
    int failures = 0;
    for (;; ++failures) {
      failing_after = failures;
      to_fail = 1;
      ASSERT_TRUE(change()) << failures;
      if (to_fail.exchange(0) == 1) break;  // it needs no more memory than that
      ASSERT_TRUE(change()) << failures;
      ASSERT_GT(ask_over_tcp(question), 0U) << failures;
    }
    EXPECT_GT(failures, 20);
  }
  EXPECT_GT(counter(worker, "worker-failures"), 20U);
  worker.stop();
  log::stop(0);
}

}  // namespace
}  // namespace thence
