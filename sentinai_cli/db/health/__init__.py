"""What health checks ask of a server and a database: each a few catalogue questions, and none that waits for long."""
