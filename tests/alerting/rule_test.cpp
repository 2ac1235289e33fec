#include "alerting/rule.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

const Timestamp start{std::chrono::seconds{1'700'000'000}};

// A window of five minutes with one result a second: 'F' matches, '.' does not.
Window window_of(const std::string& results) {
  Window window(5min);
  auto now = start;
  for (const char result : results) {
    window.add(now, result == 'F', now);
    now += 1s;
  }
  return window;
}

Window scattered(int matches, int samples) {
  std::string results(static_cast<std::size_t>(samples), '.');
  for (int index = 0; index < matches; ++index) results[static_cast<std::size_t>(2 * index)] = 'F';
  return window_of(results);
}

}  // namespace

TEST_CASE("three of twenty are over five percent, one of twenty is not") {
  const config::Rule rule;
  const Threshold threshold(rule);
  const auto three = threshold.judge(scattered(3, 20));
  CHECK(three.reason == Reason::WindowBreaches);
  CHECK(three.counts == Counts{20, 3});
  CHECK(three.lower_bound == doctest::Approx(0.0614).epsilon(0.01));
  CHECK(threshold.judge(scattered(1, 20)).reason == Reason::TooFewMatches);
  CHECK(threshold.judge(scattered(2, 20)).reason == Reason::TooFewMatches);
  CHECK(threshold.judge(scattered(3, 30)).reason == Reason::UnderRate);
}

TEST_CASE("too few samples and too few matches never breach") {
  config::Rule rule;
  rule.min_samples = 4;
  rule.min_matches = 3;
  const Threshold threshold(rule);
  CHECK(threshold.judge(window_of("")).reason == Reason::TooFewSamples);
  CHECK(threshold.judge(window_of("FFF")).reason == Reason::TooFewSamples);
  CHECK(threshold.judge(window_of("FF..")).reason == Reason::TooFewMatches);
  CHECK(threshold.judge(window_of("F.FF")).reason == Reason::WindowBreaches);
}

TEST_CASE("an outage breaches by its run, however many successes went before") {
  const config::Rule rule;
  const Threshold threshold(rule);
  const std::string successes(280, '.');
  CHECK(threshold.judge(window_of(successes + "FF")).reason == Reason::TooFewMatches);
  const auto third = threshold.judge(window_of(successes + "FFF"));
  CHECK(third.reason == Reason::RunBreaches);
  CHECK(third.counts == Counts{3, 3});
  CHECK(third.lower_bound == doctest::Approx(0.5258).epsilon(0.001));
  // One success ends the run: what is left is a share of three in 284.
  CHECK(threshold.judge(window_of(successes + "FFF.")).reason == Reason::UnderRate);
}

TEST_CASE("lone failures do not breach") {
  const config::Rule rule;
  const Threshold threshold(rule);
  std::string results;
  for (int index = 0; index < 3; ++index) results += "F" + std::string(90, '.');
  CHECK_FALSE(threshold.judge(window_of(results + "F")).breaches());
}

TEST_CASE("a high rate asks more of a run") {
  config::Rule rule;
  rule.rate = 0.8;
  const Threshold threshold(rule);
  // All of n gives a bound of n / (n + 2.706): 0.8 is reached with the eleventh.
  CHECK_FALSE(threshold.judge(window_of("....." + std::string(10, 'F'))).breaches());
  CHECK(threshold.judge(window_of("....." + std::string(11, 'F'))).reason == Reason::RunBreaches);
}

TEST_CASE("without confidence, or with half of it, the plain share counts") {
  for (const double confidence : {0.0, 0.3, 0.5}) {
    CAPTURE(confidence);
    config::Rule rule;
    rule.confidence = confidence;
    const Threshold threshold(rule);
    CHECK(threshold.judge(scattered(5, 100)).reason == Reason::WindowBreaches);
    CHECK(threshold.judge(scattered(4, 100)).reason == Reason::UnderRate);
  }
}

TEST_CASE("calm is under half of the rate") {
  const config::Rule rule;
  const Threshold threshold(rule);
  CHECK(threshold.is_calm(scattered(2, 100)));
  CHECK_FALSE(threshold.is_calm(scattered(3, 100)));
  CHECK_FALSE(threshold.is_calm(scattered(1, 40)));
}

TEST_CASE("the more of the stretch failed, the fewer clean results end it") {
  const config::Rule rule;
  const Threshold threshold(rule);
  const auto length = [&](const std::string& results) {
    return threshold.recovery_length(window_of(results));
  };
  CHECK(length("FFF") == 7);
  CHECK(length("FFFF") == 6);
  CHECK(length("FFFFF") == 6);
  CHECK(length("FFFFFF") == 5);
  CHECK(length(std::string(200, 'F')) == 5);               // resolve_after, never less
  CHECK(length(std::string(50, '.') + "FFFFFF...") == 5);  // from the first to the newest one
  CHECK(length("F.F.F.F.F.F") == 16);
  CHECK(length("F.........F.........F") > 80);
}

TEST_CASE("the plain share of a total outage leaves no doubt") {
  config::Rule rule;
  rule.confidence = 0;
  rule.resolve_after = 2;
  const Threshold threshold(rule);
  CHECK(threshold.recovery_length(window_of("F")) == 2);
}
