import { z } from 'zod';
import { createDocument, type ZodOpenApiObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { Operation, ReplySpecs } from './operation.ts';
import { type ProblemCode, problemCodes, problemSchema } from './problem.ts';
import { IDEMPOTENCY_KEY } from './stored-reply.ts';

/** The API in words, per tag. */
export type Tags = Readonly<Record<string, string>>;

/** Problems that every operation of its kind can have. */
export function problemsOf(operation: Operation): ProblemCode[] {
  const codes = new Set<ProblemCode>(['invalid_request', 'too_many_requests', 'unexpected', 'unavailable']);
  if (operation.access !== 'everybody') codes.add('not_signed_in').add('not_allowed');
  if (operation.body) codes.add('too_large').add('unsupported_media_type');
  if (operation.kind === 'upload') codes.add('too_large').add('unsupported_media_type');
  if (operation.kind === 'change') codes.add('idempotency_key_reused');
  if (operation.kind === 'change' && operation.replyIsSecret) codes.add('conflict');
  if (operation.kind === 'change' && operation.requiresVersion)
    codes.add('changed_meanwhile').add('precondition_required');
  for (const code of operation.problems ?? []) codes.add(code);
  return [...codes];
}

const idempotencyKey = z.string().regex(IDEMPOTENCY_KEY).optional().meta({
  description:
    'A new value for each thing that is asked for. Sent again under the same key, a request is done once and gets the same reply, for 7 days.',
  example: '5f1c8a52-6f0e-4a7a-9b59-3f8d2f1f7c11',
});

/** The OpenAPI 3.1 document of operations. */
export function openApiDocument(
  operations: readonly Operation[],
  { version, tags }: { version: string; tags: Tags },
): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    path[operation.method] = operationObject(operation);
  }
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'Carillon',
      version,
      description:
        'Two-way SMS and voice outreach. Errors are problem documents (RFC 9457) with a stable `code` and all faults at once. Lists are read page by page with `cursor`.',
    },
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: paths as ZodOpenApiPathsObject,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: crl_...' },
      },
    },
  };
  return createDocument(document);
}

function operationObject(operation: Operation): Record<string, unknown> {
  const { access, body, description, id, params, query, summary, tag } = operation;
  const headers = operation.kind === 'change' ? { 'Idempotency-Key': idempotencyKey } : {};
  const ifMatch =
    operation.kind === 'change' && operation.requiresVersion
      ? { 'If-Match': z.string().meta({ description: 'ETag of the version that you have seen' }) }
      : {};
  const lastEventId =
    operation.kind === 'stream'
      ? {
          'Last-Event-ID': z
            .string()
            .optional()
            .meta({ description: 'Id of the last event that you have: browsers send it by themselves' }),
        }
      : {};
  const header = { ...headers, ...ifMatch, ...lastEventId };
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, access === 'everybody' ? '' : `Takes the role \`${access}\`.`]
      .filter((part) => part)
      .join('\n\n'),
    security: access === 'everybody' ? [] : [{ apiKey: [] }],
    requestParams: {
      ...(params ? { path: params } : {}),
      ...(query ? { query } : {}),
      ...(Object.keys(header).length > 0 ? { header: z.object(header) } : {}),
    },
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    ...(operation.kind === 'upload' ? { requestBody: fileBody(operation) } : {}),
    responses: { ...repliesOf(operation), ...notModified(operation), ...problemReplies(operation) },
  };
}

const fileBody = ({ example, maxBytes, mediaTypes }: Extract<Operation, { kind: 'upload' }>) => ({
  required: true,
  description: `The file itself, streamed: ${maxBytes} bytes at most.`,
  content: Object.fromEntries(
    mediaTypes.map((type) => [type, { schema: { type: 'string' as const, format: 'binary', example } }]),
  ),
});

const etagHeader = {
  description: 'The version that this is: for If-Match and If-None-Match',
  schema: { type: 'string' as const, example: '"3"' },
};

/** What a read answers to If-None-Match with the version that it has. */
function notModified({ kind, replies }: Operation): Record<string, unknown> {
  const specs: ReplySpecs = replies;
  if (kind !== 'read' || !Object.values(specs).some(({ versioned }) => versioned)) return {};
  return { 304: { description: 'It is still the version of If-None-Match', headers: { ETag: etagHeader } } };
}

function repliesOf(operation: Operation): Record<string, unknown> {
  const specs: ReplySpecs = operation.replies;
  return Object.fromEntries(
    Object.entries(specs).map(([status, { alsoAs = [], body, description, mediaType, versioned }]) => [
      status,
      {
        description,
        ...(versioned ? { headers: { ETag: etagHeader } } : {}),
        ...(body === null
          ? {}
          : {
              content: {
                [mediaType ?? 'application/json']: { schema: body },
                ...Object.fromEntries(alsoAs.map((type) => [type, { schema: z.string() }])),
              },
            }),
      },
    ]),
  );
}

/** One reply per status: several codes may share it. */
function problemReplies(operation: Operation): Record<string, unknown> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(operation)) {
    const { status } = problemCodes[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `${problemCodes[code].title} (\`${code}\`)`).join('; '),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}
