import type { Transaction } from '#shared/postgres/pool.ts';
import type { Identity } from '../identity/identity.ts';

/** What one operation changed, for whoever asks later who did it. */
export interface AuditChange {
  /** What it is about: `api-key`, `suppression`, ... */
  subject: string;
  /** Which one: an id or, of a person, their number. */
  subjectId: string;
  /** Past tense: `created`, `revoked`. */
  action: string;
  /** As it was and as it is; null: it was or is not there. Without secrets. */
  before: Readonly<Record<string, unknown>> | null;
  after: Readonly<Record<string, unknown>> | null;
}

export interface AuditContext {
  identity: Identity | null;
  operationId: string;
  requestId: string;
  ip: string;
  /** Business time. */
  at: Date;
}

/** Appends to the audit log, which nothing changes or deletes, in the transaction of the change itself. */
export async function appendAudit(
  tx: Transaction,
  changes: readonly AuditChange[],
  { identity, operationId, requestId, ip, at }: AuditContext,
): Promise<void> {
  await tx.query(
    `INSERT INTO audit_entry
       (actor_kind, actor_id, actor_name, operation, request_id, ip, occurred_at, subject, subject_id, action, before, after)
     SELECT $1, $2, $3, $4, $5, $6, $7, subject, subject_id, action, before, after
       FROM ROWS FROM (jsonb_to_recordset($8::jsonb) AS
              (subject text, subject_id text, action text, before jsonb, after jsonb)) WITH ORDINALITY
      ORDER BY ordinality`,
    [
      identity?.kind ?? 'everybody',
      identity?.id ?? null,
      identity?.name ?? null,
      operationId,
      requestId,
      ip,
      at,
      JSON.stringify(
        changes.map(({ subject, subjectId, action, before, after }) => ({
          subject,
          subject_id: subjectId,
          action,
          before,
          after,
        })),
      ),
    ],
  );
}
