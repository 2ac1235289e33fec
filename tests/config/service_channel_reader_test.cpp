#include "config/service_channel_reader.h"

#include <variant>

#include "tests/config/good_files.h"

using namespace gatewatch::config;

namespace {

template <typename Kind>
Kind only_channel(const std::string& keys) {
  const auto config = loaded("[[channel]]\nname = \"c\"\n" + keys);
  return std::get<Kind>(config.channels.at(0).type);
}

}  // namespace

TEST_CASE("a service's URL is its own where none is given") {
  CHECK(
      only_channel<PagerDutyChannel>("type = \"pagerduty\"\nrouting_key = \"k\"\n").url.reveal() ==
      "https://events.pagerduty.com");
  CHECK(only_channel<OpsgenieChannel>("type = \"opsgenie\"\napi_key = \"k\"\n").url.reveal() ==
        "https://api.opsgenie.com");
  const auto ntfy = only_channel<NtfyChannel>("type = \"ntfy\"\ntopic = \"t\"\n");
  CHECK(ntfy.url.reveal() == "https://ntfy.sh");
  CHECK(ntfy.token.empty());
  CHECK(only_channel<AlertmanagerChannel>("type = \"alertmanager\"\n").url.reveal() ==
        "http://127.0.0.1:9093");
}

TEST_CASE("a chat is a number, in quotes or not, or a name") {
  const auto chat = [](const std::string& written) {
    return only_channel<TelegramChannel>(
               "type = \"telegram\"\nbot_token = \"1:a-B_c\"\nchat_id = " + written + "\n")
        .chat_id;
  };
  CHECK(chat("-1001234567890") == "-1001234567890");
  CHECK(chat("\"-1001234567890\"") == "-1001234567890");
  CHECK(chat("\"@ops_alerts\"") == "@ops_alerts");
}
