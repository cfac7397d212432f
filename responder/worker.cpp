#include "responder/worker.hpp"

#include "responder/registry.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

namespace thence {

namespace {

/// Batches that a socket may take in one go before the others have their turn.
constexpr int batches_in_a_row = 64;

/// Requests between telling a protocol of one and having it answered: time for the memory to come.
constexpr std::size_t told_ahead = 8;

}  // namespace

Worker::Worker(const Snapshot& snapshot, const InterfaceTable& interfaces)
    : context_(1),
      interfaces_(interfaces),
      udp_counters_(counters_),
      dispatch_(interfaces_),
      tcp_(context_.get_executor(), snapshot.settings.tcp, dispatch_, counters_) {
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    auto& hosted = hosted_.emplace_back();
    hosted.name = plugins()[i].name;
    hosted.protocol = snapshot.services[i].make(environment_of(hosted, snapshot.settings.advertised));
  }
}

Environment Worker::environment_of(Hosted& hosted, const config::AdvertisedAddresses& advertised) {
  return {
      context_.get_executor(), interfaces_,
      hosted.counters,         [this](const Route& route, std::span<const std::byte> message) { send(route, message); },
      &hosted.sockets,         advertised};
}

Worker::Hosted& Worker::hosted(const std::string& name) {
  return *std::find_if(hosted_.begin(), hosted_.end(), [&](const Hosted& each) { return each.name == name; });
}

void Worker::tell_of_interfaces() {
  for (const auto& each : hosted_) each.protocol->interfaces_changed();
}

const Port& Worker::port_of(const config::Listener& listener) {
  auto& port = ports_.emplace_back();
  for (const auto& name : listener.protocols) port.push_back({hosted(name).name, hosted(name).protocol.get()});
  return port;
}

void Worker::open_udp(const Binding& binding, const config::Listener& listener) {
  UdpSocket socket(context_.get_executor(), binding, interfaces_, udp_counters_);
  udp_.push_back({std::move(socket), &port_of(listener)});
  for (const auto& name : listener.protocols) {
    auto& sockets = hosted(name).sockets;
    if (binding.family != Family::ipv6) sockets.emplace_back(boost::asio::ip::udp::v4(), binding.port);
    if (binding.family != Family::ipv4) sockets.emplace_back(boost::asio::ip::udp::v6(), binding.port);
  }
}

void Worker::open_tcp(const Binding& binding, const config::Listener& listener) {
  tcp_.listen(binding, port_of(listener));
}

void Worker::start() {
  tell_of_interfaces();
  for (auto& udp : udp_) receive(udp);
  tcp_.start();
  thread_ = std::thread([this] { context_.run(); });
}

void Worker::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::interfaces_changed(const InterfaceTable& interfaces) {
  boost::asio::post(context_, [this, interfaces] {
    interfaces_ = interfaces;
    tell_of_interfaces();
  });
}

void Worker::services_changed(const Snapshot& snapshot, std::function<void()> done) {
  boost::asio::post(context_, [this, &snapshot, done = std::move(done)] {
    for (std::size_t i = 0; i < hosted_.size(); ++i) {
      auto& hosted = hosted_[i];
      auto made = snapshot.services[i].make(environment_of(hosted, snapshot.settings.advertised));
      made->follow(*hosted.protocol);
      made->interfaces_changed();
      const auto before = std::exchange(hosted.protocol, std::move(made));
      for (auto& port : ports_) {
        for (auto& served : port) {
          if (served.protocol == before.get()) served.protocol = hosted.protocol.get();
        }
      }
    }
    done();
  });
}

void Worker::read_counters(std::function<void(const Counters&)> read) {
  boost::asio::post(context_, [this, read = std::move(read)] { read(counters()); });
}

Counters Worker::counters() const {
  auto all = counters_;
  for (const auto& hosted : hosted_) {
    for (const auto& [name, value] : hosted.counters) all[std::string(hosted.name) + '.' + name].value += value;
  }
  return all;
}

void Worker::receive(UdpPort& udp) {
  udp.socket.wait([this, &udp](boost::system::error_code error) {
    if (error) return;
    serve(udp);
    receive(udp);
  });
}

void Worker::serve(UdpPort& udp) {
  for (int i = 0; i < batches_in_a_row; ++i) {
    const auto exchanges = udp.socket.receive(batch_);
    for (std::size_t each = 0; each < exchanges.size() + told_ahead; ++each) {
      if (each < exchanges.size()) expect(udp, exchanges[each]);
      if (each >= told_ahead) handle(udp, exchanges[each - told_ahead]);
    }
    udp.socket.send(batch_, exchanges);
    // Another look costs one call; being woken costs three and more, and under load something is there by now.
    if (exchanges.empty()) return;
  }
}

void Worker::expect(const UdpPort& udp, const Exchange& exchange) noexcept {
  if (exchange.drop != Drop::none) return;
  const auto* const served = Dispatch::choose(*udp.port, exchange.request.payload);
  if (served != nullptr) served->protocol->expect(exchange.request);
}

void Worker::handle(UdpPort& udp, Exchange& exchange) {
  const auto& [request, reply, drop] = exchange;
  if (drop == Drop::copy) {
    ++udp_counters_.dropped(drop).value;
    return;
  }
  const auto* const served = drop == Drop::none ? Dispatch::choose(*udp.port, request.payload) : nullptr;
  if (served == nullptr) {
    not_answered(request.route, drop == Drop::none ? Drop::unclaimed : drop);
    return;
  }
  if (dispatch_.respond(*served, request, exchange.reply) == Verdict::Action::defer) ++udp_counters_.deferred.value;
  if (reply.size > 0 && reply.route.local != request.route.local) {
    send(reply.route, reply.buffer.first(reply.size));
    exchange.reply.size = 0;
  }
}

void Worker::send(const Route& route, std::span<const std::byte> message) {
  if (route.transport == Transport::tcp) {
    tcp_.send(route, message);
  } else if (route.local.address().is_unspecified()) {
    not_answered(route, Drop::no_source);
  } else if (auto* const socket = socket_serving(route.local)) {
    socket->send(route, message);
  } else {
    not_answered(route, Drop::not_served);
  }
}

void Worker::not_answered(const Route& route, Drop cause) {
  ++udp_counters_.dropped(cause).value;
  dispatch_.refused(route, name(cause));
}

UdpSocket* Worker::socket_serving(const Endpoint& local) noexcept {
  const auto found =
      std::find_if(udp_.begin(), udp_.end(), [&](const UdpPort& each) { return each.socket.serves(local); });
  return found == udp_.end() ? nullptr : &found->socket;
}

}  // namespace thence
