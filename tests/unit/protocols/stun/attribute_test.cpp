#include "protocols/stun/attribute.hpp"

#include <gtest/gtest.h>

namespace attribute_test {

using thence::stun::AttributeType;
using thence::stun::comprehension_required;

TEST(StunAttribute, Rfc8489Section14TypesFrom0x8000AreOptional) {
  EXPECT_TRUE(comprehension_required(AttributeType{0x0000}));
  EXPECT_TRUE(comprehension_required(AttributeType{0x7FFF}));
  EXPECT_FALSE(comprehension_required(AttributeType{0x8000}));
  EXPECT_FALSE(comprehension_required(AttributeType{0xFFFF}));
}

}  // namespace attribute_test
