import { z } from 'zod';
import { consentChange } from '#shared/consent/change.ts';
import { exportConsents } from '#shared/consent/export.ts';
import { recordConsents } from '#shared/consent/record.ts';
import { ownId, scopeSchema, words } from '../consents/schemas.ts';
import { type ConsentParts, tellingOf } from '../consents/standings.ts';
import { decodeCursor, numberInCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { phoneParams, shownPhone, toldPhone } from '../http/phone.ts';
import type { PhoneReferences } from '../http/phone-reference.ts';
import { textStream } from '../http/text-stream.ts';
import { instant } from '../http/time.ts';
import { nameOf } from '../identity/identity.ts';
import { listSuppressions, type Suppressed, sources, suppressionsOf } from './store.ts';

/** Most numbers of one request; longer lists are imported as files. */
const MOST_NUMBERS = 1_000;

const sourceSchema = z.enum(sources).meta({ id: 'SuppressionSource' });

const suppressionSchema = z
  .object({
    phoneNumber: shownPhone,
    scope: z.string().meta({ description: '`sender`: everything; else a topic' }),
    source: sourceSchema,
    reason: z.string(),
    addedAt: instant,
    changeId: z.string().meta({ description: 'The change of consent behind it' }),
  })
  .meta({ id: 'Suppression' });

const wireSuppression = ({
  addedAt,
  position: _,
  ...suppressed
}: Suppressed): z.input<typeof suppressionSchema> => ({ ...suppressed, addedAt: addedAt.toISOString() });

const suppressedSchema = z
  .object({
    phoneNumber: shownPhone,
    suppressed: z.boolean(),
    suppressions: z.array(suppressionSchema),
  })
  .meta({ id: 'SuppressionsOfNumber' });

const newSuppressionsSchema = z
  .strictObject({
    phoneNumbers: z.array(toldPhone).min(1).max(MOST_NUMBERS),
    reason: words(500).meta({ description: 'Where the numbers come from' }),
    scope: scopeSchema.default('sender'),
    trackingId: ownId,
  })
  .meta({ id: 'NewSuppressions' });

const addedSchema = z
  .object({
    added: z.array(z.object({ phoneNumber: shownPhone, changeId: z.string() })),
    messagesBlocked: z.int().meta({ description: 'Messages that waited and will not go' }),
  })
  .meta({ id: 'AddedSuppressions' });

const position = z.object({
  at: z.iso.datetime({ precision: 6 }),
  phoneNumber: z.string().max(100),
  scope: z.string().max(80),
});

/** Numbers that nothing is sent to. */
export const suppressionOperations = (
  parts: ConsentParts & { references: PhoneReferences },
): readonly Operation[] => [
  read({
    id: 'listSuppressions',
    path: '/v1/suppressions',
    tag: 'Suppressions',
    summary: 'Lists numbers that nothing is sent to, newest first',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      source: sourceSchema.optional(),
      scope: scopeSchema.optional(),
      since: instant.optional().meta({ description: 'Added at this instant or later' }),
    }),
    replies: { 200: { description: 'A page of them', body: pageOf(suppressionSchema, 'SuppressionPage') } },
    handle: async ({ query: { cursor, limit, scope, since, source } }, db) => {
      const after = decodeCursor(position, cursor);
      const rows = await listSuppressions(db, {
        source: source ?? null,
        scope: scope ?? null,
        since: since === undefined ? null : new Date(since),
        after: after && { ...after, phoneNumber: numberInCursor(after.phoneNumber, parts.references) },
        limit: limit + 1,
      });
      const body = page(rows, limit, {
        item: wireSuppression,
        positionOf: (row) => ({
          at: row.position,
          phoneNumber: parts.references.sealed(row.phoneNumber),
          scope: row.scope,
        }),
      });
      return reply(200, body);
    },
  }),
  change({
    id: 'addSuppressions',
    method: 'post',
    path: '/v1/suppressions',
    tag: 'Suppressions',
    summary: 'Adds numbers that nothing is to be sent to, as a list does',
    description:
      'With the source `admin_import`. What waits for them is blocked for good. What a person asked for themselves goes to `/v1/consents/{phone}/opt-out`.\n\nNothing deletes a suppression: it never ends by itself and belongs to the number. What was added by mistake is taken back by `/v1/consents/{phone}/restore` with `import_fault`, which keeps both in the history; a person who did ask comes back by START or new consent alone.',
    access: 'operator',
    body: newSuppressionsSchema,
    replies: { 201: { description: 'They are suppressed', body: addedSchema } },
    handle: async ({ body, identity }, { tx, audit }) => {
      const now = parts.clock.now();
      const changes = [...new Set(body.phoneNumbers)].map((phoneNumber) =>
        consentChange({
          changeId: parts.clock.newId(),
          phoneNumber,
          status: 'opted_out',
          method: 'import',
          scope: body.scope,
          requestedAt: now,
          cause: body.reason,
          actor: nameOf(identity),
          trackingId: body.trackingId,
        }),
      );
      const { blocked } = await recordConsents(tx, changes, { ...tellingOf(parts), onlyDialogs: true });
      for (const { changeId, phoneNumber } of changes) {
        audit({
          subject: 'suppression',
          subjectId: phoneNumber,
          action: 'added',
          before: null,
          after: { scope: body.scope, source: 'admin_import', changeId },
        });
      }
      const added = changes.map(({ changeId, phoneNumber }) => ({ phoneNumber, changeId }));
      return reply(201, { added, messagesBlocked: blocked });
    },
  }),
  read({
    id: 'exportSuppressions',
    path: '/v1/suppressions/export',
    tag: 'Suppressions',
    summary: 'The whole list as CSV',
    description:
      'In the order of numbers. The file can be imported elsewhere. Texts that a spreadsheet would compute begin with an apostrophe.',
    access: 'viewer',
    replies: { 200: { description: 'CSV, of any length', body: textStream, mediaType: 'text/csv' } },
    handle: async (_request, db) =>
      reply(200, exportConsents(db, 'suppressions'), {
        headers: { 'content-disposition': 'attachment; filename="suppressions.csv"' },
      }),
  }),
  read({
    id: 'getSuppressions',
    path: '/v1/suppressions/{phone}',
    tag: 'Suppressions',
    summary: 'Whether a number is suppressed, and in which scopes',
    access: 'viewer',
    params: phoneParams,
    replies: { 200: { description: 'Its suppressions; none: it is not', body: suppressedSchema } },
    handle: async ({ params: { phone } }, db) => {
      const found = await suppressionsOf(db, [phone, ...parts.pseudonyms.allOf(phone)]);
      return reply(200, {
        phoneNumber: phone,
        suppressed: found.length > 0,
        suppressions: found.map((each) => ({ ...wireSuppression(each), phoneNumber: phone })),
      });
    },
  }),
];
