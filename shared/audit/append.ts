import type { Transaction } from '#shared/postgres/pool.ts';

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

/** Who did it. `local`: whoever sits at this machine, or runs the operator's command. `system`: a service by itself. */
export interface AuditActor {
  kind: 'key' | 'person' | 'local' | 'system';
  id: string;
  name: string;
}

export interface AuditContext {
  /** Null: everybody may do it, and nobody knows who did. */
  actor: AuditActor | null;
  /** Id of the operation of the API, or the words of the operator's command. */
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
  { actor, operationId, requestId, ip, at }: AuditContext,
): Promise<void> {
  await tx.query(
    `INSERT INTO audit_entry
       (actor_kind, actor_id, actor_name, operation, request_id, ip, occurred_at, subject, subject_id, action, before, after)
     SELECT $1, $2, $3, $4, $5, $6, $7, subject, subject_id, action, before, after
       FROM ROWS FROM (jsonb_to_recordset($8::jsonb) AS
              (subject text, subject_id text, action text, before jsonb, after jsonb)) WITH ORDINALITY
      ORDER BY ordinality`,
    [
      actor?.kind ?? 'everybody',
      actor?.id ?? null,
      actor?.name ?? null,
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
