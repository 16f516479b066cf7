import type { CampaignType } from '#shared/campaigns/definition.ts';
import type { OracleStep } from './oracle.ts';
import type { Person } from './people.ts';

/** The ladders that are climbed, as they are asked for through the API, and as the oracle knows them. */
export interface Ladder {
  name: string;
  type: CampaignType;
  definition: object;
  /** When people may hear of it, where they are. */
  window: { from: string; to: string };
  /** As it is to be understood. */
  steps: readonly OracleStep[];
  maxAttempts: number;
}

export interface Campaign {
  id: string;
  ladder: Ladder;
  people: readonly Person[];
}

const call = { organisation: 'Riverside County Health', tollFreeNumber: '+18005550142' };
const says = (say: string) => ({ en: { message: { say } } });
const variants = [
  {
    name: 'A',
    weight: 2,
    bodies: { en: 'A visit is due, {{name}}. Will you come?' },
    calls: says('A visit is due, {{name}}. Please text us whether you will come.'),
  },
  {
    name: 'B',
    bodies: { en: 'We expect you, {{name}}. Will you come?' },
    calls: says('We expect you, {{name}}. Please text us whether you will come.'),
  },
];
const window = { from: '10:00', to: '17:30' };

const textFirst: OracleStep[] = [
  { channel: 'sms', follows: null, after: [], tries: 1 },
  { channel: 'voice', follows: null, after: ['undelivered', 'unreachable', 'no_reply'], tries: 2 },
  { channel: 'sms', follows: null, after: ['answered'], tries: 1 },
  { channel: 'sms', follows: 1, after: ['machine', 'busy', 'no_answer'], tries: 1 },
];
const callFirst: OracleStep[] = [
  { channel: 'voice', follows: null, after: [], tries: 1 },
  { channel: 'sms', follows: null, after: ['busy', 'no_answer', 'machine', 'failed'], tries: 2 },
  { channel: 'sms', follows: 0, after: ['answered'], tries: 1 },
];

export const climbs: readonly Ladder[] = [
  {
    name: 'Text first',
    type: 'hybrid',
    window,
    steps: textFirst,
    maxAttempts: 4,
    definition: {
      variants,
      call,
      maxAttempts: 4,
      ladder: [
        textFirst[0],
        { ...textFirst[1], answerWithinMinutes: 180 },
        { ...textFirst[2], bodies: { en: 'As we said on the phone, {{name}}: text us.' } },
        { ...textFirst[3], bodies: { en: 'We called you, {{name}}: text us.' } },
      ],
    },
  },
  {
    name: 'Call first',
    type: 'hybrid',
    window,
    steps: callFirst,
    maxAttempts: 2,
    definition: {
      variants,
      call,
      maxAttempts: 2,
      ladder: [
        callFirst[0],
        callFirst[1],
        { ...callFirst[2], bodies: { en: 'As we said on the phone, {{name}}: text us.' } },
      ],
    },
  },
  {
    name: 'Texts with a way out',
    type: 'sms',
    window,
    // A text is tried as often as the campaign allows; a call comes where the number takes none.
    steps: [
      { channel: 'sms', follows: null, after: [], tries: 3 },
      { channel: 'voice', follows: null, after: ['unreachable'], tries: 3 },
    ],
    maxAttempts: 3,
    definition: { variants, call, maxAttempts: 3, fallback: 'voice' },
  },
];
