"""The table of Django's database cache, which sign-in uses to count failed attempts across processes."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE TABLE shared_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL
);
CREATE INDEX shared_cache_expires ON shared_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("shared", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE shared_cache")]
