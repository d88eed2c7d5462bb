-- The roles of Xiangtong. Run once per cluster by someone who may create roles; running it again changes nothing.
-- owner      migrates and owns; nobody serves requests as it
-- app        serves requests and works jobs, under the row policies
-- oversight  reads for the city's screens, by division
-- relay      sees which ledger rows are due, never a body
-- city       writes the reference tables; the app takes it on explicitly (SET LOCAL ROLE), it never inherits it
do $$
declare name text;
begin
  foreach name in array array['xiangtong_owner', 'xiangtong_app', 'xiangtong_oversight', 'xiangtong_relay'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I login noinherit nosuperuser nobypassrls', name);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'xiangtong_city') then
    create role xiangtong_city nologin;
  end if;
end $$;
-- Before PostgreSQL 16 the right to make tables in `public` reaches a database's owner by inheritance alone.
alter role xiangtong_owner inherit;
grant xiangtong_city to xiangtong_app;
