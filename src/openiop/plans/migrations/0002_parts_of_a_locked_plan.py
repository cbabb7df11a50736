"""Lines carry a version, and the database refuses a new line under one that is locked.

The seal locks the rows that exist; without this a signed plan could still grow.
"""

from django.db import migrations, models

FUNCTION = """
CREATE OR REPLACE FUNCTION openiop_plan_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_locked boolean;
BEGIN
    EXECUTE format('SELECT %I IS NOT NULL FROM %I WHERE id = ($1).%I', TG_ARGV[0], TG_ARGV[1], TG_ARGV[2])
        INTO is_locked USING NEW;
    IF is_locked AND NEW.locked_at IS NULL THEN
        RAISE EXCEPTION 'This plan is signed and locked. Start a revision instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

PARENTS = (
    ("plans_problem", "active_at", "plans_plan", "plan_id"),
    ("plans_goal", "locked_at", "plans_problem", "problem_id"),
    ("plans_objective", "locked_at", "plans_goal", "goal_id"),
    ("plans_intervention", "locked_at", "plans_objective", "objective_id"),
)


def trigger(table: str, *arguments: str) -> str:
    given = ", ".join(f"'{argument}'" for argument in arguments)
    return (
        f"CREATE TRIGGER stays_closed BEFORE INSERT ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION openiop_plan_stays_closed({given})"
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]

    operations = [
        *(
            migrations.AddField(name, "version", models.PositiveIntegerField(default=0))
            for name in ("problem", "goal", "objective", "intervention")
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION openiop_plan_stays_closed"),
        *(migrations.RunSQL(trigger(*row), f"DROP TRIGGER stays_closed ON {row[0]}") for row in PARENTS),
    ]
