// The section `dns:` of a configuration, zone files, and what is said about mistakes in them.

#include "dns_asking.hpp"

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

  std::vector<std::string> read(const std::string& yaml) {
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse((folder / "t.yaml").string(), yaml);
    service = thence::dns::plugin.load(thence::config::Cursor(document, problems));
    std::vector<std::string> lines;
    for (const auto& each : problems.sorted()) {
      auto line = each.text();
      for (auto at = line.find(folder.string()); at != std::string::npos; at = line.find(folder.string())) {
        line.erase(at, folder.string().size() + 1);
      }
      lines.push_back(line);
    }
    return lines;
  }

  std::string ask(const std::string& name, const std::string& type = "A") {
    boost::asio::io_context context;
    const thence::InterfaceTable interfaces;
    thence::Counters counters;
    const auto protocol = service.make({context.get_executor(), interfaces, counters, {}});
    const auto message = dns_asking::Query{.name = name, .type = type}.wire();
    dns_asking::Octets buffer(65535);
    thence::Reply reply{std::as_writable_bytes(std::span(buffer)), 0, {}};
    protocol->respond({std::as_bytes(std::span(message)), {{}, {}, 0, Transport::tcp}}, reply);
    buffer.resize(reply.size);
    return dns_asking::text_of(buffer);
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("thence-zone-files-" + std::to_string(::getpid()));
  thence::Service service;
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
  EXPECT_THAT(read("zone: 1\n"
                   "zones:\n"
                   "  - name: a..b\n"
                   "  - records: ['@ SOA n h 1 1 1 1 1']\n"
                   "  - name: nothing.test\n"
                   "  - { name: x.test, records: ['@ 1 SOA n h 1 1 1 1 1', 'www A 192.0.2.256'], colour: red }\n"
                   "  - { name: X.test., records: ['@ 1 SOA n h 1 1 1 1 1'], dynamic: { me: klient } }\n"),
              ElementsAre("t.yaml:1:1: zone: unknown key, did you mean 'zones'?; allowed: zones",
                          "t.yaml:3:11: zones[0].name: 'a..b' is not a domain name; allowed: such as example.com",
                          "t.yaml:4:5: zones[1].name: is missing; allowed: a text",
                          "t.yaml:5:5: zones[2]: a zone without data; allowed: records, file, or both",
                          StartsWith("t.yaml:6:56: zones[3].records[1]: '192.0.2.256' is not the data of A: "),
                          "t.yaml:6:78: zones[3].colour: unknown key; allowed: name, records, file, dynamic",
                          "t.yaml:7:13: zones[4].name: a second zone x.test.; allowed: each zone once",
                          "t.yaml:7:73: zones[4].dynamic.me: 'klient' is not known, did you mean 'client'?; allowed: "
                          "self, client"));
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
  EXPECT_THAT(problems_of("www.u. 60 A 192.0.2.1"), StartsWith(std::string(place) + "www.u. is out of the zone"));
  EXPECT_THAT(problems_of("www 60 TXT \\0"), StartsWith(std::string(place) + "an octet 0 stands in the text"));
  EXPECT_THAT(problems_of("www 60 TXT " + std::string(70'000, 'x')), StartsWith(std::string(place) + "longer than"));
  EXPECT_THAT(problems_of("www 60 A 192.0.2.1 192.0.2.2"), StartsWith(std::string(place) + "'192.0.2.1 192.0.2.2'"));
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
               "$GENERATE 1-9 h$ A 192.0.2.$\n"
               "$ORIGIN\n"
               "c 1 TXT \"open\n"
               "d.elsewhere. 1 A 192.0.2.1\n"
               "e 1 A (\n"),
      ElementsAre(HasSubstr("t.zone:3: '192.0.2.300' is not the data of A"),
                  HasSubstr("t.zone:4: a parenthesis was never opened"), HasSubstr("t.zone:7: no TTL after $TTL"),
                  HasSubstr("t.zone:8: $INCLUDE is not supported"), HasSubstr("t.zone:9: $GENERATE is not supported"),
                  HasSubstr("t.zone:10: no domain name after $ORIGIN"),
                  HasSubstr("t.zone:11: a quote is not closed on its line"),
                  HasSubstr("t.zone:12: d.elsewhere. is out of the zone; allowed: names within example.test."),
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
  EXPECT_THAT(problems(std::string(soa) + "a 1 DNAME b\n"), ElementsAre(HasSubstr("t.zone:2: DNAME records")));
  EXPECT_THAT(problems(std::string(soa) + "a 1 NS \\# 2 c00c\n"), ElementsAre(HasSubstr("t.zone:2: ")));
}

TEST_F(ZoneFiles, AFileThatIsNoZoneFileDoesNotFillTheScreen) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "this is prose\n";
  const auto lines = problems(text);
  EXPECT_EQ(lines.size(), 100U);
  EXPECT_THAT(lines.back(), HasSubstr("t.zone:100: so many mistakes that reading ends here"));
}

TEST_F(ZoneFiles, AnRRsetThatFitsNoMessageIsAMistake) {
  std::string text = soa;
  for (int i = 0; i < 300; ++i) text += "a 1 TXT \"" + std::to_string(i) + std::string(240, 'x') + "\"\n";
  EXPECT_THAT(problems(text), ElementsAre(HasSubstr("t.zone:2: the TXT records of a.example.test. take ")));
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
