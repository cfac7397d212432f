// DNS cookies: the interoperable server cookie, the secrets, and what a server does with a query's cookie.

#include "protocols/dns/identity/cookie.hpp"

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cookie_test {

using dns_asking::hex;
using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::option;
using dns_asking::Query;
using dns_asking::Responder;
using dns_asking::unhex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using thence::Transport;
using thence::dns::Cookies;
using thence::dns::CookieSecret;
using thence::dns::CookieSettings;
using thence::dns::CookieStanding;

namespace {

CookieSecret secret(const std::string& digits) {
  CookieSecret secret{};
  std::ranges::copy(unhex(digits), secret.begin());
  return secret;
}

/// What a server with these secrets says to a cookie, and with which one it replies.
struct Said {
  CookieStanding standing;
  std::string reply;
  friend bool operator==(const Said&, const Said&) = default;
};

void PrintTo(const Said& said, std::ostream* to) { *to << static_cast<int>(said.standing) << ' ' << said.reply; }

Said check(const std::vector<std::string>& secrets, const std::string& client, std::uint32_t now,
           const std::string& option) {
  std::vector<CookieSecret> keys;
  for (const auto& each : secrets) keys.push_back(secret(each));
  Cookies cookies(keys);
  const auto checked = cookies.check(unhex(option), boost::asio::ip::make_address(client), now);
  return {checked.standing, checked.standing == CookieStanding::malformed ? "" : hex(checked.reply)};
}

constexpr auto first_secret = "e5e973e5a6b2a43f48e7dc849e37bfcf";
constexpr auto client = "198.51.100.100";
constexpr auto client_cookie = "2464c4abcf10c957";
/// Made by the first secret at that time, for that client.
constexpr auto full_cookie = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
constexpr std::uint32_t made = 1559731985;

/// As of a time, the standing of that cookie.
CookieStanding standing_at(std::uint32_t now) { return check({first_secret}, client, now, full_cookie).standing; }

/// The time of the servers below, in microseconds.
std::uint64_t now_us = 0;
std::uint64_t test_clock() noexcept { return now_us; }

using File = TemporaryFile;

/// The settings that a text under `cookies:` means. @param mistakes gets those, a line each
CookieSettings read(const std::string& yaml, std::string& mistakes) {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("t.yaml", yaml);
  auto settings = thence::dns::read_cookies(thence::config::Cursor(document, problems));
  for (const auto& problem : problems.sorted()) mistakes += problem.text() + '\n';
  return settings;
}

CookieSettings read_file(const std::string& content, std::string* mistakes = nullptr) {
  const File file(content);
  std::string told;
  auto settings = read("secret-file: " + file.path(), told);
  for (auto at = told.find(file.path()); at != std::string::npos; at = told.find(file.path())) {
    told.replace(at, file.path().size(), "FILE");
  }
  if (mistakes != nullptr) {
    *mistakes = told;
  } else {
    EXPECT_EQ(told, "");
  }
  return settings;
}

constexpr auto zones = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1', 'www 9 A 192.0.2.1'] }]";

/// A server whose secret and time are those of the RFC's first example.
class Served : public testing::Test {
 protected:
  Served() { now_us = std::uint64_t{made} * 1'000'000U; }

  std::string ask(const std::string& cookie, Query query = {.name = "www.t"}) {
    query.additional = {opt(1232, 0, false, option(10, unhex(cookie)))};
    query.peer = client;
    return server.ask(query);
  }

  File file{std::string(first_secret) + '\n'};
  Responder server{"cookies: { secret-file: " + file.path() + " }\n" + zones, test_clock};
};

using Rfc7873 = Served;

const std::string good = "edns 1232\noption 10 " + std::string(full_cookie) + '\n';
const std::string answer = "answer www.t. 9 IN A 192.0.2.1\n";

}  // namespace

// RFC 9018 Appendix A.

TEST(Rfc9018, A1ANewServerCookie) {
  EXPECT_EQ(check({first_secret}, client, made, client_cookie), (Said{CookieStanding::client_only, full_cookie}));
}

TEST(Rfc9018, A2TheSameClientGetsARenewedServerCookie) {
  EXPECT_EQ(check({first_secret}, client, 1559734385, full_cookie),
            (Said{CookieStanding::good, "2464c4abcf10c957010000005cf7a871d4a564a1442aca77"}));
}

TEST(Rfc9018, A3ReservedOctetsAreHashedAsTheyComeAndMadeZero) {
  const auto* const asked = "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5";
  EXPECT_EQ(check({first_secret}, "203.0.113.203", 1559727985, asked).standing, CookieStanding::good);
  // In the example the cookie is almost two hours old.
  EXPECT_EQ(check({first_secret}, "203.0.113.203", 1559734700, asked),
            (Said{CookieStanding::bad, "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"}));
}

TEST(Rfc9018, A4AnIpv6ClientAfterTheSecretWasRolledOver) {
  EXPECT_EQ(check({"445536bcd2513298075a5d379663c962", "dd3bdf9344b678b185a6f5cb60fca715"},
                  "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961, "22681ab97d52c298010000005cf7c57926556bd0934c72f8"),
            (Said{CookieStanding::good, "22681ab97d52c298010000005cf7c609a6bb79d16625507a"}));
}

TEST(Rfc9018, ACookieHoldsForAnHourAndFiveMinutesAhead) {
  EXPECT_EQ(standing_at(made + 3600), CookieStanding::good);
  EXPECT_EQ(standing_at(made + 3601), CookieStanding::bad);
  EXPECT_EQ(standing_at(made - 300), CookieStanding::good);
  EXPECT_EQ(standing_at(made - 301), CookieStanding::bad);
  EXPECT_EQ(standing_at(made + 0x80000000U), CookieStanding::bad);
}

TEST(Rfc9018, ACookieIsRenewedAfterHalfAnHour) {
  EXPECT_EQ(check({first_secret}, client, made + 1800, full_cookie).reply, full_cookie);
  EXPECT_NE(check({first_secret}, client, made + 1801, full_cookie).reply, full_cookie);
}

TEST(Rfc9018, TimestampsAreSerialNumbers) {
  const auto before_wrap = check({first_secret}, client, 0xFFFFFFFFU, client_cookie).reply;
  EXPECT_THAT(before_wrap, HasSubstr("01000000ffffffff"));
  EXPECT_EQ(check({first_secret}, client, 100, before_wrap), (Said{CookieStanding::good, before_wrap}));
  const auto after_wrap = check({first_secret}, client, 100, client_cookie).reply;
  EXPECT_EQ(check({first_secret}, client, 0xFFFFFFFFU, after_wrap).standing, CookieStanding::good);
}

TEST(Rfc9018, AServerCookieIsForOneClientOneAddressAndOneSecret) {
  EXPECT_EQ(check({first_secret}, client, made, full_cookie).standing, CookieStanding::good);
  for (std::size_t octet = 0; octet < 24; ++octet) {
    auto changed = unhex(full_cookie);
    changed[octet] ^= 0x01U;
    EXPECT_EQ(check({first_secret}, client, made, hex(changed)).standing, CookieStanding::bad) << octet;
  }
  EXPECT_EQ(check({first_secret}, "198.51.100.101", made, full_cookie).standing, CookieStanding::bad);
  EXPECT_EQ(check({"445536bcd2513298075a5d379663c962"}, client, made, full_cookie).standing, CookieStanding::bad);
}

TEST(Rfc9018, EverySecretIsAcceptedAndTheFirstMakesCookies) {
  std::vector<std::string> secrets{"445536bcd2513298075a5d379663c962"};
  while (secrets.size() < 7) secrets.push_back("dd3bdf9344b678b185a6f5cb60fca71" + std::to_string(secrets.size()));
  secrets.emplace_back(first_secret);
  const auto said = check(secrets, client, made, full_cookie);
  EXPECT_EQ(said.standing, CookieStanding::good);
  EXPECT_NE(said.reply, full_cookie);
  EXPECT_EQ(check({secrets[0]}, client, made, said.reply), (Said{CookieStanding::good, said.reply}));
}

TEST(Rfc7873Lengths, CookiesHave8Or16To40Octets) {
  for (std::size_t size = 0; size < 60; ++size) {
    const auto standing = check({first_secret}, client, made, hex(Octets(size, 1))).standing;
    if (size == 8) {
      EXPECT_EQ(standing, CookieStanding::client_only);
    } else if (size >= 16 && size <= 40) {
      EXPECT_EQ(standing, CookieStanding::bad) << size;
    } else {
      EXPECT_EQ(standing, CookieStanding::malformed) << size;
    }
  }
}

TEST_F(Rfc7873, AQueryWithoutACookieGetsNone) {
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232)}}), "NOERROR aa\nedns 1232\n" + answer);
  EXPECT_EQ(server.ask({.name = "www.t"}), "NOERROR aa\n" + answer);
}

TEST_F(Rfc7873, AClientCookieGetsAServerCookieAndAnAnswer) {
  EXPECT_EQ(ask(client_cookie), "NOERROR aa\n" + good + answer);
  EXPECT_EQ(server.counter("with-client-cookie"), 1U);
}

TEST_F(Rfc7873, AGoodServerCookieIsSentBackAsItIs) {
  EXPECT_EQ(ask(full_cookie), "NOERROR aa\n" + good + answer);
  EXPECT_EQ(server.counter("with-good-cookie"), 1U);
}

TEST_F(Rfc7873, ABadServerCookieIsLikeNone) {
  EXPECT_EQ(ask(std::string(client_cookie) + "0011223344556677"), "NOERROR aa\n" + good + answer);
  EXPECT_EQ(server.counter("with-bad-cookie"), 1U);
}

TEST_F(Rfc7873, AMalformedCookieIsAFormatError) {
  for (const std::size_t size : {0U, 1U, 7U, 9U, 15U, 41U}) {
    EXPECT_EQ(ask(hex(Octets(size, 1))), "FORMERR\nedns 1232\n") << size;
  }
  EXPECT_EQ(server.outcome(), "formerr");
}

TEST_F(Rfc7873, OfSeveralCookiesTheFirstCounts) {
  auto options = option(10, unhex(client_cookie));
  dns_asking::add(options, option(10, {1}));
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 0, false, options)}, .peer = client}),
            "NOERROR aa\n" + good + answer);
}

TEST_F(Rfc7873, ErrorsCarryTheCookieToo) {
  EXPECT_THAT(ask(client_cookie, {.name = "absent.t"}), StartsWith("NXDOMAIN aa\n" + good));
  EXPECT_EQ(ask(client_cookie, {.name = "elsewhere"}),
            "REFUSED\nedns 1232\noption 15 0014\noption 10 " + std::string(full_cookie) + '\n');
  EXPECT_THAT(ask(client_cookie, {.name = "www.t", .flags = 0x2000}),
              testing::AllOf(StartsWith("NOTIMPL\n"), HasSubstr(full_cookie)));
  auto options = option(10, unhex(client_cookie));
  dns_asking::add(options, option(8, {0}));
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 0, false, options)}, .peer = client}),
            "FORMERR\n" + good);
}

TEST_F(Rfc7873, OverTcpACookieIsAnsweredAsUsual) {
  EXPECT_EQ(ask(client_cookie, {.name = "www.t", .transport = Transport::tcp}), "NOERROR aa\n" + good + answer);
  EXPECT_EQ(ask(std::string(client_cookie) + "0011223344556677", {.name = "www.t", .transport = Transport::tcp}),
            "NOERROR aa\n" + good + answer);
}

/// RFC 7873 §5.4.
TEST_F(Rfc7873, WithoutAQuestionACookieIsMadeOrConfirmed) {
  const auto ask_none = [&](const Octets& record) {
    Octets message{0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    dns_asking::add(message, record);
    const thence::Endpoint peer(boost::asio::ip::make_address(client), 4000);
    return dns_asking::text_of(server.reply_to(message, {peer, peer, 0, Transport::udp}));
  };
  EXPECT_EQ(ask_none(opt(1232, 0, false, option(10, unhex(client_cookie)))), "NOERROR\n" + good);
  EXPECT_EQ(server.outcome(), "cookie");
  EXPECT_EQ(ask_none(opt(1232, 0, false, option(10, unhex(full_cookie)))), "NOERROR\n" + good);
  EXPECT_EQ(ask_none(opt(1232, 0, false, option(10, Octets(24, 1)))).substr(0, 10), "BADCOOKIE\n");
  EXPECT_EQ(server.outcome(), "badcookie");
  EXPECT_EQ(ask_none(opt(1232, 0, false, option(10, {1}))), "FORMERR\nedns 1232\n");
  EXPECT_EQ(ask_none(opt(1232)), "FORMERR\nedns 1232\n");
  EXPECT_EQ(ask_none(opt(1232, 1)), "BADVERS\nedns 1232\n");
}

TEST_F(Rfc7873, ACookieIsTheFirstOptionThatStaysWhereThereIsNoRoom) {
  const std::string label(63, 'x');
  const auto longest = label + '.' + label + '.' + label + '.' + std::string(59, 'y') + ".t";
  const File secrets(std::string(first_secret) + '\n');
  Responder named("cookies: { secret-file: " + secrets.path() + " }\nnsid: " + std::string(255, 'n') + '\n' + zones,
                  test_clock);
  auto options = option(3);
  dns_asking::add(options, option(10, unhex(client_cookie)));
  const auto reply = named.ask({.name = longest, .additional = {opt(512, 0, false, options)}, .peer = client});
  EXPECT_THAT(reply, StartsWith("NXDOMAIN aa\n" + good));
  EXPECT_THAT(reply, Not(HasSubstr("option 3")));
  EXPECT_THAT(named.ask({.name = longest, .additional = {opt(1232, 0, false, options)}, .peer = client}),
              testing::AllOf(HasSubstr("option 3 6e6e"), HasSubstr(full_cookie)));
}

TEST(Rfc7873Off, CookiesAreIgnored) {
  Responder server("cookies: { enabled: false }\n" + std::string(zones));
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 0, false, option(10, {1}))}}),
            "NOERROR aa\nedns 1232\n" + answer);
}

TEST(Rfc7873Secrets, AreReadFromAFile) {
  const auto settings =
      read_file("# new\ne5e973e5a6b2a43f48e7dc849e37bfcf\n\n  445536BCD2513298075A5D379663C962\t# old\r\n");
  EXPECT_THAT(settings.secrets, ElementsAre(secret(first_secret), secret("445536bcd2513298075a5d379663c962")));
  EXPECT_FALSE(settings.random);
  EXPECT_THAT(read_file(first_secret).secrets, ElementsAre(secret(first_secret)));
}

TEST(Rfc7873Secrets, MistakesInAFileHaveItsLine) {
  std::string mistakes;
  EXPECT_THAT(read_file("# a\ne5e973e5a6b2a43f48e7dc849e37bfcf\ne5e973e5a6b2a43f48e7dc849e37bfc\n", &mistakes).secrets,
              ElementsAre());
  EXPECT_EQ(mistakes,
            "FILE:3: is not a cookie secret; allowed: 32 hexadecimal digits, such as `openssl rand -hex 16` makes\n");
  read_file("g5e973e5a6b2a43f48e7dc849e37bfcf", &mistakes);
  EXPECT_THAT(mistakes, StartsWith("FILE:1: is not a cookie secret"));
  read_file("# nothing\n", &mistakes);
  EXPECT_THAT(mistakes, StartsWith("FILE: has no cookie secret"));
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += std::string(first_secret) + '\n';
  read_file(nine, &mistakes);
  EXPECT_THAT(mistakes, testing::AllOf(StartsWith("FILE:9: "), HasSubstr("at most 8")));
  read_file(std::string(70000, '\n'), &mistakes);
  EXPECT_THAT(mistakes, testing::AllOf(StartsWith("FILE: "), HasSubstr("at most 64 KiB")));
}

TEST(Rfc7873Secrets, AFileThatCannotBeReadIsAMistake) {
  std::string mistakes;
  read("secret-file: /nowhere/secret", mistakes);
  EXPECT_EQ(mistakes,
            "t.yaml:1:14: secret-file: '/nowhere/secret' cannot be read: No such file or directory; allowed: a file of "
            "cookie secrets\n");
  mistakes.clear();
  read("secret-file: /tmp", mistakes);
  EXPECT_THAT(mistakes, HasSubstr("Is a directory"));
  mistakes.clear();
  read("secret-file: /dev/zero", mistakes);
  EXPECT_THAT(mistakes, HasSubstr("is no regular file")) << "it never ends";
}

TEST(Rfc7873Secrets, AMadeUpSecretIsKeptWhenSettingsAreReadAgain) {
  std::string mistakes;
  const auto before = read("{}", mistakes);
  ASSERT_EQ(before.secrets.size(), 1U);
  auto after = read("{}", mistakes);
  EXPECT_NE(after.secrets, before.secrets) << "a secret that can be guessed";
  after.keep_random_secret(before);
  EXPECT_EQ(after.secrets, before.secrets);

  auto from_file = read_file(first_secret);
  const auto stated = from_file.secrets;
  from_file.keep_random_secret(before);
  EXPECT_EQ(from_file.secrets, stated);
  const auto random = read("{}", mistakes);
  auto now_random = random;
  now_random.keep_random_secret(from_file);
  EXPECT_EQ(now_random.secrets, random.secrets) << "a file that is named no longer";
  EXPECT_EQ(mistakes, "");
}

TEST(Rfc7873Secrets, AServerThatReadsItsSettingsAgainAcceptsItsCookies) {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("t.yaml", zones);
  const thence::config::Cursor section(document, problems);
  const auto before = thence::dns::read_settings(section);
  EXPECT_EQ(thence::dns::read_settings(section, &before).cookies.secrets, before.cookies.secrets);
  EXPECT_NE(thence::dns::read_settings(section).cookies.secrets, before.cookies.secrets);
}

}  // namespace cookie_test
