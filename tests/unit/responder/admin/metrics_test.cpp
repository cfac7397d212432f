#include "responder/admin/metrics.hpp"

#include "tests/unit/responder/admin/status.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace metrics_test {

using namespace thence;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> lines(const Status& status) { return lines_of(admin::metrics(status)); }

/// The lines of one metric without HELP and TYPE.
std::vector<std::string> samples(const Status& status, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& line : lines(status)) {
    if (line.starts_with(name + '{') || line.starts_with(name + ' ')) found.push_back(line);
  }
  return found;
}

/// What promtool has to say; where it is not installed, nothing.
std::string promtool(const std::string& text) {
  if (std::system("command -v promtool >/dev/null") != 0) return "";
  const auto file = std::filesystem::temp_directory_path() / ("thence-metrics-" + std::to_string(::getpid()));
  std::ofstream(file) << text;
  auto* const pipe = ::popen(("promtool check metrics <" + file.string() + " 2>&1; echo status $?").c_str(), "r");
  std::string said;
  for (int each = std::fgetc(pipe); each != EOF; each = std::fgetc(pipe)) said += static_cast<char>(each);
  ::pclose(pipe);
  std::filesystem::remove(file);
  return said == "status 0\n" ? "" : said;
}

}  // namespace

TEST(Metrics, OfTheServer) {
  const auto all = lines(test::example_status());
  EXPECT_THAT(all, Contains("thence_build_info{version=\"1.2.3\"} 1"));
  EXPECT_THAT(all, Contains("thence_start_time_seconds 1700000000"));
  EXPECT_THAT(all, Contains("thence_workers 2"));
  EXPECT_THAT(all, Contains("thence_live 1"));
  EXPECT_THAT(all, Contains("thence_ready 1"));
  EXPECT_THAT(all, Contains("thence_reloads_total 5"));
  EXPECT_THAT(all, Contains("thence_reloads_refused_total 2"));
  EXPECT_THAT(all, Contains("thence_reloads_asked_total 6"));
  EXPECT_THAT(all, Contains("thence_reload_busy 1"));
  EXPECT_THAT(all, Contains("thence_reload_last_refused 1"));
}

TEST(Metrics, OfEachAddress) {
  const auto all = lines(test::example_status());
  const std::string udp = R"({protocol="dns",transport="udp",interface="eth0",address="192.0.2.1"} )";
  EXPECT_THAT(all, Contains("thence_requests_total" + udp + "1000"));
  EXPECT_THAT(all, Contains("thence_replies_total" + udp + "990"));
  EXPECT_THAT(all, Contains("thence_drops_total" + udp + "10"));
  EXPECT_THAT(
      all,
      Contains(R"(thence_requests_total{protocol="dns",transport="tcp",interface="eth0",address="192.0.2.1"} 20)"));
  EXPECT_THAT(all,
              Contains(R"(thence_requests_total{protocol="dns",transport="udp",interface="other",address="other"} 3)"));
  EXPECT_THAT(all, Contains(R"(thence_unclaimed_drops_total{interface="eth0",address="192.0.2.1"} 7)"));
  EXPECT_THAT(all, Contains(R"(thence_unclaimed_drops_total{interface="eth0",address="fe80::1%eth0"} 0)"));
  EXPECT_THAT(all, Contains(R"(thence_unsent_total{interface="eth0",address="192.0.2.1"} 2)"));
}

TEST(Metrics, OfCounters) {
  const auto all = lines(test::example_status());
  EXPECT_THAT(all, Contains(R"(thence_drops_by_cause_total{transport="udp",cause="broadcast"} 4)"));
  EXPECT_THAT(all, Contains(R"(thence_drops_by_cause_total{transport="tcp",cause="connection-gone"} 5)"));
  EXPECT_THAT(all, Contains(R"(thence_send_errors_total{transport="udp",errno="EPERM"} 6)"));
  EXPECT_THAT(all, Contains(R"(thence_connections_refused_total{cause="limit"} 7)"));
  EXPECT_THAT(all, Contains(R"(thence_connections_closed_total{cause="idle"} 8)"));
  EXPECT_THAT(all, Contains(R"(thence_events_total{event="udp.received"} 1300)"));
  EXPECT_THAT(all, Contains(R"(thence_events_total{event="odd"} 9)"));
  EXPECT_THAT(all, Contains(R"(thence_outcomes_total{protocol="dns",outcome="noerror"} 900)"));
  EXPECT_THAT(all, Contains(R"(thence_outcomes_total{protocol="stun",outcome="success"} 299)"));
}

TEST(Metrics, TheLatencyHistogramIsCumulative) {
  const auto status = test::example_status();
  const auto buckets = samples(status, "thence_latency_seconds_bucket");
  ASSERT_EQ(buckets.size(), LatencyHistogram::buckets + 1);
  EXPECT_EQ(buckets[0], R"(thence_latency_seconds_bucket{protocol="dns",le="1e-06"} 10)");
  EXPECT_EQ(buckets[2], R"(thence_latency_seconds_bucket{protocol="dns",le="4e-06"} 10)");
  EXPECT_EQ(buckets[3], R"(thence_latency_seconds_bucket{protocol="dns",le="8e-06"} 15)");
  EXPECT_EQ(buckets[20], R"(thence_latency_seconds_bucket{protocol="dns",le="1.048576"} 15)");
  EXPECT_EQ(buckets[21], R"(thence_latency_seconds_bucket{protocol="dns",le="+Inf"} 17)");
  EXPECT_THAT(samples(status, "thence_latency_seconds_count"),
              testing::ElementsAre(R"(thence_latency_seconds_count{protocol="dns"} 17)"));
  EXPECT_THAT(samples(status, "thence_latency_seconds_sum"),
              testing::ElementsAre(R"(thence_latency_seconds_sum{protocol="dns"} 2.5)"));
}

TEST(Metrics, OfWhatProtocolsTell) {
  const auto all = lines(test::example_status());
  EXPECT_THAT(all, Contains("# HELP thence_dns_zone_serial Serial of a zone"));
  EXPECT_THAT(all, Contains("# TYPE thence_dns_zone_serial gauge"));
  EXPECT_THAT(all, Contains(R"(thence_dns_zone_serial{zone="example.com"} 2026112801)"));
  EXPECT_THAT(all, Contains("# TYPE thence_dns_upstream_queries_total counter"));
  EXPECT_THAT(all, Contains(R"(thence_dns_upstream_queries_total{upstream="10.0.0.1:53"} 12)"));
  EXPECT_THAT(all, Contains(R"(thence_dns_upstream_up{upstream="10.0.0.1:53",view=""} 0)"));
}

TEST(Metrics, EachFamilyHasHelpAndTypeOnce) {
  const auto all = lines(test::example_status());
  std::map<std::string, int> help;
  std::map<std::string, std::string> type;
  for (const auto& line : all) {
    std::istringstream words(line);
    std::string mark;
    std::string what;
    std::string name;
    words >> mark >> what >> name;
    if (mark == "#" && what == "HELP") ++help[name];
    if (mark == "#" && what == "TYPE") words >> type[name];
  }
  EXPECT_EQ(help.size(), type.size());
  for (const auto& [name, kind] : type) {
    EXPECT_EQ(help[name], 1) << name;
    EXPECT_THAT(name, testing::StartsWith("thence_"));
    EXPECT_EQ(kind == "counter", name.ends_with("_total")) << name << ' ' << kind;
  }
}

TEST(Metrics, AnEmptyStatusIsNoTrouble) {
  const auto text = admin::metrics({});
  EXPECT_THAT(text, HasSubstr("thence_ready 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("thence_requests_total")));
  EXPECT_EQ(promtool(text), "");
}

TEST(Metrics, OddTextsDoNotBreakThem) {
  auto status = test::example_status();
  status.addresses[0].interface = test::evil_name;
  status.addresses[0].address = "line\nbreak";
  status.version = "\xc3\x28\xe2\x82\xac";
  status.counters["dns.\"\n"] = 1;
  status.counters["udp.dropped."] = 1;
  status.counters[".x"] = 1;
  status.counters["dns."] = 1;
  status.measures["odd x"] = {{"1-a z", "help\nwith \\ break", {{"la-bel", "\\"}, {"9", "v"}}, 1},
                              {"nan", "No number", {}, std::numeric_limits<double>::quiet_NaN()},
                              {"inf", "Much", {}, std::numeric_limits<double>::infinity()}};
  const auto text = admin::metrics(status);
  EXPECT_THAT(text, HasSubstr(R"(interface="<b>\"'&\\\\x80\\xff\\x01{{x}}",address="line\\x0abreak"} 1000)"));
  EXPECT_THAT(text, HasSubstr("version=\"\\\\xc3(\xe2\x82\xac\""));
  EXPECT_THAT(text, HasSubstr("# HELP thence_odd_x_1_a_z help\\\\x0awith \\\\ break\n"));
  EXPECT_THAT(text, HasSubstr(R"(thence_odd_x_1_a_z{la_bel="\\",_9="v"} 1)"));
  EXPECT_THAT(text, HasSubstr("thence_odd_x_nan Nan\n"));
  EXPECT_THAT(text, HasSubstr("thence_odd_x_inf +Inf\n"));
  EXPECT_EQ(promtool(text), "");
}

TEST(Metrics, NoTwoSamplesHaveTheSameLabels) {
  Status status;
  status.addresses = {{"a\x01", "x", {}, {}, {}, 1}, {"a\\x01", "x", {}, {}, {}, 2}};
  status.measures["dns"] = {{"up", "Up", {{"a", "b"}}, -3}, {"up", "Up", {{"a", "b"}}, -2}};
  EXPECT_THAT(samples(status, "thence_unclaimed_drops_total"),
              testing::ElementsAre(R"(thence_unclaimed_drops_total{interface="a\\x01",address="x"} 3)"));
  EXPECT_THAT(samples(status, "thence_dns_up"), testing::ElementsAre(R"(thence_dns_up{a="b"} -2)"));
}

TEST(Metrics, PromtoolFindsNothingInThem) {
  EXPECT_EQ(promtool(admin::metrics(test::example_status())), "");
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is not installed";
}

TEST(Metrics, LargeCountsAreExact) {
  auto status = test::example_status();
  status.addresses[0].traffic[{"dns", Transport::udp}].requests = 9'007'199'254'740'991U;
  EXPECT_THAT(samples(status, "thence_requests_total"), Contains(HasSubstr(" 9007199254740991")));
}

TEST(Metrics, AsManyAddressesAsThereMayBe) {
  Status status;
  for (std::size_t i = 0; i <= bound_on_addresses; ++i) {
    AddressStatus each{"veth" + std::to_string(i), "2001:db8::" + std::to_string(i), {}, {}, {}, 0};
    for (const auto* const protocol : {"dns", "stun"}) {
      for (const auto transport : {Transport::udp, Transport::tcp}) each.traffic[{protocol, transport}] = {i, i, 0};
    }
    status.addresses.push_back(each);
  }
  EXPECT_EQ(samples(status, "thence_requests_total").size(), 4 * (bound_on_addresses + 1));
  EXPECT_LT(admin::metrics(status).size(), 2'000'000U);
}

}  // namespace metrics_test
