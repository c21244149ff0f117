"""Pages rendered by the server: start page, public notices, demonstration site, the assistant without JavaScript."""
