// The section `dns:` of a configuration, zone files, and what is said about mistakes in them.

#include "tests/unit/protocols/dns/asking.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using dns_asking::Responder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using thence::Transport;
using thence::config::Severity;

namespace {

constexpr auto soa = "@ 300 SOA ns1 hostmaster 1 3600 600 86400 300\n";

/// A folder with a zone file `t.zone` beside a configuration `t.yaml`.
class ZoneFiles : public testing::Test {
 protected:
  ZoneFiles() { std::filesystem::create_directory(folder); }
  ~ZoneFiles() override { std::filesystem::remove_all(folder); }

  /// What is wrong with a zone `example.test` from a file, the folder's name left out.
  std::vector<std::string> problems(const std::string& zone_file, const std::string& more = "") {
    std::ofstream(folder / "t.zone", std::ios::binary) << zone_file;
    return read("zones: [{ name: example.test, file: t.zone" + more + " }]");
  }

  /// What is so wrong that something is not served.
  std::vector<std::string> read(const std::string& yaml) { return read(yaml, Severity::partial, Severity::fatal); }

  /// What is told of a zone that is served all the same.
  std::vector<std::string> warnings(const std::string& zone_file) {
    std::ofstream(folder / "t.zone", std::ios::binary) << zone_file;
    return read("zones: [{ name: example.test, file: t.zone }]", Severity::warning, Severity::warning);
  }

  std::vector<std::string> read(const std::string& yaml, Severity least, Severity most) {
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse((folder / "t.yaml").string(), yaml);
    service = thence::dns::plugin.load(thence::config::Cursor(document, problems), nullptr);
    std::vector<std::string> lines;
    for (const auto& each : problems.sorted()) {
      if (each.severity < least || each.severity > most) continue;
      auto line = each.text();
      for (auto at = line.find(folder.string()); at != std::string::npos; at = line.find(folder.string())) {
        line.erase(at, folder.string().size() + 1);
      }
      lines.push_back(line);
    }
    return lines;
  }

  std::string ask(const std::string& name, const std::string& type = "A") {
    thence::LoneHost host;
    const auto protocol = service->make(host);
    const auto message = dns_asking::Query{.name = name, .type = type}.wire();
    dns_asking::Octets buffer(65535);
    thence::Reply reply{std::as_writable_bytes(std::span(buffer)), 0, {}};
    protocol->respond({std::as_bytes(std::span(message)), {{}, {}, 0, Transport::tcp}}, reply);
    buffer.resize(reply.size);
    return dns_asking::text_of(buffer);
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("thence-zone-files-" + std::to_string(::getpid()));
  std::shared_ptr<const thence::Service> service;
};

/// Mistakes in a configuration alone.
using Settings = ZoneFiles;
using Rfc1035ZoneFile = ZoneFiles;
using Rfc2308ZoneFile = ZoneFiles;

}  // namespace

TEST_F(Settings, NothingConfiguredIsNoMistake) {
  EXPECT_THAT(read("{}"), IsEmpty());
  EXPECT_EQ(ask("example.test"), "REFUSED\n");
}

TEST_F(Settings, EveryMistakeIsNamedWithItsPlace) {
  EXPECT_THAT(
      read("zone: 1\n"
           "zones:\n"
           "  - name: a..b\n"
           "  - records: ['@ SOA n h 1 1 1 1 1']\n"
           "  - name: nothing.test\n"
           "  - { name: x.test, records: ['@ 1 SOA n h 1 1 1 1 1', 'www A 192.0.2.256'], colour: red }\n"
           "  - { name: X.test., records: ['@ 1 SOA n h 1 1 1 1 1'], dynamic: { me: klient } }\n"),
      ElementsAre(
          "t.yaml:1:1: zone: unknown key, did you mean 'zones'?; allowed: zones, views, forward, client-subnet, nsid, "
          "cookies, chaos, rate-limit, forwarding",
          "t.yaml:3:11: zones[0].name: 'a..b' is not a domain name; allowed: such as example.com",
          "t.yaml:4:5: zones[1].name: is missing; allowed: a text",
          "t.yaml:5:5: zones[2]: a zone without data; allowed: records, file, or both",
          StartsWith("t.yaml:6:56: zones[3].records[1]: '192.0.2.256' is not the data of A: "),
          "t.yaml:6:78: zones[3].colour: unknown key; allowed: name, records, file, dynamic, reverse",
          "t.yaml:7:13: zones[4].name: a second zone x.test.; allowed: each zone once",
          "t.yaml:7:73: zones[4].dynamic.me: 'klient' is not known, did you mean 'client'?; allowed: "
          "self, client, whoami"));
}

TEST_F(Settings, AZoneNeedsRecordsOrAFile) {
  EXPECT_THAT(read("zones: [{ name: t }]"),
              ElementsAre("t.yaml:1:9: zones[0]: a zone without data; allowed: records, file, or both"));
}

TEST_F(Settings, AMissingZoneFileNamesTheReason) {
  EXPECT_THAT(read("zones: [{ name: t, file: none.zone }]"),
              ElementsAre("t.yaml:1:26: zones[0].file: 'none.zone' cannot be read: No such file or directory; allowed: "
                          "a zone file"));
  EXPECT_THAT(read("zones: [{ name: t, file: . }]"),
              ElementsAre("t.yaml:1:26: zones[0].file: '.' cannot be read: Is a directory; allowed: a zone file"));
}

TEST_F(Settings, ARecordNamesItsPlace) {
  const auto problems_of = [&](const std::string& record) {
    const auto lines = read("zones:\n- name: t\n  records:\n  - '@ 1 SOA n h 1 1 1 1 1'\n  - \"" + record + "\"\n");
    return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " problems";
  };
  constexpr auto place = "t.yaml:5:5: zones[0].records[1]: ";
  EXPECT_THAT(problems_of("www A 192.0.2.256"), StartsWith(std::string(place) + "'192.0.2.256' is not the data of A"));
  EXPECT_THAT(problems_of("www A"), StartsWith(std::string(place) + "no data"));
  EXPECT_THAT(problems_of("www"), StartsWith(std::string(place) + "no type"));
  EXPECT_THAT(problems_of(""), StartsWith(std::string(place) + "no owner"));
  EXPECT_THAT(problems_of(" 60 A 192.0.2.1"), StartsWith(std::string(place) + "no owner"));
  EXPECT_THAT(problems_of("www 60 B 192.0.2.1"), StartsWith(std::string(place) + "'B' is not a type of record"));
  EXPECT_THAT(problems_of("www 60 ANY x"), StartsWith(std::string(place) + "'ANY' is not a type of record"));
  EXPECT_THAT(problems_of("www 60 OPT \\\\# 0"), StartsWith(std::string(place) + "'OPT' is not a type of record"));
  EXPECT_THAT(problems_of("www 60 CH A 192.0.2.1"), StartsWith(std::string(place) + "a record of another class"));
  EXPECT_THAT(problems_of("www 2147483648 A 192.0.2.1"), StartsWith(std::string(place) + "'2147483648' is not a TTL"));
  EXPECT_THAT(problems_of("a..b 60 A 192.0.2.1"), StartsWith(std::string(place) + "'a..b' is not a domain name"));
  EXPECT_THAT(problems_of("www 60 TXT \\0"), StartsWith(std::string(place) + "an octet 0 stands in the text"));
  EXPECT_THAT(problems_of("www 60 PTR " + std::string(70'000, 'x')),
              StartsWith(std::string(place) + "data longer than"));
  EXPECT_THAT(problems_of("www 60 A 192.0.2.1 192.0.2.2"), StartsWith(std::string(place) + "'192.0.2.1 192.0.2.2'"));
}

TEST_F(Settings, ATextInRecordsIsOneRecordAsInAZoneFile) {
  const auto problems_of = [&](const std::string& record) {
    return read("zones:\n- name: t\n  records:\n  - '@ 1 SOA n h 1 1 1 1 1'\n  - \"" + record + "\"\n");
  };
  const std::string place = "t.yaml:5:5: zones[0].records[1]: ";
  EXPECT_THAT(problems_of("a 60 MX ( 10\\n m ) ; a comment"), IsEmpty());
  EXPECT_EQ(ask("a.t", "MX"), "NOERROR aa\nanswer a.t. 60 IN MX 10 m.t.\n");
  EXPECT_THAT(problems_of("a 60 MX 10 m\\n"), IsEmpty());
  EXPECT_THAT(problems_of("a 60 A 192.0.2.1\\nb 60 A 192.0.2.2"),
              ElementsAre(place + "more than one record; allowed: one"));
  EXPECT_THAT(problems_of("a 60 A 192.0.2.1\\nb"), ElementsAre(place + "more than one record; allowed: one"));
  EXPECT_THAT(problems_of("a 60 MX ( 10 m"), ElementsAre(StartsWith(place + "a parenthesis is never closed")));
  EXPECT_THAT(problems_of("a 60 MX 10 m )"), ElementsAre(StartsWith(place + "a parenthesis was never opened")));
  EXPECT_THAT(problems_of("a 60 TXT 'x\\\"y'\\n"), ElementsAre(StartsWith(place + "a quote is not closed")));
  EXPECT_THAT(problems_of("$TTL 60 A 192.0.2.1"), ElementsAre(StartsWith(place + "a directive stands here")));
}

TEST_F(Settings, AMistakeIsToldOnce) {
  constexpr auto soa_only = "records: ['@ 1 SOA n h 1 1 1 1 1']";
  EXPECT_THAT(read("zones: [{ name: t, records: [{ a: b }] }]"),
              ElementsAre("t.yaml:1:30: zones[0].records[0]: a mapping stands here; allowed: a text"));
  EXPECT_THAT(read("zones: [{ name: t, records: [~] }]"), ElementsAre(HasSubstr("records[0]: is missing")));
  EXPECT_THAT(read(std::string("zones: [{ name: [a], ") + soa_only + " }]"),
              ElementsAre("t.yaml:1:17: zones[0].name: a list stands here; allowed: a text"));
  EXPECT_THAT(read(std::string("zones: [{ name: '', ") + soa_only + " }]"),
              ElementsAre("t.yaml:1:17: zones[0].name: '' is not a domain name; allowed: such as example.com"));
  EXPECT_THAT(read("zones: [{ name: t, file: '' }]"),
              ElementsAre("t.yaml:1:26: zones[0].file: is empty; allowed: a file name"));
  EXPECT_THAT(read("zones: [{ name: t, file: [a] }]"),
              ElementsAre("t.yaml:1:26: zones[0].file: a list stands here; allowed: a file name"));
}

TEST_F(Settings, ADynamicNameMustBeOneThatTheZoneAnswersFor) {
  EXPECT_THAT(read("zones:\n"
                   "- name: t\n"
                   "  records:\n"
                   "  - '@ 1 SOA n h 1 1 1 1 1'\n"
                   "  - 'sub 1 NS n'\n"
                   "  - 'alias 1 CNAME n'\n"
                   "  dynamic:\n"
                   "    alias: self\n"
                   "    sub: self\n"
                   "    below.sub: client\n"
                   "    elsewhere.: self\n"
                   "    a..b: self\n"),
              ElementsAre(HasSubstr("t.yaml:8:12: zones[0].dynamic.alias: alias.t. has a CNAME record"),
                          HasSubstr("t.yaml:9:10: zones[0].dynamic.sub: sub.t. is delegated"),
                          HasSubstr("t.yaml:10:16: zones[0].dynamic.below.sub: below.sub.t. is delegated"),
                          HasSubstr("t.yaml:11:17: zones[0].dynamic.elsewhere.: elsewhere. is out of the zone"),
                          HasSubstr("t.yaml:12:11: zones[0].dynamic.a..b: 'a..b' is not a domain name")));
  EXPECT_THAT(read("zones: [{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1'], dynamic: { a: self, A: client } }]"),
              ElementsAre(HasSubstr("a.t. is named twice")));
}

TEST_F(ZoneFiles, AFileAndRecordsMakeOneZone) {
  EXPECT_THAT(problems(soa, ", records: ['www 60 A 192.0.2.1'], dynamic: { me: client }"), IsEmpty());
  EXPECT_EQ(ask("www.example.test"), "NOERROR aa\nanswer www.example.test. 60 IN A 192.0.2.1\n");
}

TEST_F(Rfc1035ZoneFile, EntriesDirectivesParenthesesAndComments) {
  EXPECT_THAT(problems("; a comment\n"
                       "$TTL 1h\n"
                       "@ IN SOA ns1 hostmaster ( ; the numbers\n"
                       "    2024010100 ; serial\n"
                       "    1d 2h\n"
                       "    4w 5m )\r\n"
                       "\n"
                       "  NS ns1\n"
                       "ns1 A 192.0.2.1\n"
                       "\tAAAA 2001:db8::1 ; the owner of the line before\n"
                       "a 1h30m IN A 192.0.2.2\n"
                       "b IN 90 A 192.0.2.3\n"
                       "$ORIGIN sub ; relative\n"
                       "c A 192.0.2.4\n"
                       "d MX 10 c\n"
                       "@ TXT \"semi;colon (and\" par\\;en\\(s \"quo\\\"te\"\n"
                       "$ORIGIN example.test.\n"
                       "e\\046f a 192.0.2.5\n"
                       "last A 192.0.2.6"),
              IsEmpty());
  EXPECT_THAT(ask("example.test", "SOA"),
              HasSubstr("3600 IN SOA ns1.example.test. hostmaster.example.test. 2024010100 86400 7200 2419200 300\n"));
  EXPECT_THAT(ask("example.test", "NS"), HasSubstr("answer example.test. 3600 IN NS ns1.example.test.\n"));
  EXPECT_THAT(ask("ns1.example.test", "AAAA"), HasSubstr("3600 IN AAAA 2001:db8::1\n"));
  EXPECT_THAT(ask("a.example.test"), HasSubstr(" 5400 IN A 192.0.2.2\n"));
  EXPECT_THAT(ask("b.example.test"), HasSubstr(" 90 IN A 192.0.2.3\n"));
  EXPECT_THAT(ask("c.sub.example.test"), HasSubstr("3600 IN A 192.0.2.4\n"));
  EXPECT_THAT(ask("d.sub.example.test", "MX"), HasSubstr("MX 10 c.sub.example.test.\n"));
  EXPECT_THAT(ask("sub.example.test", "TXT"), HasSubstr(R"(TXT "semi;colon (and" "par;en(s" "quo\"te")"));
  EXPECT_THAT(ask("last.example.test"), HasSubstr("3600 IN A 192.0.2.6\n"));
  EXPECT_THAT(ask("f.example.test"), StartsWith("NXDOMAIN")) << "the dot is part of a label";
}

TEST_F(Rfc2308ZoneFile, ATtlIsStatedOrThatOfTheDirectiveOrOfTheRecordBefore) {
  EXPECT_THAT(problems(std::string(soa) + "a A 192.0.2.1\nb 7 A 192.0.2.2\nc A 192.0.2.3\n$TTL 0\nd A 192.0.2.4\n"),
              IsEmpty());
  EXPECT_THAT(ask("a.example.test"), HasSubstr(" 300 IN A "));
  EXPECT_THAT(ask("c.example.test"), HasSubstr(" 7 IN A "));
  EXPECT_THAT(ask("d.example.test"), HasSubstr(" 0 IN A "));
}

TEST_F(ZoneFiles, EveryMistakeInAFileNamesItsLine) {
  EXPECT_THAT(
      problems("@ 1 SOA ns1 hostmaster ( 1 2 3 4 5\n"
               "  )\n"
               "a 1 A 192.0.2.300\n"
               "b 1 A ( \n"
               "  192.0.2.1\n"
               "  ) )\n"
               "$TTL never\n"
               "$INCLUDE other.zone\n"
               "$GENERATE 9-1 h$ A 192.0.2.$\n"
               "$ORIGIN\n"
               "c 1 TXT \"open\n"
               "d.elsewhere. 1 A 192.0.2.1\n"
               "e 1 A (\n"),
      ElementsAre(HasSubstr("t.zone:3: '192.0.2.300' is not the data of A"),
                  HasSubstr("t.zone:4: a parenthesis was never opened"), HasSubstr("t.zone:7: no TTL after $TTL"),
                  HasSubstr("t.zone:8: 'other.zone' cannot be read: No such file or directory"),
                  HasSubstr("t.zone:9: '9-1' is not a range"), HasSubstr("t.zone:10: no domain name after $ORIGIN"),
                  HasSubstr("t.zone:11: a quote is not closed on its line"),
                  HasSubstr("t.zone:13: a parenthesis is never closed")));
}

TEST_F(ZoneFiles, AZoneThatMakesNoSenseNamesItsLine) {
  EXPECT_THAT(problems(""), ElementsAre("t.zone: no SOA record at example.test.; allowed: exactly one"));
  EXPECT_THAT(problems("@ 1 NS ns1\nwww 1 A 192.0.2.1\n"), ElementsAre(HasSubstr("t.zone: no SOA record")));
  EXPECT_THAT(problems(std::string(soa) + "@ 1 SOA ns2 h 1 1 1 1 1\nsub 1 SOA n h 1 1 1 1 1\n"),
              ElementsAre(HasSubstr("t.zone:2: a second SOA record"),
                          HasSubstr("t.zone:3: a SOA record at sub.example.test.")));
  EXPECT_THAT(problems(std::string(soa) + "a 1 CNAME b\na 1 TXT x\nc 1 CNAME d\nc 1 CNAME e\n"),
              ElementsAre(HasSubstr("t.zone:2: a CNAME record and other data (TXT) at a.example.test."),
                          HasSubstr("t.zone:5: a second CNAME record at c.example.test.")));
  EXPECT_THAT(problems(std::string(soa) + "a 1 DNAME b\nx.a 1 TXT x\nc 1 DNAME d\nc 1 DNAME e\n"),
              ElementsAre(HasSubstr("t.zone:3: x.a.example.test. is below a DNAME record"),
                          HasSubstr("t.zone:5: a second DNAME record at c.example.test.")));
  EXPECT_THAT(problems(std::string(soa) + "a 1 NS \\# 2 c00c\n"), ElementsAre(HasSubstr("t.zone:2: ")));
}

TEST_F(ZoneFiles, ManyMistakesOfAnyKindDoNotFillTheScreen) {
  std::string unreadable;
  std::string bad_address = soa;
  std::string senseless = soa;
  std::string each_kind;
  for (int i = 0; i < 1000; ++i) {
    unreadable += "this is prose\n";
    bad_address += "a 1 A 192\n";
    senseless.append("a").append(std::to_string(i)).append(" 1 SOA n h 1 1 1 1 1\n");
  }
  for (int i = 0; i < 40; ++i) {
    each_kind.append("this is prose\nb 1 A 192\na").append(std::to_string(i)).append(" 1 SOA n h 1 1 1 1 1\n");
  }
  for (const auto& text : {unreadable, bad_address, senseless, soa + each_kind}) {
    const auto lines = problems(text);
    EXPECT_EQ(lines.size(), 100U) << text.substr(0, 70);
    EXPECT_EQ(std::ranges::count_if(
                  lines, [](const auto& line) { return line.find("so many mistakes") != std::string::npos; }),
              1);
  }
  EXPECT_THAT(problems(unreadable).back(), StartsWith("t.zone:100: so many mistakes"));
}

TEST_F(ZoneFiles, AnRRsetThatFitsNoMessageIsAMistake) {
  std::string text = soa;
  for (int i = 0; i < 300; ++i) text += "a 1 TXT \"" + std::to_string(i) + std::string(240, 'x') + "\"\n";
  EXPECT_THAT(problems(text), ElementsAre(HasSubstr("t.zone:2: the TXT records of a.example.test. take ")));
}

TEST_F(ZoneFiles, ANumberThatDoesNotFitItsFieldIsAMistake) {
  for (const auto& [record, word] : std::vector<std::pair<std::string, std::string>>{
           {"SRV 1 2 70000 t", "70000"},
           {"SRV -1 2 443 t", "-1"},
           {"SRV 1 2 4x3 t", ""},
           {"MX 70000 m", "70000"},
           {"MX +1 m", "+1"},
           {"CAA 256 issue \"ca.test\"", "256"},
           {"DS 65537 13 2 ab", "65537"},
           {"DS 1 256 2 ab", "256"},
           {"DS 1 13 258 ab", "258"},
           {"TLSA 300 0 0 ab", "300"},
           {"TLSA 0 300 0 ab", "300"},
           {"TLSA 0 0 300 ab", "300"},
           {"NAPTR 70000 1 s x \"\" .", "70000"},
           {"NAPTR 1 70000 s x \"\" .", "70000"},
           {"URI 70000 1 \"https://t\"", "70000"},
           {"HTTPS 65537 .", "65537"},
           {"HTTPS 1 . port=70000", "port=70000"},
           {"SVCB 1 . alpn=h2 port=-1", "port=-1"},
           {"DNSKEY 65793 3 13 abcd", "65793"},
           {"CERT 65537 1 13 abcd", "65537"},
           {"IPSECKEY 300 1 2 192.0.2.1 abcd", "300"},
           {"IPSECKEY 10 1 258 192.0.2.1 abcd", "258"},
           {"RRSIG A 13 300 60 20300101000000 20200101000000 1 t. abcd", "300"},
           {"RRSIG A 13 3 4294967300 20300101000000 20200101000000 1 t. abcd", "4294967300"},
           {"RRSIG TYPE65537 13 3 60 20300101000000 20200101000000 1 t. abcd", "TYPE65537"},
           {"NSEC b A TYPE65537", "TYPE65537"},
       }) {
    const auto lines = problems(soa + ("a 60 " + record + "\n"));
    ASSERT_EQ(lines.size(), 1U) << record;
    EXPECT_THAT(lines[0], StartsWith("t.zone:2: '" + word)) << record;
  }
  EXPECT_THAT(problems("@ 1 SOA n h 4294967299 1 1 1 1\n"),
              ElementsAre("t.zone:1: '4294967299' is not a number that fits; allowed: 0 to 4294967295"));
  EXPECT_THAT(problems("@ 1 SOA n h 1 1 1 99999999999 1\n"), ElementsAre(StartsWith("t.zone:1: '99999999999'")));
  EXPECT_THAT(problems("@ 1 SOA n h 1 1 1 9999w 1\n"), ElementsAre(StartsWith("t.zone:1: '9999w'")));
}

TEST_F(ZoneFiles, TheLargestNumbersFit) {
  const std::string dates = "20300101000000 20200101000000";
  EXPECT_THAT(problems("@ 1 SOA n h 4294967295 1w 1d 4294967295 0\n"
                       "a 60 SRV 65535 65535 65535 t\na 60 MX 0 m\na 60 MX 65535 m\na 60 CAA 255 issue \"ca.test\"\n"
                       "a 60 DS 65535 255 255 ab\na 60 DS 1 ECDSAP256SHA256 2 ab\na 60 TLSA 255 255 255 ab\n"
                       "a 60 TLSA PKIX-TA Cert SHA2-256 ab\na 60 HTTPS 65535 .\na 60 URI 65535 65535 \"x\"\n"
                       "a 60 CERT PKIX 65535 RSASHA256 abcd\na 60 IPSECKEY 255 1 255 192.0.2.1 abcd\n"
                       "a 60 NSEC b A TYPE65535\n"
                       "a 60 NSEC3 1 0 65535 ab 2t7b4g4vsa5smi47k61mv5bv1a22bojr\n"
                       "a 60 RRSIG TYPE65535 13 255 4294967295 " +
                       dates +
                       " 65535 t. abcd\n"
                       "a 60 RRSIG A 13 3 60 1893456000 1577836800 1 t. abcd\n"
                       "a 60 MX \\# 3 000a 00\n"),
              IsEmpty());
}

TEST_F(ZoneFiles, ANumberOfATypeIsOneOf16Bits) {
  for (const auto* const type : {"TYPE65537", "TYPE1x", "TYPE-1", "TYPE", "TYPE+1", "TYPE0", "TYPE255"}) {
    EXPECT_THAT(problems(std::string(soa) + "a 60 " + type + " \\# 4 c0000201\n"),
                ElementsAre(StartsWith(std::string("t.zone:2: '") + type + "' is not a type of record")));
  }
  EXPECT_THAT(problems(std::string(soa) + "a 60 type1 \\# 4 c0000201\n"), IsEmpty());
  EXPECT_EQ(ask("a.example.test"), "NOERROR aa\nanswer a.example.test. 60 IN A 192.0.2.1\n");
}

TEST_F(ZoneFiles, ANameInTheDataIsOneOfUpTo255Octets) {
  const std::string label(62, 'x');
  // The origin takes 14 octets, three labels 189, another as many as it has letters and one.
  const auto name = [&](std::size_t letters) {
    return label + '.' + label + '.' + label + '.' + std::string(letters, 'y');
  };
  EXPECT_THAT(problems(soa + ("a 60 NS " + name(51) + "\nb 60 MX 1 " + name(51) + "\n")), IsEmpty());
  for (const auto* const type : {"NS", "CNAME", "PTR", "MX 1", "SRV 1 2 3", "HTTPS 1", "NSEC", "RP ."}) {
    EXPECT_THAT(problems(soa + (std::string("a 60 ") + type + " " + name(52) + "\n")),
                ElementsAre("t.zone:2: a name in the data is longer than 255 octets; allowed: a shorter one"));
  }
}

TEST_F(ZoneFiles, DataWithABrokenNameIsAMistake) {
  for (const auto* const record : {"NS \\# 2 c00c", "MX \\# 4 000ac00c", "MX \\# 4 000a0000", "SRV \\# 5 0000000000",
                                   "PTR \\# 3 000000", "SOA \\# 21 000000000000000000000000000000000000000000"}) {
    EXPECT_THAT(problems(std::string(soa) + "a 60 " + record + "\n"), testing::Contains(HasSubstr("t.zone:2: ")))
        << record;
  }
}

TEST_F(ZoneFiles, Rfc9460ServiceParametersStandOnceAndMandatoryOnesAreThere) {
  const auto problems_of = [&](const std::string& params) {
    return problems(soa + ("a 60 HTTPS 1 . " + params + "\nb 60 SVCB 1 b " + params + "\n"));
  };
  EXPECT_THAT(problems_of("port=1 alpn=h2 mandatory=alpn,port"), IsEmpty());
  EXPECT_THAT(problems_of("alpn=h2 alpn=h3"), ElementsAre(HasSubstr("t.zone:2: "), HasSubstr("t.zone:3: ")));
  EXPECT_THAT(problems_of("mandatory=port alpn=h2"), ElementsAre(HasSubstr("t.zone:2: "), HasSubstr("t.zone:3: ")));
  EXPECT_THAT(problems_of("port=\"65535\" key65535=x"), IsEmpty());
  // alpn behind port; alpn twice; a value longer than the data; mandatory of itself.
  for (const auto* const params :
       {"17 0001 00 0003 0002 0001 0001 0003 026832", "17 0001 00 0001 0003 026832 0001 0003 026832",
        "8 0001 00 0003 0005 00", "9 0001 00 0000 0002 0000"}) {
    EXPECT_THAT(problems(soa + std::string("a 60 HTTPS \\# ") + params + "\n"), ElementsAre(HasSubstr("t.zone:2: ")))
        << params;
  }
}

TEST_F(ZoneFiles, AnOwnerIsNotQuoted) {
  EXPECT_THAT(problems(std::string(soa) + "\"a\" 60 A 192.0.2.1\nb\"c 60 A 192.0.2.1\"\n"),
              ElementsAre(HasSubstr("t.zone:2: '\"a\"' is not a domain name"), HasSubstr("t.zone:3: ")));
  EXPECT_THAT(problems(std::string(soa) + "\\\"a\\\" 60 A 192.0.2.1\n"), IsEmpty());
}

TEST_F(ZoneFiles, AByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_THAT(problems(std::string("\xEF\xBB\xBF") + soa), IsEmpty());
  EXPECT_THAT(problems(std::string("\xEF\xBB\xBF$ORIGIN sub\na 60 A 192.0.2.1\n$ORIGIN example.test.\n") + soa),
              IsEmpty());
  EXPECT_THAT(ask("a.sub.example.test"), HasSubstr("192.0.2.1"));
}

TEST_F(ZoneFiles, DirectivesAreReadInAnyLetterCase) {
  EXPECT_THAT(problems("$ttl 77\n@ SOA ns1 h 1 1 1 1 1\n$Origin sub\na A 192.0.2.1\n"), IsEmpty());
  EXPECT_EQ(ask("a.sub.example.test"), "NOERROR aa\nanswer a.sub.example.test. 77 IN A 192.0.2.1\n");
  EXPECT_THAT(problems(std::string(soa) + "$include x\n"), ElementsAre(HasSubstr("t.zone:2: 'x' cannot be read")));
}

TEST_F(ZoneFiles, Rfc4035SignaturesKeepTheTtlOfWhatTheySign) {
  const std::string rest = " 20300101000000 20200101000000 1 example.test. abcd";
  ASSERT_THAT(problems(soa + ("a 60 A 192.0.2.1\na 9 TXT x\na 60 RRSIG A 13 3 60" + rest + "\na 9 RRSIG TXT 13 3 9" +
                              rest + "\na 70 RRSIG A 13 3 60" + rest + "\n")),
              IsEmpty());
  EXPECT_EQ(ask("a.example.test", "RRSIG"), "NOERROR aa\nanswer a.example.test. 60 IN RRSIG A 13 3 60" + rest +
                                                "\nanswer a.example.test. 9 IN RRSIG TXT 13 3 9" + rest + "\n");
}

TEST_F(ZoneFiles, Rfc4034RecordsThatDifferInTheLetterCaseOfNamesAreOne) {
  const std::string text = std::string(soa) +
                           "@ 300 SOA NS1 hostMaster 1 3600 600 86400 300\n"
                           "a 60 NS x\na 60 NS X\nb 60 CNAME x\nb 60 CNAME X\nc 60 PTR x\nc 60 PTR X\n"
                           "c 60 MX 16705 x\nc 60 MX 24929 x\nc 60 MX 24929 X\n"
                           "c 60 SRV 1 2 3 x\nc 60 SRV 1 2 3 X\n"
                           "c 60 NAPTR 1 2 s Http \"\" x\nc 60 NAPTR 1 2 s http \"\" x\nc 60 NAPTR 1 2 s http \"\" X\n"
                           "c 60 TXT x\nc 60 TXT X\n";
  ASSERT_THAT(problems(text), IsEmpty());
  const auto answers = [&](const std::string& type) {
    const auto reply = ask("c.example.test", type);
    return std::ranges::count(reply, '\n') - 1;
  };
  EXPECT_EQ(answers("PTR"), 1);
  EXPECT_EQ(answers("MX"), 2) << "0x4141 and 0x6161 are no letters";
  EXPECT_EQ(answers("SRV"), 1);
  EXPECT_EQ(answers("NAPTR"), 2);
  EXPECT_EQ(answers("TXT"), 2);
}

TEST_F(ZoneFiles, Rfc4592AWildcardIsNotDelegated) {
  EXPECT_THAT(problems(std::string(soa) + "*.a 60 NS ns1\n"),
              ElementsAre("t.zone:2: an NS record at the wildcard *.a.example.test., which has no meaning (RFC 4592 "
                          "§4.2); allowed: NS records at other names"));
}

TEST_F(ZoneFiles, RecordsOfManyTypesComeBackAsTheyWereWritten) {
  const std::vector<std::string> records = {
      "svc 60 IN HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1",
      "svc2 60 IN SVCB 2 target.example.test. alpn=h2 key65400=abc",
      R"(caa 60 IN CAA 0 issue "ca.example.net; policy=ev")",
      "srv 60 IN SRV 1 2 443 target.example.test.",
      "loc 60 IN LOC 52 22 23.000 N 04 53 32.000 E -2m 0.00m 10000m 10m",
      "sshfp 60 IN SSHFP 4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
      R"(naptr 60 IN NAPTR 100 50 "s" "http" "" _http._tcp.example.test.)",
      R"(type 60 IN TYPE65280 \# 4 deadbeef)",
      R"(hinfo 60 IN HINFO "cpu" "os")",
      "ptr 60 IN PTR host.example.test.",
  };
  std::string text = soa;
  for (const auto& record : records) text += record + "\n";
  ASSERT_THAT(problems(text), IsEmpty());
  for (const auto& record : records) {
    const auto owner = record.substr(0, record.find(' '));
    const auto rest = record.substr(owner.size());
    const auto type = rest.substr(7, rest.find(' ', 7) - 7);
    const auto name = owner + ".example.test";
    EXPECT_EQ(ask(name, type), std::string("NOERROR aa\nanswer ").append(name).append(".").append(rest).append("\n"));
  }
}

TEST_F(ZoneFiles, WhatIsServedAllTheSameIsAWarning) {
  EXPECT_THAT(warnings(std::string(soa) + "d.elsewhere. 1 A 192.0.2.1\n@ 1 NS ns.elsewhere.\n"),
              ElementsAre(HasSubstr("t.zone:2: ")));
  EXPECT_THAT(warnings(soa), ElementsAre(HasSubstr("no NS record at example.test.")));
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS ns1\n"),
              ElementsAre(HasSubstr("ns1.example.test. of example.test. has no address")));
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS ns1\nns1 1 A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS ns1\n*  1 A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS x.\nsub 1 NS ns.sub\n"), ElementsAre(HasSubstr("t.zone:3: ")));
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS x.\nsub 1 NS ns.other\nother 1 NS x.\n"), IsEmpty());
}
