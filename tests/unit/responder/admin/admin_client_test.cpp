#include "responder/admin/admin_client.hpp"

#include "config/problems.hpp"
#include "tests/unit/responder/admin/running.hpp"
#include "tests/unit/responder/admin/status.hpp"
#include "tests/unit/temporary_file.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace admin_client_test {

using admin_running::Running;
using testing::HasSubstr;
using testing::ThrowsMessage;
using thence::admin::AdminClient;

std::string listening_on(const std::string& where) { return "admin: { listen: '" + where + "' }\n"; }

TEST(AdminClient, AsksTheServerOfAConfiguration) {
  const Running server(thence::test::example_status());
  const TemporaryFile file(listening_on("127.0.0.1:" + std::to_string(server.endpoint().port())));
  EXPECT_EQ(AdminClient(file.path()).get("/health/live").body, "live\n");
}

TEST(AdminClient, AServerThatIsOffCannotBeAsked) {
  const TemporaryFile file("admin: { listen: off }\n");
  EXPECT_THAT([&] { AdminClient{file.path()}; },
              ThrowsMessage<std::runtime_error>("admin.listen is off in " + file.path() +
                                                ", so the running server cannot be asked"));
}

TEST(AdminClient, WhereNobodyListensThatIsSaid) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor bound(context, admin_running::any_port);
  const auto port = std::to_string(bound.local_endpoint().port());
  bound.close();
  const TemporaryFile file(listening_on("127.0.0.1:" + port));
  EXPECT_THAT([&] { AdminClient(file.path()).get("/"); },
              ThrowsMessage<std::runtime_error>(HasSubstr("no answer from a server at 127.0.0.1:" + port)));
}

TEST(AdminClient, AWrongSectionIsAMistake) {
  const TemporaryFile file(listening_on("localhost:80"));
  EXPECT_THROW(AdminClient{file.path()}, thence::config::Invalid);
}

}  // namespace admin_client_test
