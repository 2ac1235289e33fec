"""Configurations that several tests begin with."""

# One route, and a rule that tells and resolves within seconds.
ONE_ROUTE = """
[[route]]
name = "shop"
url = "{url}"
interval = "1s"
timeout = "1s"

[[rule]]
name = "bad-gateway"
match = ["bad_gateway"]
window = "10s"
resolve_after = 2
"""
