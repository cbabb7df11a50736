"""The demo center: how it is started, and what it is filled with."""
