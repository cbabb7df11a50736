"""A group never holds more members on any day than it has places."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION schedule_group_has_room() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE places integer; fullest integer;
BEGIN
    -- Two enrollments at the same moment: the second waits for the first.
    SELECT capacity INTO places FROM schedule_group WHERE id = NEW.group_id FOR UPDATE;
    SELECT coalesce(max(n), 0) INTO fullest FROM (
        SELECT count(*) AS n
        FROM (SELECT DISTINCT greatest(lower(e.during), lower(NEW.during)) AS day FROM schedule_enrollment e
              WHERE e.group_id = NEW.group_id AND e.during && NEW.during AND e.id <> NEW.id) days
        JOIN schedule_enrollment o ON o.group_id = NEW.group_id AND o.id <> NEW.id AND o.during @> days.day
        GROUP BY days.day) counted;
    IF fullest >= places THEN
        RAISE EXCEPTION 'This group is full.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'schedule_group_has_room';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER has_room BEFORE INSERT OR UPDATE OF group_id, during ON schedule_enrollment
    FOR EACH ROW EXECUTE FUNCTION schedule_group_has_room();
"""
DROP = "DROP TRIGGER has_room ON schedule_enrollment; DROP FUNCTION schedule_group_has_room()"


class Migration(migrations.Migration):
    dependencies = [("schedule", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
