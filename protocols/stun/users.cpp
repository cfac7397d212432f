#include "protocols/stun/users.hpp"

#include "config/small_file.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace thence::stun {
namespace {

constexpr auto allowed_line = "NAME PASSWORD, with a blank between";

std::string_view text_of(std::span<const std::byte> octets) noexcept {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Takes the first word off the rest of a line. Empty at the end or at a comment.
std::string_view take_word(std::string_view& line) noexcept {
  constexpr std::string_view space = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(space), line.size()));
  if (line.starts_with('#')) line = {};
  const auto word = line.substr(0, line.find_first_of(space));
  line.remove_prefix(word.size());
  return word;
}

bool has_control_characters(std::string_view word) noexcept {
  return std::ranges::any_of(word, [](unsigned char each) { return each < ' ' || each == 0x7f; });
}

/// @return what is wrong with it, or nothing
std::string mistake_in(std::string_view name, std::string_view password, std::string_view more) {
  // Do not show any word: it may be a password.
  if (password.empty()) return std::string("has a name only; allowed: ") + allowed_line;
  if (!more.empty()) return std::string("has more than two words; allowed: ") + allowed_line;
  if (has_control_characters(name) || has_control_characters(password)) {
    return std::string("has a control character; allowed: ") + allowed_line;
  }
  if (name.size() > longest_user_name) {
    return "the name is too long; allowed: at most " + std::to_string(longest_user_name) + " octets";
  }
  if (password.size() > longest_password) {
    return "the password is too long; allowed: at most " + std::to_string(longest_password) + " octets";
  }
  // Clients remove quotes before hashing (RFC 8489 §9.2.2), and here they are hardly meant as part of the name.
  if (name.find('"') != std::string_view::npos) return "a quote stands in the name; allowed: a name without quotes";
  return {};
}

template <std::size_t Size>
bool hash(const char* digest, const std::string& text, std::array<std::byte, Size>& to) noexcept {
  std::size_t written = 0;
  return EVP_Q_digest(nullptr, digest, nullptr, text.data(), text.size(), reinterpret_cast<unsigned char*>(to.data()),
                      &written) == 1 &&
         written == Size;
}

/// @return nothing if OpenSSL lacks an algorithm
std::optional<User> make_user(std::string_view name, std::string_view password, std::string_view realm) {
  User user;
  user.name = name;
  if (realm.empty()) {
    user.password = password;
    return user;
  }
  auto text = user.name + ':' + std::string(realm);
  bool hashed = hash("SHA256", text, user.userhash);
  text.append(":").append(password);
  hashed = hashed && hash("MD5", text, user.md5_key) && hash("SHA256", text, user.sha256_key);
  OPENSSL_cleanse(text.data(), text.size());
  return hashed ? std::optional(user) : std::nullopt;
}

}  // namespace

Users::Users(std::vector<User> users) : users_(std::move(users)), by_hash_(users_.size()) {
  std::ranges::sort(users_, {}, &User::name);
  std::iota(by_hash_.begin(), by_hash_.end(), 0U);
  std::ranges::sort(
      by_hash_, {}, [this](std::uint32_t at) -> const auto& { return users_[at].userhash; });
}

const User* Users::find(std::span<const std::byte> name) const noexcept {
  const auto wanted = text_of(name);
  const auto found =
      std::ranges::lower_bound(users_, wanted, {}, [](const User& each) { return std::string_view(each.name); });
  return found != users_.end() && found->name == wanted ? &*found : nullptr;
}

const User* Users::find_hashed(std::span<const std::byte> userhash) const noexcept {
  decltype(User::userhash) wanted{};
  if (userhash.size() != wanted.size()) return nullptr;
  std::ranges::copy(userhash, wanted.begin());
  const auto found = std::ranges::lower_bound(
      by_hash_, wanted, {}, [this](std::uint32_t at) -> const auto& { return users_[at].userhash; });
  return found != by_hash_.end() && users_[*found].userhash == wanted ? &users_[*found] : nullptr;
}

Users read_users(const config::Cursor& at, const std::filesystem::path& file, std::string_view realm) {
  auto text = config::read_small_file(at, file, "file of users", largest_users_file);
  if (!text) return {};
  std::vector<User> users;
  std::map<std::string, int, std::less<>> lines;
  bool mistaken = false;
  const auto wrong = [&](int line, std::string message) {
    mistaken = true;
    at.problems().add({file.string(), line, 0, "", std::move(message), at.severity()});
  };
  int line = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto content = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++line;
    const auto name = take_word(content);
    if (name.empty()) continue;
    const auto password = take_word(content);
    if (auto mistake = mistake_in(name, password, take_word(content)); !mistake.empty()) {
      wrong(line, std::move(mistake));
      continue;
    }
    const auto [known, first] = lines.emplace(name, line);
    if (!first) {
      wrong(line, "the name stands on line " + std::to_string(known->second) + " too; allowed: each name once");
      continue;
    }
    if (users.size() == most_users) {
      wrong(line, "more users than fit; allowed: at most " + std::to_string(most_users));
      break;
    }
    auto user = make_user(name, password, realm);
    if (!user) {
      at.wrong("the cryptographic library here has no MD5 or no SHA-256; allowed: credentials without a realm");
      mistaken = true;
      break;
    }
    users.push_back(std::move(*user));
  }
  OPENSSL_cleanse(text->data(), text->size());
  if (users.empty() && !mistaken) wrong(0, std::string("has no user; allowed: lines of ") + allowed_line);
  return mistaken ? Users() : Users(std::move(users));
}

}  // namespace thence::stun
