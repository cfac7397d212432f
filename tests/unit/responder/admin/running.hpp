#pragma once

// An Admin on a thread of its own, and a client of it.

#include "responder/admin/admin.hpp"

#include <future>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace admin_running {

using namespace thence;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

inline const tcp::endpoint any_port(boost::asio::ip::address_v4::loopback(), 0);

/// An Admin on a thread of its own.
class Running {
 public:
  explicit Running(Admin::Gather gather, const admin::HttpLimits& limits = {})
      : admin_(std::in_place, context_, any_port, std::move(gather), limits),
        endpoint_(admin_->endpoint()),
        thread_([this] { context_.run(); }) {}
  explicit Running(Status status, const admin::HttpLimits& limits = {})
      : Running([status = std::move(status)](const auto& done) { done(status); }, limits) {}
  ~Running() {
    destroy();
    work_.reset();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// Destroys the Admin while the context runs.
  void destroy() {
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      admin_.reset();
      done.set_value();
    });
    done.get_future().wait();
  }

  const tcp::endpoint& endpoint() const { return endpoint_; }
  boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = make_work_guard(context_);
  std::optional<Admin> admin_;
  tcp::endpoint endpoint_;
  std::thread thread_;
};

/// A client that sends what it is told to, and reads what comes.
class Client {
 public:
  /// @param source an address of 127.0.0.0/8
  explicit Client(const Running& server, const char* source = "127.0.0.1") {
    socket_.open(tcp::v4());
    socket_.bind({boost::asio::ip::make_address(source), 0});
    socket_.connect(server.endpoint());
  }

  Client& send(std::string_view octets) {
    boost::system::error_code ignored;
    boost::asio::write(socket_, boost::asio::buffer(octets), ignored);
    return *this;
  }

  /// All until the server closes the connection; `reset` behind it where it does so rudely.
  std::string rest() {
    boost::system::error_code error;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(text_), error);
    return std::exchange(text_, {}) + (error == boost::asio::error::eof ? "" : "reset");
  }

  /// The header of one answer, and its body.
  std::string answer() {
    const auto header = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(text_), "\r\n\r\n");
    const auto at = text_.find("Content-Length: ");
    const auto whole = header + std::stoul(text_.substr(at + 16));
    while (text_.size() < whole)
      boost::asio::read(socket_, boost::asio::dynamic_buffer(text_), boost::asio::transfer_at_least(1));
    auto result = text_.substr(0, whole);
    text_.erase(0, whole);
    return result;
  }

 private:
  boost::asio::io_context context_;
  tcp::socket socket_{context_};
  std::string text_;
};

inline std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

/// What the server says before it closes the connection.
inline std::string said(const Running& server, std::string_view octets) { return Client(server).send(octets).rest(); }

inline const std::string closing = "Connection: close\r\n";

}  // namespace admin_running
