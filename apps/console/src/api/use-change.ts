import { useMutation, useQueryClient } from '@tanstack/react-query';
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

/**
 * A change through the API, sent under an `Idempotency-Key` of its own and, for what has a version, with `If-Match` of what
 * the caller has seen: `const pause = useChange('post', '/v1/campaigns/{id}/pause', { touches: ['/v1/campaigns'] })`, then
 * `pause.mutate({ path: { id }, seen: campaign })`. Tries again by itself what no answer came to. `touches`: paths of which
 * everything that is shown is read again, those below them too.
 */
export function useChange<Of extends Exclude<Method, 'get'>, const Path extends PathOf<Of>>(
  method: Of,
  path: Path,
  {
    touches = [],
    onDone,
  }: {
    touches?: readonly string[];
    onDone?: (answer: AnswerOf<Of, Path>, change: Change<Of, Path>) => void;
  } = {},
) {
  const cache = useQueryClient();
  return useMutation({
    mutationKey: [method, path],
    mutationFn: (change: Change<Of, Path>) => {
      const { seen, ...given } = change as { seen?: unknown };
      const version = versionOf(seen);
      return ask(method, path, given as Given<Of, Path>, {
        headers: { 'idempotency-key': keyOf(change), ...(version === null ? {} : { 'if-match': version }) },
      });
    },
    onSuccess: async (answer, change) => {
      onDone?.(answer, change);
      await touch(cache, touches);
    },
  });
}
