"""Case numbers are made where they are counted, in the statement that writes the case."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the function: township, day and serial, then the check digit of ISO 7064 MOD 11,10 (contract §1)."""
    op.get_bind().exec_driver_sql(
        """
        create function case_number(township text, day date, serial int) returns text
        language plpgsql stable strict as $$
        declare
          counted text := lpad(serial::text, greatest(6, length(serial::text)), '0');
          digits text := township || to_char(day, 'YYMMDD') || counted;
          product int := 10;
        begin
          foreach counted in array string_to_array(digits, null) loop
            product := (counted::int + product) %% 10;
            product := (case product when 0 then 10 else product end * 2) %% 11;
          end loop;
          return digits || ((11 - product) %% 10);
        end $$
        """
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("drop function case_number(text, date, int)")
