#include "responder/run/worker.hpp"

#include "responder/configuration/registry.hpp"
#include "responder/host/address.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

namespace thence {

namespace {

/// Batches that a socket may take in one go before the others have their turn.
constexpr int batches_in_a_row = 64;

/// Of so many batches, before a socket is closed: more than its buffer holds.
constexpr int rounds_at_the_end = 64;

constexpr std::chrono::milliseconds drain_interval{20};

/// Requests between telling a protocol of one and having it answered: time for the memory to come.
constexpr std::size_t told_ahead = 8;

}  // namespace

Worker::Worker(const Snapshot& snapshot, const InterfaceTable& interfaces)
    : context_(1),
      interfaces_(interfaces),
      udp_counters_(counters_),
      traffic_(plugins().size()),
      dispatch_(interfaces_, traffic_),
      tcp_(context_.get_executor(), snapshot.settings.tcp, dispatch_, counters_),
      drain_timer_(context_) {
  traffic_.update(interfaces_);
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    auto& hosted = hosted_.emplace_back();
    hosted.protocol = snapshot.services[i].make(environment_of(hosted, snapshot.settings.advertised));
    hosted.served = {plugins()[i].name, i, hosted.protocol.get()};
  }
}

Environment Worker::environment_of(Hosted& hosted, const config::AdvertisedAddresses& advertised) {
  const auto send_later = [this, &hosted](const Route& route, std::span<const std::byte> message) {
    send_deferred(hosted, route, message);
  };
  return {context_.get_executor(), interfaces_, hosted.counters, send_later, &hosted.sockets, advertised};
}

Worker::Hosted& Worker::hosted(const std::string& name) {
  return *std::find_if(hosted_.begin(), hosted_.end(), [&](const Hosted& each) { return each.served.name == name; });
}

void Worker::tell_of_interfaces() {
  for (const auto& each : hosted_) each.protocol->interfaces_changed();
}

void Worker::open(SocketChange sockets, const std::vector<config::Listener>& listeners) {
  serve_by(listeners);
  change(std::move(sockets));
}

void Worker::serve_by(const std::vector<config::Listener>& listeners) {
  servings_.clear();
  for (const auto& listener : listeners) {
    auto serving = std::make_shared<Serving>();
    for (const auto& name : listener.protocols) serving->port.push_back(&hosted(name).served);
    serving->filter = ArrivalFilter(listener.interfaces, listener.addresses);
    serving->filter.update(interfaces_);
    serving->egress = listener.egress;
    serving->broadcast = listener.broadcast;
    servings_.push_back(std::move(serving));
  }
}

std::shared_ptr<const Serving> Worker::serving_of(const Binding& binding) const {
  const auto found = listeners_.find(binding);
  return found == listeners_.end() ? nullptr : servings_[found->second];
}

void Worker::change(SocketChange sockets) {
  listeners_ = std::move(sockets.listeners);
  list_sockets();
  for (auto& opened : sockets.opened) {
    if (auto* const bound_udp = std::get_if<BoundUdp>(&opened)) {
      const auto udp = std::make_shared<UdpSocket>(std::move(*bound_udp), interfaces_, udp_counters_, traffic_);
      const auto& binding = udp->binding();
      auto serving = serving_of(binding);
      // One that is given back unused has taken requests from another one of its port, and answers them as that does.
      for (auto other = udp_.begin(); serving == nullptr && other != udp_.end(); ++other) {
        if (other->first.port == binding.port) serving = other->second->serving();
      }
      if (serving == nullptr) continue;
      udp->serve(std::move(serving));
      udp_.insert_or_assign(binding, udp);
      receive(udp);
    } else {
      auto& bound_tcp = std::get<BoundTcp>(opened);
      auto serving = serving_of(bound_tcp.binding);
      tcp_.listen(std::move(bound_tcp), std::move(serving));
    }
  }
  std::erase_if(udp_, [&](const auto& each) {
    if (auto serving = serving_of(each.first)) {
      each.second->serve(std::move(serving));
      return false;
    }
    retire(each.second);
    return true;
  });
  tcp_.serve([this](const Binding& binding) { return serving_of(binding); });
}

void Worker::list_sockets() {
  for (auto& each : hosted_) {
    std::vector<ListeningSocket> sockets;
    for (const auto& [binding, number] : listeners_) {
      const auto& serving = *servings_[number];
      if (binding.transport != Transport::udp || std::ranges::count(serving.port, &each.served) == 0) continue;
      sockets.push_back({{binding.address, binding.port}, &serving.filter});
      if (binding.family == Family::dual_stack) {
        sockets.push_back({{boost::asio::ip::udp::v4(), binding.port}, &serving.filter});
      }
    }
    each.sockets = SourceTable(std::move(sockets));
  }
}

void Worker::start() {
  tell_of_interfaces();
  thread_ = std::thread([this] { context_.run(); });
}

void Worker::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::interfaces_changed(const InterfaceTable& interfaces, SocketChange sockets, std::function<void()> done) {
  boost::asio::post(context_, [this, interfaces, sockets = std::move(sockets), done = std::move(done)]() mutable {
    interfaces_ = interfaces;
    traffic_.update(interfaces_);
    for (const auto& each : servings_) each->filter.update(interfaces_);
    change(std::move(sockets));
    tell_of_interfaces();
    done();
  });
}

void Worker::snapshot_changed(const Snapshot& snapshot, SocketChange sockets, std::function<void()> done) {
  boost::asio::post(context_, [this, &snapshot, sockets = std::move(sockets), done = std::move(done)]() mutable {
    serve_by(snapshot.settings.listeners);
    change(std::move(sockets));
    tcp_.bound_by(snapshot.settings.tcp);
    make_protocols(snapshot);
    done();
  });
}

void Worker::make_protocols(const Snapshot& snapshot) {
  for (std::size_t i = 0; i < hosted_.size(); ++i) {
    auto& hosted = hosted_[i];
    try {
      auto made = snapshot.services[i].make(environment_of(hosted, snapshot.settings.advertised));
      made->follow(*hosted.protocol);
      made->interfaces_changed();
      hosted.served.protocol = made.get();
      hosted.protocol = std::move(made);
    } catch (const std::exception& error) {  // no memory or descriptors left, as it has been tried out before
      log::write(log::LogLevel::error, "a worker goes on as before the reload",
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
  serve_all_that_waits(*udp);
  retired_.push_back(udp);
  close_retired(udp, std::chrono::steady_clock::now());
}

void Worker::close_retired(const std::shared_ptr<UdpSocket>& udp, std::chrono::steady_clock::time_point since) {
  // On another processor a datagram may be on its way into the queue, and deferred replies leave from here.
  const auto timer = std::make_shared<boost::asio::steady_timer>(context_, retirement);
  timer->async_wait([this, timer, udp, since](boost::system::error_code) {
    serve_all_that_waits(*udp);
    if (outstanding_ > 0 && std::chrono::steady_clock::now() - since < retirement_at_most) {
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
  for (const auto& [binding, udp] : udp_) serve_all_that_waits(*udp);
  if (outstanding_ == 0 && tcp_.drained()) return drained_();
  drain_timer_.expires_after(drain_interval);
  drain_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) watch_drain();
  });
}

Counters Worker::counters() const {
  auto all = counters_;
  for (const auto& hosted : hosted_) {
    for (const auto& [name, value] : hosted.counters) all[std::string(hosted.served.name) + '.' + name].value += value;
  }
  return all;
}

void Worker::receive(const std::shared_ptr<UdpSocket>& udp) {
  udp->wait([this, udp](boost::system::error_code error) {
    if (error || !udp->is_open()) return;
    serve(*udp);
    receive(udp);
  });
}

bool Worker::serve(UdpSocket& udp) {
  for (int i = 0; i < batches_in_a_row; ++i) {
    const auto exchanges = udp.receive(datagrams_);
    // Another look costs one call; being woken costs three and more, and under load something is there by now.
    if (exchanges.empty()) return true;
    const auto received = std::chrono::steady_clock::now();
    for (std::size_t each = 0; each < exchanges.size() + told_ahead; ++each) {
      if (each < exchanges.size()) expect(udp, exchanges[each]);
      if (each >= told_ahead) handle(udp, exchanges[each - told_ahead]);
    }
    udp.send(datagrams_, exchanges);
    add_latency(received);
  }
  return false;
}

void Worker::serve_all_that_waits(UdpSocket& udp) {
  for (int i = 0; i < rounds_at_the_end && !serve(udp); ++i) {
  }
}

void Worker::add_latency(std::chrono::steady_clock::time_point received) {
  const auto took = std::chrono::steady_clock::now() - received;
  for (auto& hosted : hosted_) {
    if (hosted.answered_in_batch > 0) hosted.latency.add(took, std::exchange(hosted.answered_in_batch, 0));
  }
}

void Worker::expect(const UdpSocket& udp, const Exchange& exchange) noexcept {
  if (exchange.drop != Drop::none) return;
  const auto* const served = Dispatch::choose(udp.port(), exchange.request.payload);
  if (served != nullptr) served->protocol->expect(exchange.request);
}

void Worker::handle(UdpSocket& udp, Exchange& exchange) {
  const auto& request = exchange.request;
  const auto& reply = exchange.reply;
  const auto drop = exchange.drop;
  if (drop == Drop::copy) {
    ++udp_counters_.dropped(drop).value;
    return;
  }
  const auto* const served = drop == Drop::none ? Dispatch::choose(udp.port(), request.payload) : nullptr;
  if (served == nullptr) {
    not_answered(request.route, drop == Drop::none ? Drop::unclaimed : drop);
    return;
  }
  if (dispatch_.respond(*served, request, exchange.reply) == Verdict::Action::defer) {
    ++udp_counters_.deferred.value;
    ++outstanding_;
  }
  if (reply.size > 0) ++hosted_[served->number].answered_in_batch;
  if (reply.size > 0 && reply.route.local != request.route.local) {
    send(reply.route, reply.buffer.first(reply.size));
    exchange.reply.size = 0;
  }
}

void Worker::send_deferred(const Hosted& hosted, const Route& route, std::span<const std::byte> message) {
  dispatch_.answered(hosted.served, route);
  send(route, message);
  // TCP connections know themselves what they wait for.
  if (route.transport == Transport::udp && outstanding_ > 0) --outstanding_;
}

void Worker::send(const Route& route, std::span<const std::byte> message) {
  if (route.transport == Transport::tcp) {
    tcp_.send(route, message);
  } else if (route.local.address().is_unspecified()) {
    not_answered(route, Drop::no_source);
  } else if (auto* const socket = socket_serving(route)) {
    socket->send(datagrams_, route, message);
  } else {
    not_answered(route, Drop::not_served);
  }
}

void Worker::not_answered(const Route& route, Drop cause) {
  ++udp_counters_.dropped(cause).value;
  dispatch_.refused(route, name(cause));
}

UdpSocket* Worker::socket_serving(const Route& route) noexcept {
  const auto& local = route.local.address();
  const auto family = local.is_v4() ? Family::ipv4 : Family::ipv6;
  const boost::asio::ip::address any_ipv6 = boost::asio::ip::address_v6::any();
  const auto any = local.is_v4() ? boost::asio::ip::address_v4::any() : any_ipv6;
  for (const bool transparent : {false, true}) {
    for (const auto& binding : {Binding{Transport::udp, family, with_scope(local, route.interface), 0, transparent},
                                Binding{Transport::udp, family, any, 0, transparent},
                                Binding{Transport::udp, Family::dual_stack, any_ipv6, 0, transparent}}) {
      auto wanted = binding;
      wanted.port = route.local.port();
      if (const auto found = udp_.find(wanted); found != udp_.end()) return found->second.get();
    }
  }
  const auto found = std::ranges::find_if(retired_, [&](const auto& each) { return each->serves(route); });
  return found == retired_.end() ? nullptr : found->get();
}

}  // namespace thence
