/**
 * Who gets what of a ladder, worked out from what is to become of each attempt: written from the words of docs/campaigns.md,
 * and sharing no code with what leads campaigns, so that the two can be held against each other.
 */

/** A ladder as it stands in a definition, as plain data. */
export interface OracleStep {
  channel: string;
  follows: number | null;
  after: readonly string[];
  tries: number;
}

/**
 * What becomes of one attempt. `ending`: in the words of ladders; null: of none of them, and it stays so (it arrived, and
 * nobody waits; the person refused us). `again`: it failed for a reason that may pass.
 */
export interface Fate {
  ending: string | null;
  again: boolean;
  /** The person answers it, or opts out in it. */
  leaves: boolean;
}

export interface OraclePerson {
  /** The contact is known to be a landline before anything is sent. */
  isLandline: boolean;
  /** Of the first text and so on, and of the first call; whatever comes after the last is like it. */
  texts: readonly Fate[];
  calls: readonly Fate[];
}

export interface Tried {
  step: number;
  channel: string;
  /** Which ending led to its step; null: it is the first. */
  via: string | null;
}

/** What is tried, in order. */
export function oracle(steps: readonly OracleStep[], most: number, person: OraclePerson): Tried[] {
  const tried: Tried[] = [];
  let place = 0;
  let via: string | null = null;
  for (;;) {
    const step = steps[place];
    if (step === undefined) throw new Error('a ladder leads nowhere');
    const leads = new Map<string, number>();
    steps.forEach((other, index) => {
      if (index > 0 && (other.follows === null ? index - 1 : other.follows) === place)
        for (const word of other.after) leads.set(word, index);
    });
    let ending: string | null = null;
    if (step.channel === 'sms' && person.isLandline && leads.has('unreachable')) ending = 'unreachable';
    else {
      const fates = step.channel === 'sms' ? person.texts : person.calls;
      for (let time = 1; time <= step.tries && tried.length < most; time += 1) {
        const before = tried.filter(({ channel }) => channel === step.channel).length;
        const fate = fates[Math.min(before, fates.length - 1)];
        if (fate === undefined) throw new Error('nobody said what becomes of an attempt');
        tried.push({ step: place, channel: step.channel, via });
        if (fate.leaves) return tried;
        ending = fate.ending;
        if (!fate.again) break;
      }
    }
    const next = ending === null ? undefined : leads.get(ending);
    if (next === undefined || tried.length >= most) return tried;
    place = next;
    via = ending;
  }
}
