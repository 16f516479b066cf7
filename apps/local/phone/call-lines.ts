import type { CallView } from '#shared/simulator/call-view.ts';

/** How calls look in a terminal. */

/** Tells what is new of calls, from views that repeat what was before. */
export interface CallTeller {
  /** Lines about what has happened since the last view of this call; none when it is nothing new. */
  take(call: CallView): string[];
}

export const CALL_USAGE = `  /answer    takes the call that rings
  /press 9   presses a key
  /hangup    ends the call
  /call      calls the number that this phone writes to`;

export function createCallTeller(): CallTeller {
  const known = new Map<string, { status: string; heard: number }>();
  return {
    take: (call) => {
      const before = known.get(call.id) ?? { status: '', heard: 0 };
      known.set(call.id, { status: call.status, heard: call.heard.length });
      const heard = call.heard.slice(before.heard).flatMap(soundOf);
      return [...heard, ...(call.status === before.status ? [] : statusOf(call))];
    },
  };
}

/** What is heard, as it begins. */
function soundOf({ kind, text }: CallView['heard'][number]): string[] {
  if (kind === 'pause') return [];
  return [kind === 'play' ? `  (call)  [plays ${text}]` : `  (call)  "${text}"`];
}

function statusOf({ direction, from, lengthMs, status }: CallView): string[] {
  switch (status) {
    case 'ringing':
      return [`  (call)  ${from} rings: /answer takes it`];
    case 'in-progress':
      return direction === 'to_phone' ? ['  (call)  taken: /press 9 presses a key, /hangup ends it'] : [];
    case 'completed':
      return [`  (call)  over after ${Math.round((lengthMs ?? 0) / 1_000)} s`];
    case 'busy':
    case 'no-answer':
    case 'canceled':
    case 'failed':
      return [`  (call)  ${status}`];
    default:
      return [];
  }
}

/** What is typed about calls. */
export type CallCommand =
  | { act: 'answer' | 'hang-up' | 'calls' }
  | { act: 'keys'; key: string }
  /** Not one of them, but nearly. */
  | { act: null };

/** A line that is about calls; undefined for any other line. */
export function callCommandOf(line: string): CallCommand | undefined {
  const [command, key, ...rest] = line.trim().split(/\s+/);
  switch (command) {
    case '/answer':
      return { act: 'answer' };
    case '/hangup':
      return { act: 'hang-up' };
    case '/call':
      return { act: 'calls' };
    case '/press':
      return key !== undefined && /^[0-9*#]$/.test(key) && rest.length === 0
        ? { act: 'keys', key }
        : { act: null };
    default:
      return undefined;
  }
}
