// Whatever stands in a certificate, its facts can be stored and shown: any bytes that OpenSSL takes
// for one, and a sound one with any bytes for its names and times.

#include <algorithm>
#include <array>
#include <memory>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "probes/net/certificate.h"
#include "tests/fuzz/fuzz_input.h"

using namespace gatewatch;
using tests::FuzzInput;
using tests::require;

namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void check_name(const std::string& name) {
  require(name.size() <= 256, "a name has its limit");
  require(std::ranges::all_of(name, [](char byte) { return byte >= ' ' && byte < 0x7f; }),
          "a name is printable ASCII");
}

void check(const X509* certificate) {
  const auto facts = net::certificate_facts(certificate);
  check_name(facts.subject);
  check_name(facts.issuer);
  check_name(net::certificate_subject(certificate));
  require(facts.fingerprint.size() == 64, "SHA-256 in hex");
  require(facts == net::certificate_facts(certificate), "the same facts every time");
}

Certificate read(FuzzInput& input) {
  const auto* at = reinterpret_cast<const unsigned char*>(input.rest().data());
  return {d2i_X509(nullptr, &at, static_cast<long>(input.rest().size())), X509_free};
}

X509* make_sound() {
  EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  X509* const made = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 1);
  X509_set_pubkey(made, key);
  X509_sign(made, key, EVP_sha256());
  return made;
}

std::string take(FuzzInput& input) {
  std::string bytes;
  for (int left = input.next() % 64; left > 0; --left) {
    bytes.push_back(static_cast<char>(input.next()));
  }
  return bytes;
}

void set_time(ASN1_TIME* time, FuzzInput& input) {
  time->type = input.next() % 2 == 0 ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
  const auto text = take(input);
  ASN1_STRING_set(time, text.data(), static_cast<int>(text.size()));
}

void add_names(X509_NAME* name, FuzzInput& input) {
  constexpr std::array kinds = {NID_commonName, NID_organizationName, NID_pkcs9_emailAddress,
                                NID_countryName};
  constexpr std::array types = {V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING,
                                V_ASN1_BMPSTRING,  V_ASN1_UNIVERSALSTRING,
                                V_ASN1_T61STRING,  V_ASN1_OCTET_STRING};
  for (int left = input.next() % 8; left > 0; --left) {
    const auto kind = kinds[input.next() % kinds.size()];
    const auto type = types[input.next() % types.size()];
    const auto text = take(input);
    X509_NAME_add_entry_by_NID(name, kind, type,
                               reinterpret_cast<const unsigned char*>(text.data()),
                               static_cast<int>(text.size()), -1, 0);
  }
}

Certificate change_sound(FuzzInput& input) {
  static X509* const sound = make_sound();
  Certificate changed(X509_dup(sound), X509_free);
  set_time(X509_getm_notBefore(changed.get()), input);
  set_time(X509_getm_notAfter(changed.get()), input);
  add_names(X509_get_subject_name(changed.get()), input);
  add_names(X509_get_issuer_name(changed.get()), input);
  return changed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(data, size);
  const auto certificate = input.next() % 4 == 0 ? read(input) : change_sound(input);
  if (certificate != nullptr) check(certificate.get());
  return 0;
}
