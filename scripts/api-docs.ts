import { describedOperations } from '../apps/api/describe.ts';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../apps/api/http/cursor.ts';
import type { Operation } from '../apps/api/http/operation.ts';
import { MAX_BODY_BYTES } from '../apps/api/http/parse.ts';
import { type ProblemCode, problemCodes } from '../apps/api/http/problem.ts';
import { REPLY_DAYS } from '../apps/api/http/stored-reply.ts';
import { apiSettings } from '../apps/api/settings.ts';

/** Parts of docs/api.md that are derived from the code. Pure. */
export const apiParts = (): Record<string, string> => ({
  operations: operationTable(describedOperations()),
  problems: problemTable(),
  limits: limitTable(),
});

/** What to do about a problem, for whoever writes a client. */
const advice: Record<ProblemCode, string> = {
  invalid_request: 'Mend what `faults` lists: all of it is there at once.',
  not_signed_in: 'Send a key that is valid. Unknown, expired and revoked keys are not told apart.',
  not_allowed: 'Ask an admin for a key with the role that `detail` names.',
  not_found: 'It is not there, or not any more.',
  method_not_allowed: 'Use a method of the header `Allow`.',
  conflict: 'What is there does not allow it; `detail` says what. Read it again before you try again.',
  unreadable:
    'A version newer than the one that answers wrote it: ask that one, or wait until every task runs it.',
  changed_meanwhile: 'Somebody changed it since you read it: read it again, and decide again.',
  too_large: 'Send less at once.',
  unsupported_media_type: 'Send `Content-Type: application/json`, UTF-8, plain or with gzip.',
  idempotency_key_reused: 'Take a new key: this one was for another request.',
  precondition_required: 'Send `If-Match` with the ETag that you have read.',
  too_many_requests: 'Wait as many seconds as `Retry-After` says.',
  unexpected: 'A fault of ours. Report it with its `requestId`. Repeat it only under an `Idempotency-Key`.',
  unavailable: 'Wait as many seconds as `Retry-After` says, then repeat it.',
};

function problemTable(): string {
  const rows = Object.entries(problemCodes).map(
    ([code, { status, title }]) => `| ${status} | \`${code}\` | ${title} | ${advice[code as ProblemCode]} |`,
  );
  return ['| status | code | title | what to do |', '|---|---|---|---|', ...rows].join('\n');
}

function operationTable(operations: readonly Operation[]): string {
  const rows = operations.map((operation) => {
    const { access, id, method, path, summary } = operation;
    const versioned = operation.kind === 'change' && operation.requiresVersion ? ' Takes `If-Match`.' : '';
    return `| \`${method.toUpperCase()} ${path}\` | ${access} | \`${id}\` | ${summary.replaceAll('|', '\\|')}.${versioned} |`;
  });
  return ['| | role | operation | |', '|---|---|---|---|', ...rows].join('\n');
}

function limitTable(): string {
  return [
    '| limit | |',
    '|---|---|',
    `| body of a request | ${MAX_BODY_BYTES / 1024} KiB of JSON, unpacked |`,
    `| rows of a page | ${DEFAULT_LIMIT} unless \`limit\` says otherwise, ${MAX_LIMIT} at most |`,
    `| requests of one key | ${apiSettings.API_RATE_PER_MINUTE.fallback} a minute, unless \`API_RATE_PER_MINUTE\` says otherwise |`,
    `| an \`Idempotency-Key\` is known for | ${REPLY_DAYS} days |`,
  ].join('\n');
}
