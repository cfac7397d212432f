#include "responder/admin/page.hpp"

#include "responder/admin/html.hpp"
#include "tests/unit/responder/admin/status.hpp"

#include <algorithm>
#include <cctype>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace page_test {

using testing::HasSubstr;
using testing::Not;
using namespace thence;

namespace {

const boost::asio::ip::tcp::endpoint peer(boost::asio::ip::make_address("2001:db8::9"), 4711);

std::string page(const Status& status) { return admin::page(status, peer); }

/// What stands in front of the script: what a browser without one shows, and the style.
std::string without_script(const Status& status) {
  const auto html = page(status);
  return html.substr(0, html.find("<script>"));
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST(Page, IsCompleteWithoutAScript) {
  const auto html = without_script(test::example_status());
  for (const auto* const text :
       {"<td data-label=\"Interface\" class=\"name\">eth0</td><td data-label=\"Address\" class=\"name\">192.0.2.1</td>",
        "<li>DNS 53 udp+tcp</li><li>STUN 3478 udp</li>",
        "<li>dns inside</li><li>dns outside</li>",
        "<td data-label=\"Requests\" class=\"number\"><span class=\"total\">1,320</span></td>",
        "<td data-label=\"Replies\" class=\"number\"><span class=\"total\">1,309</span></td>",
        "<td data-label=\"Drops\" class=\"number\"><span class=\"total\">20</span></td>",
        "fe80::1%eth0",
        "<li>DNS 53 tcp</li>",
        "<dt>Version</dt><dd>1.2.3</dd>",
        "<dt>Up</dt><dd>1 d 3 h</dd>",
        "<dt>Workers</dt><dd>2</dd>",
        "<dt>Reloads</dt><dd>5 done, 2 of them refused, one goes on</dd>",
        "<dt>Configuration</dt><dd>/etc/thence/thence.yaml</dd>",
        "The last reload was refused",
        "thence.yaml:3:1: dns: &lt;wrong&gt;",
        "<h2>DNS</h2>",
        "<h3>Serial of a zone</h3>",
        "thence_dns_zone_serial",
        "<th scope=\"col\">zone</th><th scope=\"col\" class=\"number\">value</th>",
        "<td>example.com</td><td class=\"number\">2026112801</td>",
        "<td>10.0.0.1:53</td><td></td><td class=\"number\">0</td>",
        "<td>udp.send-error.EPERM</td>",
        "<dd id=\"http-saw\">2001:db8::9</dd>",
        "<noscript>"}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
  EXPECT_THAT(html, HasSubstr("<form id=\"ask\" hidden>"));
}

TEST(Page, SaysHowTheServerIs) {
  auto status = test::example_status();
  status.reloads = {};
  EXPECT_THAT(page(status), HasSubstr("<p id=\"state\" role=\"status\" class=\"good\">Ready</p>"));
  status.ready = false;
  status.not_ready = {"port 53 is not <open>"};
  EXPECT_THAT(page(status), HasSubstr("class=\"doubt\">Not ready</p>"));
  EXPECT_THAT(page(status), HasSubstr("<li>port 53 is not &lt;open&gt;</li>"));
  status.live = false;
  EXPECT_THAT(page(status), HasSubstr("class=\"bad\">Stuck</p>"));
}

TEST(Page, NoTextIsTakenForMarkup) {
  Status status;
  const std::string evil = test::evil_name;
  status.version = status.configuration = evil;
  status.ready = false;
  status.not_ready = {evil};
  status.reloads.words = {evil};
  status.addresses = {{evil, evil, {{1, {evil}, Transports::all()}}, {evil}, {{{evil, Transport::udp}, {}}}, 0}};
  status.counters[evil] = 1;
  status.measures[evil] = {{evil, evil, {{evil, evil}}, 1}};
  const auto html = without_script(status);
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, Not(HasSubstr("<B>")));
  EXPECT_THAT(html, Not(HasSubstr("\"'")));
  EXPECT_THAT(html, Not(HasSubstr("\xff")));
  // As it is, or where it is made a title, in capitals: interface, address, protocol, view, and so on.
  EXPECT_EQ(count(html, "&lt;b&gt;&quot;&#39;&amp;\\\\x80\\xff\\x01{{x}}") +
                count(html, "&lt;B&gt;&quot;&#39;&amp;\\\\x80\\xff\\x01{{X}}"),
            15U);
}

TEST(Page, HasNothingFromElsewhere) {
  const auto html = page(test::example_status());
  for (const auto* const text : {"http://", "https://", "//cdn", " src=", "@import", "url(", "style=\"", " onclick"}) {
    EXPECT_THAT(html, Not(HasSubstr(text)));
  }
  EXPECT_EQ(count(html, "<script"), 1U);
  EXPECT_EQ(count(html, "{{"), 0U);
}

TEST(Page, ItsPolicyAllowsItsOwnScriptAndStyleAlone) {
  const auto& policy = admin::page_policy();
  EXPECT_THAT(policy, testing::StartsWith("default-src 'none'; "));
  EXPECT_EQ(count(policy, "'sha256-"), 2U);
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
}

TEST(Page, AsManyAddressesAsThereMayBe) {
  Status status;
  for (std::size_t i = 0; i <= bound_on_addresses; ++i)
    status.addresses.push_back({"lo", std::to_string(i), {}, {}, {}, 0});
  EXPECT_EQ(count(without_script(status), "<tr><td data-label"), bound_on_addresses + 1);
}

TEST(Page, AnEmptyStatusIsNoTrouble) { EXPECT_THAT(page({}), HasSubstr("</html>")); }

}  // namespace page_test
