-- Functions that the seal's triggers call. Run as the owner after every migrate; safe to run again.

CREATE OR REPLACE FUNCTION openiop_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

-- Keeps what a row held before a change. Runs with the rights of the table's owner, so that nobody who may change
-- a row can skip it.
CREATE OR REPLACE FUNCTION openiop_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD IS DISTINCT FROM NEW THEN
        INSERT INTO shared_historyentry (id, center_id, table_name, row_id, user_id, before)
        VALUES (gen_random_uuid(), OLD.center_id, TG_TABLE_NAME, OLD.id,
                nullif(current_setting('app.user_id', true), '')::uuid, to_jsonb(OLD));
    END IF;
    RETURN NULL;
END $$;
