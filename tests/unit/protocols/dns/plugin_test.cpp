// Settings that are read again: what is shared with those before, what is made anew, and what stays as it was.

#include "protocols/dns/settings/settings.hpp"
#include "tests/unit/protocols/dns/asking.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plugin_test {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using thence::config::Severity;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string zone_text(int serial, const std::string& more = "") {
  return "@ 60 SOA n h " + std::to_string(serial) + " 1 1 1 1\n@ 60 NS n\nn 60 A 192.0.2." + std::to_string(serial) +
         "\n" + more;
}

/// A service from `t.yaml` in a folder of its own, and files beside it.
class DnsReload : public testing::Test {
 protected:
  DnsReload() { fs::create_directory(folder); }
  ~DnsReload() override { fs::remove_all(folder); }

  /// Writes a file as if that had been long ago. @param when different ones are different times
  void write(const std::string& name, const std::string& text, std::chrono::seconds when = 0s) {
    write_now(name, text);
    fs::last_write_time(folder / name, fs::file_time_type::clock::now() - 24h + when);
  }

  void write_now(const std::string& name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
  }

  void configure(const std::string& zones) { yaml_ = "zones: [" + zones + "]"; }

  void start() {
    read([](const auto& section) { return thence::dns::plugin.load(section, nullptr); });
  }

  void reload() {
    const auto before = service_;
    read([&](const auto& section) { return thence::dns::plugin.load(section, before.get()); });
  }

  /// What was told at least that severe, the folder's name left out.
  std::vector<std::string> told(Severity least = Severity::warning) const {
    std::vector<std::string> lines;
    for (const auto& each : problems_) {
      if (each.severity < least) continue;
      auto line = each.text();
      for (auto at = line.find(folder.string()); at != std::string::npos; at = line.find(folder.string())) {
        line.erase(at, folder.string().size() + 1);
      }
      lines.push_back(line);
    }
    return lines;
  }

  bool refused() const { return !told(Severity::fatal).empty(); }

  std::string tally() const {
    for (const auto& each : problems_) {
      if (each.severity == Severity::note && each.message.starts_with("zones: ")) return each.message.substr(7);
    }
    return "";
  }

  std::string ask(const std::string& name, const std::string& type = "A") const {
    thence::LoneHost host;
    const auto protocol = service_->make(host);
    const auto message = dns_asking::Query{.name = name, .type = type}.wire();
    dns_asking::Octets buffer(65535);
    thence::Reply reply{std::as_writable_bytes(std::span(buffer)), 0, {}};
    protocol->respond({std::as_bytes(std::span(message)), {{}, {}, 0, thence::Transport::tcp}}, reply);
    buffer.resize(reply.size);
    return dns_asking::text_of(buffer);
  }

  const fs::path folder = fs::temp_directory_path() / ("thence-reload-" + std::to_string(::getpid()));

 private:
  template <typename Reading>
  void read(const Reading& reading) {
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse((folder / "t.yaml").string(), yaml_);
    service_ = reading(thence::config::Cursor(document, problems));
    problems_ = problems.sorted();
  }

  std::string yaml_;
  std::shared_ptr<const thence::Service> service_;
  std::vector<thence::config::Problem> problems_;
};

constexpr auto a_and_b = "{ name: a.test, file: a.zone }, { name: b.test, file: b.zone }";

}  // namespace

TEST_F(DnsReload, AChangedFileIsReadAndOneWithTheSameStampIsNot) {
  write("a.zone", zone_text(1));
  write("b.zone", zone_text(2));
  configure(a_and_b);
  start();
  EXPECT_THAT(told(Severity::note), IsEmpty());
  write("a.zone", zone_text(3), 10s);
  // Whoever read it would see the change.
  const auto time = fs::last_write_time(folder / "b.zone");
  write_now("b.zone", zone_text(9));
  fs::last_write_time(folder / "b.zone", time);
  reload();
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(tally(), "1 read anew, 1 unchanged, 0 refused, 0 gone");
  EXPECT_THAT(told(Severity::note), Contains("t.yaml:1:9: note: zones[0]: a.test. is read anew: serial 3"));
  EXPECT_THAT(ask("n.a.test"), HasSubstr("192.0.2.3"));
  EXPECT_THAT(ask("n.b.test"), HasSubstr("192.0.2.2"));
  reload();
  EXPECT_EQ(tally(), "0 read anew, 2 unchanged, 0 refused, 0 gone");
}

TEST_F(DnsReload, AnUnchangedZoneIsTheSameZone) {
  write("a.zone", zone_text(1));
  const auto read = [&](const std::string& yaml, const thence::dns::Settings* before) {
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse((folder / "t.yaml").string(), yaml);
    auto settings = thence::dns::read_settings(thence::config::Cursor(document, problems), before);
    EXPECT_FALSE(problems.any(Severity::partial));
    return settings;
  };
  const std::string yaml =
      "zones: [{ name: a.test, file: a.zone, dynamic: { me: client } }, { name: b, records: ['@ 1 SOA n h 1 1 1 1 1'] "
      "}";
  const auto first = read(yaml + "]", nullptr);
  const auto second = read(yaml + ", { name: c, records: ['@ 1 SOA n h 1 1 1 1 1'] }]", &first);
  const auto zone_of = [](const thence::dns::Settings& settings, const char* name) {
    return settings.views.front().zones.find(*thence::dns::Name::parse(name, {}))->zone;
  };
  EXPECT_EQ(zone_of(first, "a.test"), zone_of(second, "a.test"));
  EXPECT_EQ(zone_of(first, "b"), zone_of(second, "b"));
}

TEST_F(DnsReload, AFileThatHadJustBeenWrittenIsReadOnceMore) {
  // It may change within the same step of the file system's clock.
  write_now("a.zone", zone_text(1));
  configure("{ name: a.test, file: a.zone }");
  start();
  const auto time = fs::last_write_time(folder / "a.zone");
  write_now("a.zone", zone_text(2));
  fs::last_write_time(folder / "a.zone", time);
  reload();
  EXPECT_THAT(ask("n.a.test"), HasSubstr("192.0.2.2"));
}

TEST_F(DnsReload, AFileThatIsReplacedByRenamingIsReadWhateverItsTimeAndSize) {
  write("a.zone", zone_text(1));
  configure("{ name: a.test, file: a.zone }");
  start();
  write("new.zone", zone_text(2));
  fs::last_write_time(folder / "new.zone", fs::last_write_time(folder / "a.zone"));
  fs::rename(folder / "new.zone", folder / "a.zone");
  reload();
  EXPECT_THAT(ask("n.a.test"), HasSubstr("192.0.2.2"));
}

TEST_F(DnsReload, AnIncludedFileCountsAsThePartOfTheZoneThatItIs) {
  write("a.zone", zone_text(1, "$INCLUDE part\n"));
  write("part", "w 60 A 192.0.2.100\n");
  write("b.zone", zone_text(2));
  configure(a_and_b);
  start();
  reload();
  EXPECT_EQ(tally(), "0 read anew, 2 unchanged, 0 refused, 0 gone");
  write("part", "w 60 A 192.0.2.101\n", 10s);
  reload();
  EXPECT_EQ(tally(), "1 read anew, 1 unchanged, 0 refused, 0 gone");
  EXPECT_THAT(ask("w.a.test"), HasSubstr("192.0.2.101"));
  fs::remove(folder / "part");
  reload();
  EXPECT_EQ(tally(), "0 read anew, 1 unchanged, 1 refused, 0 gone");
  EXPECT_THAT(told(), Contains(StartsWith("a.zone:4: ")));
  EXPECT_THAT(ask("w.a.test"), HasSubstr("192.0.2.101"));
  // The set of files becomes another one.
  write("a.zone", zone_text(3, "$INCLUDE other\n"), 20s);
  write("other", "w 60 A 192.0.2.102\n");
  reload();
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(ask("w.a.test"), HasSubstr("192.0.2.102"));
  write("part", "w 60 A 192.0.2.103\n", 30s);
  reload();
  EXPECT_EQ(tally(), "0 read anew, 2 unchanged, 0 refused, 0 gone");
  write("other", "w 60 A 192.0.2.104\n", 40s);
  reload();
  EXPECT_THAT(ask("w.a.test"), HasSubstr("192.0.2.104"));
}

TEST_F(DnsReload, ABrokenZoneStaysAsItWasUntilItIsMended) {
  write("a.zone", zone_text(1));
  write("b.zone", zone_text(2));
  configure(a_and_b);
  start();
  write("a.zone", zone_text(3, "w 60 A 192.0.2.300\n"), 10s);
  write("b.zone", zone_text(4), 10s);
  for (int i = 0; i < 2; ++i) {
    reload();
    EXPECT_FALSE(refused());
    EXPECT_THAT(told(), ElementsAre(StartsWith("a.zone:4: '192.0.2.300' is not the data of A"),
                                    "t.yaml:1:9: zones[0]: a.test. stays as it was: serial 1"))
        << "each time";
    EXPECT_THAT(ask("n.a.test"), HasSubstr("192.0.2.1"));
    EXPECT_THAT(ask("n.b.test"), HasSubstr("192.0.2.4"));
  }
  write("a.zone", zone_text(5), 20s);
  reload();
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(ask("n.a.test"), HasSubstr("192.0.2.5"));
}

TEST_F(DnsReload, ABrokenZoneThatIsPutBackAsItWasIsUnchanged) {
  write("a.zone", zone_text(1));
  configure("{ name: a.test, file: a.zone }");
  start();
  fs::rename(folder / "a.zone", folder / "kept");
  write("a.zone", "broken", 10s);
  reload();
  EXPECT_EQ(tally(), "0 read anew, 0 unchanged, 1 refused, 0 gone");
  fs::rename(folder / "kept", folder / "a.zone");
  reload();
  EXPECT_EQ(tally(), "0 read anew, 1 unchanged, 0 refused, 0 gone");
}

TEST_F(DnsReload, AMissingFileLeavesItsZoneAsItWas) {
  write("a.zone", zone_text(1));
  write("b.zone", zone_text(2));
  configure(a_and_b);
  start();
  fs::remove(folder / "a.zone");
  reload();
  EXPECT_FALSE(refused());
  EXPECT_THAT(told(), ElementsAre("t.yaml:1:9: zones[0]: a.test. stays as it was: serial 1",
                                  "t.yaml:1:31: zones[0].file: 'a.zone' cannot be read: No such file or directory; "
                                  "allowed: a zone file"));
  EXPECT_THAT(ask("n.a.test"), HasSubstr("192.0.2.1"));
}

TEST_F(DnsReload, WhatTheConfigurationSaysOfAZoneIsPartOfIt) {
  const std::string zone = "{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1', 'a 1 A 192.0.2.1'";
  configure(zone + "], dynamic: { me: client } }");
  start();
  configure(zone + ", 'b 1 A 192.0.2.2'], dynamic: { me: client } }");
  reload();
  EXPECT_EQ(tally(), "1 read anew, 0 unchanged, 0 refused, 0 gone");
  EXPECT_THAT(ask("b.t"), HasSubstr("192.0.2.2"));
  configure(zone + ", 'b 1 A 192.0.2.2'], dynamic: { you: client } }");
  reload();
  EXPECT_EQ(tally(), "1 read anew, 0 unchanged, 0 refused, 0 gone");
  EXPECT_THAT(ask("me.t"), StartsWith("NXDOMAIN"));
  for (const auto* const wrong :
       {", 'b 1 A 192.0.2.300'] }", ", 'b 1 A 192.0.2.3'], dynamic: { me: klient } }",
        ", 'b 1 A 192.0.2.3'], colour: red }", ", 'b 1 A 192.0.2.3'], dynamic: { b..c: self } }",
        ", 'b 1 A 192.0.2.3', 'b 1 CNAME a'] }", ", [b]] }"}) {
    configure(zone + wrong);
    reload();
    EXPECT_FALSE(refused()) << wrong;
    EXPECT_EQ(told(Severity::partial).size(), 2U) << wrong;
    EXPECT_THAT(told(), Contains("t.yaml:1:9: zones[0]: t. stays as it was: serial 1")) << wrong;
    EXPECT_THAT(ask("b.t"), HasSubstr("192.0.2.2")) << wrong;
  }
}

TEST_F(DnsReload, WithoutDataAZoneStaysAsItWas) {
  configure("{ name: t, records: ['@ 1 SOA n h 7 1 1 1 1'] }");
  start();
  configure("{ name: t }");
  reload();
  EXPECT_THAT(told(), ElementsAre("t.yaml:1:9: zones[0]: a zone without data; allowed: records, file, or both",
                                  "t.yaml:1:9: zones[0]: t. stays as it was: serial 7"));
  EXPECT_THAT(ask("t", "SOA"), StartsWith("NOERROR"));
}

TEST_F(DnsReload, AnotherFileOfTheSameZoneIsAChange) {
  write("a.zone", zone_text(1));
  write("b.zone", zone_text(2));
  configure("{ name: a.test, file: a.zone }");
  start();
  configure("{ name: a.test, file: b.zone }");
  reload();
  EXPECT_THAT(ask("n.a.test"), HasSubstr("192.0.2.2"));
  configure("{ name: a.test, records: ['@ 1 SOA n h 1 1 1 1 1'] }");
  reload();
  EXPECT_THAT(ask("n.a.test"), StartsWith("NXDOMAIN"));
}

TEST_F(DnsReload, ZonesComeAndGo) {
  write("a.zone", zone_text(1));
  write("b.zone", zone_text(2));
  configure("{ name: a.test, file: a.zone }");
  start();
  EXPECT_EQ(ask("n.b.test"), "REFUSED\n");
  configure(a_and_b);
  reload();
  EXPECT_EQ(tally(), "1 read anew, 1 unchanged, 0 refused, 0 gone");
  EXPECT_THAT(ask("n.b.test"), HasSubstr("192.0.2.2"));
  configure("{ name: b.test, file: b.zone }");
  reload();
  EXPECT_EQ(tally(), "0 read anew, 1 unchanged, 0 refused, 1 gone");
  EXPECT_EQ(ask("n.a.test"), "REFUSED\n");
}

TEST_F(DnsReload, AMistakeThatIsOfNoZoneRefusesTheWhole) {
  configure("{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1'] }");
  start();
  for (const auto* const wrong :
       {"{ records: ['@ 1 SOA n h 1 1 1 1 1'] }", "{ name: a..b, records: ['@ 1 SOA n h 1 1 1 1 1'] }",
        "{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1'] }, { name: T, records: ['@ 1 SOA n h 1 1 1 1 1'] }"}) {
    configure(wrong);
    reload();
    EXPECT_TRUE(refused()) << wrong;
  }
}

TEST_F(DnsReload, AZoneThatIsBrokenFromTheStartIsAnsweredWithServfailAndNoOther) {
  write("a.zone", "nonsense\n");
  write("b.zone", zone_text(2));
  configure(a_and_b);
  start();
  EXPECT_FALSE(refused());
  EXPECT_THAT(told(Severity::partial), ElementsAre(StartsWith("a.zone:1: no type")));
  EXPECT_EQ(ask("a.test", "SOA"), "SERVFAIL\n");
  EXPECT_EQ(ask("www.a.test"), "SERVFAIL\n");
  EXPECT_THAT(ask("n.b.test"), HasSubstr("192.0.2.2"));
  EXPECT_EQ(ask("c.test"), "REFUSED\n");
  reload();
  EXPECT_THAT(told(),
              ElementsAre(StartsWith("a.zone:1: no type"),
                          StartsWith("t.yaml:1:9: zones[0]: a.test. has no data and is answered with SERVFAIL")));
  write("a.zone", zone_text(1), 10s);
  reload();
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(ask("n.a.test"), HasSubstr("192.0.2.1"));
}

TEST_F(DnsReload, AZoneThatIsNewAndBrokenIsAnsweredWithServfail) {
  write("b.zone", zone_text(2));
  configure("{ name: b.test, file: b.zone }");
  start();
  configure(a_and_b);
  reload();
  EXPECT_FALSE(refused());
  EXPECT_EQ(ask("www.a.test"), "SERVFAIL\n");
  EXPECT_THAT(ask("n.b.test"), HasSubstr("192.0.2.2"));
}

TEST_F(DnsReload, AtTheStartMistakesInTheConfigurationAreFatalAndThoseInFilesAreNot) {
  write("a.zone", zone_text(1, "d 60 CNAME n\n"));
  for (const auto* const wrong :
       {"{ name: a.test, file: a.zone, records: ['x'] }", "{ name: t, records: ['@ 1 A 192.0.2.1'] }"}) {
    configure(wrong);
    start();
    EXPECT_TRUE(refused()) << wrong;
  }
  configure("{ name: b.test, file: b.zone }");
  start();
  EXPECT_FALSE(refused());
  EXPECT_THAT(told(), ElementsAre(HasSubstr("zones[0].file: 'b.zone' cannot be read: No such file or directory")));
  EXPECT_EQ(ask("b.test"), "SERVFAIL\n");
  // The file is what changes: it can come to be at odds with the configuration.
  configure("{ name: a.test, file: a.zone, dynamic: { d: self } }");
  start();
  EXPECT_FALSE(refused());
  EXPECT_THAT(told(), ElementsAre(HasSubstr("zones[0].dynamic.d: d.a.test. has a CNAME record")));
  EXPECT_EQ(ask("d.a.test"), "SERVFAIL\n");
}

TEST_F(DnsReload, ADsQuestionIsAskedOfTheParentEvenWhereThatHasNoData) {
  write("a.zone", "nonsense\n");
  write("b.zone", zone_text(2));
  configure("{ name: test, file: a.zone }, { name: b.test, file: b.zone }");
  start();
  EXPECT_EQ(ask("b.test", "DS"), "SERVFAIL\n");
  EXPECT_THAT(ask("b.test", "SOA"), StartsWith("NOERROR"));
}

TEST_F(DnsReload, TheExampleIsOfAZoneThatHasData) {
  write("a.zone", "nonsense\n");
  write("b.zone", zone_text(2));
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse(
      (folder / "t.yaml").string(),
      "zones: [{ name: a.test, file: a.zone, dynamic: { me: self } }, { name: b.test, file: b.zone }]");
  const auto settings = thence::dns::read_settings(thence::config::Cursor(document, problems));
  ASSERT_TRUE(settings.example);
  EXPECT_EQ(settings.example->name, "b.test.");
}

}  // namespace plugin_test
