"""A track never holds more running episodes than it has seats."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION admissions_track_has_seat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total integer; taken integer;
BEGIN
    -- Two admissions at the same moment: the second waits for the first.
    SELECT seats INTO total FROM programs_track WHERE id = NEW.track_id FOR UPDATE;
    SELECT count(*) INTO taken FROM admissions_episode
        WHERE track_id = NEW.track_id AND ended_on IS NULL AND id <> NEW.id;
    IF taken >= total THEN
        RAISE EXCEPTION 'This track is full.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'admissions_track_has_seat';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER has_seat BEFORE INSERT OR UPDATE OF track_id, ended_on ON admissions_episode
    FOR EACH ROW WHEN (NEW.track_id IS NOT NULL AND NEW.ended_on IS NULL)
    EXECUTE FUNCTION admissions_track_has_seat();
"""
DROP = "DROP TRIGGER has_seat ON admissions_episode; DROP FUNCTION admissions_track_has_seat()"


class Migration(migrations.Migration):
    dependencies = [("admissions", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
