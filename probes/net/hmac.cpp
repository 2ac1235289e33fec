#include "probes/net/hmac.h"

#include <array>
#include <limits>
#include <span>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "probes/net/digest.h"
#include "probes/net/invariant.h"

namespace gatewatch::net {

std::string hmac_sha256_hex(std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  require(key.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()), "key size");
  const auto* const made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data(), &size);
  require(made != nullptr, "SHA-256 is part of every OpenSSL");
  return hex_digits(std::span(digest).first(size));
}

}  // namespace gatewatch::net
