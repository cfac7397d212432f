#include "responder/probe/binding_lifetime.hpp"

#include "responder/host/address.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace thence::probe {

using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t most_bindings = 16;  // per round

}  // namespace

std::vector<seconds> waits_between(seconds after, seconds until, std::size_t most) {
  const auto span = until - after;
  const auto count = std::min<seconds::rep>(span.count(), static_cast<seconds::rep>(most));
  std::vector<seconds> waits;
  for (seconds::rep i = 1; i <= count; ++i) waits.push_back(after + seconds(span.count() * i / count));
  return waits;
}

class BindingLifetime::Search : public std::enable_shared_from_this<Search> {
 public:
  Search(boost::asio::io_context& context, UdpClient& client, Endpoint server, boost::asio::ip::address local,
         seconds longest, Retransmission schedule)
      : context_(context),
        client_(client),
        server_(std::move(server)),
        local_(std::move(local)),
        until_(longest),
        schedule_(std::move(schedule)) {}

  void start() {
    try {
      asking_ = client_.open(local_);
    } catch (const boost::system::system_error& error) {
      return fail("no socket: " + error.code().message());
    }
    // This first control also shows whether the server supports RESPONSE-PORT.
    control([self = shared_from_this()] { self->round(); });
  }

  bool done() const noexcept { return done_; }
  const LifetimeTests& tests() const noexcept { return tests_; }

  Progress progress() const {
    const auto elapsed = std::chrono::duration_cast<seconds>(Clock::now() - round_start_);
    return {std::min(elapsed, until_), until_, survived_};
  }

 private:
  struct Binding {
    explicit Binding(boost::asio::io_context& context) : timer(context) {}
    SocketId socket = 0;
    seconds wait{};
    Endpoint reflexive;
    boost::asio::steady_timer timer;
  };
  enum class Arrival { survived, gone, unknown };
  using Told = std::function<void(Arrival)>;

  void fail(const std::string& why) {
    tests_.why_not = why;
    finish();
  }

  void finish() {
    for (const auto& each : bindings_) each->timer.cancel();
    bindings_.clear();
    done_ = true;
  }

  /// Creates a binding, leaves it idle for that time, then makes the server send to it.
  void try_one(seconds wait, const Told& told) {
    auto binding = std::make_shared<Binding>(context_);
    binding->wait = wait;
    bindings_.push_back(binding);
    try {
      binding->socket = client_.open(local_);
    } catch (const boost::system::system_error&) {
      return told(Arrival::unknown);
    }
    ask_binding(client_, binding->socket, server_, {}, schedule_,
                [self = shared_from_this(), binding, told](const BindingOutcome& outcome) {
                  if (self->done_) return;
                  if (!outcome.success()) return told(Arrival::unknown);
                  binding->reflexive = *outcome.response->reflexive;
                  binding->timer.expires_after(binding->wait);
                  binding->timer.async_wait([self, binding, told](boost::system::error_code error) {
                    if (!error && !self->done_) self->send_to(binding, told);
                  });
                });
  }

  void send_to(const std::shared_ptr<Binding>& binding, const Told& told) {
    ask_binding(client_, asking_, server_, {.response_port = binding->reflexive.port()}, schedule_,
                [self = shared_from_this(), binding, told](const BindingOutcome& outcome) {
                  if (self->done_) return;
                  if (outcome.refused())
                    return self->fail("the server refuses RESPONSE-PORT: " + error_text(*outcome.response));
                  if (outcome.success() && outcome.arrived_on != binding->socket)
                    return self->fail("the server ignores RESPONSE-PORT: it answers to the port that asked");
                  if (outcome.success() &&
                      outcome.response->reflexive->address() != without_scope(binding->reflexive.address()))
                    return self->fail("two sockets of this host do not have the same reflexive address");
                  told(outcome.success() ? Arrival::survived : Arrival::gone);
                });
  }

  void control(const std::function<void()>& then) {
    try_one(seconds(0), [self = shared_from_this(), then](Arrival arrival) {
      if (arrival != Arrival::survived)
        return self->fail("a binding gets no answer by RESPONSE-PORT even when it has just been made");
      then();
    });
  }

  void round() {
    const auto waits = waits_between(survived_, until_, most_bindings);
    round_start_ = Clock::now();
    open_ = waits.size();
    for (const auto wait : waits) {
      try_one(wait, [self = shared_from_this(), wait, round = rounds_](Arrival arrival) {
        if (round != self->rounds_) return;  // from an earlier round
        self->told(wait, arrival);
      });
    }
  }

  void told(seconds wait, Arrival arrival) {
    --open_;
    if (arrival == Arrival::survived) {
      survived_ = std::max(survived_, wait);
      tests_.tests.push_back({wait, true});
    }
    const bool gone = arrival == Arrival::gone && wait > survived_;
    if (!gone && open_ != 0) return;
    ++rounds_;
    for (const auto& each : bindings_) each->timer.cancel();
    bindings_.clear();
    control([self = shared_from_this(), wait, gone] {
      if (gone) {
        self->tests_.tests.push_back({wait, false});
        self->until_ = wait;
        if (self->until_ - self->survived_ > seconds(1)) return self->round();
      }
      self->finish();
    });
  }

  boost::asio::io_context& context_;
  UdpClient& client_;
  Endpoint server_;
  boost::asio::ip::address local_;
  seconds survived_{0};
  seconds until_;
  Retransmission schedule_;
  SocketId asking_ = 0;
  std::vector<std::shared_ptr<Binding>> bindings_;
  std::size_t open_ = 0;
  unsigned rounds_ = 0;
  Clock::time_point round_start_ = Clock::now();
  LifetimeTests tests_;
  bool done_ = false;
};

BindingLifetime::BindingLifetime(boost::asio::io_context& context, UdpClient& client, Endpoint server,
                                 boost::asio::ip::address local, seconds longest, Retransmission schedule)
    : search_(std::make_shared<Search>(context, client, std::move(server), std::move(local), longest,
                                       std::move(schedule))) {}
BindingLifetime::~BindingLifetime() = default;

void BindingLifetime::start() { search_->start(); }
bool BindingLifetime::done() const noexcept { return search_->done(); }
const LifetimeTests& BindingLifetime::tests() const noexcept { return search_->tests(); }
BindingLifetime::Progress BindingLifetime::progress() const { return search_->progress(); }

}  // namespace thence::probe
