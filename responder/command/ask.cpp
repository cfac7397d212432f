#include "responder/command/ask.hpp"

#include <array>
#include <memory>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace thence {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;
using namespace std::chrono_literals;

constexpr std::array waits{250ms, 500ms, 1250ms};
constexpr std::size_t largest_frame = largest_message + prefix_size(Framing::length_prefixed);

/// Frames a message for a byte stream.
std::vector<std::byte> in_stream(Framing framing, std::vector<std::byte> message) {
  if (framing == Framing::length_prefixed) {
    const auto size = message.size();
    message.insert(message.begin(), {static_cast<std::byte>(size >> 8U), static_cast<std::byte>(size & 0xffU)});
  }
  return message;
}

/// One exchange over one transport; stays alive while it has pending operations.
template <typename Socket>
class Asking : public std::enable_shared_from_this<Asking<Socket>> {
 public:
  Asking(asio::io_context& context, Question question, std::function<void(const Answer&)> done)
      : socket_(context), timer_(context), question_(std::move(question)), done_(std::move(done)) {}

  void start() {
    boost::system::error_code error;
    const typename Socket::endpoint_type from(question_.from, 0);
    socket_.open(from.protocol(), error);
    if (!error) socket_.bind(from, error);
    if (error) return end({std::nullopt, error});
    wait();
    begin();
  }

 private:
  void begin();
  void again() {}

  void wait() {
    timer_.expires_after(waits[attempt_]);
    timer_.async_wait([self = this->shared_from_this()](boost::system::error_code error) {
      if (error) return;
      if (++self->attempt_ == waits.size()) return self->end({std::nullopt, asio::error::timed_out});
      self->again();
      if (self->done_) self->wait();
    });
  }

  void send();
  void receive();

  void end(const Answer& answer) {
    if (!done_) return;
    timer_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
    std::exchange(done_, nullptr)(answer);
  }

  Socket socket_;
  asio::steady_timer timer_;
  Question question_;
  std::function<void(const Answer&)> done_;
  std::vector<std::byte> received_;
  typename Socket::endpoint_type sender_;
  std::size_t attempt_ = 0;
};

using UdpAsking = Asking<ip::udp::socket>;
using TcpAsking = Asking<ip::tcp::socket>;

template <>
void UdpAsking::send() {
  boost::system::error_code error;
  socket_.send_to(asio::buffer(question_.message), question_.to, 0, error);
  if (error) end({std::nullopt, error});
}

template <>
void UdpAsking::again() {
  send();
}

template <>
void UdpAsking::receive() {
  socket_.async_receive_from(asio::buffer(received_), sender_,
                             [self = shared_from_this()](boost::system::error_code error, std::size_t size) {
                               if (error == asio::error::operation_aborted) return;
                               if (error) return self->end({std::nullopt, error});
                               if (self->question_.answered_by(std::span(self->received_).first(size)))
                                 return self->end({self->sender_, {}});
                               self->receive();
                             });
}

template <>
void UdpAsking::begin() {
  received_.resize(largest_frame);
  receive();
  send();
}

template <>
void TcpAsking::receive() {
  asio::async_read(socket_, asio::dynamic_buffer(received_, largest_frame), asio::transfer_at_least(1),
                   [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                     if (error == asio::error::operation_aborted) return;
                     if (error) return self->end({std::nullopt, error});
                     const std::span<const std::byte> stream(self->received_);
                     const auto& [from, to, transport, message, answered_by, protocol] = self->question_;
                     const auto size = protocol->frame(transport, stream);
                     if (!size || stream.size() < *size) return self->receive();
                     const auto prefix = prefix_size(protocol->framing(transport));
                     if (*size <= prefix || !answered_by(stream.subspan(prefix, *size - prefix))) {
                       return self->end({std::nullopt, asio::error::invalid_argument});
                     }
                     const auto peer = self->socket_.remote_endpoint(error);
                     self->end({Endpoint(peer.address(), peer.port()), {}});
                   });
}

template <>
void TcpAsking::begin() {
  socket_.async_connect({question_.to.address(), question_.to.port()},
                        [self = shared_from_this()](boost::system::error_code error) {
                          if (error == asio::error::operation_aborted) return;
                          if (error) return self->end({std::nullopt, error});
                          auto& message = self->question_.message;
                          const auto framing = self->question_.protocol->framing(self->question_.transport);
                          message = in_stream(framing, std::move(message));
                          asio::write(self->socket_, asio::buffer(message), error);
                          if (error) return self->end({std::nullopt, error});
                          self->receive();
                        });
}

}  // namespace

void ask(asio::io_context& context, Question question, std::function<void(const Answer&)> done) {
  if (is_datagram(question.transport)) {
    std::make_shared<UdpAsking>(context, std::move(question), std::move(done))->start();
  } else {
    std::make_shared<TcpAsking>(context, std::move(question), std::move(done))->start();
  }
}

}  // namespace thence
