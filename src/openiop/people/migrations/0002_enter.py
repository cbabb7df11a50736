"""The one way into a center: finds center, person and roles, and tells PostgreSQL, in one round trip."""

from __future__ import annotations

from django.db import migrations

ENTER = """
CREATE FUNCTION openiop_enter(p_user uuid, p_host text)
RETURNS TABLE (
    center_id uuid, center_name varchar, phone varchar, time_zone varchar, jurisdiction varchar,
    roles text[], staff_id uuid, client_id uuid, family_id uuid, person_name text, emergencies uuid[], has_factor boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_center uuid;
BEGIN
    SELECT m.center_id INTO found_center FROM accounts_membership m
        WHERE m.user_id = p_user AND m.ended_at IS NULL ORDER BY m.created_at, m.id LIMIT 1;
    IF found_center IS NULL THEN
        SELECT c.id INTO found_center FROM people_center c WHERE p_host = ANY (c.hosts) LIMIT 1;
    END IF;
    IF found_center IS NULL AND (SELECT count(*) FROM people_center) = 1 THEN
        SELECT c.id INTO found_center FROM people_center c;
    END IF;
    IF found_center IS NULL THEN RETURN; END IF;
    PERFORM set_config('app.center_id', found_center::text, true), set_config('app.user_id', coalesce(p_user::text, ''), true);
    RETURN QUERY
        SELECT c.id, c.name, c.phone, c.time_zone, c.jurisdiction,
            ARRAY(SELECT m.role::text FROM accounts_membership m
                  WHERE m.user_id = p_user AND m.center_id = c.id AND m.ended_at IS NULL),
            s.id, k.id, f.id,
            coalesce(s.first_name || ' ' || s.last_name, coalesce(nullif(k.preferred_name, ''), k.first_name) || ' ' || k.last_name,
                     f.first_name || ' ' || f.last_name),
            ARRAY(SELECT e.client_id FROM people_emergencyaccess e WHERE e.staff_id = s.id AND e.until > now()),
            EXISTS (SELECT FROM mfa_authenticator a WHERE a.user_id = p_user)
        FROM people_center c
        LEFT JOIN people_staff s ON s.user_id = p_user AND s.center_id = c.id AND s.left_at IS NULL
        LEFT JOIN people_client k ON k.user_id = p_user AND k.center_id = c.id AND k.removed_at IS NULL AND s.id IS NULL
        LEFT JOIN people_familymember f ON f.user_id = p_user AND f.center_id = c.id AND s.id IS NULL AND k.id IS NULL
        WHERE c.id = found_center;
END $$;
"""

CENTERS = """
CREATE FUNCTION openiop_center_ids() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ SELECT id FROM people_center ORDER BY created_at $$;
"""

FENCE = """
ALTER TABLE people_center ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_center ON people_center USING (id = current_setting('app.center_id')::uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("accounts", "0002_initial"), ("mfa", "0001_initial")]
    operations = [
        migrations.RunSQL(ENTER, "DROP FUNCTION openiop_enter(uuid, text)"),
        migrations.RunSQL(CENTERS, "DROP FUNCTION openiop_center_ids()"),
        migrations.RunSQL(FENCE, "ALTER TABLE people_center DISABLE ROW LEVEL SECURITY; DROP POLICY own_center ON people_center"),
    ]
