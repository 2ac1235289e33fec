#include "alerting/wilson.h"

#include <initializer_list>

#include <doctest/doctest.h>

using namespace gatewatch::alerting;

TEST_CASE("quantiles of the normal distribution are those of the tables") {
  struct Row {
    double probability;
    double z;
  };
  for (const auto& [probability, z] :
       {Row{0.5, 0.0}, Row{0.6, 0.253347103135800}, Row{0.9, 1.281551565544600},
        Row{0.95, 1.644853626951473}, Row{0.975, 1.959963984540054}, Row{0.99, 2.326347874040841},
        Row{0.999, 3.090232306167813}, Row{0.999999, 4.753424308822899}}) {
    CAPTURE(probability);
    CHECK(normal_quantile(probability) == doctest::Approx(z).epsilon(1e-9));
  }
}

// Expected values: Newcombe 1998 (two-sided 95 %: 81 of 263, 15 of 148, 0 of 20, 1 of 29), and
// n / (n + z²) where all match.
TEST_CASE("the lower bound is that of the literature") {
  struct Row {
    std::uint64_t matches;
    std::uint64_t samples;
    double z;
    double bound;
  };
  for (const auto& [matches, samples, z, bound] :
       {Row{81, 263, 1.959964, 0.2553}, Row{15, 148, 1.959964, 0.0624}, Row{0, 20, 1.959964, 0.0},
        Row{1, 29, 1.959964, 0.0061}, Row{3, 3, 1.644854, 0.5258}, Row{2, 2, 1.644854, 0.4250}}) {
    CAPTURE(matches);
    CAPTURE(samples);
    CHECK(wilson_lower_bound(matches, samples, z) == doctest::Approx(bound).epsilon(0.001));
  }
}

TEST_CASE("without a quantile the bound is the share, without samples nothing") {
  CHECK(wilson_lower_bound(5, 100, 0) == 0.05);
  CHECK(wilson_lower_bound(0, 0, 1.6) == 0.0);
}

TEST_CASE("more samples of one share raise the bound, and never beyond the share") {
  double last = 0;
  for (std::uint64_t scale = 1; scale <= 1024; scale *= 2) {
    const auto bound = wilson_lower_bound(scale, 10 * scale, 1.644854);
    CHECK(bound > last);
    CHECK(bound < 0.1);
    last = bound;
  }
}
