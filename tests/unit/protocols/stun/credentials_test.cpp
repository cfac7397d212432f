/// The checks of RFC 8489 §9.1.3 (short-term) and §9.2.4 (long-term), in their order.

#include "protocols/stun/credentials.hpp"

#include "protocols/stun/error_code.hpp"
#include "protocols/stun/fingerprint.hpp"
#include "protocols/stun/mapped_address.hpp"
#include "tests/unit/protocols/stun/files.hpp"
#include "tests/unit/protocols/stun/integrity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace credentials_test {

using namespace stun_messages;
using namespace std::chrono_literals;
using stun_files::File;
using testing::StartsWith;
using thence::stun::Authentication;
using thence::stun::CredentialChecker;
using thence::stun::Credentials;
using thence::stun::Message;
using thence::stun::MessageClass;
using thence::stun::MessageWriter;
using thence::stun::read_credentials;
using enum thence::stun::Authentication::Standing;

namespace {

const auto peer = endpoint("192.0.2.1", 32853);
const auto other_port = endpoint("192.0.2.1", 32854);

struct Loaded {
  std::shared_ptr<const Credentials> credentials;
  std::string mistakes;
};

/// What a text under `credentials:` means. @param file the name that is shown as FILE
Loaded load(const std::string& yaml, const std::string& file = "", const Credentials* before = nullptr) {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("t.yaml", yaml);
  auto credentials = read_credentials(thence::config::Cursor(document, problems), before);
  return {std::move(credentials), stun_files::told(problems, file)};
}

Octets username(const char* name) { return attribute(0x0006, text(name)); }
Octets userhash(const char* name) { return attribute(0x001e, hash("SHA256", std::string(name) + ":example.org")); }
Octets realm(const char* name = "example.org") { return attribute(0x0014, text(name)); }
Octets nonce(const Octets& value) { return attribute(0x0015, value); }

const Octets sha256_then_md5 = hex("0002000000010000");
const Octets algorithms = attribute(0x8002, sha256_then_md5);
const Octets use_sha256 = attribute(0x001d, hex("00020000"));
const Octets use_md5 = attribute(0x001d, hex("00010000"));

class StunCredentials : public testing::Test {
 protected:
  explicit StunCredentials(const std::string& settings = "")
      : checker_(load("{ " + settings + "users-file: " + file_.path() + " }").credentials) {}

  Authentication checked(const Octets& octets) {
    request_ = octets;
    const auto message = Message::read(request_);
    EXPECT_TRUE(message);
    return checker_.check(*message, {from_, endpoint("198.51.100.7", 3478)}, now_);
  }
  Authentication::Standing standing(const Octets& octets) { return checked(octets).standing; }

  /// What a refusal says to that request.
  Octets refusal(const Octets& octets) {
    const auto authentication = checked(octets);
    EXPECT_FALSE(authentication.accepted());
    Octets buffer(1024, std::byte{0xee});
    MessageWriter writer(buffer, MessageClass::error, Message::read(octets)->id());
    checker_.add_refusal(writer, authentication, {from_, endpoint("198.51.100.7", 3478)}, now_);
    const auto size = writer.message().size();
    checker_.add_integrity(writer, authentication);
    EXPECT_EQ(writer.message().size(), size) << "a refusal carries no integrity";
    return {writer.message().begin(), writer.message().end()};
  }

  /// The response to that request, which is accepted, with an attribute.
  Octets response(const Octets& octets) {
    const auto authentication = checked(octets);
    EXPECT_TRUE(authentication.accepted());
    Octets buffer(1024, std::byte{0xee});
    MessageWriter writer(buffer, MessageClass::success, Message::read(octets)->id());
    add_xor_address(writer, thence::stun::AttributeType::xor_mapped_address, peer);
    checker_.add_integrity(writer, authentication);
    return {writer.message().begin(), writer.message().end()};
  }

  File file_{"alice secret\nマトリックス TheMatrIX\n"};
  CredentialChecker checker_;
  thence::Endpoint from_ = peer;
  std::uint32_t now_ = 1000;
  Octets request_;
};

const Octets success = message(0x0101, modern_id, {hex("00200008 0001a147e112a643")});

using StunShortTerm = StunCredentials;
const Octets secret = text("secret");

class StunLongTerm : public StunCredentials {
 protected:
  StunLongTerm() : StunCredentials("realm: example.org, nonce-lifetime: 100s, ") {}

  /// A nonce of this server, for the client and time that there are.
  Octets fresh() {
    const auto octets = refusal(request());
    const auto found = Message::read(octets)->find(thence::stun::AttributeType::nonce);
    EXPECT_TRUE(found);
    return found ? Octets(found->value.begin(), found->value.end()) : Octets();
  }

  /// What the client must be told to try again.
  Octets challenge(const Octets& error) {
    return message(0x0111, modern_id, {attribute(0x0009, error), realm(), nonce(fresh()), algorithms});
  }
  Octets unauthenticated_challenge() { return challenge(joined({hex("00000401"), text("Unauthenticated")})); }

  /// A request of a client of RFC 8489, and one of RFC 5389.
  Octets newer(const Octets& with_nonce) {
    return with_sha256(request({userhash("alice"), realm(), nonce(with_nonce), use_sha256, algorithms}), sha256_key);
  }
  Octets older(const Octets& with_nonce) {
    return with_sha1(request({username("alice"), realm(), nonce(with_nonce)}), md5_key);
  }

  Octets sha256_key = hash("SHA256", "alice:example.org:secret");
  Octets md5_key = hash("MD5", "alice:example.org:secret");
};

const Octets bad_request_reply =
    message(0x0111, modern_id, {attribute(0x0009, joined({hex("00000400"), text("Bad Request")}))});

}  // namespace

TEST_F(StunShortTerm, Rfc8489Section913WithoutIntegrityOrUsernameIsABadRequest) {
  EXPECT_EQ(standing(request()), bad_request);
  EXPECT_EQ(standing(request({username("alice")})), bad_request);
  EXPECT_EQ(standing(with_sha1(request(), secret)), bad_request);
  EXPECT_EQ(standing(with_sha256(request(), secret)), bad_request);
  EXPECT_EQ(refusal(request()), bad_request_reply);
}

TEST_F(StunShortTerm, Rfc8489Section913AUserWhoIsNotKnownIsUnauthenticated) {
  EXPECT_EQ(standing(with_sha1(request({username("alic")}), secret)), unauthenticated);
  EXPECT_EQ(standing(with_sha1(request({username("")}), secret)), unauthenticated);
  EXPECT_EQ(standing(with_sha256(request({username("bob")}), secret)), unauthenticated);
  EXPECT_EQ(refusal(with_sha1(request({username("bob")}), secret)),
            message(0x0111, modern_id, {attribute(0x0009, joined({hex("00000401"), text("Unauthenticated")}))}));
}

TEST_F(StunShortTerm, Rfc8489Section913AWrongIntegrityIsUnauthenticated) {
  EXPECT_EQ(standing(with_sha1(request({username("alice")}), text("other"))), unauthenticated);
  EXPECT_EQ(standing(with_sha256(request({username("alice")}), text("other"))), unauthenticated);
  EXPECT_EQ(standing(with_sha1(request({username("マトリックス")}), secret)), unauthenticated);
}

TEST_F(StunShortTerm, Rfc8489Section913TheResponseHasTheIntegrityOfTheRequest) {
  EXPECT_EQ(response(with_sha1(request({username("alice")}), secret)), with_sha1(success, secret));
  EXPECT_EQ(response(with_sha256(request({username("alice")}), secret)), with_sha256(success, secret));
  const auto matrix = text("TheMatrIX");
  EXPECT_EQ(response(with_sha1(request({username("マトリックス")}), matrix)), with_sha1(success, matrix));
}

TEST_F(StunShortTerm, Rfc8489Section913OfBothIntegritiesTheOneWithSha256IsChecked) {
  const auto named = request({username("alice")});
  EXPECT_EQ(response(with_sha256(with_sha1(named, secret), secret)), with_sha256(success, secret));
  EXPECT_EQ(standing(with_sha256(with_sha1(named, secret), text("other"))), unauthenticated);
  EXPECT_EQ(standing(with_sha256(with_sha1(named, text("other")), secret)), accepted);
}

TEST_F(StunShortTerm, Rfc8489Section146ATruncatedIntegrityIsNotAllowedByThisUsage) {
  EXPECT_EQ(standing(with_sha256(request({username("alice")}), secret, 32)), accepted);
  for (const std::size_t size : {0U, 12U, 16U, 20U, 28U, 36U}) {
    EXPECT_EQ(standing(with_sha256(request({username("alice")}), secret, size)), unauthenticated) << size;
  }
}

TEST_F(StunShortTerm, Rfc8489Section145AUsernameBehindTheIntegrityDoesNotCount) {
  const auto covered = announcing(request(), 24);
  const auto hashed = attribute(0x0008, hmac("SHA1", secret, covered));
  EXPECT_EQ(standing(request({hashed, username("alice")})), bad_request);
}

TEST_F(StunShortTerm, Rfc8489Section14OfTwoUsernamesTheFirstCounts) {
  EXPECT_EQ(standing(with_sha1(request({username("alice"), username("bob")}), secret)), accepted);
  EXPECT_EQ(standing(with_sha1(request({username("bob"), username("alice")}), secret)), unauthenticated);
}

TEST_F(StunShortTerm, Rfc8489Section147FingerprintMayFollow) {
  EXPECT_EQ(standing(fingerprinted(with_sha1(request({username("alice")}), secret))), accepted);
}

TEST_F(StunShortTerm, AnErrorAfterwardsCarriesIntegrityToo) {
  const auto authentication = checked(with_sha1(request({username("alice"), attribute(0x7fff)}), secret));
  ASSERT_TRUE(authentication.accepted());
  Octets buffer(256);
  MessageWriter writer(buffer, MessageClass::error, thence::stun::MessageId(modern_id));
  add_error_code(writer, 420, "Unknown Attribute");
  checker_.add_integrity(writer, authentication);
  add_fingerprint(writer);
  const auto error =
      message(0x0111, modern_id, {attribute(0x0009, joined({hex("00000414"), text("Unknown Attribute")}))});
  EXPECT_THAT(writer.message(), testing::ElementsAreArray(fingerprinted(with_sha1(error, secret))));
}

TEST_F(StunLongTerm, Rfc8489Section924WithoutIntegrityIsChallenged) {
  const auto reply = refusal(request());
  EXPECT_EQ(reply, unauthenticated_challenge());
  EXPECT_EQ(refusal(request({username("alice"), realm(), nonce(fresh())})), reply);
  EXPECT_LE(reply.size(), 112);
}

TEST_F(StunLongTerm, Rfc8489Section924WithoutOneOfTheOthersIsABadRequest) {
  const auto both = [this](std::initializer_list<Octets> attributes) {
    for (const auto& each : {with_sha1(request(attributes), md5_key), with_sha256(request(attributes), sha256_key)}) {
      EXPECT_EQ(refusal(each), bad_request_reply);
    }
  };
  both({});
  both({realm(), nonce(fresh())});
  both({username("alice"), nonce(fresh())});
  both({userhash("alice"), nonce(fresh())});
  both({username("alice"), realm()});
  both({username("nobody"), nonce(text("stale"))});
}

TEST_F(StunLongTerm, Rfc8489Section924WithoutPasswordAlgorithmsTheKeyIsOfMd5AndTheResponseOfSha1) {
  EXPECT_EQ(response(older(fresh())), with_sha1(success, md5_key));
  const auto plain = request({username("alice"), realm(), nonce(fresh())});
  EXPECT_EQ(response(with_sha256(plain, md5_key)), with_sha1(success, md5_key));
  EXPECT_EQ(standing(with_sha1(plain, sha256_key)), unauthenticated);
  EXPECT_EQ(standing(with_sha256(plain, sha256_key)), unauthenticated);
}

TEST_F(StunLongTerm, Rfc8489Section924WithPasswordAlgorithmsTheResponseIsOfSha256) {
  EXPECT_EQ(response(newer(fresh())), with_sha256(success, sha256_key));
  const auto by_md5 = request({username("alice"), realm(), nonce(fresh()), use_md5, algorithms});
  EXPECT_EQ(response(with_sha256(by_md5, md5_key)), with_sha256(success, md5_key));
  EXPECT_EQ(response(with_sha1(by_md5, md5_key)), with_sha256(success, md5_key));
  EXPECT_EQ(standing(with_sha256(by_md5, sha256_key)), unauthenticated);
  const auto by_sha256 = request({username("alice"), realm(), nonce(fresh()), use_sha256, algorithms});
  EXPECT_EQ(response(with_sha1(by_sha256, sha256_key)), with_sha256(success, sha256_key));
  EXPECT_EQ(standing(with_sha256(by_sha256, md5_key)), unauthenticated);
}

TEST_F(StunLongTerm, Rfc8489Section924OneOfPasswordAlgorithmAndPasswordAlgorithmsAloneIsABadRequest) {
  for (const auto& each : {use_sha256, use_md5, algorithms}) {
    const auto plain = request({username("alice"), realm(), nonce(fresh()), each});
    EXPECT_EQ(refusal(with_sha256(plain, sha256_key)), bad_request_reply);
    EXPECT_EQ(refusal(with_sha1(plain, md5_key)), bad_request_reply);
  }
}

// Somebody in between may have taken away the better one.
TEST_F(StunLongTerm, Rfc8489Section921OtherPasswordAlgorithmsThanWereSentAreABadRequest) {
  for (const char* digits : {"", "00010000", "00020000", "0001000000020000", "000200000001", "00020000000100000003000",
                             "000200000001000000030000", "0002000400010000", "0002000000010004"}) {
    const auto plain = request({userhash("alice"), realm(), nonce(fresh()), use_md5, attribute(0x8002, hex(digits))});
    EXPECT_EQ(refusal(with_sha256(plain, md5_key)), bad_request_reply) << digits;
  }
}

TEST_F(StunLongTerm, Rfc8489Section924APasswordAlgorithmThatIsNotAmongThemIsABadRequest) {
  for (const char* digits : {"", "0002", "00000000", "00030000", "00020004", "0002000400000000", "0002000000010000"}) {
    const auto plain =
        request({userhash("alice"), realm(), nonce(fresh()), attribute(0x001d, hex(digits)), algorithms});
    EXPECT_EQ(refusal(with_sha256(plain, sha256_key)), bad_request_reply) << digits;
  }
}

TEST_F(StunLongTerm, Rfc8489Section924AUserWhoIsNotKnownIsChallenged) {
  for (const auto& each : {username("bob"), username(""), userhash("bob"), attribute(0x001e, Octets(31))}) {
    const auto plain = request({each, realm(), nonce(fresh()), use_sha256, algorithms});
    EXPECT_EQ(refusal(with_sha256(plain, sha256_key)), unauthenticated_challenge());
  }
}

TEST_F(StunLongTerm, AnotherRealmIsChallenged) {
  for (const char* name : {"example.net", "Example.org", "", "\"example.org\""}) {
    const auto plain = request({username("alice"), realm(name), nonce(fresh())});
    EXPECT_EQ(refusal(with_sha1(plain, md5_key)), unauthenticated_challenge()) << name;
    EXPECT_EQ(standing(with_sha1(plain, hash("MD5", "alice:" + std::string(name) + ":secret"))), unauthenticated);
  }
}

TEST_F(StunLongTerm, Rfc8489Section924AWrongIntegrityIsChallenged) {
  const auto plain = request({userhash("alice"), realm(), nonce(fresh()), use_sha256, algorithms});
  EXPECT_EQ(refusal(with_sha256(plain, hash("SHA256", "alice:example.org:other"))), unauthenticated_challenge());
  EXPECT_EQ(refusal(with_sha1(plain, hash("SHA256", "alice:example.org:other"))), unauthenticated_challenge());
  EXPECT_EQ(standing(with_sha256(plain, sha256_key, 16)), unauthenticated) << "truncated";
}

TEST_F(StunLongTerm, Rfc8489Section924OfBothIntegritiesTheOneWithSha256IsChecked) {
  const auto plain = request({userhash("alice"), realm(), nonce(fresh()), use_sha256, algorithms});
  EXPECT_EQ(standing(with_sha256(with_sha1(plain, md5_key), sha256_key)), accepted);
  EXPECT_EQ(standing(with_sha256(with_sha1(plain, sha256_key), md5_key)), unauthenticated);
}

TEST_F(StunLongTerm, Rfc8489Section924ANonceThatIsNoLongerValidIsStale) {
  const auto old = fresh();
  now_ += 100;
  EXPECT_EQ(standing(newer(old)), accepted);
  now_ += 1;
  const auto stale = [this] { return challenge(joined({hex("00000426"), text("Stale Nonce")})); };
  EXPECT_EQ(refusal(newer(old)), stale());
  EXPECT_EQ(refusal(older(old)), stale());
  EXPECT_EQ(standing(newer(fresh())), accepted);
}

TEST_F(StunLongTerm, Rfc8489Section924ANonceOfAnotherClientIsStale) {
  const auto others = fresh();
  from_ = other_port;
  EXPECT_EQ(standing(newer(others)), stale_nonce);
  EXPECT_NE(fresh(), others);
  from_ = endpoint("2001:db8::1", 32853);
  EXPECT_EQ(standing(newer(others)), stale_nonce);
  EXPECT_EQ(standing(newer(fresh())), accepted);
}

TEST_F(StunLongTerm, Rfc8489Section924ANonceOfAnotherServerIsStale) {
  for (const char* each : {"", "f//499k954d6OL34oL9FSTvy64sA", "obMatJos2wAAAAAAAAAAAAAAAAAAA", "obMatJos2AAAA"}) {
    EXPECT_EQ(standing(older(text(each))), stale_nonce) << each;
  }
  EXPECT_EQ(standing(newer(text("obMatJos2wAAAAAAAAAAAAAAAAAAA"))), stale_nonce);
}

// The bits of the nonce are covered by its MAC, so one who takes them away makes it stale: the client is told anew.
TEST_F(StunLongTerm, Rfc8489Section921ANonceWithoutItsBitsIsStale) {
  auto bid_down = fresh();
  std::ranges::copy(text("AAAA"), bid_down.begin() + 9);
  EXPECT_EQ(standing(older(bid_down)), stale_nonce);
  // Whatever is said of algorithms then counts for nothing, and so the key is of MD5.
  for (const auto& each : {use_sha256, algorithms}) {
    const auto plain = request({username("alice"), realm(), nonce(bid_down), each});
    EXPECT_EQ(standing(with_sha1(plain, md5_key)), stale_nonce);
    EXPECT_EQ(standing(with_sha256(plain, sha256_key)), unauthenticated);
  }
}

// Each of these is wrong in what its check is about and in all that is checked later.
TEST_F(StunLongTerm, Rfc8489Section924TheChecksAreInOrder) {
  const auto stale = nonce(text("obMatJos2wAAAAAAAAAAAAAAAAAAA"));
  EXPECT_EQ(standing(request({username("bob"), stale, use_sha256})), unauthenticated) << "no integrity";
  EXPECT_EQ(standing(with_sha1(request({username("bob"), stale, use_sha256}), secret)), bad_request) << "no realm";
  EXPECT_EQ(standing(with_sha1(request({username("bob"), realm(), stale, use_sha256}), secret)), bad_request);
  EXPECT_EQ(standing(with_sha1(request({username("bob"), realm(), stale}), secret)), unauthenticated);
  EXPECT_EQ(standing(with_sha1(request({username("alice"), realm(), stale}), secret)), unauthenticated);
  EXPECT_EQ(standing(with_sha1(request({username("alice"), realm(), stale}), md5_key)), stale_nonce);
}

TEST_F(StunLongTerm, OfUsernameAndUserhashTheNameCounts) {
  const auto attributes = [this](const char* name, const char* hashed) {
    return with_sha256(request({userhash(hashed), username(name), realm(), nonce(fresh()), use_sha256, algorithms}),
                       sha256_key);
  };
  EXPECT_EQ(standing(attributes("alice", "bob")), accepted);
  EXPECT_EQ(standing(attributes("bob", "alice")), unauthenticated);
}

TEST_F(StunLongTerm, Rfc8489Section922NamesAreOctets) {
  const auto key = hash("SHA256", "マトリックス:example.org:TheMatrIX");
  const auto plain = [this](const Octets& user) {
    return request({user, realm(), nonce(fresh()), use_sha256, algorithms});
  };
  EXPECT_EQ(standing(with_sha256(plain(username("マトリックス")), key)), accepted);
  EXPECT_EQ(standing(with_sha256(plain(userhash("マトリックス")), key)), accepted);
}

// RFC 3489 §8.1 has the code but neither realm nor nonce.
TEST_F(StunLongTerm, AClassicRequestIsUnauthenticated) {
  const auto reply =
      message(0x0111, classic_id, {attribute(0x0009, joined({hex("00000401"), text("Unauthenticated ")}))});
  EXPECT_EQ(refusal(classic_request()), reply);
  EXPECT_EQ(refusal(with_sha1(classic_request({username("alice"), realm(), nonce(fresh())}), md5_key)), reply);
}

TEST_F(StunShortTerm, AClassicRequestIsUnauthenticated) {
  const auto reply =
      message(0x0111, classic_id, {attribute(0x0009, joined({hex("00000401"), text("Unauthenticated ")}))});
  EXPECT_EQ(refusal(classic_request()), reply);
  EXPECT_EQ(refusal(with_sha1(classic_request({username("alice")}), secret)), reply);
}

TEST_F(StunLongTerm, WithAnyBitFlippedARequestIsNotAccepted) {
  for (const auto& whole : {newer(fresh()), older(fresh())}) {
    ASSERT_EQ(standing(whole), accepted);
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      auto flipped = whole;
      flipped[bit / 8] ^= std::byte{1} << (bit % 8);
      if (!Message::read(flipped)) continue;
      EXPECT_NE(standing(flipped), accepted) << bit;
    }
  }
}

TEST(StunCredentialsSettings, AbsentTheyAreNone) {
  const auto loaded = load("");
  EXPECT_EQ(loaded.credentials, nullptr);
  EXPECT_EQ(loaded.mistakes, "");
}

TEST(StunCredentialsSettings, ARealmMakesThemLongTerm) {
  const File file("alice secret");
  const auto short_term = load("{ users-file: " + file.path() + " }");
  EXPECT_EQ(short_term.mistakes, "");
  EXPECT_EQ(short_term.credentials->realm, "");
  EXPECT_EQ(short_term.credentials->users.find(text("alice"))->password, "secret");
  const auto long_term = load("{ realm: example.com, users-file: " + file.path() + " }");
  EXPECT_EQ(long_term.mistakes, "");
  EXPECT_EQ(long_term.credentials->realm, "example.com");
  EXPECT_EQ(long_term.credentials->nonce_lifetime, 600s);
  EXPECT_EQ(long_term.credentials->users.find(text("alice"))->password, "");
  EXPECT_EQ(load("{ realm: a b, nonce-lifetime: 1h, users-file: " + file.path() + " }").credentials->nonce_lifetime,
            3600s);
}

TEST(StunCredentialsSettings, MistakesHaveTheirPlace) {
  const File file("alice secret");
  const auto mistakes = [&](const std::string& settings) {
    const auto loaded = load("{ " + settings + " }", file.path());
    EXPECT_EQ(loaded.credentials, nullptr);
    return loaded.mistakes;
  };
  const auto named = "users-file: " + file.path();
  EXPECT_THAT(mistakes("realm: x"), StartsWith("t.yaml:1:1: users-file: is missing"));
  EXPECT_THAT(mistakes("users-file: ''"), StartsWith("t.yaml:1:15: users-file: is empty"));
  EXPECT_THAT(mistakes("relm: x, " + named), StartsWith("t.yaml:1:3: relm: unknown key, did you mean 'realm'?"));
  EXPECT_THAT(mistakes("nonce-lifetime: 1m, " + named),
              StartsWith("t.yaml:1:19: nonce-lifetime: there are no nonces without a realm"));
  for (const std::string lifetime : {"9s", "25h", "x"}) {
    const auto told = mistakes(std::string("realm: x, nonce-lifetime: ").append(lifetime).append(", ").append(named));
    EXPECT_THAT(told, StartsWith("t.yaml:1:29: nonce-lifetime: ")) << lifetime;
  }
  const std::vector<std::string> realms{"''", R"('a"b')", R"("a\\b")", R"("a\tb")", std::string(128, 'r')};
  for (const auto& wrong : realms) {
    const auto told = mistakes(std::string("realm: ").append(wrong).append(", ").append(named));
    EXPECT_THAT(told, StartsWith("t.yaml:1:10: realm: is no realm")) << wrong;
  }
  EXPECT_EQ(load("{ realm: " + std::string(127, 'r') + ", " + named + " }").mistakes, "");
}

TEST(StunCredentialsSettings, MistakesInTheUsersFileAreTold) {
  const File file("alice");
  const auto loaded = load("{ users-file: " + file.path() + " }", file.path());
  EXPECT_EQ(loaded.credentials, nullptr);
  EXPECT_THAT(loaded.mistakes, StartsWith("FILE:1: has a name only"));
}

TEST(StunCredentialsSettings, ReadAgainTheyKeepTheirNonces) {
  const File file("alice secret");
  const auto text = "{ realm: example.com, users-file: " + file.path() + " }";
  const auto first = load(text).credentials;
  EXPECT_EQ(load(text, "", first.get()).credentials->nonce_secret.key, first->nonce_secret.key);
  EXPECT_EQ(load(text, "", first.get()).credentials->nonce_secret.epoch, first->nonce_secret.epoch);
  EXPECT_NE(load(text).credentials->nonce_secret.key, first->nonce_secret.key);
  const auto short_term = load("{ users-file: " + file.path() + " }").credentials;
  EXPECT_NE(load(text, "", short_term.get()).credentials->nonce_secret.key, short_term->nonce_secret.key);
}

}  // namespace credentials_test
