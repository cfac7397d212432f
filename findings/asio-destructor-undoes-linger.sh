#!/usr/bin/env bash
# Boost.Asio 1.81 (Debian 12, libboost1.81-dev 1.81.0-5+deb12u1): a TCP socket with SO_LINGER {1, 0}, which should close
# with a reset, closes with a FIN where it is its destructor that closes it: that takes the option back first, so as not to
# block. With close() before it, the peer gets the reset. A server that refuses connections by a reset has to close them.
#
# Compiles a program of both cases, over loopback. Seen:
#   destructor: end of file
#   close():    Connection reset by peer
# Needs a C++ compiler and Debian's archive. Exit status: 0 as seen, 1 changed.
set -euo pipefail

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cd "$root"
apt-get -qq -o APT::Sandbox::User=root download libboost1.81-dev=1.81.0-5+deb12u1
dpkg -x libboost1.81-dev_*.deb system

cat >"$root/both.cpp" <<'END'
#include <boost/asio.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::ip::tcp;

void show(const char* how, bool by_close) {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  tcp::socket client(context);
  client.connect(acceptor.local_endpoint());
  {
    auto accepted = acceptor.accept();
    accepted.set_option(asio::socket_base::linger(true, 0));
    if (by_close) accepted.close();
  }
  char octet;
  boost::system::error_code error;
  client.read_some(asio::buffer(&octet, 1), error);
  std::cout << how << (error == asio::error::eof ? "end of file" : error.message()) << '\n';
}

int main() {
  show("destructor: ", false);
  show("close():    ", true);
}
END
c++ -std=c++20 -isystem "$root/system/usr/include" -o "$root/both" "$root/both.cpp" -pthread
seen=$(LC_ALL=C "$root/both")
echo "$seen"
[[ $seen == $'destructor: end of file\nclose():    Connection reset by peer' ]]
