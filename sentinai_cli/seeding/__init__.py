"""Scenario and seed number in, records out. Pure: knows no database, no clock, no global randomness."""
