/**
 * The items, until `signal` is aborted: then rejects with its reason, also while an item is awaited. What that item
 * needed goes on by itself; the iterator ends after it.
 */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<never>();
  // Only a race under way hears of it; between two items nobody would.
  aborted.promise.catch(() => undefined);
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited, as it would wait for the item. Whatever it says, the reason to end here is known already.
    iterator.return?.().catch(() => undefined);
  }
}
