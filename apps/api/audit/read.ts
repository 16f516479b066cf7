import type { Queryable } from '#shared/postgres/pool.ts';

/** One entry of the audit log. */
export interface AuditEntry {
  position: number;
  occurredAt: Date;
  actorKind: 'key' | 'person' | 'local' | 'everybody' | 'system';
  actorId: string | null;
  actorName: string | null;
  operation: string;
  requestId: string;
  ip: string;
  subject: string;
  subjectId: string;
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** What is asked of the audit log; null: of any. `after` is a position: the page is what was noted before it. */
export interface AuditQuery {
  subject: string | null;
  subjectId: string | null;
  actorId: string | null;
  since: Date | null;
  until: Date | null;
  after: number | null;
  limit: number;
}

/** Entries, newest first. */
export async function readAudit(db: Queryable, query: AuditQuery): Promise<AuditEntry[]> {
  const { rows } = await db.query<AuditEntry>(
    `SELECT position, occurred_at AS "occurredAt", actor_kind AS "actorKind", actor_id AS "actorId",
            actor_name AS "actorName", operation, request_id AS "requestId", ip, subject,
            subject_id AS "subjectId", action, before, after
       FROM audit_entry
      WHERE ($1::text IS NULL OR subject = $1) AND ($2::text IS NULL OR subject_id = $2)
        AND ($3::text IS NULL OR actor_id = $3)
        AND ($4::timestamptz IS NULL OR occurred_at >= $4) AND ($5::timestamptz IS NULL OR occurred_at < $5)
        AND ($6::bigint IS NULL OR position < $6)
      ORDER BY position DESC LIMIT $7`,
    [query.subject, query.subjectId, query.actorId, query.since, query.until, query.after, query.limit],
  );
  return rows;
}
