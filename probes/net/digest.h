// SHA-256 (FIPS 180-4) of bytes that come piece by piece.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

using EVP_MD_CTX = struct evp_md_ctx_st;

namespace gatewatch::net {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;  // what was moved from may only be destroyed or assigned to
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::span<const char> bytes);
  [[nodiscard]] std::uint64_t size() const { return size_; }  // bytes so far
  // Of all so far, as 64 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
  std::uint64_t size_ = 0;
};

// Two lower-case digits a byte.
[[nodiscard]] std::string hex_digits(std::span<const unsigned char> bytes);

}  // namespace gatewatch::net
