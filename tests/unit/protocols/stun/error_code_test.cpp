#include "protocols/stun/error_code.hpp"

#include "tests/unit/protocols/stun/messages.hpp"

#include <gtest/gtest.h>

namespace error_code_test {

using namespace stun_messages;
using namespace thence::stun;

std::optional<ErrorCode> read(const Octets& value) { return read_error_code({AttributeType::error_code, value}); }

/// The message with an error code that is written, in hexadecimal behind its header.
Octets written(const Octets& id, unsigned code, std::string_view reason) {
  Octets buffer(200);
  MessageWriter writer(buffer, MessageClass::error, std::span(id).first<16>());
  add_error_code(writer, code, reason);
  const auto message = writer.message().subspan(header_size);
  return {message.begin(), message.end()};
}

TEST(StunErrorCode, Rfc8489Section148HasAClassANumberAndAReason) {
  const auto value = joined({hex("00000414"), text("Unknown Attribute")});
  const auto code = read(value);
  ASSERT_TRUE(code);
  EXPECT_EQ(code->code, 420U);
  EXPECT_EQ(code->reason, "Unknown Attribute");
  EXPECT_EQ(read(hex("ffff fe63"))->code, 699U) << "reserved bits do not matter";
  EXPECT_EQ(read(hex("00000300"))->reason, "");
}

TEST(StunErrorCode, Rfc8489Section148TheClassIs3To6AndTheNumberUpTo99) {
  for (const auto* const wrong : {"00000200", "00000700", "00000464", "000004ff", "000004", ""}) {
    EXPECT_FALSE(read(hex(wrong))) << wrong;
  }
}

TEST(StunErrorCode, IsWrittenWithPaddingThatIsNotOfItsLength) {
  EXPECT_EQ(written(modern_id, 438, "Stale"), joined({hex("00090009 00000426"), text("Stale"), Octets(3)}));
}

TEST(StunErrorCode, Rfc3489Section1129AClassicOneIsFilledWithSpaces) {
  EXPECT_EQ(written(classic_id, 400, "Bad"), joined({hex("00090008 00000400"), text("Bad ")}));
  EXPECT_EQ(written(classic_id, 400, "Fine"), joined({hex("00090008 00000400"), text("Fine")}));
}

}  // namespace error_code_test
