// The cookies of one connection, as RFC 6265 has them for a client that talks to one host: what
// answers set is sent with the requests that follow. It allocates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

class CookieJar {
 public:
  static constexpr std::size_t kCookiesMax = 50;  // as browsers must keep at least
  static constexpr std::size_t kCookieSizeMax = 4096;

  /// Takes the value of a Set-Cookie field. A cookie of the same name and path is replaced, or
  /// deleted by a Max-Age of 0 and less or by Expires in the past; one that ends later is kept for
  /// good. Domain, Secure, HttpOnly and SameSite are not looked at: there is one host, and nobody
  /// to protect. A cookie without a name, one too long and one too many are passed over.
  void take(std::string_view set_cookie);

  /// "a=1; b=2": what goes with a request for `path` (with its query), in the order in which they
  /// came; empty: nothing.
  [[nodiscard]] std::string header_for(std::string_view path) const;

 private:
  struct Cookie {
    std::string name, value, path;
  };
  std::vector<Cookie> cookies_;
};

}  // namespace tracetax
