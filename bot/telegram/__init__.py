"""The Telegram face: updates in, answers and reminders out, over the Bot API."""
