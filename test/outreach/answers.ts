import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inParts } from '../driver/in-parts.ts';
import type { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import type { Outreach } from './client.ts';

/** A campaign, and by what its texts are known at the carrier. */
export interface Answered {
  id: string;
  name: string;
  isOf(body: string): boolean;
}

/** What a campaign counts of people who text. */
type Tally = Record<'replied' | 'optedOut', number>;

const TEXTING_AT_ONCE = 10;
const HEARD_MS = 120_000;

/**
 * People answer the campaign that texted them last, and some ask to be left alone: every third and every tenth. Returns what
 * each campaign is to count of it.
 */
export async function answerCampaigns(
  system: System,
  campaigns: readonly Answered[],
  phones: readonly PhoneNumber[],
): Promise<ReadonlyMap<string, Tally>> {
  const last = new Map<string, Answered>();
  for (const { body, direction, to } of await system.simulator.messages()) {
    const campaign = direction === 'to_phone' ? campaigns.find(({ isOf }) => isOf(body)) : undefined;
    if (campaign !== undefined) last.set(to, campaign);
  }
  const tallies = new Map(campaigns.map(({ id }): [string, Tally] => [id, { replied: 0, optedOut: 0 }]));
  const texting = phones.flatMap((phone, n): [PhoneNumber, string][] => {
    const campaign = last.get(phone);
    const kind = n % 10 === 1 ? 'optedOut' : n % 3 === 0 ? 'replied' : null;
    const tally = campaign === undefined ? undefined : tallies.get(campaign.id);
    if (kind === null || tally === undefined) return [];
    tally[kind] += 1;
    return [[phone, kind === 'replied' ? 'When do you open?' : 'STOP']];
  });
  await inParts(texting, TEXTING_AT_ONCE, ([phone, body]) => system.simulator.text(phone, body));
  return tallies;
}

/** Waits until campaigns count what they are to count, for a while; what they then count otherwise. */
export async function faultsOfAnswers(
  outreach: Outreach,
  campaigns: readonly Answered[],
  tallies: ReadonlyMap<string, Tally>,
): Promise<string[]> {
  let faults: string[] = [];
  await eventually(async () => {
    faults = [];
    for (const { id, name } of campaigns) {
      const { optedOut, replied } = await outreach.metricsOf(id);
      const wanted = tallies.get(id);
      if (replied !== wanted?.replied || optedOut !== wanted.optedOut) {
        faults.push(
          `${name} counts ${replied} replied and ${optedOut} opted out of ${JSON.stringify(wanted)}`,
        );
      }
    }
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }, HEARD_MS).catch(() => undefined);
  return faults;
}
