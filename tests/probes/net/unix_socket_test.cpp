#include "probes/net/unix_socket.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include <doctest/doctest.h>

#include "tests/fakes/stream_recorder.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/uv_harness.h"

namespace gatewatch::tests {
namespace {

TEST_CASE("a path that is too long is no address") {
  CHECK(net::unix_address(std::string(107, 'x')).has_value());
  CHECK_FALSE(net::unix_address(std::string(108, 'x')).has_value());
}

TEST_CASE("a connection that nobody takes says why") {
  const TemporaryDirectory directory;
  const auto path = directory.path() + "/socket";
  CHECK(net::connect_unix(*net::unix_address(path)).error() == ENOENT);
  std::ofstream(path) << "no socket";
  CHECK(net::connect_unix(*net::unix_address(path)).error() == ECONNREFUSED);
}

TEST_CASE("a stream over a Unix socket stands at once, and carries bytes both ways") {
  UvHarness harness;
  const TemporaryDirectory directory;
  const auto path = directory.path() + "/socket";
  CHECK(harness.network().connect_unix(path).error() == ENOENT);
  CHECK(harness.network().connect_unix(std::string(200, 'x')).error() == ENAMETOOLONG);
  std::unique_ptr<StreamRecorder> server;
  const auto listener = harness.network()
                            .listen({.endpoint = {}, .unix_path = path},
                                    [&](auto stream) {
                                      server = std::make_unique<StreamRecorder>(std::move(stream));
                                      server->stream->read_start();
                                    })
                            .value();
  StreamRecorder client(harness.network().connect_unix(path).value());
  client.stream->write("hello");
  client.stream->read_start();
  REQUIRE(harness.run_until([&] { return server && server->text == "hello"; }));
  server->stream->write("bye");
  REQUIRE(harness.run_until([&] { return client.text == "bye"; }));
  CHECK(client.stream->peer().address.is_loopback());
}

}  // namespace
}  // namespace gatewatch::tests
