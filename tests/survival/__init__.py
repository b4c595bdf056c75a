"""What Rapport must survive: kills, failing messages, trouble with the machine, malformed input, several processes."""
