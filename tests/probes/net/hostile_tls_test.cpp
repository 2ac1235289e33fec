// Servers whose certificates, handshakes or records are wrong, each in its own way, and some that
// only look so.

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "tests/probes/net/tampered_stream.h"
#include "tests/probes/net/tls_world.h"

namespace gatewatch::tests {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using net::TlsContext;

Timestamp year(int number) {
  return std::chrono::sys_days(std::chrono::year(number) / 1 / 1);
}

bool is_rsa(const MadeCertificate& certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(certificate.key.data(), static_cast<int>(certificate.key.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  return EVP_PKEY_is_a(key.get(), "RSA") == 1;
}

// A server that lets everything pass that ours would refuse to begin with: made with a sound
// certificate, in whose place the other comes, so both have keys of one kind.
std::shared_ptr<const TlsContext> careless_server(TlsWorld& world,
                                                  const MadeCertificate& certificate) {
  const auto sound = world.leaf({.key = is_rsa(certificate) ? KeyKind::Rsa2048 : KeyKind::Ec});
  auto context = TlsContext::server(sound.write(world.directory.path(), "sound")).value();
  SSL_CTX* const made = context->get();
  SSL_CTX_set_security_level(made, 0);
  SSL_CTX_set_min_proto_version(made, TLS1_VERSION);
  const auto chain = write_file(world.directory.path(), "chain.pem", certificate.chain);
  const auto key = write_file(world.directory.path(), "key.pem", certificate.key);
  REQUIRE(SSL_CTX_use_certificate_chain_file(made, chain.c_str()) == 1);
  REQUIRE(SSL_CTX_use_PrivateKey_file(made, key.c_str(), SSL_FILETYPE_PEM) == 1);
  return context;
}

// What the client says of a server by whose handshake or first bytes it fails; "" where it does
// not.
std::string reason_of(TlsWorld& world, const std::string& name = "shop.test") {
  const auto client = world.connect(name);
  if (client->events.connected->ok()) {
    client->events.stream->read_start();
    world.servers.back()->stream->read_start();
    if (world.servers.back()->connected == net::IoResult{})
      world.servers.back()->stream->write("x");
    world.network.run_for(1s);
  }
  return client->tls->failure() ? client->tls->failure()->reason : "";
}

// A leaf below an authority that the root has made as `wish` says.
MadeCertificate below(TlsWorld& world, CertificateWish wish, CertificateWish leaf = {}) {
  wish.common_name = "Middle";
  if (leaf.names.empty()) leaf.names = {"shop.test"};
  return issue(world.leaf(std::move(wish)), leaf);
}

struct CertificateCase {
  std::string name;
  std::function<MadeCertificate(TlsWorld&)> make;
  std::string reason;  // "" where the certificate is right
  std::string host = "shop.test";
};

CertificateCase leaf_case(std::string name, CertificateWish wish, std::string reason,
                          std::string host = "shop.test") {
  return {std::move(name), [wish](TlsWorld& world) { return world.leaf(wish); }, std::move(reason),
          std::move(host)};
}

CertificateCase chain_case(std::string name, CertificateWish middle, std::string reason) {
  middle.is_authority = true;
  return {std::move(name), [middle](TlsWorld& world) { return below(world, middle); },
          std::move(reason)};
}

void check_all(const std::vector<CertificateCase>& cases) {
  for (const auto& [name, make, reason, host] : cases) {
    CAPTURE(name);
    TlsWorld world;
    world.serve(careless_server(world, make(world)));
    const auto client = world.connect(host);
    CHECK((client->tls->failure() ? client->tls->failure()->reason : "") == reason);
    CHECK(client->tls->certificate().has_value());
  }
}

TEST_CASE("names that only look like the wanted one are another's") {
  check_all({
      leaf_case("the common name alone", {.common_name = "shop.test"}, "wrong_host"),
      leaf_case("a common name cut by NUL", {.common_name = "shop.test\0.evil.test"s},
                "wrong_host"),
      leaf_case("a name cut by NUL", {.names = {"shop.test\0.evil.test"s}}, "wrong_host"),
      leaf_case("NUL at the end", {.names = {"shop.test\0"s}}, "wrong_host"),
      leaf_case("everything", {.names = {"*"}}, "wrong_host"),
      leaf_case("a whole top-level domain", {.names = {"*.test"}}, "wrong_host"),
      leaf_case("two stars", {.names = {"*.*.test"}}, "wrong_host", "a.shop.test"),
      leaf_case("a star at the end", {.names = {"shop.*"}}, "wrong_host"),
      leaf_case("a part of a label", {.names = {"sh*.shop.test"}}, "wrong_host", "sho.shop.test"),
      leaf_case("a star within punycode", {.names = {"xn--*.shop.test"}}, "wrong_host",
                "xn--bcher-kva.shop.test"),
      leaf_case("an address as a name", {.names = {"DNS:192.0.2.1"}}, "wrong_host", "192.0.2.1"),
      leaf_case("a pattern for an address", {.names = {"*.0.2.1"}}, "wrong_host", "192.0.2.1"),
      leaf_case("a leading dot", {.names = {".shop.test"}}, "wrong_host", "a.shop.test"),
      leaf_case("version 1, without names", {.common_name = "shop.test", .is_version_1 = true},
                "wrong_host"),
      leaf_case("the address", {.names = {"192.0.2.1"}}, "", "192.0.2.1"),
      leaf_case("the address of IPv6", {.names = {"2001:db8::1"}}, "", "2001:db8::1"),
      leaf_case("a label of many", {.names = {"*.shop.test"}}, "", "a.shop.test"),
  });
}

TEST_CASE("weak keys and digests are named as such") {
  check_all({
      leaf_case("a key of 1024 bits", {.names = {"shop.test"}, .key = KeyKind::Rsa1024}, "weak"),
      {"MD5",
       [](TlsWorld& world) {
         world.root = make_self_signed({.key = KeyKind::Rsa2048, .is_authority = true});
         world.root_path = write_file(world.directory.path(), "root.pem", world.root.certificate);
         return world.leaf({.names = {"shop.test"}, .digest = "MD5"});
       },
       "weak"},
      leaf_case("SHA-1", {.names = {"shop.test"}, .digest = "SHA1"}, "weak"),
      chain_case("an authority of 1024 bits", {.key = KeyKind::Rsa1024}, "weak"),
      chain_case("an authority by SHA-1", {.digest = "SHA1"}, "weak"),
  });
}

TEST_CASE("what an authority may not sign is refused") {
  check_all({
      chain_case("an authority over names", {}, ""),
      {"no authority at all", [](TlsWorld& world) { return below(world, {}); }, "certificate"},
      {"one link too many",
       [](TlsWorld& world) {
         const auto first =
             world.leaf({.common_name = "First",
                         .is_authority = true,
                         .extensions = {{"basicConstraints", "critical,CA:TRUE,pathlen:0"}}});
         const auto second = issue(first, {.common_name = "Second", .is_authority = true});
         return issue(second, {.names = {"shop.test"}});
       },
       "certificate"},
      chain_case("names that it was not given",
                 {.extensions = {{"nameConstraints", "critical,permitted;DNS:other.test"}}},
                 "certificate"),
      chain_case("names that were taken from it",
                 {.extensions = {{"nameConstraints", "critical,excluded;DNS:test"}}},
                 "certificate"),
      chain_case("names that it was given",
                 {.extensions = {{"nameConstraints", "critical,permitted;DNS:test"}}}, ""),
      chain_case("certificates for clients", {.extensions = {{"extendedKeyUsage", "clientAuth"}}},
                 "certificate"),
      leaf_case("a leaf for clients", {.names = {"shop.test"}, .extended_key_usage = "clientAuth"},
                "certificate"),
      leaf_case("a leaf for anything", {.names = {"shop.test"}, .extended_key_usage = ""}, ""),
      leaf_case("an extension that nobody knows, and that must be known",
                {.names = {"shop.test"}, .extensions = {{"1.2.3.4", "critical,DER:0500"}}},
                "certificate"),
      leaf_case("an extension that nobody knows",
                {.names = {"shop.test"}, .extensions = {{"1.2.3.4", "DER:0500"}}}, ""),
      {"another key under the name of the root",
       [](TlsWorld&) { return issue(make_authority(), {.names = {"shop.test"}}); }, "certificate"},
  });
}

TEST_CASE("each link of a chain has its time") {
  check_all({
      chain_case("an authority that expired", {.not_after = year(2021)}, "expired"),
      chain_case("an authority of the future", {.not_before = year(2085)}, "not_yet_valid"),
      leaf_case("to the end of times", {.names = {"shop.test"}, .not_after = year(10000) - 1s}, ""),
      leaf_case("since before Unix", {.names = {"shop.test"}, .not_before = year(1950)}, ""),
      leaf_case("over before it began",
                {.names = {"shop.test"}, .not_before = year(2030), .not_after = year(2021)},
                "not_yet_valid"),
  });
}

TEST_CASE("an odd chain that leads to the root is right") {
  check_all({
      {"strangers in between",
       [](TlsWorld& world) {
         const auto middle = world.leaf({.common_name = "Middle", .is_authority = true});
         auto leaf = issue(middle, {.names = {"shop.test"}});
         leaf.chain = leaf.certificate + make_authority("Stranger").certificate +
                      world.root.certificate + middle.certificate;
         return leaf;
       },
       ""},
      {"a thousand names",
       [](TlsWorld& world) {
         CertificateWish wish{.names = {"shop.test"}};
         for (int i = 0; i < 1000; ++i) wish.names.push_back("n" + std::to_string(i) + ".test");
         return world.leaf(wish);
       },
       ""},
  });
}

TEST_CASE("a cross-signature that expired harms nobody who trusts the new root") {
  TlsWorld world;
  const auto old_root = make_authority("Old Root");
  const auto cross = issue(old_root, {.common_name = "Test Root",
                                      .not_after = year(2021),
                                      .is_authority = true,
                                      .key_text = world.root.key});
  auto leaf = world.leaf({.names = {"shop.test"}, .not_after = year(2080)});
  leaf.chain = leaf.certificate + cross.certificate;
  world.serve(careless_server(world, leaf));
  const auto client = world.connect();
  REQUIRE(client->events.connected->ok());
  CHECK(client->tls->certificate()->not_after == year(2080));
}

TEST_CASE("a certificate of more than 100 KB is no handshake") {
  TlsWorld world;
  CertificateWish wish{.names = {"shop.test"}};
  for (int i = 0; i < 8000; ++i) wish.names.push_back("n" + std::to_string(i) + ".shop.test");
  world.serve(careless_server(world, world.leaf(wish)));
  CHECK(world.reason() == "handshake");
}

TEST_CASE("what the lists name is revoked") {
  TlsWorld world;
  const auto middle = world.leaf({.common_name = "Middle", .is_authority = true});
  const auto leaf = issue(middle, {.names = {"shop.test"}});
  const auto other = issue(middle, {.names = {"shop.test"}});
  world.serve(leaf);
  config::Tls tls;
  tls.ca = world.root_path;
  const auto reason_with = [&](const std::string& lists) {
    tls.crl = write_file(world.directory.path(), "lists.pem", lists);
    const auto client = world.connect("shop.test", TlsContext::client(tls).value());
    return client->tls->failure() ? client->tls->failure()->reason : "";
  };
  CHECK(reason_with(make_revocation_list(middle, {leaf})) == "revoked");
  CHECK(reason_with(make_revocation_list(middle, {other, leaf}, year(2021))) == "revoked");
  CHECK(reason_with(make_revocation_list(world.root, {middle})) == "revoked");
  CHECK(reason_with(make_revocation_list(world.root, {}) + make_revocation_list(middle, {leaf})) ==
        "revoked");
  CHECK(reason_with(make_revocation_list(middle, {other})) == "");
  CHECK(reason_with(make_revocation_list(middle, {other}, year(2021))) == "");
  CHECK(reason_with(make_revocation_list(world.root, {})) == "");
  CHECK(reason_with(make_revocation_list(make_authority("Stranger"), {leaf})) == "");
}

TEST_CASE("revocation lists that cannot be read are an error that names the file") {
  TlsWorld world;
  config::Tls tls;
  tls.ca = world.root_path;
  for (const auto& path : {"/nonexistent/lists.pem"s, world.root_path}) {
    tls.crl = path;
    const auto context = TlsContext::client(tls);
    REQUIRE_FALSE(context.has_value());
    CHECK(context.error().message.find("revocation lists from " + path) != std::string::npos);
  }
}

struct HandshakeCase {
  std::string name;
  std::function<void(SSL_CTX*)> tune;
  std::string reason;
};

int refuse_protocols(SSL*, const unsigned char**, unsigned char*, const unsigned char*, unsigned,
                     void*) noexcept {
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Of a named group, owned by the caller.
EVP_PKEY* dh_parameters(const char* group) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, std::string(group).starts_with("dh_") ? "DHX" : "DH",
                                 nullptr),
      EVP_PKEY_CTX_free);
  REQUIRE(EVP_PKEY_keygen_init(context.get()) == 1);
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string("group", const_cast<char*>(group), 0),
      OSSL_PARAM_construct_end()};
  REQUIRE(EVP_PKEY_CTX_set_params(context.get(), parameters.data()) == 1);
  EVP_PKEY* key = nullptr;
  REQUIRE(EVP_PKEY_keygen(context.get(), &key) == 1);
  return key;
}

int refuse_name(SSL*, int* alert, void*) noexcept {
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

TEST_CASE("a handshake that fails says by what") {
  const auto only_12 = [](SSL_CTX* server, const char* ciphers) {
    SSL_CTX_set_max_proto_version(server, TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(server, ciphers) == 1);
  };
  const std::vector<HandshakeCase> cases = {
      {"TLS 1.2 alone", [&](SSL_CTX* server) { only_12(server, "DEFAULT"); }, ""},
      {"TLS 1.1 alone",
       [](SSL_CTX* server) { SSL_CTX_set_max_proto_version(server, TLS1_1_VERSION); }, "protocol"},
      {"no encryption", [&](SSL_CTX* server) { only_12(server, "eNULL"); }, "handshake"},
      {"no certificate", [&](SSL_CTX* server) { only_12(server, "aNULL"); }, "handshake"},
      {"a certificate wanted of us",
       [](SSL_CTX* server) {
         SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
       },
       "client_certificate"},
      {"a certificate wanted of us by TLS 1.2, which has no alert for it",
       [&](SSL_CTX* server) {
         only_12(server, "DEFAULT");
         SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
       },
       "client_certificate"},
      {"a certificate wished of us",
       [](SSL_CTX* server) { SSL_CTX_set_verify(server, SSL_VERIFY_PEER, nullptr); }, ""},
      {"our protocol refused",
       [](SSL_CTX* server) { SSL_CTX_set_alpn_select_cb(server, refuse_protocols, nullptr); },
       "handshake"},
      {"the name unknown",
       [](SSL_CTX* server) { SSL_CTX_set_tlsext_servername_callback(server, refuse_name); },
       "handshake"},
  };
  for (const auto& [name, tune, reason] : cases) {
    CAPTURE(name);
    TlsWorld world;
    const auto context = careless_server(world, world.leaf({.names = {"shop.test"}}));
    tune(context->get());
    world.serve(context);
    CHECK(reason_of(world) == reason);
  }
}

TEST_CASE("a Diffie-Hellman group that is too small is weak") {
  for (const auto& [group, reason] : {std::pair("dh_1024_160", "weak"), {"ffdhe2048", ""}}) {
    CAPTURE(group);
    TlsWorld world;
    const auto context =
        careless_server(world, world.leaf({.names = {"shop.test"}, .key = KeyKind::Rsa2048}));
    SSL_CTX_set_max_proto_version(context->get(), TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(context->get(), "DHE-RSA-AES128-GCM-SHA256") == 1);
    SSL_CTX_set_dh_auto(context->get(), 0);
    REQUIRE(SSL_CTX_set0_tmp_dh_pkey(context->get(), dh_parameters(group)) == 1);
    world.serve(context);
    CHECK(reason_of(world) == reason);
  }
}

// Serves over TLS 1.2, whose handshake is in the clear, and changes every write.
std::string reason_of_tampered(TlsWorld& world, const TamperedStream::Change& change) {
  const auto context = careless_server(world, world.leaf({.names = {"shop.test"}}));
  SSL_CTX_set_max_proto_version(context->get(), TLS1_2_VERSION);
  world.serve(context, [change](std::unique_ptr<net::Stream> below) {
    return std::make_unique<TamperedStream>(std::move(below), change);
  });
  return reason_of(world);
}

TEST_CASE("bytes that are broken on their way are told apart") {
  constexpr char application_data = 23;
  const std::vector<std::pair<std::string, TamperedStream::Change>> cases = {
      {"", [](std::string&) {}},
      {"certificate",
       [](std::string& bytes) {  // the common name's tag, and with it the ASN.1
         const auto at = bytes.find("gatewatch test");
         if (at != std::string::npos) bytes[at - 1] = '\x7f';
       }},
      {"record",
       [](std::string& bytes) {
         if (bytes.starts_with(application_data)) bytes.back() ^= 1;
       }},
      {"record",
       [](std::string& bytes) {
         if (bytes.starts_with(application_data)) bytes = "HTTP/1.1 500 Oops\r\n\r\n";
       }},
      {"protocol",
       [](std::string& bytes) {
         if (bytes.starts_with('\x16')) bytes[1] = 9;
       }},
  };
  for (const auto& [reason, change] : cases) {
    CAPTURE(reason);
    TlsWorld world;
    CHECK(reason_of_tampered(world, change) == reason);
  }
}

}  // namespace
}  // namespace gatewatch::tests
