import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Fate, OraclePerson } from './oracle.ts';

/** What is to become of every text and call to the people of a ladder, and what they do about it. */

/** California, and where the law has no hours of its own besides: each code has 99 numbers for fiction. */
export const AREA_CODES = [
  ...[
    '209',
    '213',
    '310',
    '323',
    '408',
    '415',
    '424',
    '442',
    '510',
    '530',
    '559',
    '562',
    '619',
    '626',
    '628',
  ],
  ...[
    '650',
    '657',
    '661',
    '669',
    '707',
    '714',
    '747',
    '760',
    '805',
    '818',
    '831',
    '858',
    '909',
    '916',
    '925',
  ],
  ...[
    '949',
    '951',
    '212',
    '315',
    '332',
    '347',
    '516',
    '518',
    '585',
    '607',
    '631',
    '646',
    '680',
    '716',
    '718',
  ],
  ...['838', '845', '914', '917', '929', '934'],
  ...['216', '220', '330', '419', '513', '614', '740', '937'],
];

/** What a person does with a text that arrives, or what keeps it from them. */
export type TextPlan =
  | { kind: 'arrives'; reply: string | null }
  /** The carrier's code; from 20000 to 29999 the request is refused. */
  | { kind: 'fails'; code: number };

/** The line of the simulated carrier (apps/local/carrier/calls/line.ts). */
export interface LinePlan {
  answers: 'human' | 'machine' | 'busy' | 'no_answer' | 'rejects' | 'unreachable';
  presses?: { afterMs: number; key: string }[];
}

export interface Person {
  phone: PhoneNumber;
  isLandline: boolean;
  /** Of every text; only the first is answered. */
  text: TextPlan;
  /** Of the first call, and of all after it. */
  calls: readonly [LinePlan, LinePlan];
}

const pick = <T>(random: () => number, ...weighted: readonly [number, T][]): T => {
  let left = random() * weighted.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, each] of weighted) {
    left -= weight;
    if (left < 0) return each;
  }
  return weighted.at(-1)?.[1] as T;
};

const linePlan = (random: () => number): LinePlan =>
  pick<LinePlan>(
    random,
    [34, { answers: 'human' }],
    [4, { answers: 'human', presses: [{ afterMs: 4_000, key: '9' }] }],
    [16, { answers: 'machine' }],
    [14, { answers: 'busy' }],
    [18, { answers: 'no_answer' }],
    [7, { answers: 'rejects' }],
    [7, { answers: 'unreachable' }],
  );

export const peopleOf = (phones: readonly PhoneNumber[], random: () => number): Person[] =>
  phones.map((phone) => ({
    phone,
    isLandline: random() < 0.06,
    text: pick<TextPlan>(
      random,
      [34, { kind: 'arrives', reply: null }],
      [20, { kind: 'arrives', reply: 'Yes, I will come' }],
      [5, { kind: 'arrives', reply: 'STOP' }],
      [12, { kind: 'fails', code: 30003 }],
      [12, { kind: 'fails', code: 30006 }],
      [5, { kind: 'fails', code: 30007 }],
      [3, { kind: 'fails', code: 30004 }],
      [4, { kind: 'fails', code: 21614 }],
      [5, { kind: 'fails', code: 21610 }],
    ),
    calls: [linePlan(random), linePlan(random)],
  }));

/** Codes by what docs/campaigns.md says of them. */
const TAKES_NO_TEXTS = [30006, 21614];
const OPTED_OUT_AT_CARRIER = 21610;
const REFUSES_US = [30004, OPTED_OUT_AT_CARRIER];
/** A phone that is off may be on again. */
const MAY_PASS = [30003];

/** The same in the words of ladders. Whether somebody answers matters once: with their first text. */
export const forOracle = ({ calls, isLandline, text }: Person): OraclePerson => {
  const then: Fate = { ...fateOfText(text), leaves: false };
  // The carrier refuses whoever opted out there both.
  const isRefused = text.kind === 'fails' && text.code === OPTED_OUT_AT_CARRIER;
  return {
    isLandline,
    texts: [fateOfText(text), then],
    calls: isRefused ? [{ ending: null, again: false, leaves: true }] : calls.map(fateOfCall),
  };
};

function fateOfText(plan: TextPlan): Fate {
  if (plan.kind === 'arrives') return { ending: 'no_reply', again: false, leaves: plan.reply !== null };
  const { code } = plan;
  if (REFUSES_US.includes(code)) return { ending: null, again: false, leaves: true };
  const ending = TAKES_NO_TEXTS.includes(code) ? 'unreachable' : 'undelivered';
  return { ending, again: MAY_PASS.includes(code), leaves: false };
}

function fateOfCall({ answers, presses = [] }: LinePlan): Fate {
  switch (answers) {
    case 'human':
      return { ending: 'answered', again: false, leaves: presses.length > 0 };
    case 'machine':
      return { ending: 'machine', again: false, leaves: false };
    case 'busy':
    // Whoever declines is told of as busy.
    case 'rejects':
      return { ending: 'busy', again: true, leaves: false };
    case 'no_answer':
      return { ending: 'no_answer', again: true, leaves: false };
    case 'unreachable':
      return { ending: 'failed', again: false, leaves: false };
  }
}
