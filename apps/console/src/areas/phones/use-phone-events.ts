import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { CallView } from '#shared/simulator/call-view.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { refresh } from '../../api/touch.ts';
import { phoneKeys, recentPhones } from './simulator.ts';

/** After a stream that could not be opened: the stack may be starting. In ms. */
const AGAIN_MS = 2_000;

/** Follows all phones that are open in one stream, and keeps what is known of them true. */
export function usePhoneEvents(numbers: readonly string[]): void {
  const cache = useQueryClient();
  const followed = numbers.join(',');
  useEffect(() => {
    if (followed === '') return;
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = (): void => {
      source = new EventSource(`/simulator/events?phones=${encodeURIComponent(followed)}`);
      // What happened between the last event and this connection is only in the lists.
      source.addEventListener('ready', () => void refresh(cache, { queryKey: ['simulator'] }));
      source.addEventListener('message', ({ data }) => takeMessage(cache, JSON.parse(data) as PhoneView));
      source.addEventListener('call', ({ data }) => takeCall(cache, JSON.parse(data) as CallView));
      source.addEventListener('error', () => {
        // A browser comes back by itself to a stream that broke, not to one that was refused.
        if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
      });
    };
    open();
    return () => {
      clearTimeout(again);
      source?.close();
    };
  }, [cache, followed]);
}

const phoneOf = (one: { direction: 'to_phone' | 'from_phone'; from: string; to: string }): string =>
  one.direction === 'from_phone' ? one.from : one.to;

function takeMessage(cache: QueryClient, message: PhoneView): void {
  take(cache, phoneKeys.messages(phoneOf(message)), message);
  void refresh(cache, { queryKey: recentPhones.queryKey });
}

const takeCall = (cache: QueryClient, call: CallView): void =>
  take(cache, phoneKeys.calls(phoneOf(call)), call);

function take<One extends { id: string }>(cache: QueryClient, queryKey: QueryKey, one: One): void {
  // A list that is being read may be older than what has just been heard: it is read again.
  if (cache.isFetching({ queryKey }) > 0) void refresh(cache, { queryKey });
  else cache.setQueryData<One[]>(queryKey, (known) => put(known, one));
}

/** In the place of what it was, or at the end. Before the list was read there is nothing to put it into. */
function put<One extends { id: string }>(known: One[] | undefined, one: One): One[] | undefined {
  if (known === undefined) return undefined;
  return known.some(({ id }) => id === one.id)
    ? known.map((each) => (each.id === one.id ? one : each))
    : [...known, one];
}
