import type { Heard } from '#shared/simulator/call-view.ts';
import type { Call } from './call.ts';
import { RECORDING_MS, speechMs } from './speech.ts';
import { type Gather, readVoiceTwiml, type Sound, type Verb } from './voice-twiml.ts';

/**
 * One call from the moment it was taken: plays documents to whoever listens, and takes their keys. Time within it is counted
 * in what the listener lives through (`positionMs`), so that what is written down says the same at any speed.
 */
export interface Player {
  readonly positionMs: number;
  /** Resolves when the call is over. `first`: the document, or where it is fetched. Nothing is heard for `silentMs` before. */
  play(first: Next, silentMs: number): Promise<void>;
  press(key: string): void;
  /** Something else is played from now on. */
  redirect(next: Next): void;
  hangUp(): void;
}

export type Next =
  | { kind: 'document'; twiml: string }
  | { kind: 'address'; url: string; parameters: Record<string, string> };

export interface PlayerParts {
  call: Call;
  /** How many times faster than life it goes. */
  speed: number;
  monotonic(): number;
  now(): Date;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Posts to an address what Twilio would, and returns the document that it answers with. Never rejects. */
  fetch(
    url: string,
    parameters: Record<string, string>,
  ): Promise<{ ok: true; document: string } | { ok: false; reason: string }>;
  /** At instants of the call that are known from its start. */
  planned: readonly Planned[];
  /** Something of the call was changed. */
  changed(): void;
  problem(reason: string): void;
}

export interface Planned {
  atMs: number;
  event: Event;
}

export type Event =
  | { kind: 'key'; key: string }
  | { kind: 'hang_up' }
  | { kind: 'redirect'; next: Next }
  /** Happens beside what is heard. */
  | { kind: 'aside'; run: () => void };

/** Why the rest of a document is not played. */
type Stop = { kind: 'over' } | { kind: 'next'; next: Next };

const OVER: Stop = { kind: 'over' };
/** What Twilio says when a document cannot be had; words of ours. */
const APOLOGY = 'An application error has occurred. Goodbye.';
/** Twilio's code for a document that cannot be retrieved, which the fallback is told. */
const NOT_RETRIEVED = '11200';

export function createPlayer(parts: PlayerParts): Player {
  const { call, speed } = parts;
  const planned = [...parts.planned].sort((a, b) => a.atMs - b.atMs);
  const immediate: Event[] = [];
  let positionMs = 0;
  let waiting: AbortController | null = null;
  /** Address of the document that is played: relative ones begin there. */
  let base: string | null = null;
  let triedFallback = false;

  const interrupt = (event: Event): void => {
    immediate.push(event);
    waiting?.abort();
  };

  /** Lets time pass up to `untilMs`; the event that happens first, or null when none did. */
  const next = async (untilMs: number): Promise<Event | null> => {
    for (;;) {
      const now = immediate.shift();
      if (now) return now;
      const first = planned[0];
      const isDue = first !== undefined && first.atMs <= untilMs;
      const target = isDue ? Math.max(first.atMs, positionMs) : untilMs;
      if (target > positionMs && !(await passed(target - positionMs))) continue;
      positionMs = Math.max(positionMs, target);
      if (!isDue) return null;
      planned.shift();
      return first.event;
    }
  };
  /** True when all of it has passed, false when something came in between. */
  const passed = async (ms: number): Promise<boolean> => {
    const began = parts.monotonic();
    const mine = new AbortController();
    waiting = mine;
    // Rejects only when it is interrupted.
    await parts.sleep(ms / speed, mine.signal).catch(() => undefined);
    waiting = null;
    if (!mine.signal.aborted) return true;
    positionMs += Math.min(ms, Math.round((parts.monotonic() - began) * speed));
    return false;
  };

  /** Plays one sound. The event that ended it before its end, or null. */
  const hear = async (sound: Sound, keysCount: boolean): Promise<Event | null> => {
    const at = parts.now().toISOString();
    const heard: Heard = { ...describe(sound), fromMs: positionMs, at, toMs: positionMs, keysCount };
    call.heard.push(heard);
    parts.changed();
    const untilMs = positionMs + lengthOf(sound);
    let event = await next(untilMs);
    while (event !== null && isBeside(event, keysCount)) event = await next(untilMs);
    heard.toMs = positionMs;
    return event;
  };
  /** Deals with what does not end a sound. */
  const isBeside = (event: Event, keysCount: boolean): boolean => {
    if (event.kind === 'aside') event.run();
    if (event.kind === 'key') call.pressed.push({ key: event.key, atMs: positionMs, counted: keysCount });
    return event.kind === 'aside' || (event.kind === 'key' && !keysCount);
  };
  const stopOf = (event: Event): Stop =>
    event.kind === 'redirect' ? { kind: 'next', next: event.next } : OVER;

  const gather = async (verb: Gather): Promise<Stop | null> => {
    let digits = '';
    const take = (event: Event | null): 'on' | 'done' | 'silence' | Stop => {
      if (event === null) return 'silence';
      if (event.kind !== 'key') return stopOf(event);
      if (event.key === verb.finishOnKey) return 'done';
      digits += event.key;
      return digits.length === verb.numDigits ? 'done' : 'on';
    };
    let state: ReturnType<typeof take> = 'silence';
    for (const sound of verb.sounds) {
      state = take(await hear(sound, true));
      // The first key ends what is said.
      if (state !== 'silence') break;
    }
    while (state === 'on' || (state === 'silence' && digits === '')) {
      const untilMs = positionMs + verb.timeoutMs;
      let event = await next(untilMs);
      while (event !== null && isBeside(event, true)) event = await next(untilMs);
      state = take(event);
      if (state === 'silence') break;
    }
    if (typeof state === 'object') return state;
    if (digits === '' && !verb.actionOnEmptyResult) return null;
    const url = verb.action ?? base;
    return url === null
      ? failed('<Gather> has no action')
      : { kind: 'next', next: post(url, { Digits: digits }) };
  };

  const perform = async (verbs: readonly Verb[]): Promise<Stop> => {
    for (const verb of verbs) {
      const stop = await performOne(verb);
      if (stop !== null) return stop;
    }
    return OVER;
  };
  const performOne = async (verb: Verb): Promise<Stop | null> => {
    switch (verb.verb) {
      case 'gather':
        return gather(verb);
      case 'redirect':
        return { kind: 'next', next: post(verb.url, {}) };
      case 'hangup':
      case 'reject':
        return OVER;
      default: {
        const event = await hear(verb, false);
        return event === null ? null : stopOf(event);
      }
    }
  };
  const post = (url: string, parameters: Record<string, string>): Next => ({
    kind: 'address',
    url,
    parameters,
  });

  const failed = (reason: string): Stop => {
    parts.problem(reason);
    if (call.fallbackUrl === null || triedFallback)
      return { kind: 'next', next: { kind: 'document', twiml: apology } };
    triedFallback = true;
    const about: Record<string, string> = base === null ? {} : { ErrorUrl: base };
    return { kind: 'next', next: post(call.fallbackUrl, { ErrorCode: NOT_RETRIEVED, ...about }) };
  };
  /** What is played next, or why that cannot be. */
  const load = async (following: Next): Promise<{ verbs: Verb[] } | { stop: Stop }> => {
    if (following.kind === 'document') {
      const document = readVoiceTwiml(following.twiml);
      return document.ok ? { verbs: document.verbs } : { stop: failed(document.reason) };
    }
    const url = URL.parse(following.url, base ?? undefined)?.href ?? null;
    if (url === null) return { stop: failed(`no address: ${following.url}`) };
    const began = parts.monotonic();
    const answer = await parts.fetch(url, following.parameters);
    positionMs += Math.round(parts.monotonic() - began);
    const ended = endMeanwhile();
    if (ended !== null) return { stop: ended };
    base = url;
    if (!answer.ok) return { stop: failed(answer.reason) };
    const document = readVoiceTwiml(answer.document);
    return document.ok ? { verbs: document.verbs } : { stop: failed(document.reason) };
  };
  /** Keys that are pressed while a document is fetched count for nothing. */
  const endMeanwhile = (): Stop | null => {
    while (planned[0] !== undefined && planned[0].atMs <= positionMs) {
      const due = planned.shift();
      if (due) immediate.push(due.event);
    }
    for (let event = immediate.shift(); event !== undefined; event = immediate.shift()) {
      if (!isBeside(event, false)) return stopOf(event);
    }
    return null;
  };

  return {
    get positionMs() {
      return positionMs;
    },
    play: async (first, silentMs) => {
      let event = await next(silentMs);
      while (event !== null && isBeside(event, false)) event = await next(silentMs);
      let stop: Stop = event === null ? { kind: 'next', next: first } : stopOf(event);
      while (stop.kind === 'next') {
        const loaded = await load(stop.next);
        stop = 'stop' in loaded ? loaded.stop : await perform(loaded.verbs);
      }
    },
    press: (key) => interrupt({ kind: 'key', key }),
    redirect: (to) => interrupt({ kind: 'redirect', next: to }),
    hangUp: () => interrupt({ kind: 'hang_up' }),
  };
}

const apology = `<Response><Say>${APOLOGY}</Say></Response>`;

function lengthOf(sound: Sound): number {
  switch (sound.verb) {
    case 'say':
      return speechMs(sound.text) * Math.max(1, sound.loop);
    case 'play':
      return RECORDING_MS * Math.max(1, sound.loop);
    case 'pause':
      return sound.ms;
  }
}

function describe(sound: Sound): Pick<Heard, 'kind' | 'text' | 'language' | 'voice'> {
  switch (sound.verb) {
    case 'say':
      return { kind: 'say', text: sound.text, language: sound.language, voice: sound.voice };
    case 'play':
      return { kind: 'play', text: sound.url, language: null, voice: null };
    case 'pause':
      return { kind: 'pause', text: '', language: null, voice: null };
  }
}
