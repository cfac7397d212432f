#include "responder/admin/reload_watch.hpp"

#include "responder/admin/status_json.hpp"
#include "tests/unit/responder/admin/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reload_watch_test {

using namespace thence;
using admin::ReloadState;
using admin::ReloadWatch;

namespace {

ReloadState state(std::uint64_t asked, std::uint64_t done, bool busy) { return {1, asked, done, busy, false, {}}; }

}  // namespace

TEST(ReloadWatch, ReadsAStatus) {
  const auto read = admin::read_reload_state(admin::status_json(test::example_status(), {}));
  EXPECT_EQ(read.pid, 42);
  EXPECT_EQ(read.asked, 6U);
  EXPECT_EQ(read.done, 5U);
  EXPECT_TRUE(read.busy);
  EXPECT_TRUE(read.last_refused);
  EXPECT_THAT(read.words, testing::ElementsAre("thence.yaml:3:1: dns: <wrong>"));
}

TEST(ReloadWatch, OtherTextsAreRefused) {
  for (const auto* const text : {"", "{}", "[]", "<html>", R"({"pid": "1", "reloads": {}})",
                                 R"({"pid": 1, "reloads": 5})", R"({"pid": 99999999999, "reloads": {"asked": 1}})"}) {
    EXPECT_THROW(admin::read_reload_state(text), std::runtime_error) << text;
  }
}

TEST(ReloadWatch, AReloadOfAnIdleServer) {
  ReloadWatch watch(state(3, 3, false));
  EXPECT_FALSE(watch.ended(state(3, 3, false)));  // the signal is on its way
  EXPECT_FALSE(watch.ended(state(4, 3, true)));
  EXPECT_TRUE(watch.ended(state(4, 4, false)));
}

TEST(ReloadWatch, AReloadThatIsOverAtTheFirstLook) {
  ReloadWatch watch(state(3, 3, false));
  EXPECT_TRUE(watch.ended(state(4, 4, false)));
}

TEST(ReloadWatch, OneThatWentOnAlreadyDoesNotCount) {
  ReloadWatch watch(state(4, 3, true));
  EXPECT_FALSE(watch.ended(state(5, 3, true)));
  EXPECT_FALSE(watch.ended(state(5, 4, true)));  // the one that went on has ended, ours goes on
  EXPECT_TRUE(watch.ended(state(5, 5, false)));
}

TEST(ReloadWatch, WhereOthersAskAllTheTime) {
  ReloadWatch watch(state(4, 3, true));
  EXPECT_FALSE(watch.ended(state(9, 3, true)));
  EXPECT_FALSE(watch.ended(state(20, 4, true)));
  EXPECT_TRUE(watch.ended(state(30, 5, true)));
}

}  // namespace reload_watch_test
