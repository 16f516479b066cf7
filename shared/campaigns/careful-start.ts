import type { Canary } from './definition.ts';

/**
 * The careful start of a campaign: a slice of its audience, a wait, a look at what became of it, and then a pace that grows.
 *
 *   slice --all of it went--> wait --the time is over--> (a look) --all is well--> ramp --the time is over--> open
 *                                          +-- not well: the campaign pauses; whoever resumes it lets it ramp
 */
export const stages = ['slice', 'wait', 'ramp', 'open'] as const;
export type Stage = (typeof stages)[number];

export interface CarefulStart {
  stage: Stage;
  /** Since when, in business time. */
  since: Date;
}

export interface StartFacts {
  canary: Canary;
  /** Contacts of the audience. */
  audience: number;
  /** Those to whom a message was planned, and what became of it may be known. */
  written: number;
  /** Of those, messages that have not gone yet. */
  queued: number;
  /** Contacts that wait. */
  waiting: number;
  now: Date;
}

export interface StartStep {
  stage: Stage;
  /** How many more may be written to now; null: as many as the pace allows. */
  room: number | null;
  /** Part of the pace, between 0 and 1. */
  part: number;
  /** The slice has gone and was waited for: whoever asks has to look now, and moves on to `ramp` or pauses. */
  look: boolean;
  /** When it has to be looked at again at the latest; null: as always. */
  until: Date | null;
}

/** A pace that grows begins with this part of what it will be. */
const FIRST_PART = 0.1;

/** What part of its pace a campaign has when so much of its ramp, between 0 and 1, has passed. */
export const growingPart = (passed: number): number => Math.max(FIRST_PART, passed);

/** Contacts of the slice: at least one. */
export const sliceOf = ({ contacts, percent }: Canary, audience: number): number =>
  Math.max(1, Math.min(audience, contacts ?? Math.ceil((audience * (percent ?? 100)) / 100)));

const minutesAfter = (since: Date, minutes: number): Date => new Date(since.getTime() + minutes * 60_000);

/** Where a careful start stands now. Pure. */
export function startStep({ since, stage }: CarefulStart, facts: StartFacts): StartStep {
  const { canary, now, queued, waiting, written } = facts;
  const open: StartStep = { stage: 'open', room: null, part: 1, look: false, until: null };
  switch (stage) {
    case 'slice': {
      const room = Math.max(0, sliceOf(canary, facts.audience) - written);
      if (room > 0 && waiting > 0) return { ...open, stage, room };
      // Nothing is left that could be judged by it.
      if (waiting === 0) return open;
      return { ...open, stage: queued > 0 ? 'slice' : 'wait', room: 0 };
    }
    case 'wait': {
      const until = minutesAfter(since, canary.waitMinutes);
      return { ...open, stage, room: 0, look: now >= until, until: now >= until ? null : until };
    }
    case 'ramp': {
      const ms = canary.rampMinutes * 60_000;
      const past = now.getTime() - since.getTime();
      if (past >= ms) return open;
      return { ...open, stage, part: growingPart(past / ms) };
    }
    case 'open':
      return open;
  }
}
