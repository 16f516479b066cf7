import type { Problem, paths } from '#shared/api-client/api-types.ts';
import { type ApiClient, createApiClient } from '#shared/api-client/client.ts';
import { currentKey } from './key.ts';
import { ApiProblem, NoAnswer } from './problem.ts';
import { References } from './references.ts';

/**
 * The one place where the console speaks to the API. Paths, parameters, bodies and answers have the types of the
 * OpenAPI document; what is no answer is thrown as `ApiProblem` or `NoAnswer`.
 */

/** fetch, as whoever is signed in. */
export function fetchAsUser(request: Request): Promise<Response> {
  const key = currentKey();
  if (key !== null) request.headers.set('authorization', `Bearer ${key}`);
  return fetch(request);
}

const client: ApiClient = createApiClient({ baseUrl: location.origin, fetch: fetchAsUser });

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Paths that have a method. */
export type PathOf<Of extends Method> = {
  [Path in keyof paths]: paths[Path] extends Record<Of, infer Operation>
    ? undefined extends Operation
      ? never
      : Path
    : never;
}[keyof paths];

export type OperationOf<Of extends Method, Path extends PathOf<Of>> = paths[Path][Of & keyof paths[Path]];

type ContentOf<Response> = Response extends { content: { 'application/json': infer Body } }
  ? Body
  : undefined;
type Answers<Operation> = Operation extends { responses: infer Responses } ? Responses : never;
/** What an operation answers when all is well. */
export type AnswerOf<Of extends Method, Path extends PathOf<Of>> = ContentOf<
  Answers<OperationOf<Of, Path>>[keyof Answers<OperationOf<Of, Path>> & (200 | 201 | 202)]
>;

type Parameters<Operation> = Operation extends { parameters: infer Given } ? Given : never;
type PathGiven<Given> = Given extends { path: infer Places extends object } ? { path: Places } : unknown;
type QueryGiven<Given> = Given extends { query: infer Query extends object }
  ? { query: Query }
  : Given extends { query?: infer Query }
    ? { query?: NonNullable<Query> }
    : unknown;
type BodyGiven<Operation> = Operation extends { requestBody: { content: { 'application/json': infer Body } } }
  ? { body: Body }
  : unknown;

/** What is asked for: places of the path, query, body. Headers are not the caller's business. */
export type Given<Of extends Method, Path extends PathOf<Of>> = PathGiven<Parameters<OperationOf<Of, Path>>> &
  QueryGiven<Parameters<OperationOf<Of, Path>>> &
  BodyGiven<OperationOf<Of, Path>>;

interface Asked {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

/** Versions of what was read, by the very object that was answered: what somebody has seen is what they change. */
const versions = new WeakMap<object, string>();

/** The version (ETag) that this answer was; null: it has none. */
export const versionOf = (answer: unknown): string | null =>
  typeof answer === 'object' && answer !== null ? (versions.get(answer) ?? null) : null;

/** Says that an object stands for an answer of that version, such as a copy that shares its parts. */
export function keepVersion(of: unknown, version: string | null): void {
  if (typeof of === 'object' && of !== null && version !== null) versions.set(of, version);
}

/** Numbers of people, and what stands for them in addresses. */
export const references: References = new References(
  async (phones) => (await ask('post', '/v1/phone-references', { body: { phones } })).items,
);

/** No number of a person stands in an address: what stands for it does. */
async function referred(
  given: Record<string, unknown> | undefined,
): Promise<Record<string, unknown> | undefined> {
  if (typeof given?.phone !== 'string') return given;
  return { ...given, phone: (await references.of(given.phone)).reference };
}

export async function ask<Of extends Method, const Path extends PathOf<Of>>(
  method: Of,
  address: Path,
  given: Given<Of, Path>,
  more: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<AnswerOf<Of, Path>> {
  const { body, path, query } = given as Asked;
  const [places, asked] = await Promise.all([referred(path), referred(query)]);
  const answer = await settle(
    // The client's own types follow from the path, which is a parameter here.
    (client.request as unknown as AskAnything)(method, address, {
      params: { path: places, query: asked },
      ...(body === undefined ? {} : { body }),
      ...more,
    }),
  );
  keepVersion(answer.data, answer.response.headers.get('etag'));
  return answer.data as AnswerOf<Of, Path>;
}

interface Settled {
  data?: unknown;
  error?: unknown;
  response: Response;
}
type AskAnything = (method: Method, path: string, init: object) => Promise<Settled>;

async function settle(asked: Promise<Settled>): Promise<Settled> {
  let answer: Settled;
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new NoAnswer(error);
  }
  if (answer.response.ok) return answer;
  if (isProblem(answer.error)) throw new ApiProblem(answer.error);
  // Of somebody on the way: a proxy, or the front door of a stack that starts.
  throw new NoAnswer(answer.response.status);
}

const isProblem = (error: unknown): error is Problem =>
  typeof error === 'object' && error !== null && 'code' in error && 'detail' in error;
