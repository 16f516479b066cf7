import type { z } from 'zod';
import type { Role } from '#shared/api-keys/role.ts';
import type { AuditChange } from '#shared/audit/append.ts';
import type { Pool, Transaction } from '#shared/postgres/pool.ts';
import type { Identity } from '../identity/identity.ts';
import type { Fault, ProblemCode } from './problem.ts';

/**
 * One operation of the API as data: its schemas are what requests are checked against, what handlers have as types and
 * what the OpenAPI document says, so that the three cannot differ.
 */

export const EVENT_STREAM = 'text/event-stream';

/** Part of a request: an object of texts for path and query, anything for a body. */
type Part = z.ZodType | undefined;
type Given<P extends Part> = P extends z.ZodType ? z.output<P> : undefined;

/** What a status comes with. `body` null: nothing. */
export interface ReplySpec {
  description: string;
  body: z.ZodType | null;
  /** Other than application/json; the body is then a text, or one that comes piece by piece (`textStream`). */
  mediaType?: string;
  /** Whether it comes with an ETag: replies then have a `version`, and reads may be answered 304. */
  versioned?: true;
  /** Other media types in which a handler may answer the same, as a text. */
  alsoAs?: readonly string[];
}
export type ReplySpecs = Readonly<Record<number, ReplySpec>>;

/** An answer that one of the specified replies describes. */
export type Reply<R extends ReplySpecs> = {
  [S in keyof R & number]: {
    status: S;
    body: R[S]['body'] extends z.ZodType ? z.input<R[S]['body']> : null;
    headers?: Readonly<Record<string, string>>;
    /** Version of what is answered, for If-Match and If-None-Match; becomes a strong ETag. Of `versioned` replies. */
    version?: string | number;
  };
}[keyof R & number];

/** The same as a text of another media type, where the specified reply may be one. */
export type TextReply<R extends ReplySpecs> = {
  [S in keyof R & number]: R[S] extends { alsoAs: readonly string[] }
    ? { status: S; as: R[S]['alsoAs'][number]; text: string }
    : never;
}[keyof R & number];

export interface GivenRequest<P extends Part, Q extends Part, B extends Part> {
  params: Given<P>;
  query: Given<Q>;
  body: Given<B>;
  /** Who asks. Null only where `access` is `everybody`. */
  identity: Identity | null;
  requestId: string;
  /** Of the version that the caller has seen (If-Match), unquoted; null: not given, or `*`. */
  ifMatch: string | null;
  /** Address of the client, as the load balancer says. */
  ip: string;
  userAgent: string | null;
}

interface Described<P extends Part, Q extends Part, B extends Part, R extends ReplySpecs> {
  /** Unique, a verb and an object: the name of the client's function. */
  id: string;
  /** With `{name}` for parameters. */
  path: `/v1/${string}`;
  tag: string;
  summary: string;
  description?: string;
  /** The least role that may; `everybody`: without signing in. */
  access: Role | 'everybody';
  params?: P;
  query?: Q;
  body?: B;
  replies: R;
  /** Problems beyond those that any operation of its kind can have. */
  problems?: readonly ProblemCode[];
  /**
   * Faults that only what is stored can tell, as of values whose types an organisation has chosen: so that a request is
   * told of them together with those that the schemas find. Gets what came, which may be anything. A change checks again
   * in its transaction.
   */
  furtherFaults?(given: { query: unknown; body: unknown }, db: Pool): Promise<readonly Fault[]>;
}

/** Reads and changes nothing. */
export interface ReadOperation<P extends Part, Q extends Part, B extends Part, R extends ReplySpecs>
  extends Described<P, Q, B, R> {
  kind: 'read';
  /** `post`: what is asked for does not fit into an address. */
  method: 'get' | 'post';
  handle(request: GivenRequest<P, Q, B>, db: Pool): Promise<Reply<R> | TextReply<R>>;
}

export interface ChangeTools {
  /** Everything that the operation does, its audit entries and the stored reply commit together. */
  tx: Transaction;
  /** Notes what was changed. An operation that answers 2xx without having noted anything is a fault of ours. */
  audit(change: AuditChange): void;
}

/** Changes something, in one transaction. */
export interface ChangeOperation<P extends Part, Q extends Part, B extends Part, R extends ReplySpecs>
  extends Described<P, Q, B, R> {
  kind: 'change';
  method: 'post' | 'put' | 'patch' | 'delete';
  /** Whether If-Match is required: for what two people may edit at the same time. */
  requiresVersion?: boolean;
  /**
   * Whether the reply holds a secret that is kept nowhere: it is not stored either, and a repetition under the same
   * Idempotency-Key is told that it was done (409).
   */
  replyIsSecret?: boolean;
  /**
   * Waits for what the answer promises, between the commit and the answer. Also before a reply is repeated under its
   * Idempotency-Key: whoever gave it first may have died while it waited.
   */
  beforeAnswer?(request: GivenRequest<P, Q, B>): Promise<void>;
  handle(request: GivenRequest<P, Q, B>, tools: ChangeTools): Promise<Reply<R>>;
}

/** A response that stays open, as text/event-stream. */
export interface EventStream {
  /** Id of the last event that the client has; null: it comes for the first time. */
  lastEventId: string | null;
  /** Answers 200. From here on the operation writes and ends. */
  open(): OpenStream;
}

export interface OpenStream {
  /** Bytes that were written and that the network has not taken. */
  readonly bufferedBytes: number;
  write(frame: Buffer): void;
  /** Writes a last frame and ends, also when the client takes nothing any more. */
  end(frame: Buffer): void;
  /** Once, when the connection is over, whoever ended it. */
  onClose(listener: () => void): void;
}

/** Answers with a stream of events, for as long as the client stays. Reads and changes nothing by itself. */
export interface StreamOperation<P extends Part, Q extends Part, R extends ReplySpecs>
  extends Described<P, Q, undefined, R> {
  kind: 'stream';
  method: 'get';
  /** Throws problems before it opens the stream, not after. */
  start(request: GivenRequest<P, Q, undefined>, stream: EventStream): void;
}

/** A file as it comes in: read once, piece by piece, and never held as a whole. */
export interface UploadedFile {
  /** Of Content-Type, without parameters. */
  mediaType: string;
  /**
   * Throws a problem when there is more than the operation takes, and when the client goes away before the end: half a
   * file is never taken for a whole one.
   */
  pieces: AsyncIterable<Buffer>;
}

export interface UploadTools {
  /** For what is kept while the file comes in, in transactions of the operation's own. */
  db: Pool;
  /** The change that the file makes, once it is there: one transaction with its audit entries. */
  commit<T>(work: (tools: ChangeTools) => Promise<T>): Promise<T>;
}

/**
 * Takes a file in. What is kept of it while it comes in counts for nothing until `commit`; whoever breaks off sends the
 * whole file again, so there is no Idempotency-Key.
 */
export interface UploadOperation<P extends Part, Q extends Part, R extends ReplySpecs>
  extends Described<P, Q, undefined, R> {
  kind: 'upload';
  method: 'put';
  /** That the file may be of. */
  mediaTypes: readonly [string, ...string[]];
  /** Most bytes of the file. */
  maxBytes: number;
  /** A file that it takes. */
  example: string;
  handle(request: GivenRequest<P, Q, undefined>, file: UploadedFile, tools: UploadTools): Promise<Reply<R>>;
}

/** Any operation, for the frame: what it hands over was checked against the operation's own schemas. */
// biome-ignore-start lint/suspicious/noExplicitAny: the one place where operations of different types stand in a list
export type Operation =
  | ReadOperation<any, any, any, any>
  | ChangeOperation<any, any, any, any>
  | UploadOperation<any, any, any>
  | StreamOperation<any, any, any>;
// biome-ignore-end lint/suspicious/noExplicitAny: as above

/** An answer of a handler. The status is kept as the literal that it is. */
export const reply = <const S extends number, B>(
  status: S,
  body: B,
  more: { headers?: Readonly<Record<string, string>>; version?: string | number } = {},
) => ({ status, body, ...more });

/** The same as a text of another media type. */
export const replyAs = <const S extends number, const M extends string>(status: S, as: M, text: string) => ({
  status,
  as,
  text,
});

export const read = <const R extends ReplySpecs, P extends Part = undefined, Q extends Part = undefined>(
  operation: Omit<ReadOperation<P, Q, undefined, R>, 'kind' | 'method'>,
): ReadOperation<P, Q, undefined, R> => ({ ...operation, kind: 'read', method: 'get' });

/** Reads what a body asks for. */
export const search = <const R extends ReplySpecs, B extends z.ZodType, P extends Part = undefined>(
  operation: Omit<ReadOperation<P, undefined, B, R>, 'kind' | 'method'>,
): ReadOperation<P, undefined, B, R> => ({ ...operation, kind: 'read', method: 'post' });

export const change = <
  R extends ReplySpecs,
  P extends Part = undefined,
  Q extends Part = undefined,
  B extends Part = undefined,
>(
  operation: Omit<ChangeOperation<P, Q, B, R>, 'kind'>,
): ChangeOperation<P, Q, B, R> => ({ ...operation, kind: 'change' });

export const upload = <const R extends ReplySpecs, P extends Part = undefined, Q extends Part = undefined>(
  operation: Omit<UploadOperation<P, Q, R>, 'kind' | 'method'>,
): UploadOperation<P, Q, R> => ({ ...operation, kind: 'upload', method: 'put' });

/** The reply of a stream is described as one event. */
export const stream = <P extends Part = undefined, Q extends Part = undefined>(
  operation: Omit<StreamOperation<P, Q, ReplySpecs>, 'kind' | 'method' | 'replies'> & {
    reply: Omit<ReplySpec, 'mediaType'>;
  },
): StreamOperation<P, Q, ReplySpecs> => {
  const { reply: described, ...rest } = operation;
  return {
    ...rest,
    kind: 'stream',
    method: 'get',
    replies: { 200: { ...described, mediaType: EVENT_STREAM } },
  };
};
