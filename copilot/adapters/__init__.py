"""Everything that knows a vendor; only `bootstrap` imports it."""
