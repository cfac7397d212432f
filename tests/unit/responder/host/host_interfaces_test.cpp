#include "responder/host/host_interfaces.hpp"

#include <gtest/gtest.h>

namespace host_interfaces_test {

using boost::asio::ip::make_address;

TEST(HostInterfaces, HaveALoopback) {
  EXPECT_EQ(thence::interface_index("lo"), 1U);
  EXPECT_EQ(thence::interface_index("none-of-this-name"), 0U);
  EXPECT_EQ(thence::interface_index(""), 0U);
  boost::asio::io_context context;
  for (const auto& table : {thence::read_interfaces(), thence::HostInterfaces(context).read()}) {
    EXPECT_EQ(table.name(1), "lo");
    EXPECT_TRUE(table.is_local(make_address("127.0.0.1")));
  }
}

}  // namespace host_interfaces_test
