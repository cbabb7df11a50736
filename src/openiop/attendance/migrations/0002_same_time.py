"""A roster line is at the time of its session, so that the database can refuse a client in two places."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION attendance_take_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.during INTO NEW.during FROM attendance_session s WHERE s.id = NEW.session_id;
    RETURN NEW;
END $$;
CREATE TRIGGER take_time BEFORE INSERT OR UPDATE OF session_id, during ON attendance_attendance
    FOR EACH ROW EXECUTE FUNCTION attendance_take_time();

CREATE FUNCTION attendance_move_roster() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE attendance_attendance SET during = NEW.during WHERE session_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER move_roster AFTER UPDATE OF during ON attendance_session
    FOR EACH ROW WHEN (OLD.during IS DISTINCT FROM NEW.during) EXECUTE FUNCTION attendance_move_roster();
"""
DROP = """
DROP TRIGGER move_roster ON attendance_session; DROP FUNCTION attendance_move_roster();
DROP TRIGGER take_time ON attendance_attendance; DROP FUNCTION attendance_take_time();
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
