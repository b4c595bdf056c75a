"""What a message asks for: text, moment, language and look-ups in; typed intents out. Pure."""
