"""Where people meet the copilot in chat; each module translates and hands over."""
