import { type CallFacts, callSettingsFaults, callWordsFaults } from './call-faults.ts';
import type { CampaignFault, Definition } from './definition.ts';
import { ladderFaults, type StepChannel } from './ladder.ts';

/** What keeps a campaign from going by text and by call, of its steps and of what they say. Pure. */

export interface HybridFacts extends CallFacts {
  /** What is wrong with a text, whoever gets it. */
  bodyFaults(body: string): string[];
}

type Words = Pick<Definition, 'call' | 'defaultLanguage' | 'ladder' | 'maxAttempts' | 'variants'>;

export function hybridFaults(definition: Words, facts: HybridFacts): CampaignFault[] {
  const { call, defaultLanguage, ladder, maxAttempts, variants } = definition;
  if (ladder === null) {
    return [{ pointer: '/ladder', message: 'must have steps: what comes first, and what after what?' }];
  }
  const isSaid = (channel: StepChannel): boolean =>
    ladder.some(
      (step) =>
        step.channel === channel && Object.keys(channel === 'sms' ? step.bodies : step.calls).length === 0,
    );
  const inLanguage = { call, defaultLanguage, facts };
  return [
    ...ladderFaults(ladder, maxAttempts).map(({ message, pointer }) => ({
      pointer: `/ladder${pointer}`,
      message,
    })),
    ...variants.flatMap(({ bodies, calls }, index) => [
      ...textsFaults(bodies, `/variants/${index}/bodies`, isSaid('sms'), defaultLanguage, facts),
      ...(isSaid('voice') || Object.keys(calls).length > 0
        ? callWordsFaults(calls, { at: `/variants/${index}/calls`, ...inLanguage })
        : []),
    ]),
    ...ladder.flatMap(({ bodies, calls, channel }, place): CampaignFault[] => {
      const at = `/ladder/${place}`;
      if (channel === 'sms') {
        return Object.keys(calls).length > 0
          ? [{ pointer: `${at}/calls`, message: 'is of a step that calls' }]
          : textsFaults(bodies, `${at}/bodies`, false, defaultLanguage, facts);
      }
      if (Object.keys(bodies).length > 0)
        return [{ pointer: `${at}/bodies`, message: 'is of a step that texts' }];
      return Object.keys(calls).length === 0
        ? []
        : callWordsFaults(calls, { at: `${at}/calls`, ...inLanguage });
    }),
    ...callSettingsFaults(call, facts),
  ];
}

/** `isNeeded`: a step says these. Those that are there are looked at also where none does. */
function textsFaults(
  bodies: Definition['variants'][number]['bodies'],
  at: string,
  isNeeded: boolean,
  defaultLanguage: string,
  { bodyFaults }: Pick<HybridFacts, 'bodyFaults'>,
): CampaignFault[] {
  const texts = Object.entries(bodies).filter((each): each is [string, string] => each[1] !== undefined);
  return [
    ...((isNeeded || texts.length > 0) && bodies[defaultLanguage] === undefined
      ? [{ pointer: at, message: `must have a text in ${defaultLanguage}, for everybody else` }]
      : []),
    ...texts.flatMap(([language, body]) =>
      bodyFaults(body).map((message) => ({ pointer: `${at}/${language}`, message })),
    ),
  ];
}
