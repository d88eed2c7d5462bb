"""Refuse to serve where row policies would be silent (design §4).

Policies say nothing to a superuser, nothing to a role that bypasses them, and an owner may take them away. On Citus a
scope that is not propagated reaches no shard. All of that is one query at start-up, before the first request.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from xiangtong.settings import SettingsError
from xiangtong.tenancy.scope import Database

_ASK = text("""
    select current_user as role, r.rolsuper as superuser, r.rolbypassrls as bypasses,
        (select coalesce(array_agg(c.relname::text order by c.relname), '{}') from pg_class c
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
            and pg_has_role(current_user, c.relowner, 'USAGE')) as owned,
        (select coalesce(array_agg(c.relname::text order by c.relname), '{}') from pg_class c
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
              and a.attname = any(:walled))
            and not c.relname = any(:open)
            and not (c.relrowsecurity and c.relforcerowsecurity
              and exists (select from pg_policy p where p.polrelid = c.oid))) as bare,
        exists (select from pg_extension where extname = 'citus') as citus,
        coalesce(current_setting('citus.propagate_set_commands', true), '') as propagated
    from pg_roles r where r.rolname = current_user
""")
# A column of one of these names says that a row belongs to somebody.
_WALLED = ["tenant_id", "citizen_id"]
# The city's own books that name a tenant without belonging to it: sign-in names are keyed digests, and published text
# is everybody's to read (the catalogue test lists them with their reasons).
_OPEN = ["staff_login", "search_entry"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one role stands to the policies: as PostgreSQL's catalogue and settings tell it."""

    role: str
    superuser: bool
    bypasses: bool
    owned: tuple[str, ...]
    bare: tuple[str, ...]
    citus: bool
    propagated: str


def look(connection: Connection) -> Standing:
    """Ask the catalogue how the role of this connection stands; one query."""
    row = connection.execute(_ASK, {"walled": _WALLED, "open": _OPEN}).one()
    return Standing(row.role, row.superuser, row.bypasses, tuple(row.owned), tuple(row.bare), row.citus, row.propagated)


def objections(standing: Standing) -> list[str]:
    """Why nobody may be served in this standing, a sentence each; empty where the policies hold."""
    role, found = standing.role, []
    if standing.superuser:
        found.append(f"数据库账号 {role} 是超级用户，行级策略对它不起作用；请换成 xiangtong_app")
    if standing.bypasses:
        found.append(f"数据库账号 {role} 可以绕过行级策略（BYPASSRLS）；请去掉这个权限")
    if standing.owned and not standing.superuser:
        found.append(f"数据表 {_some(standing.owned)} 属于数据库账号 {role}；表要属于 xiangtong_owner")
    if standing.bare:
        found.append(f"数据表 {_some(standing.bare)} 没有行级策略；请先运行 xiangtong release")
    if standing.citus and standing.propagated != "local":
        found.append("Citus 没有把 SET LOCAL 传到分片；请设置 citus.propagate_set_commands = 'local'")
    return found


def refuse_silent_policies(db: Database) -> None:
    """Raise SettingsError with every reason not to serve from this database."""
    found = [sentence for engine in db.engines for sentence in _objections(engine)]
    if found:
        raise SettingsError("\n".join(dict.fromkeys(found)))


def _objections(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return objections(look(connection))


def _some(tables: tuple[str, ...]) -> str:
    more = f" 等 {len(tables)} 张" if len(tables) > 3 else ""
    return "、".join(tables[:3]) + more
