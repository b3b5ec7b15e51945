"""The command line: options, lazy command groups, the composition root, exit codes."""
