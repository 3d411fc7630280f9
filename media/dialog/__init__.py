"""One call's conversation: transport, voice activity, turns, recogniser and player held together."""
