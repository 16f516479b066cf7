import type { Journal } from '../journal.ts';
import { type Call, isSettledCall } from './call.ts';

/** All calls, in memory and in the journal. A change is on disk when `changed` returns. */
export interface CallStore {
  readonly size: number;
  nextOrdinal(): number;
  get(sid: string): Call | undefined;
  add(call: Call): void;
  /** To be called after every change of a call that somebody is told of. */
  changed(call: Call): void;
  newestFirst(): Iterable<Call>;
  oldestFirst(): Iterable<Call>;
  ofPhone(phone: string): Call[];
  clear(): void;
}

export function createCallStore(journal: Journal | null, limits: { maxCalls: number }): CallStore {
  const bySid = new Map<string, Call>();
  const byPhone = new Map<string, Set<Call>>();
  let last = 0;

  const index = (call: Call): void => {
    bySid.set(call.sid, call);
    last = call.ordinal;
    byPhone.set(call.phone, (byPhone.get(call.phone) ?? new Set()).add(call));
  };
  const drop = (call: Call): void => {
    bySid.delete(call.sid);
    byPhone.get(call.phone)?.delete(call);
    journal?.dropCall(call.ordinal);
  };
  for (const call of journal?.calls() ?? []) index(call);

  return {
    get size() {
      return bySid.size;
    },
    nextOrdinal: () => last + 1,
    get: (sid) => bySid.get(sid),
    add: (call) => {
      index(call);
      journal?.writeCall(call);
      if (bySid.size <= limits.maxCalls) return;
      // A map keeps the order in which calls came.
      const oldest = [...bySid.values()].find(isSettledCall);
      if (oldest) drop(oldest);
    },
    changed: (call) => {
      if (bySid.get(call.sid) === call) journal?.writeCall(call);
    },
    newestFirst: () => [...bySid.values()].reverse(),
    oldestFirst: () => bySid.values(),
    ofPhone: (phone) => [...(byPhone.get(phone) ?? [])],
    clear: () => {
      bySid.clear();
      byPhone.clear();
      last = 0;
    },
  };
}
