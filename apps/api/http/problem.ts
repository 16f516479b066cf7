import { z } from 'zod';

/**
 * Faults of requests, as problem documents (RFC 9457). `type` is stable and ends in the code; `detail` says what to do.
 * A request with several faults is told of all of them at once.
 */

/** Every code of this API, with its status and title. Codes are part of the contract: they are added, never changed. */
export const problemCodes = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  not_signed_in: { status: 401, title: 'Not signed in' },
  not_allowed: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'In conflict with what is there' },
  unreadable: { status: 409, title: 'Written by a newer version' },
  changed_meanwhile: { status: 412, title: 'Changed meanwhile' },
  too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'Media type not supported' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key used for another request' },
  precondition_required: { status: 428, title: 'If-Match is missing' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  unexpected: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'Not available at the moment' },
} as const;
export type ProblemCode = keyof typeof problemCodes;

export const faultSchema = z
  .object({
    in: z.enum(['body', 'query', 'path', 'header']).meta({ description: 'Where the fault is' }),
    pointer: z.string().meta({
      description: 'What it is about: a JSON pointer into the body, or the name of a parameter or header',
      example: '/to',
    }),
    detail: z.string().meta({ description: 'What is wrong and what would be right' }),
  })
  .meta({ id: 'Fault' });
export type Fault = z.infer<typeof faultSchema>;

export const problemSchema = z
  .object({
    type: z.string().meta({ example: '/v1/docs#problem-invalid_request' }),
    code: z.enum(Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    requestId: z.string().meta({ description: 'Names the request in our logs' }),
    faults: z.array(faultSchema).optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457)' });
export type ProblemDocument = z.infer<typeof problemSchema>;

/** Ends a request with a problem document. Thrown by handlers; whatever they did in their transaction is undone. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly faults: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: { faults?: readonly Fault[]; headers?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    super(detail, 'cause' in more ? { cause: more.cause } : {});
    this.name = 'Problem';
    this.code = code;
    this.faults = more.faults ?? [];
    this.headers = more.headers ?? {};
  }
}

export function documentOf({ code, message, faults }: Problem, requestId: string): ProblemDocument {
  const { status, title } = problemCodes[code];
  return {
    type: `/v1/docs#problem-${code}`,
    code,
    title,
    status,
    detail: message,
    requestId,
    ...(faults.length > 0 ? { faults: [...faults] } : {}),
  };
}

/** All faults of one part of a request. */
export const faultsOf = (where: Fault['in'], error: z.ZodError): Fault[] =>
  error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
    return keys.map((key) => ({
      in: where,
      pointer: where === 'body' ? key.map((part) => `/${escapePointer(part)}`).join('') : key.join('.'),
      detail: issue.code === 'unrecognized_keys' ? 'is not known: leave it out' : issue.message,
    }));
  });

/** RFC 6901, section 3. */
const escapePointer = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
