import { type MutateOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { newIdempotencyKey } from '#shared/api-client/client.ts';
import { type AnswerOf, ask, type Given, type Method, type PathOf, versionOf } from './client.ts';
import { touch } from './touch.ts';

/** What is changed, and from what: an answer with a version is changed only if it is still the one that was read. */
export type Change<Of extends Method, Path extends PathOf<Of>> = Given<Of, Path> & { seen?: unknown };

/** Under which key a change is sent: the same for every try of it, so that it is done once. */
const keys = new WeakMap<object, string>();

function keyOf(change: object): string {
  const key = keys.get(change) ?? newIdempotencyKey();
  keys.set(change, key);
  return key;
}

/** Says under which key a change is sent, where it was sent before by a page that is there no more. */
export function sendUnder(change: object, key: string): void {
  keys.set(change, key);
}

/** Changes on their way, by what they change: whatever pressed twice sends, goes once. */
const underWay = new Set<string>();

const nameOf = (method: Method, path: string, change: object): string => {
  const { seen: _, ...given } = change as { seen?: unknown };
  return JSON.stringify([method, path, given]);
};

type Mutate<Answer, Given> = (change: Given, options?: MutateOptions<Answer, Error, Given>) => void;

/**
 * A change through the API, sent under an `Idempotency-Key` of its own and, for what has a version, with `If-Match` of what
 * the caller has seen: `const pause = useChange('post', '/v1/campaigns/{id}/pause', { touches: ['/v1/campaigns'] })`, then
 * `pause.mutate({ path: { id }, seen: campaign })`. Tries again by itself what no answer came to; given the same object,
 * `mutate` sends the same request once more, which is done once. While a change is on its way the like of it is not sent.
 * `touches`: paths of which everything that is shown is read again, those below them too.
 */
export function useChange<Of extends Exclude<Method, 'get'>, const Path extends PathOf<Of>>(
  method: Of,
  path: Path,
  {
    touches = [],
    onDone,
    onFault,
  }: {
    touches?: readonly string[];
    onDone?: (answer: AnswerOf<Of, Path>, change: Change<Of, Path>) => void;
    /** Also where the screen that asked is gone by then. */
    onFault?: (error: unknown) => void;
  } = {},
) {
  const cache = useQueryClient();
  const mutation = useMutation({
    mutationKey: [method, path],
    mutationFn: (change: Change<Of, Path>) => {
      const { seen, ...given } = change as { seen?: unknown };
      const version = versionOf(seen);
      return ask(method, path, given as Given<Of, Path>, {
        headers: { 'idempotency-key': keyOf(change), ...(version === null ? {} : { 'if-match': version }) },
      });
    },
    onSuccess: async (answer, change) => {
      underWay.delete(nameOf(method, path, change));
      onDone?.(answer, change);
      await touch(cache, touches);
    },
    onError: (error, change) => {
      underWay.delete(nameOf(method, path, change));
      onFault?.(error);
    },
  });
  // A variable that is a type parameter might be left out, thinks the library.
  const send = mutation.mutate as Mutate<AnswerOf<Of, Path>, Change<Of, Path>>;
  // At once: what is drawn says only later that it is on its way.
  const mutate = useCallback<typeof send>(
    (change, options) => {
      const name = nameOf(method, path, change);
      if (underWay.has(name)) return;
      underWay.add(name);
      send(change, options);
    },
    [method, path, send],
  );
  return { ...mutation, mutate };
}
