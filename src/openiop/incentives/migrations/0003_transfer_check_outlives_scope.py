"""The check of a transfer runs when the transaction ends, and by then the center's scope may have ended too.

So it looks at the ledger as the owner of the table, past the row-level security; it only reads one transfer.
"""

from __future__ import annotations

from django.db import migrations

OWNER = "ALTER FUNCTION incentives_transfer_is_even() SECURITY DEFINER SET search_path = public, pg_temp"
CALLER = "ALTER FUNCTION incentives_transfer_is_even() SECURITY INVOKER RESET search_path"


class Migration(migrations.Migration):
    dependencies = [("incentives", "0002_ledger")]
    operations = [migrations.RunSQL(OWNER, CALLER)]
