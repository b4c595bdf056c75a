"""The running program: command line, wiring, settings, the loops; the faces of Telegram and the console."""
