#include <cstdio>

#include "daemon/version.h"

int main() {
  std::printf("gatewatch %s\n", gatewatch::daemon::version().data());
}
