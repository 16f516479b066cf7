import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { instant } from '../http/time.ts';
import { type AuditEntry, readAudit } from './read.ts';

export const auditEntrySchema = z
  .object({
    id: z.string(),
    occurredAt: instant,
    actor: z.object({
      kind: z.enum(['key', 'person', 'local', 'everybody', 'system']).meta({
        description:
          "`local`: at the machine that it runs on, or by the operator's command. `system`: the system by itself",
      }),
      id: z.string().nullable(),
      name: z.string().nullable(),
    }),
    operation: z.string().meta({ description: 'Id of the operation', example: 'revokeApiKey' }),
    requestId: z.string(),
    ip: z.string(),
    subject: z.string().meta({ example: 'api-key' }),
    subjectId: z.string(),
    action: z.string().meta({ example: 'revoked' }),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'AuditEntry' });

const auditPage = pageOf(auditEntrySchema, 'AuditPage');
const position = z.object({ position: z.int().min(1) });
const wanted = storableText.min(1).max(200).optional();

const wireEntry = (entry: AuditEntry): z.input<typeof auditEntrySchema> => ({
  id: String(entry.position),
  occurredAt: entry.occurredAt.toISOString(),
  actor: { kind: entry.actorKind, id: entry.actorId, name: entry.actorName },
  operation: entry.operation,
  requestId: entry.requestId,
  ip: entry.ip,
  subject: entry.subject,
  subjectId: entry.subjectId,
  action: entry.action,
  before: entry.before,
  after: entry.after,
});

/** Who changed what. */
export const auditOperations: readonly Operation[] = [
  read({
    id: 'listAuditEntries',
    path: '/v1/audit',
    tag: 'Audit',
    summary: 'Lists what was changed and by whom, newest first',
    access: 'admin',
    query: z.strictObject({
      ...pageQuery,
      subject: wanted.meta({ description: 'Only of this kind of subject', example: 'api-key' }),
      subjectId: wanted.meta({ description: 'Only of this one' }),
      actorId: wanted.meta({ description: 'Only by this key or person' }),
      since: instant.optional().meta({ description: 'Only at this instant or later' }),
      until: instant.optional().meta({ description: 'Only before this instant' }),
    }),
    replies: { 200: { description: 'A page of entries', body: auditPage } },
    handle: async ({ query }, db) => {
      const { actorId, cursor, limit, since, subject, subjectId, until } = query;
      const entries = await readAudit(db, {
        subject: subject ?? null,
        subjectId: subjectId ?? null,
        actorId: actorId ?? null,
        since: since === undefined ? null : new Date(since),
        until: until === undefined ? null : new Date(until),
        after: decodeCursor(position, cursor)?.position ?? null,
        limit: limit + 1,
      });
      const body = page(entries, limit, {
        item: wireEntry,
        positionOf: ({ position }) => ({ position }),
      });
      return reply(200, body);
    },
  }),
];
