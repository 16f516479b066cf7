import pg from 'pg';
import { type Privilege, type ServiceRow, services } from '#shared/topology.ts';

/** The database role of a service. */
export const roleOf = (service: string): string => `carillon_${service}`;

type TableGrants = Readonly<Record<string, Pick<ServiceRow, 'tables'>>>;

/**
 * The SQL that gives every service's role (`carillon_...`, a prefix that no other role may have) exactly what its row of the topology says, and takes away everything else
 * from them, from roles of services that are no more, and from PUBLIC. Idempotent; to be run in one transaction by
 * the owner of the tables, so that no session sees it half done.
 *
 * Identity columns need no right of their own: PostgreSQL checks the one on the table.
 */
export function grantStatements(rows: TableGrants): string[] {
  const names = Object.keys(rows);
  return [
    ...names.map((service) => createRole(roleOf(service))),
    ...names.map((service) => allowIamTokens(roleOf(service))),
    'REVOKE ALL ON SCHEMA public FROM PUBLIC',
    'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC',
    'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC',
    'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC',
    takeFromEveryServiceRole,
    ...Object.entries(rows).flatMap(([service, row]) => grantsOf(service, row)),
  ];
}

function grantsOf(service: string, row: Pick<ServiceRow, 'tables'>): string[] {
  const role = pg.escapeIdentifier(roleOf(service));
  const tables = Object.entries<readonly Privilege[]>(row.tables).map(
    ([table, privileges]) =>
      `GRANT ${privileges.map((privilege) => privilege.toUpperCase()).join(', ')} ON TABLE public.${pg.escapeIdentifier(table)} TO ${role}`,
  );
  return [`GRANT USAGE ON SCHEMA public TO ${role}`, ...tables];
}

/** There is no CREATE ROLE IF NOT EXISTS, and roles belong to the whole server: somebody else may be making it. */
const createRole = (role: string): string => `
DO $$ BEGIN
  CREATE ROLE ${pg.escapeIdentifier(role)} LOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$`;

/** On RDS, members of `rds_iam` log in with IAM tokens, and with nothing else. Elsewhere there is no such role. */
const allowIamTokens = (role: string): string => `
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
    GRANT rds_iam TO ${pg.escapeIdentifier(role)};
  END IF;
END $$`;

const takeFromEveryServiceRole = `
DO $$ DECLARE role name; BEGIN
  FOR role IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'carillon\\_%' LOOP
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', role);
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %I', role);
    EXECUTE format('REVOKE ALL ON SCHEMA public FROM %I', role);
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), role);
  END LOOP;
END $$`;

/** Serialises those who apply grants to the same database. */
const GRANTS_LOCK = 7_311_401;

/**
 * Applies the grants of the topology to this database. Passwords are for local use only: on AWS the roles log in
 * with IAM tokens. Idempotent.
 */
export async function applyGrants(
  database: string | pg.ClientConfig,
  passwords: ReadonlyMap<string, string> = new Map(),
  rows: TableGrants = services,
): Promise<void> {
  const client = new pg.Client(database);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [GRANTS_LOCK]);
    for (const statement of grantStatements(rows)) await client.query(statement);
    for (const [service, password] of passwords) {
      await client.query(
        `ALTER ROLE ${pg.escapeIdentifier(roleOf(service))} PASSWORD ${pg.escapeLiteral(password)}`,
      );
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
