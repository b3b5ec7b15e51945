"""sentinai: the admin and operations command line of the SentinAI exception platform."""

__version__ = "0.1.0"
