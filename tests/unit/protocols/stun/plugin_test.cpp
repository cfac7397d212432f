#include "protocols/stun/plugin.hpp"

#include "tests/unit/protocols/stun/files.hpp"
#include "tests/unit/protocols/stun/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plugin_test {

using namespace stun_messages;
using namespace thence;

namespace {

class StunPlugin : public testing::Test {
 protected:
  std::shared_ptr<const Service> load(const std::string& yaml) {
    const auto document = config::Document::parse("t.yaml", yaml);
    return stun::plugin.load(config::Cursor(document, problems_).map()["stun"], nullptr);
  }

  Verdict respond(const Octets& message, Transport transport = Transport::udp) {
    Octets buffer(4096);
    const Request request{message, {endpoint("192.0.2.1", 5), endpoint("192.0.2.2", 3478), 1, transport}};
    Reply reply{buffer, 0, request.route};
    const auto verdict = protocol_->respond(request, reply);
    EXPECT_EQ(reply.size != 0, verdict.action == Verdict::Action::reply || verdict.action == Verdict::Action::refuse);
    reply_.assign(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(reply.size));
    return verdict;
  }

  std::optional<std::size_t> frame(const Octets& stream) { return protocol_->frame(Transport::tcp, stream); }

  config::Problems problems_;
  LoneHost host_;
  Counters& counters_ = host_.counts;
  std::shared_ptr<const Service> service_ = load("");
  std::unique_ptr<Protocol> protocol_ = service_->make(host_);
  Octets reply_;
};

}  // namespace

TEST_F(StunPlugin, HasNoSettings) {
  load("stun: {}");
  EXPECT_TRUE(problems_.sorted().empty());
  load("stun:\n  realm: example.com\n");
  ASSERT_EQ(problems_.sorted().size(), 1);
  EXPECT_THAT(problems_.sorted()[0].text(), testing::StartsWith("t.yaml:2:3: stun.realm: unknown key"));
}

TEST_F(StunPlugin, SaysWhatClientsOfRfc3489GetWhereCredentialsAreNeeded) {
  const stun_files::File file("alice secret");
  load("stun: { credentials: { users-file: " + file.path() + " } }");
  ASSERT_EQ(problems_.sorted().size(), 1);
  EXPECT_THAT(problems_.sorted()[0].text(), testing::HasSubstr("note: stun.credentials: RFC 3489 has no such"));
}

TEST_F(StunPlugin, ClaimsBindingRequestsOfRfc3489ThatAreNoQueries) {
  EXPECT_TRUE(protocol_->claims(classic_request()));
  EXPECT_TRUE(protocol_->claims(classic_request({attribute(0x0003, Octets(4))})));
  // The question count and the two that follow are those of a query.
  EXPECT_FALSE(protocol_->claims(hex("00010000 00010000 00000001 00000000 00000000")));
  EXPECT_TRUE(protocol_->claims(hex("00010000 00010000 00010001 00000000 00000000")));
  EXPECT_FALSE(protocol_->claims(hex("00010004 12345678 00000001 00000000 00000000"))) << "not as long as it says";
  EXPECT_FALSE(protocol_->claims(hex("00020000 12345678 00000001 00000000 00000000"))) << "another type";
}

TEST_F(StunPlugin, ClaimsWhatHasCookieAndLength) {
  EXPECT_TRUE(protocol_->claims(request()));
  EXPECT_TRUE(protocol_->claims(request({attribute(0x0024, text("abc"))})));
  // A response or a broken attribute is STUN all the same, and STUN's to drop.
  EXPECT_TRUE(protocol_->claims(message(0x0101, modern_id)));
  EXPECT_TRUE(protocol_->claims(request({hex("80220008 00000000")})));
  EXPECT_FALSE(protocol_->claims(message(0x4001, modern_id)));
  auto octets = request();
  octets.resize(24);
  EXPECT_FALSE(protocol_->claims(octets));
  octets[3] = std::byte{4};
  EXPECT_TRUE(protocol_->claims(octets));
  octets[3] = std::byte{3};
  octets.resize(23);
  EXPECT_FALSE(protocol_->claims(octets));
  for (std::size_t size = 0; size < 20; ++size)
    EXPECT_FALSE(protocol_->claims(Octets(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
}

TEST_F(StunPlugin, Rfc8489Section622FramesAStreamByTheLength) {
  EXPECT_EQ(protocol_->framing(Transport::tcp), Framing::self_delimiting);
  const auto expect = [&](const Octets& stream, std::size_t size) {
    const auto found = frame(stream);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, size);
  };
  expect(hex("00010000 2112a442"), 20);
  expect(hex("00010008 2112a442"), 28);
  expect(joined({request({attribute(0x8022, Octets(100))}), request()}), 124);
  expect(hex("0001ffe8 2112a442"), 65532);
  // 20 + 65516 is more than a message may have.
  expect(hex("0001ffec 2112a442"), 0);
  expect(hex("0001fffc 2112a442"), 0);
  expect(hex("00010002 2112a442"), 0);
  expect(hex("00010000 2112a443"), 0);
  expect(hex("40010000 2112a442"), 0);
  expect(text("GET / HTTP/1.1"), 0);
  EXPECT_FALSE(frame(hex("00010000 2112a4")));
}

TEST_F(StunPlugin, SaysWhatARequestAsks) {
  EXPECT_EQ(protocol_->describe(request()), "Binding");
  EXPECT_EQ(protocol_->describe(message(0x0003, modern_id)), "method 0x003") << "Allocate (RFC 8656)";
  EXPECT_EQ(protocol_->describe(text("GET / HTTP/1.1")), "");
}

TEST_F(StunPlugin, EveryOutcomeHasItsCounterAndAction) {
  const auto expect = [&](const Octets& message, const char* counter, Verdict::Action action) {
    const auto verdict = respond(message);
    EXPECT_EQ(verdict.outcome, &counters_[counter]) << verdict.outcome->name;
    EXPECT_EQ(verdict.action, action) << counter;
  };
  std::vector<std::string> names;
  for (const auto& each : counters_) names.push_back(each.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("limited", "success", "success-classic", "bad-request",
                                                   "unauthenticated", "stale-nonce", "unknown-attribute", "malformed",
                                                   "bad-fingerprint", "response", "indication", "unknown-method"));
  expect(request(), "success", Verdict::Action::reply);
  expect(classic_request(), "success-classic", Verdict::Action::reply);
  expect(request({attribute(0x0024)}), "unknown-attribute", Verdict::Action::refuse);
  expect({}, "malformed", Verdict::Action::drop);
  expect(request({attribute(0x8028, Octets(4))}), "bad-fingerprint", Verdict::Action::drop);
  expect(message(0x0101, modern_id), "response", Verdict::Action::drop);
  expect(message(0x0011, modern_id), "indication", Verdict::Action::drop);
  expect(message(0x0003, modern_id), "unknown-method", Verdict::Action::drop);
}

TEST_F(StunPlugin, TheProbeIsAnsweredAndKnowsItsAnswer) {
  const auto probe = stun::plugin.probe(0x0123456789abcdef);
  EXPECT_TRUE(protocol_->claims(probe));
  EXPECT_EQ(respond(probe).action, Verdict::Action::reply);
  EXPECT_TRUE(stun::plugin.answers(probe, reply_));

  EXPECT_FALSE(stun::plugin.answers(stun::plugin.probe(0x0123456789abcdee), reply_));
  EXPECT_FALSE(stun::plugin.answers(stun::plugin.probe(0x1123456789abcdef), reply_));
  EXPECT_FALSE(stun::plugin.answers(probe, probe));
  EXPECT_FALSE(stun::plugin.answers(probe, {}));
  // Asked for credentials, who answers is there as well.
  auto error = reply_;
  error[1] = std::byte{0x11};
  EXPECT_TRUE(stun::plugin.answers(probe, error));
}

TEST_F(StunPlugin, TheExampleNamesPortAndAddress) {
  EXPECT_EQ(load("stun: { behavior-discovery: true }")->example(endpoint("192.0.2.1", 3478), Transport::udp),
            "turnutils_natdiscovery -m -f -p 3478 192.0.2.1");
  EXPECT_EQ(service_->example(endpoint("192.0.2.1", 3478), Transport::udp), "turnutils_stunclient -p 3478 192.0.2.1");
  EXPECT_EQ(service_->example(endpoint("2001:db8::1", 3479), Transport::udp),
            "turnutils_stunclient -p 3479 2001:db8::1");
  EXPECT_EQ(service_->example(endpoint("192.0.2.1", 3478), Transport::tcp), "") << "no usual client asks over TCP";
}

}  // namespace plugin_test
