// Arguments to command.

#include <csignal>
#include <exception>

#include <CLI/CLI.hpp>

#include "daemon/commands/command.h"
#include "daemon/version.h"

namespace gatewatch::daemon {
namespace {

// Which command was named, and its options, filled by the parser.
struct Arguments {
  RunOptions run;
  CheckOptions check;
  ProbeOptions probe;
  TestAlertOptions test_alert;
  BackupOptions backup;
  DemoOptions demo;
  DaemonOptions status;
  IncidentsOptions incidents;
  AckOptions ack;
  ChangeOptions change;
  SilenceAddOptions silence_add;
  SilenceListOptions silence_list;
  SilenceEndOptions silence_end;
};

void add_run(CLI::App& app, RunOptions& options) {
  auto* const command = app.add_subcommand("run", "Run the daemon in the foreground");
  command->add_option("-c,--config", options.config_file, "Configuration file")
      ->capture_default_str();
  command->add_flag("-v,--verbose", options.verbose, "Log more");
}

void add_check(CLI::App& app, CheckOptions& options) {
  auto* const command = app.add_subcommand("check", "List every mistake of a configuration");
  command->add_option("-c,--config", options.config_file, "Configuration file")
      ->capture_default_str();
  command->add_flag("--print", options.print, "Print what it comes to, without secrets");
}

// What a request is made of: each option is a key of a route.
void add_request(CLI::App& command, ProbeOptions& options) {
  auto& texts = options.texts;
  command.add_option("-X,--method", texts["method"], "Method; GET where it is not given");
  command.add_option("-H,--header", options.headers, "Header field, \"Name: value\"")
      ->allow_extra_args(false);
  command.add_option("-d,--body", texts["body"], "Body of the request");
  command.add_option("-t,--timeout", texts["timeout"],
                     "Deadline over everything; 10s where it is not given");
  command.add_option("--redirects", options.redirects,
                     "How many redirects to follow; 10 where it is not given");
  command.add_option("--max-body", texts["max_body"], "How much of a body to read, like 64KiB");
  command.add_option("--ip", texts["ip"], "Addresses to use: any, v4 or v6");
  command.add_option("--resolver", texts["resolver"], "DNS server, ADDRESS:PORT");
  command.add_option("-x,--proxy", texts["proxy"], "http://HOST:PORT or socks5://HOST:PORT");
  command.add_flag("-k,--insecure", options.insecure, "Do not verify the certificate");
  command.add_option("--ca", texts["tls.ca"], "Authorities to trust, a PEM file");
  command.add_option("--crl", texts["tls.crl"], "Revocation lists, a PEM file");
  command.add_option("--cert", texts["tls.certificate"], "Client certificate, a PEM file");
  command.add_option("--key", options.key_file, "Its key, a PEM file");
  command.add_option("--server-name", texts["tls.server_name"],
                     "Name to ask for and to verify in TLS instead of the URL's");
  command.add_option("--tls-min", texts["tls.min_version"], "Least version of TLS, like 1.3");
}

void add_expectations(CLI::App& command, ProbeOptions& options) {
  auto& texts = options.texts;
  auto& lists = options.lists;
  command
      .add_option("--expect-status", lists["expect.status"], "Statuses that are right, like 2xx")
      ->allow_extra_args(false);
  command
      .add_option("--expect-contains", lists["expect.body.contains"], "Text that the body contains")
      ->allow_extra_args(false);
  command.add_option("--expect-matches", texts["expect.body.matches"],
                     "RE2 pattern that the body matches");
  command.add_option("--expect-latency", texts["expect.latency"],
                     "Duration beyond which the answer is slow, a warning");
  command.add_option("--expect-certificate", texts["expect.certificate"],
                     "Warn when the certificate expires sooner; 14d where it is not given");
}

void add_probe(CLI::App& app, ProbeOptions& options) {
  auto* const command =
      app.add_subcommand("probe", "Probe once; exits 0 ok, 1 warning, 2 critical, 3 unknown");
  auto* const request = command->add_option_group("Request");
  request->add_option("URL", options.urls, "What to probe");
  add_request(*request, options);
  add_expectations(*request, options);
  auto* const route = command->add_option("--route", options.routes,
                                          "Probe this route of the configuration, GROUP/NAME");
  route->allow_extra_args(false);
  for (auto* const option : request->get_options()) route->excludes(option);
  command->add_option("-c,--config", options.config_file, "Configuration file")
      ->capture_default_str()
      ->needs(route);
  command->add_flag("--json", options.json, "Print each result as a line of JSON");
}

void add_test_alert(CLI::App& app, TestAlertOptions& options) {
  auto* const command =
      app.add_subcommand("test-alert", "Send a sample through a channel and say what became of it");
  command->add_option("CHANNEL", options.channel, "Name of a configured channel")->required();
  command->add_option("-c,--config", options.config_file, "Configuration file")
      ->capture_default_str();
}

void add_backup(CLI::App& app, BackupOptions& options) {
  auto* const command =
      app.add_subcommand("backup", "Copy the database, also while the daemon runs, and check it");
  command->add_option("FILE", options.to, "Where the copy is to be")->required();
  auto* const config = command->add_option("-c,--config", options.config_file, "Configuration file")
                           ->capture_default_str();
  command->add_option("--database", options.database, "The database, instead of the configured one")
      ->excludes(config);
  command->add_flag("-f,--force", options.force, "Replace a FILE that is there");
}

void add_demo(CLI::App& app, DemoOptions& options) {
  auto* const command = app.add_subcommand(
      "demo", "Watch a built-in site with an outage every two minutes, or the URLs given");
  command->add_option("URL", options.urls, "What to watch instead of the built-in site");
}

void add_daemon(CLI::App& command, DaemonOptions& options) {
  command
      .add_option("-c,--config", options.config_file,
                  "Configuration file of the daemon: where it listens, and its token")
      ->capture_default_str();
  command.add_flag("--json", options.json, "Print what the daemon answers, as JSON");
}

void add_status(CLI::App& app, DaemonOptions& options) {
  auto* const command = app.add_subcommand(
      "status", "How everything is; exits 0 ok, 1 warning, 2 critical, 3 unknown");
  add_daemon(*command, options);
}

void add_incidents(CLI::App& app, IncidentsOptions& options) {
  auto* const command = app.add_subcommand("incidents", "List incidents, the newest first");
  command->add_flag("--open", options.open_only, "Those that are open alone");
  command->add_option("--limit", options.limit, "How many at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  add_daemon(*command, options.daemon);
}

void add_ack(CLI::App& app, AckOptions& options) {
  auto* const command =
      app.add_subcommand("ack", "Take care of an incident: it reminds and escalates no more");
  command->add_option("ID", options.incident, "Number of the incident")
      ->required()
      ->check(CLI::PositiveNumber);
  command->add_option("--by", options.by, "Who does; your login name where it is not given");
  command->add_option("--comment", options.comment, "What is said besides");
  add_daemon(*command, options.daemon);
}

void add_change(CLI::App& app, ChangeOptions& options) {
  auto* const command = app.add_subcommand("change", "Note that something changed, like a deploy");
  command->add_option("TEXT", options.text, "What changed")->required();
  command->add_option("--routes", options.routes, "Globs of the routes that it concerns")
      ->allow_extra_args(false);
  command->add_option("--link", options.link, "Page that tells more");
  command->add_option("--author", options.author, "Who did; your login name where it is not given");
  add_daemon(*command, options.daemon);
}

void add_silence(CLI::App& app, Arguments& arguments) {
  auto* const command = app.add_subcommand(
      "silence", "Tell nobody for a while: what happens is recorded all the same");
  command->require_subcommand(1);
  auto* const add = command->add_subcommand("add", "Make a silence; it must say of what");
  auto& wanted = arguments.silence_add;
  add->add_option("--routes", wanted.routes, "Glob of routes")->allow_extra_args(false);
  add->add_option("--rule", wanted.rules, "Glob of rules")->allow_extra_args(false);
  add->add_option("--tag", wanted.tags, "Tag that the route has, KEY=VALUE")
      ->allow_extra_args(false);
  add->add_option("--region", wanted.regions, "Glob of the regions that see the failure")
      ->allow_extra_args(false);
  add->add_option("--for", wanted.duration, "How long, like 2h")->required();
  add->add_option("--starts", wanted.starts, "From when on, like 2026-11-20T22:30:00Z");
  add->add_option("--comment", wanted.comment, "Why");
  add->add_option("--author", wanted.author, "Who does; your login name where it is not given");
  add_daemon(*add, wanted.daemon);
  auto* const list = command->add_subcommand("list", "What is silenced, and the next windows");
  list->add_flag("--all", arguments.silence_list.all, "Those that are over too");
  add_daemon(*list, arguments.silence_list.daemon);
  auto* const end = command->add_subcommand("end", "End a silence: what still fails is told");
  end->add_option("ID", arguments.silence_end.silence, "Number of the silence")
      ->required()
      ->check(CLI::PositiveNumber);
  add_daemon(*end, arguments.silence_end.daemon);
}

int dispatch_silence(const CLI::App& command, const Arguments& arguments) {
  if (command.got_subcommand("add")) return silence_add_command(arguments.silence_add);
  if (command.got_subcommand("end")) return silence_end_command(arguments.silence_end);
  return silence_list_command(arguments.silence_list);
}

int dispatch(const CLI::App& app, const Arguments& arguments) {
  if (app.got_subcommand("run")) return run_command(arguments.run);
  if (app.got_subcommand("check")) return check_command(arguments.check);
  if (app.got_subcommand("probe")) return probe_command(arguments.probe);
  if (app.got_subcommand("test-alert")) return test_alert_command(arguments.test_alert);
  if (app.got_subcommand("backup")) return backup_command(arguments.backup);
  if (app.got_subcommand("demo")) return demo_command(arguments.demo);
  if (app.got_subcommand("status")) return status_command(arguments.status);
  if (app.got_subcommand("incidents")) return incidents_command(arguments.incidents);
  if (app.got_subcommand("ack")) return ack_command(arguments.ack);
  if (app.got_subcommand("change")) return change_command(arguments.change);
  if (app.got_subcommand("silence")) {
    return dispatch_silence(*app.get_subcommand("silence"), arguments);
  }
  return version_command();
}

int run(int argument_count, char** argument_values) {
  CLI::App app(
      "gatewatch watches web routes and tells people, within seconds, when a gateway answers 502.",
      "gatewatch");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(version()));
  Arguments arguments;
  add_run(app, arguments.run);
  add_check(app, arguments.check);
  add_probe(app, arguments.probe);
  add_test_alert(app, arguments.test_alert);
  add_backup(app, arguments.backup);
  add_demo(app, arguments.demo);
  add_status(app, arguments.status);
  add_incidents(app, arguments.incidents);
  add_ack(app, arguments.ack);
  add_change(app, arguments.change);
  add_silence(app, arguments);
  app.add_subcommand("version", "Print the version");
  try {
    app.parse(argument_count, argument_values);
  } catch (const CLI::ParseError& error) {
    // A monitoring plugin's "unknown" is 3; everywhere else a usage error is 2.
    const int printed = app.exit(error);
    if (printed == 0) return exit_fine;
    const bool is_plugin = app.got_subcommand("probe") || app.got_subcommand("status");
    return is_plugin ? exit_unknown : exit_usage;
  }
  return dispatch(app, arguments);
}

}  // namespace
}  // namespace gatewatch::daemon

int main(int argument_count, char** argument_values) {
  // A peer that went away, or a file that may not grow, is an error of that write, not the end of
  // the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return gatewatch::daemon::run(argument_count, argument_values);
  } catch (const std::exception& error) {  // memory or a library's bug: nothing sane is left to do
    std::fprintf(stderr, "gatewatch: %s\n", error.what());
    return gatewatch::daemon::exit_failed;
  }
}
