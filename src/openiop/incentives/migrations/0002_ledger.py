"""The two sides of a transfer sum to zero, and no client's balance goes below it."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION incentives_balance_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two redemptions at the same moment: the second sees what the first left.
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.client_id::text, 2));
    IF (SELECT coalesce(sum(amount), 0) FROM incentives_ledgerline
        WHERE client_id = NEW.client_id AND account = 'client') + NEW.amount < 0 THEN
        RAISE EXCEPTION 'The balance is smaller than that.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'incentives_balance_holds';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER balance_holds BEFORE INSERT ON incentives_ledgerline
    FOR EACH ROW WHEN (NEW.account = 'client' AND NEW.amount < 0) EXECUTE FUNCTION incentives_balance_holds();

CREATE FUNCTION incentives_transfer_is_even() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM incentives_ledgerline WHERE transfer = NEW.transfer) <> 0 THEN
        RAISE EXCEPTION 'The two sides of a transfer must sum to zero.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'incentives_transfer_is_even';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transfer_is_even AFTER INSERT ON incentives_ledgerline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION incentives_transfer_is_even();
CREATE INDEX incentives_ledger_transfer ON incentives_ledgerline (transfer);
"""
DROP = """
DROP TRIGGER transfer_is_even ON incentives_ledgerline; DROP FUNCTION incentives_transfer_is_even();
DROP TRIGGER balance_holds ON incentives_ledgerline; DROP FUNCTION incentives_balance_holds();
DROP INDEX incentives_ledger_transfer;
"""


class Migration(migrations.Migration):
    dependencies = [("incentives", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
