"""PostgreSQL that OpenIOP starts, guards, saves and restores by itself, or finds through `DATABASE_URL`.

Nothing here imports Django: the command line must be able to start a database before settings are read.
"""
