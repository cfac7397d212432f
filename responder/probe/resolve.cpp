#include "responder/probe/resolve.hpp"

#include "responder/probe/failure.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <ares.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <netdb.h>
#include <netinet/in.h>

namespace thence::probe {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;
using asio::posix::stream_descriptor;
using boost::system::error_code;

struct FreeData {
  void operator()(void* data) const noexcept { ares_free_data(data); }
};
struct FreeAddresses {
  void operator()(ares_addrinfo* addresses) const noexcept { ares_freeaddrinfo(addresses); }
};
struct FreeHost {
  void operator()(hostent* host) const noexcept { ares_free_hostent(host); }
};

struct SrvRecord {
  std::string target;
  std::uint16_t port = 0;
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
};

ip::address address_of(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    return ip::address_v4(ntohl(reinterpret_cast<const sockaddr_in*>(from)->sin_addr.s_addr));
  }
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(from);
  ip::address_v6::bytes_type bytes{};
  std::copy(std::begin(v6->sin6_addr.s6_addr), std::end(v6->sin6_addr.s6_addr), bytes.begin());
  return ip::address_v6(bytes, v6->sin6_scope_id);
}

/// c-ares, with Asio waiting on its descriptors and timeouts. One lookup at a time; each runs the context until it
/// ends.
class Resolver {
 public:
  explicit Resolver(std::chrono::milliseconds timeout) : timer_(context_), deadline_(context_) {
    constexpr int first_try_ms = 2000;
    constexpr int tries = 2;  // per server
    ares_options options{};
    options.timeout = first_try_ms;
    options.tries = tries;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
      static_cast<Resolver*>(self)->watch(socket, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    const int state =
        ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (state != ARES_SUCCESS) throw Failure(Status::no_answer, std::string("names: ") + ares_strerror(state));
    deadline_.expires_after(timeout);
    deadline_.async_wait([this](error_code error) {
      if (error) return;
      late_ = true;
      ares_cancel(channel_);
    });
  }
  ~Resolver() { ares_destroy(channel_); }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  bool in_hosts_file(const std::string& name) {
    const auto has = [&](int family) {
      hostent* found = nullptr;
      const int state = ares_gethostbyname_file(channel_, name.c_str(), family, &found);
      const std::unique_ptr<hostent, FreeHost> owned(found);
      return state == ARES_SUCCESS;
    };
    return has(AF_INET) || has(AF_INET6);
  }

  std::vector<SrvRecord> srv(const std::string& name) {
    constexpr int class_in = 1;
    constexpr int type_srv = 33;
    std::vector<SrvRecord> records;
    look_up([&](Lookup& lookup) {
      lookup.take = [&records](const unsigned char* octets, int size) {
        ares_srv_reply* first = nullptr;
        if (ares_parse_srv_reply(octets, size, &first) != ARES_SUCCESS) return;
        const std::unique_ptr<ares_srv_reply, FreeData> owned(first);
        for (const auto* each = first; each != nullptr; each = each->next)
          records.push_back({each->host, each->port, each->priority, each->weight});
      };
      ares_query(
          channel_, name.c_str(), class_in, type_srv,
          [](void* to, int state, int, unsigned char* octets, int size) {
            auto& done = *static_cast<Lookup*>(to);
            done.end(state);
            if (state == ARES_SUCCESS) done.take(octets, size);
          },
          &lookup);
    });
    std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
      return std::pair(a.priority, -int{a.weight}) < std::pair(b.priority, -int{b.weight});
    });
    return records;
  }

  /// IPv4 first.
  std::vector<ip::address> addresses(const std::string& name) {
    std::vector<ip::address> found;
    look_up([&](Lookup& lookup) {
      lookup.found = &found;
      ares_addrinfo_hints hints{};
      hints.ai_family = AF_UNSPEC;
      hints.ai_socktype = SOCK_DGRAM;
      hints.ai_flags = ARES_AI_NOSORT;
      ares_getaddrinfo(
          channel_, name.c_str(), nullptr, &hints,
          [](void* to, int state, int, ares_addrinfo* result) {
            auto& done = *static_cast<Lookup*>(to);
            const std::unique_ptr<ares_addrinfo, FreeAddresses> owned(result);
            done.end(state);
            if (state != ARES_SUCCESS) return;
            for (const auto* each = result->nodes; each != nullptr; each = each->ai_next)
              done.found->push_back(address_of(each->ai_addr));
          },
          &lookup);
    });
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.is_v4() > b.is_v4(); });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  /// Why the last lookup found nothing.
  std::string why() const {
    if (late_ || state_ == ARES_ETIMEOUT) return "no name server answers";
    if (state_ == ARES_ENODATA || state_ == ARES_SUCCESS) return "the name has no address";
    if (state_ == ARES_ENOTFOUND) return "there is no such name";
    if (state_ == ARES_ECONNREFUSED) return "no name server can be reached";
    return ares_strerror(state_);
  }

 private:
  struct Lookup {
    bool over = false;
    int state = ARES_SUCCESS;
    std::function<void(const unsigned char*, int)> take;
    std::vector<ip::address>* found = nullptr;

    void end(int with) {
      over = true;
      state = with;
    }
  };

  template <typename Start>
  void look_up(const Start& start) {
    Lookup lookup;
    if (late_) return;
    start(lookup);
    wait_for_timeout();
    while (!lookup.over) context_.run_one();
    state_ = lookup.state;
  }

  /// A descriptor that c-ares owns and closes.
  struct Watched {
    explicit Watched(asio::io_context& context, ares_socket_t socket) : descriptor(context, socket) {}
    ~Watched() {
      if (descriptor.is_open()) descriptor.release();
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    stream_descriptor descriptor;
    bool readable = false;
    bool writable = false;
    bool waits_to_read = false;
    bool waits_to_write = false;
  };

  void watch(ares_socket_t socket, bool readable, bool writable) {
    if (!readable && !writable) {
      // Release it now, not when the handlers that hold it have run: c-ares is about to close the descriptor.
      if (const auto found = watched_.find(socket); found != watched_.end()) {
        found->second->descriptor.release();
        watched_.erase(found);
      }
      return;
    }
    auto& entry = watched_[socket];
    if (!entry) entry = std::make_shared<Watched>(context_, socket);
    entry->readable = readable;
    entry->writable = writable;
    arm(socket, entry);
  }

  void arm(ares_socket_t socket, const std::shared_ptr<Watched>& entry) {
    if (entry->readable && !entry->waits_to_read) {
      entry->waits_to_read = true;
      entry->descriptor.async_wait(stream_descriptor::wait_read, [this, socket, entry](error_code error) {
        entry->waits_to_read = false;
        if (!error) process(socket, ARES_SOCKET_BAD, entry);
      });
    }
    if (entry->writable && !entry->waits_to_write) {
      entry->waits_to_write = true;
      entry->descriptor.async_wait(stream_descriptor::wait_write, [this, socket, entry](error_code error) {
        entry->waits_to_write = false;
        if (!error) process(ARES_SOCKET_BAD, socket, entry);
      });
    }
  }

  void process(ares_socket_t readable, ares_socket_t writable, const std::shared_ptr<Watched>& entry) {
    const auto socket = readable != ARES_SOCKET_BAD ? readable : writable;
    ares_process_fd(channel_, readable, writable);
    const auto still = watched_.find(socket);
    if (still != watched_.end() && still->second == entry) arm(socket, entry);
    wait_for_timeout();
  }

  void wait_for_timeout() {
    timeval wait{};
    if (ares_timeout(channel_, nullptr, &wait) == nullptr) return;
    timer_.expires_after(std::chrono::seconds(wait.tv_sec) + std::chrono::microseconds(wait.tv_usec));
    timer_.async_wait([this](error_code error) {
      if (error) return;
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      wait_for_timeout();
    });
  }

  asio::io_context context_{1};
  asio::steady_timer timer_;
  asio::steady_timer deadline_;
  std::map<ares_socket_t, std::shared_ptr<Watched>> watched_;
  ares_channel channel_ = nullptr;
  int state_ = ARES_SUCCESS;
  bool late_ = false;
};

std::vector<Endpoint> with_port(const std::vector<ip::address>& addresses, std::uint16_t port) {
  std::vector<Endpoint> endpoints;
  endpoints.reserve(addresses.size());
  for (const auto& address : addresses) endpoints.emplace_back(address, port);
  return endpoints;
}

}  // namespace

std::vector<Endpoint> resolve(const HostPort& host, const Service& service, std::chrono::milliseconds timeout) {
  if (host.literal) return {{*host.literal, host.port.value_or(service.port)}};
  Resolver resolver(timeout);
  if (service.srv && !host.port && !resolver.in_hosts_file(host.host)) {
    const auto name = *service.srv + '.' + host.host;
    const auto records = resolver.srv(name);
    // A single record with target "." means that the service is not offered (RFC 2782); c-ares returns an empty name.
    if (records.size() == 1 && (records.front().target.empty() || records.front().target == "."))
      throw Failure(Status::no_answer, name + ": says that this service is not offered there");
    for (const auto& record : records) {
      if (auto found = with_port(resolver.addresses(record.target), record.port); !found.empty()) return found;
    }
    if (!records.empty())
      throw Failure(Status::no_answer, name + ": names " + records.front().target + ", but " + resolver.why());
  }
  auto found = with_port(resolver.addresses(host.host), host.port.value_or(service.port));
  if (found.empty()) throw Failure(Status::no_answer, host.host + ": " + resolver.why());
  return found;
}

}  // namespace thence::probe
