#include "responder/run/worker.hpp"

#include "responder/configuration/registry.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/post.hpp>

namespace thence {

namespace {

/// Maximum batches that one socket may receive before it is the others' turn.
constexpr int batches_in_a_row = 64;

/// Rounds of that many batches before a socket is closed: more than its buffer holds.
constexpr int rounds_at_the_end = 64;

constexpr std::chrono::milliseconds drain_interval{20};

/// How many requests before respond() a protocol gets expect(): time to prefetch memory.
constexpr std::size_t told_ahead = 8;

}  // namespace

Worker::Hosted::Hosted(Worker& worker, std::size_t number)
    : served{plugins()[number].name, number, nullptr}, worker_(&worker) {}

Worker::Worker(const Snapshot& snapshot, const InterfaceTable& interfaces)
    : interfaces_(interfaces),
      udp_counters_(counters_),
      traffic_(plugins().size()),
      dispatch_(interfaces_, traffic_),
      failures_(counters_["worker-failures"]),
      context_(1),
      tcp_(context_.get_executor(), snapshot.settings.tcp, dispatch_, counters_),
      drain_timer_(context_) {
  traffic_.update(interfaces_);
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    auto& hosted = hosted_.emplace_back(*this, i);
    hosted.advertised_addresses = snapshot.settings.advertised;
    hosted.protocol = snapshot.services[i]->make(hosted);
    hosted.served.protocol = hosted.protocol.get();
  }
}

Worker::Hosted& Worker::hosted(const std::string& name) {
  return *std::find_if(hosted_.begin(), hosted_.end(), [&](const Hosted& each) { return each.served.name == name; });
}

void Worker::tell_of_interfaces() {
  for (const auto& each : hosted_) each.protocol->interfaces_changed();
}

void Worker::open(SocketChange sockets, const std::vector<config::Listener>& listeners) {
  set_listeners(listeners);
  change(std::move(sockets));
}

void Worker::set_listeners(const std::vector<config::Listener>& listeners) {
  std::vector<std::shared_ptr<Serving>> servings;
  for (const auto& listener : listeners) {
    auto serving = std::make_shared<Serving>();
    for (const auto& name : listener.protocols) {
      const auto& served = hosted(name).served;
      const auto spoken = listener.transports & plugins()[served.number].transports;
      for (const auto each : all_transports) {
        if (spoken.contains(each)) serving->protocols[number(each)].push_back(&served);
      }
    }
    serving->filter = ArrivalFilter(listener.interfaces, listener.addresses);
    serving->filter.update(interfaces_);
    serving->egress = listener.egress;
    serving->broadcast = listener.broadcast;
    servings.push_back(std::move(serving));
  }
  servings_ = std::move(servings);
  for (auto& each : hosted_) each.covered_addresses = CoveredAddresses(listeners, each.served.name);
}

std::shared_ptr<const Serving> Worker::serving_of(const Binding& binding) const {
  const auto found = listeners_.find(binding);
  return found == listeners_.end() ? nullptr : servings_[found->second];
}

void Worker::change(SocketChange sockets) {
  // They point to what is about to be replaced; if memory runs out on the way, there is no index rather than a wrong
  // one.
  sources_ = {};
  for (auto& each : hosted_) each.own_sources = {};
  listeners_ = std::move(sockets.listeners);
  std::vector<std::shared_ptr<UdpSocket>> opened_udp;
  for (auto& opened : sockets.opened) {
    if (auto* const bound_udp = std::get_if<BoundUdp>(&opened)) {
      const auto udp = std::make_shared<UdpSocket>(std::move(*bound_udp), datagrams_, interfaces_, udp_counters_,
                                                   dispatch_, traffic_);
      const auto& binding = udp->binding();
      auto serving = serving_of(binding);
      // A socket given back unused has received requests meant for another on its port, so it serves like that one.
      for (auto other = udp_.begin(); serving == nullptr && other != udp_.end(); ++other) {
        if (other->first.port == binding.port) serving = other->second->serving();
      }
      if (serving == nullptr) continue;
      udp->set_serving(std::move(serving));
      udp_.insert_or_assign(binding, udp);
      opened_udp.push_back(udp);
    } else {
      auto& bound_tcp = std::get<BoundTcp>(opened);
      auto serving = serving_of(bound_tcp.binding);
      tcp_.listen(std::move(bound_tcp), std::move(serving));
    }
  }
  std::vector<std::shared_ptr<UdpSocket>> unwanted;
  for (const auto& each : udp_) {
    if (auto serving = serving_of(each.first)) {
      each.second->set_serving(std::move(serving));
    } else {
      unwanted.push_back(each.second);
    }
  }
  for (const auto& each : unwanted) udp_.erase(each->binding());
  index_sockets();
  for (const auto& each : opened_udp) receive(each);
  for (const auto& each : unwanted) retire(each);
  tcp_.update([this](const Binding& binding) { return serving_of(binding); });
}

void Worker::index_sockets() {
  std::vector<std::shared_ptr<UdpSocket>> numbered;
  std::vector<ListeningSocket> all;
  std::vector<std::vector<ListeningSocket>> of_each(hosted_.size());
  for (const auto& each : udp_) {
    const auto& binding = each.first;
    const auto& udp = *each.second;
    const auto add = [&](const Endpoint& bound) {
      const ListeningSocket socket{bound, &udp.serving()->filter, numbered.size()};
      all.push_back(socket);
      for (const auto* const served : udp.protocols()) of_each[served->number].push_back(socket);
    };
    add({binding.address, binding.port});
    if (binding.family == Family::dual_stack) add({boost::asio::ip::udp::v4(), binding.port});
    numbered.push_back(each.second);
  }
  numbered_ = std::move(numbered);
  sources_ = SourceTable(std::move(all));
  for (auto& each : hosted_) each.own_sources = SourceTable(std::move(of_each[each.served.number]));
}

void Worker::start() {
  tell_of_interfaces();
  thread_ = std::thread([this] { run(); });
}

void Worker::run() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& failure) {
      failed(failure);
    }
  }
}

/// Probably out of memory: only the failed operation is lost.
void Worker::failed(const std::exception& failure) noexcept {
  ++failures_.value;
  const auto held_back = limit_.pass();
  if (held_back < 0) return;
  try {
    log::write(log::LogLevel::error, "an operation on a worker failed; the worker continues",
               {{"error", failure.what()}, {"held-back", log::count(held_back)}});
  } catch (const std::exception&) {
    // There may be no memory for the line either; the counter has it.
  }
}

void Worker::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::interfaces_changed(const InterfaceTable& interfaces, SocketChange sockets, std::function<void()> done) {
  carry_out(std::move(done), [this, table = interfaces, sockets = std::move(sockets)]() mutable {
    interfaces_ = std::move(table);
    traffic_.update(interfaces_);
    for (const auto& each : servings_) each->filter.update(interfaces_);
    change(std::move(sockets));
    tell_of_interfaces();
  });
}

void Worker::snapshot_changed(const Snapshot& snapshot, SocketChange sockets, std::function<void()> done) {
  carry_out(std::move(done), [this, &snapshot, sockets = std::move(sockets)]() mutable {
    set_listeners(snapshot.settings.listeners);
    change(std::move(sockets));
    tcp_.bound_by(snapshot.settings.tcp);
    make_protocols(snapshot);
  });
}

/// Whoever waits for a change hears of its end even where it failed; otherwise no other would ever follow.
template <typename Change>
void Worker::carry_out(std::function<void()> done, Change change) {
  boost::asio::post(context_, [this, done = std::move(done), change = std::move(change)]() mutable {
    try {
      change();
    } catch (const std::exception& failure) {
      failed(failure);
    }
    done();
  });
}

void Worker::make_protocols(const Snapshot& snapshot) {
  for (std::size_t i = 0; i < hosted_.size(); ++i) {
    auto& hosted = hosted_[i];
    const auto advertised = std::exchange(hosted.advertised_addresses, snapshot.settings.advertised);
    try {
      auto made = snapshot.services[i]->make(hosted);
      made->follow(*hosted.protocol);
      made->interfaces_changed();
      hosted.served.protocol = made.get();
      hosted.protocol = std::move(made);
    } catch (const std::exception& error) {  // out of memory or descriptors: it was tried out before
      hosted.advertised_addresses = advertised;
      log::write(log::LogLevel::error, "a worker keeps its protocol from before the reload",
                 {{"protocol", std::string(hosted.served.name)}, {"error", error.what()}});
    }
  }
}

void Worker::report(std::function<void(WorkerReport)> read) {
  boost::asio::post(context_, [this, read = std::move(read)] {
    WorkerReport report{counters(), traffic_, {}, {}};
    for (const auto& hosted : hosted_) {
      report.latency.push_back(hosted.latency);
      hosted.protocol->measure(report.measures.emplace_back());
    }
    read(std::move(report));
  });
}

void Worker::drain(std::function<void()> done) {
  boost::asio::post(context_, [this, done = std::move(done)]() mutable {
    drained_ = std::move(done);
    watch_drain();
  });
}

void Worker::retire(const std::shared_ptr<UdpSocket>& udp) {
  udp->retire();
  answer_all_that_waits(*udp);
  retired_.push_back(udp);
  close_retired(udp, std::chrono::steady_clock::now());
}

void Worker::close_retired(const std::shared_ptr<UdpSocket>& udp, std::chrono::steady_clock::time_point since) {
  // Another CPU may still be queueing a datagram, and deferred replies are sent from this socket.
  const auto timer = std::make_shared<boost::asio::steady_timer>(context_, retirement);
  timer->async_wait([this, timer, udp, since](boost::system::error_code) {
    answer_all_that_waits(*udp);
    if (udp->owed() > 0 && std::chrono::steady_clock::now() - since < retirement_at_most) {
      return close_retired(udp, since);
    }
    udp->close();
    std::erase(retired_, udp);
  });
}

void Worker::watch_drain() {
  tcp_.drain();
  if (!std::exchange(draining_, true)) {
    for (const auto& [binding, udp] : udp_) udp->retire();
  }
  for (const auto& [binding, udp] : udp_) answer_all_that_waits(*udp);
  if (!owes() && tcp_.drained()) return drained_();
  drain_timer_.expires_after(drain_interval);
  drain_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) watch_drain();
  });
}

Counters Worker::counters() const {
  auto all = counters_;
  for (const auto& hosted : hosted_) {
    for (const auto& [name, value] : hosted.counts) all[std::string(hosted.served.name) + '.' + name].value += value;
  }
  return all;
}

void Worker::receive(const std::shared_ptr<UdpSocket>& udp) {
  udp->wait([this, udp](boost::system::error_code error) {
    if (error || !udp->is_open()) return;
    try {
      answer_some(*udp);
    } catch (const std::exception& failure) {
      failed(failure);
    }
    receive(udp);
  });
}

bool Worker::answer_some(UdpSocket& udp) {
  for (int i = 0; i < batches_in_a_row; ++i) {
    const auto exchanges = udp.receive();
    // Another receive costs one system call, a wakeup at least three; under load, more has arrived by now.
    if (exchanges.empty()) return true;
    const auto received = std::chrono::steady_clock::now();
    for (std::size_t each = 0; each < exchanges.size() + told_ahead; ++each) {
      if (each < exchanges.size()) expect(udp, exchanges[each]);
      if (each >= told_ahead) handle(udp, exchanges[each - told_ahead]);
    }
    udp.send(exchanges);
    add_latency(received);
  }
  return false;
}

void Worker::answer_all_that_waits(UdpSocket& udp) {
  for (int i = 0; i < rounds_at_the_end && !answer_some(udp); ++i) {
  }
}

void Worker::add_latency(std::chrono::steady_clock::time_point received) {
  const auto took = std::chrono::steady_clock::now() - received;
  for (auto& hosted : hosted_) {
    if (hosted.answered_in_batch > 0) hosted.latency.add(took, std::exchange(hosted.answered_in_batch, 0));
  }
}

void Worker::expect(const UdpSocket& udp, Exchange& exchange) noexcept {
  exchange.served = exchange.drop == Drop::none ? Dispatch::choose(udp.protocols(), exchange.request.payload) : nullptr;
  if (exchange.served != nullptr) exchange.served->protocol->expect(exchange.request);
}

void Worker::handle(UdpSocket& udp, Exchange& exchange) {
  const auto& request = exchange.request;
  auto& reply = exchange.reply;
  if (exchange.drop == Drop::copy) {
    ++udp_counters_.dropped(exchange.drop).value;
    return;
  }
  if (exchange.served == nullptr) {
    not_answered(request.route, exchange.drop == Drop::none ? Drop::unclaimed : exchange.drop);
    return;
  }
  if (dispatch_.respond(*exchange.served, request, reply, udp) == Verdict::Action::defer) {
    ++udp_counters_.deferred.value;
  }
  if (reply.size == 0) return;
  ++hosted_[exchange.served->number].answered_in_batch;
  if (reply.route.local == request.route.local) return;
  send_from_elsewhere(reply.route, reply.buffer.first(reply.size));
  reply.size = 0;
}

/// Sends a reply whose source the protocol changed on purpose, from the socket for that source or not at all.
void Worker::send_from_elsewhere(const Route& route, std::span<const std::byte> message) {
  if (route.local.address().is_unspecified()) return not_answered(route, Drop::no_source);
  const auto* const found = sources_.find_bound(route.local, route.interface);
  if (found == nullptr) return not_answered(route, Drop::not_served);
  numbered_[found->number]->send(route, message);
}

/// Whether UDP clients are still owed deferred replies; TCP connections keep track of their own.
bool Worker::owes() const noexcept {
  return std::ranges::any_of(numbered_, [](const auto& udp) { return udp->owed() > 0; }) ||
         std::ranges::any_of(retired_, [](const auto& udp) { return udp->owed() > 0; });
}

void Worker::not_answered(const Route& route, Drop cause) {
  dispatch_.refused(route, name(cause), udp_counters_.dropped(cause));
}

}  // namespace thence
