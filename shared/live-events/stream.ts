import { z } from 'zod';

/**
 * Live events: what those who watch are told as it happens. All of them go through one stream in Redis, which keeps the
 * newest `KEPT`. They are news, never a record: whoever missed some fetches again, and nothing depends on them.
 */

/** One key, so that it is the same in a cluster. */
export const LIVE_EVENTS_KEY = 'live-events';

/** Events that are kept. The stream may hold a few more: it is trimmed by whole nodes. */
export const KEPT = 1_000;

/** Longest payload, in bytes of JSON. */
export const MAX_PAYLOAD_BYTES = 8 * 1024;

/** What an event is about: a kind, or one of a kind as `campaign:ID`. */
export const topicSchema = z
  .string()
  .regex(/^[a-z][a-z-]{0,30}(:[A-Za-z0-9_-]{1,64})?$/, 'is no topic: system, or campaign:ID');

/** As it is in the stream. */
export interface LiveEvent {
  /** Of the stream: grows with every event. */
  id: string;
  topic: string;
  /** JSON. How things stand now, never a difference: of several in a row only the newest may arrive. */
  payload: string;
}

const STREAM_ID = /^(\d{1,15})-(\d{1,15})$/;

/** Whether it may be an id of the stream. */
export const isEventId = (text: string): boolean => STREAM_ID.test(text);

/** Negative: `a` is before `b`. Both are ids of the stream. */
export function compareIds(a: string, b: string): number {
  const [, aMs, aOrdinal] = STREAM_ID.exec(a) ?? [];
  const [, bMs, bOrdinal] = STREAM_ID.exec(b) ?? [];
  return Number(aMs) - Number(bMs) || Number(aOrdinal) - Number(bOrdinal);
}

/** Entries as Redis answers them. An entry of another shape is nobody's event and is left out. */
export const eventsOf = (entries: readonly [id: string, fields: string[]][]): LiveEvent[] =>
  entries.flatMap(([id, [topicName, topic, payloadName, payload]]) =>
    topicName === 'topic' && payloadName === 'payload' && topic !== undefined && payload !== undefined
      ? [{ id, topic, payload }]
      : [],
  );
