#pragma once

#include "protocols/coarse_clock.hpp"
#include "protocols/dns/answer/answer.hpp"
#include "protocols/dns/forward/forwarder.hpp"
#include "protocols/dns/identity/cookie.hpp"
#include "protocols/dns/settings/settings.hpp"
#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/message_writer.hpp"
#include "protocols/protocol.hpp"
#include "protocols/rate_limit.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace thence::dns {

/// The DNS server of one worker.
class Server final : public Protocol {
 public:
  /// @throws std::runtime_error if OpenSSL cannot make cookies
  Server(std::shared_ptr<const Settings> settings, Host& host, Clocks clocks = {});

  /// Claims whatever it would answer on a port of its own, except what is STUN: a message with the magic cookie, or a
  /// whole Binding request of RFC 3489 that does not read as a query.
  bool claims(std::span<const std::byte> payload) const noexcept override;
  Framing framing(Transport transport) const noexcept override;
  std::optional<std::size_t> frame(Transport transport, std::span<const std::byte> stream) const noexcept override;
  void expect(const Request& request) noexcept override;
  void interfaces_changed() override;
  void follow(const Protocol& before) override;
  void measure(std::vector<Measure>& into) const override;
  /// The name and the type, such as `www.example.com. AAAA`.
  std::string describe(std::span<const std::byte> payload) const override;
  Verdict respond(const Request& request, Reply& reply) noexcept override;

  /// The query's client subnet, for choosing the view; nullptr from an untrusted client.
  const ClientSubnet* trusted_subnet(const Query& query, const Route& route) const noexcept;
  /// @return nullptr if no view matches
  const View* view_of(const Query& query, const Route& route) const noexcept;
  /// The zone that answers for the name. For DS it is the parent's (RFC 4035 §3.1.4.1), if the view has that and it
  /// delegates the child.
  /// @return nullptr if the view has none
  static const ServedZone* zone_of(const View& view, const Query& query, const Route& route) noexcept;

 private:
  /// What a reply says besides its records.
  struct Result {
    Verdict::Action action;
    Rcode rcode;
    Counter* outcome;
    std::optional<ExtendedError> error{};
    bool by_subnet = false;  ///< the records depend on the query's client subnet (RFC 7871 §7.2.1)
  };

  Cookies::Checked check_cookie(const Query& query, const Route& route) noexcept;
  RateLimit::Decision limit(const Route& route, CookieStanding cookie) noexcept;
  void add_options(const Query& query, const Cookies::Checked& cookie, MessageWriter& message) noexcept;
  /// @return the data of the reply's client subnet option; nullptr if there is none
  std::uint8_t* add_client_subnet(const Query& query, MessageWriter& message) noexcept;
  Result slip(CookieStanding cookie, MessageWriter& message) const noexcept;
  /// @param subnet from add_client_subnet()
  Result answer_query(const View* view, const ServedZone* served, const Circumstances& asked, const Reply& reply,
                      MessageWriter& message) noexcept;
  Result answer_from(const Zone& zone, const Circumstances& asked, MessageWriter& message) noexcept;
  Result forward(const View& view, const ServedZone& served, const Circumstances& asked, const Reply& reply,
                 MessageWriter& message) noexcept;
  Result answer_chaos(const Query& query, MessageWriter& message) const noexcept;
  Result refuse(ExtendedError error) const noexcept;
  /// The result for a message that is not a standard query.
  /// @return nothing if it is one
  std::optional<Result> reject(const Query& query, Reading reading, CookieStanding cookie) const noexcept;
  Counter* outcome(Finding finding) const noexcept;

  /// A name whose index entry is being prefetched.
  struct Expected {
    const Zone* zone = nullptr;
    std::uint64_t name_hash = 0;
  };

  std::shared_ptr<const Settings> settings_;
  Host* host_;
  std::optional<InterfaceViews> interface_views_;  ///< only with views
  bool views_by_subnet_;
  bool has_large_zone_;
  std::array<Expected, 4> expected_{};
  std::size_t next_expected_ = 0;
  Clocks clocks_;
  Nsec3Hasher hash_;
  std::optional<Cookies> cookies_;
  std::optional<RateLimit> rate_limit_;
  std::shared_ptr<Forwarder> forwarder_;  ///< outlives this while questions are outstanding
  Counter* noerror_;
  Counter* nodata_;
  Counter* nxdomain_;
  Counter* yxdomain_;
  Counter* referral_;
  Counter* truncated_;
  Counter* chaos_;
  Counter* cookie_;
  Counter* refused_;
  Counter* formerr_;
  Counter* notimp_;
  Counter* badvers_;
  Counter* servfail_;
  Counter* badcookie_;
  Counter* slipped_;
  Counter* limited_;
  Counter* shut_out_;
  Counter* malformed_;
  Counter* response_;
  // Besides the outcome of the request.
  Counter* with_good_cookie_;
  Counter* with_bad_cookie_;
  Counter* with_client_cookie_;
  Counter* with_nsid_;
  Counter* with_client_subnet_;
};

}  // namespace thence::dns
