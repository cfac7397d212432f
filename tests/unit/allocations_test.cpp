#include "responder/interface_monitor.hpp"
#include "responder/registry.hpp"
#include "responder/snapshot.hpp"
#include "responder/worker.hpp"

#include <atomic>
#include <cstdlib>
#include <future>
#include <new>

#include <boost/asio/buffer.hpp>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>

/// The answering path allocates nothing: every `operator new` of this program is counted, by thread, and so is what the
/// cryptographic library allocates.
namespace {

thread_local bool counting_here = true;
std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
  if (counting_here) ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
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

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
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
      dynamic: { self: self, client: client }
  nsid: node-7
  chaos: { id: node-7, version: "1" }
  rate-limit: { per-second: 1 }
stun: { behavior-discovery: { alternate-port: 15714, padding: true } }
)";

Snapshot load_text() { return load(config::Document::parse("test", text)); }

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
  const std::string nsid("\0\3\0\0", 4);
  return {client_cookie, bad_cookie, subnet, nsid, client_cookie + subnet + nsid, std::string("\0\10\0\0", 4)};
}

std::vector<std::string> dns_requests() {
  const std::string apex = "\7example\3com";
  std::vector<std::string> all;
  for (const std::string name : {"\3www", "\1w", "\6absent", "\4self", "\6client", ""}) {
    for (const char type : {'\1', '\34', '\20', '\6', '\377'}) all.push_back(query(name + apex, type));
  }
  for (const auto& each : options()) all.push_back(query("\3www" + apex, '\1', each));
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

/// How many allocations a request makes once everything is warm.
std::uint64_t allocations_of(Protocol& protocol, const std::string& payload, Transport transport, const char* peer) {
  std::vector<std::byte> room(65535);
  Route route;
  route.peer = {ip::make_address(peer), 4242};
  route.local = {ip::make_address("192.0.2.1"), 53};
  route.transport = transport;
  const Request request{std::as_bytes(std::span(payload)), route};
  const auto before = allocations.load();
  for (int i = 0; i < 10; ++i) {
    Reply reply{room, 0, route};
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
  asio::io_context context;
  InterfaceTable interfaces;
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    Counters counters;
    const auto protocol = snapshot.services[i].make({context.get_executor(), interfaces, counters, nullptr});
    for (const auto& request : plugins()[i].name == "dns" ? dns_requests() : stun_requests()) {
      // The first is over the limit of replies, the second has none.
      EXPECT_EQ(allocations_of(*protocol, request, Transport::udp, "192.0.2.9"), 0U) << plugins()[i].name;
      EXPECT_EQ(allocations_of(*protocol, request, Transport::udp, "127.0.0.1"), 0U) << plugins()[i].name;
      EXPECT_EQ(allocations_of(*protocol, request, Transport::tcp, "2001:db8::9"), 0U) << plugins()[i].name;
    }
  }
}

/// Counts the allocations of one thread, the worker's: all others are left out.
TEST(Allocations, NoneOnAWorkerBetweenSocketAndSocket) {
  counting_here = false;
  const auto snapshot = load_text();
  Worker worker(snapshot, read_interfaces());
  for (const auto& listener : snapshot.settings.listeners) {
    for (const auto& binding : bindings(listener, host_families(), Share::alone)) worker.open_udp(binding, listener);
  }
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

}  // namespace
}  // namespace thence
