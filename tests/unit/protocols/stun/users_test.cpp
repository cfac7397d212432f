#include "protocols/stun/users.hpp"

#include "tests/unit/protocols/stun/files.hpp"
#include "tests/unit/protocols/stun/integrity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace users_test {

using namespace stun_messages;
using stun_files::File;
using testing::HasSubstr;
using testing::StartsWith;
using thence::stun::Users;

namespace {

struct Read {
  Users users;
  std::string mistakes;
};

Read read_from(const std::string& path, const std::string& realm = "") {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("t.yaml", "'" + path + "'");
  auto users = thence::stun::read_users(thence::config::Cursor(document, problems), path, realm);
  return {std::move(users), stun_files::told(problems, path)};
}

Read read(const std::string& content, const std::string& realm = "") {
  const File file(content);
  return read_from(file.path(), realm);
}

/// The password of a user; nothing where there is none.
std::string password(const Read& read, const char* name) {
  const auto* const user = read.users.find(text(name));
  return user == nullptr ? "" : user->password;
}

/// What is wrong with a file, of which nobody is taken then.
std::string mistakes(const std::string& content) {
  const auto made = read(content);
  EXPECT_EQ(made.users.size(), 0);
  return made.mistakes;
}

template <std::size_t Size>
Octets octets(const std::array<std::byte, Size>& array) {
  return {array.begin(), array.end()};
}

}  // namespace

TEST(StunUsers, AreALineEach) {
  const auto made =
      read("# who may ask\nbob  secret\n\n\talice\t  pa:ss#word  # hers\r\n   # none\nマトリックス ж\n c:d \"e\"");
  EXPECT_EQ(made.mistakes, "");
  EXPECT_EQ(made.users.size(), 4);
  EXPECT_EQ(password(made, "bob"), "secret");
  EXPECT_EQ(password(made, "alice"), "pa:ss#word");
  EXPECT_EQ(password(made, "マトリックス"), "ж");
  EXPECT_EQ(password(made, "c:d"), "\"e\"");
  for (const char* name : {"", "bo", "bobb", "Bob", "a", "zz"}) EXPECT_EQ(made.users.find(text(name)), nullptr) << name;
}

TEST(StunUsers, Rfc8489Section922AKeyOfTheLongTermMechanismIsAHash) {
  const auto made = read("user pass", "realm");
  const auto* const user = made.users.find(text("user"));
  ASSERT_NE(user, nullptr);
  // The example of that section.
  EXPECT_EQ(octets(user->md5_key), hex("8493fbc53ba582fb4c044c456bdc40eb"));
  EXPECT_EQ(octets(user->sha256_key), hash("SHA256", "user:realm:pass"));
  EXPECT_EQ(user->password, "") << "which is not needed then";
}

TEST(StunUsers, Rfc8489Section144AUserIsFoundByUserhash) {
  const auto made = read("マトリックス TheMatrIX\nb c\na c\nd c", "example.org");
  const auto hashed = hex("4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704");
  ASSERT_NE(made.users.find_hashed(hashed), nullptr);
  for (const char* name : {"マトリックス", "a", "b", "d"}) {
    const auto* const user = made.users.find_hashed(hash("SHA256", std::string(name) + ":example.org"));
    ASSERT_NE(user, nullptr);
    EXPECT_EQ(user->name, name);
    EXPECT_EQ(user, made.users.find(text(name)));
  }
  EXPECT_EQ(made.users.find_hashed(hash("SHA256", "a:example.net")), nullptr);
  EXPECT_EQ(made.users.find_hashed({}), nullptr);
  EXPECT_EQ(made.users.find_hashed(std::span(hashed).first(31)), nullptr);
  EXPECT_EQ(made.users.find_hashed(Octets(33)), nullptr);
}

TEST(StunUsers, MistakesHaveTheirLineAndAllAreTold) {
  EXPECT_EQ(mistakes("a b\nalone\n\na b c\nd #e\n"),
            "FILE:2: has a name only; allowed: NAME PASSWORD, with a blank between\n"
            "FILE:4: has more than two words; allowed: NAME PASSWORD, with a blank between\n"
            "FILE:5: has a name only; allowed: NAME PASSWORD, with a blank between\n");
  EXPECT_EQ(mistakes("a secret\nb c\na other\n"), "FILE:3: the name stands on line 1 too; allowed: each name once\n");
  EXPECT_EQ(mistakes("\"a\" b"), "FILE:1: a quote stands in the name; allowed: a name without quotes\n");
  EXPECT_EQ(mistakes("# nobody\n"), "FILE: has no user; allowed: lines of NAME PASSWORD, with a blank between\n");
  EXPECT_THAT(mistakes(""), StartsWith("FILE: has no user"));
}

TEST(StunUsers, ControlCharactersAreRefused) {
  for (const char each : {'\0', '\1', '\33', '\37', '\177', '\v', '\f'}) {
    EXPECT_THAT(mistakes(std::string("a b") + each + 'c'), StartsWith("FILE:1: has a control character")) << int{each};
    EXPECT_THAT(mistakes(std::string("a") + each + "b c"), StartsWith("FILE:1: has a control character")) << int{each};
  }
  EXPECT_THAT(mistakes("a b\rc"), HasSubstr("more than two words"));
}

TEST(StunUsers, Rfc8489Section143NamesAreShorterThan509Octets) {
  const std::string longest(508, 'n');
  EXPECT_EQ(password(read(longest + ' ' + longest), longest.c_str()), longest);
  EXPECT_EQ(mistakes("n" + longest + " p"), "FILE:1: the name is too long; allowed: at most 508 octets\n");
  EXPECT_EQ(mistakes("n p" + longest), "FILE:1: the password is too long; allowed: at most 508 octets\n");
}

TEST(StunUsers, AFileHasBounds) {
  EXPECT_EQ(mistakes(std::string(thence::stun::largest_users_file + 1, '\n')),
            "FILE: is no file of users; allowed: at most 8 MiB\n");
  EXPECT_THAT(mistakes(std::string(thence::stun::largest_users_file, '\n')), StartsWith("FILE: has no user"));
  std::string many;
  for (std::size_t i = 0; i < thence::stun::most_users; ++i) many += 'n' + std::to_string(i) + " p\n";
  const auto made = read(many);
  EXPECT_EQ(made.mistakes, "");
  EXPECT_EQ(made.users.size(), thence::stun::most_users);
  EXPECT_EQ(password(made, "n99999"), "p");
  EXPECT_EQ(mistakes(many + "one more\nand another"), "FILE:100001: more users than fit; allowed: at most 100000\n");
}

TEST(StunUsers, AFileThatCannotBeReadIsAMistake) {
  EXPECT_EQ(read_from("/nowhere/users").mistakes,
            "t.yaml:1:1: 'FILE' cannot be read: No such file or directory; allowed: a file of users\n");
  EXPECT_EQ(read_from("/proc").mistakes,
            "t.yaml:1:1: 'FILE' cannot be read: Is a directory; allowed: a file of users\n");
}

TEST(StunUsers, ADeviceOrAPipeIsNotOpened) {
  EXPECT_EQ(read_from("/dev/zero").mistakes, "t.yaml:1:1: 'FILE' is no regular file; allowed: a file of users\n");
  const auto pipe = std::filesystem::temp_directory_path() / ("thence-pipe-" + std::to_string(::getpid()));
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_from(pipe.string()).mistakes, "t.yaml:1:1: 'FILE' is no regular file; allowed: a file of users\n");
  std::filesystem::remove(pipe);
}

}  // namespace users_test
