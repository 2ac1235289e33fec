"""The real parts among which the daemon is tested, each started on a free port in a directory of
its own, and ended by its process id."""
