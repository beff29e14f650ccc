"""Who may read what in PostgreSQL: three roles, and rows by LEA.

`edfin_reader` reads the released tables, `edfin_analyst` all, `edfin_lea` the tables an LEA's own extract has, and of
them the rows of the LEAs that `edfin.lea_member` names for the role that asks. That table is kept from one
publication to the next; a reader sees of it only its own rows and can change none, so nobody chooses an LEA. A table
without lea_id, one that compares LEAs and the facts (they hold people) are not open to `edfin_lea`.

Belongs here: roles, grants, policies. Does not belong here: loading (`postgresql`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from ingest.refusals import Refusal
from publish.doors.tables import DoorTable

READER, ANALYST, LEA = "edfin_reader", "edfin_analyst", "edfin_lea"
OWN_ROWS = "lea_id in (select member.lea_id from edfin.lea_member as member where member.role_name = current_user)"
MEMBERS = (
    "create schema if not exists edfin",
    "create table edfin.lea_member (role_name name not null, lea_id text not null, primary key (role_name, lea_id))",
    "comment on table edfin.lea_member is "
    "'Which role reads which LEA: insert into edfin.lea_member values (''lea_0014'', ''0014''); grant edfin_lea to lea_0014'",
    "revoke all on schema edfin from public",
    "revoke all on edfin.lea_member from public",
    "alter table edfin.lea_member enable row level security",
    f"create policy own_rows on edfin.lea_member for select to {LEA} using (role_name = current_user)",
    f"grant usage on schema edfin to {LEA}",
    f"grant select on edfin.lea_member to {LEA}",
)


def prepare_roles(connection: psycopg.Connection, public: bool) -> None:
    """Make the roles that are not there, and the table of members.

    Raises:
        Refusal: a role is lacking, and the user may not make it; the table of members belongs to somebody else.
    """
    there = {name for (name,) in connection.execute("select rolname from pg_roles where rolname like 'edfin%'")}
    lacking = [role for role in (READER, ANALYST, LEA) if role not in there]
    try:
        for role in lacking:
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    except psycopg.errors.InsufficientPrivilege:
        wanted = "; ".join(f"create role {role} nologin" for role in lacking)
        raise Refusal(
            f"This user may not make roles: let an administrator of the database run once: {wanted}"
        ) from None
    if public:
        return
    _check_members_are_ours(connection)
    if not connection.execute("select to_regclass('edfin.lea_member')").fetchone()[0]:
        with connection.transaction():
            for statement in MEMBERS:
                connection.execute(statement)


def _check_members_are_ours(connection: psycopg.Connection) -> None:
    """Who owns the list of members chooses LEAs: a list that somebody else laid there before us is not believed."""
    owners = connection.execute(
        "select owner.rolname from pg_roles as owner join ("
        " select nspowner as role from pg_namespace where nspname = 'edfin'"
        " union select relowner from pg_class where oid = to_regclass('edfin.lea_member')) as found on found.role = owner.oid"
        " where not owner.rolsuper and owner.rolname <> current_user"
    ).fetchall()
    if owners:
        raise Refusal(
            f"Schema edfin of the database belongs to {owners[0][0]}, who could choose which LEA anybody reads: "
            "an administrator gives it to the user who publishes (alter schema edfin owner to …; alter table edfin.lea_member owner to …)."
        )


def table_rights(table: DoorTable, schema: str, public: bool) -> Iterator[sql.Composed]:
    """The statements that open one loaded table; its schema stays closed until it is shown."""
    relation = sql.Identifier(schema, table.name)
    yield sql.SQL("revoke all on {} from public").format(relation)
    readers = [READER, ANALYST] if public else [ANALYST, *([LEA] if table.is_of_lea else [])]
    yield sql.SQL("grant select on {} to {}").format(relation, _roles(readers))
    if public or not table.has_lea:
        return
    yield sql.SQL("alter table {} enable row level security").format(relation)
    yield sql.SQL("create policy all_rows on {} for select to {} using (true)").format(relation, _roles([ANALYST]))
    yield sql.SQL("create policy own_rows on {} for select to {} using ({})").format(
        relation, _roles([LEA]), sql.SQL(OWN_ROWS)
    )


def schema_rights(schema: str, public: bool) -> Iterator[sql.Composed]:
    """The statements that open a schema."""
    named = sql.Identifier(schema)
    yield sql.SQL("revoke all on schema {} from public").format(named)
    yield sql.SQL("grant usage on schema {} to {}").format(
        named, _roles([READER, ANALYST] if public else [ANALYST, LEA])
    )


def _roles(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
