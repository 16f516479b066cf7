import type { Faults } from '#shared/simulator/faults.ts';
import type { CarrierStats } from '../../driver/simulator.ts';
import { forAWhile, type Inflicted, type Scenario, type World } from '../scenario.ts';
import { CARRIER_FAULTS } from '../settings.ts';

const FAULTY_MS = 30_000;

const NONE = {
  rate429: 0,
  retryAfterSeconds: 0,
  rate5xxBefore: 0,
  rate5xxAfter: 0,
  hangRate: 0,
  lostCallbackRate: 0,
  duplicateCallbackRate: 0,
  outOfOrderCallbackRate: 0,
  duplicateInboundRate: 0,
} satisfies Partial<Faults>;

/** Lets the carrier fail for a while, and counts how often it did; then it is as it was before. */
async function whileFaulty(
  { lasts, say, system: { simulator } }: World,
  faults: Partial<Faults>,
  count: (stats: CarrierStats) => Inflicted,
  afterwards: Partial<Faults> = {},
): Promise<Inflicted> {
  const before = count(await simulator.stats());
  const since = async (): Promise<Inflicted> =>
    Object.fromEntries(
      Object.entries(count(await simulator.stats())).map(([name, times]) => [
        name,
        times - (before[name] ?? 0),
      ]),
    );
  await simulator.setFaults(faults);
  await forAWhile(lasts(FAULTY_MS), since);
  const inflicted = await since();
  await simulator.setFaults({ ...NONE, ...CARRIER_FAULTS, ...afterwards });
  say(JSON.stringify(inflicted));
  return inflicted;
}

/** Refuses, and loses answers, for a while. `afterwards`: how it is then, besides as it always is. */
export const whileFailing = (world: World, afterwards: Partial<Faults> = {}): Promise<Inflicted> =>
  whileFaulty(
    world,
    { rate429: 0.1, retryAfterSeconds: 1, rate5xxBefore: 0.1, rate5xxAfter: 0.1, hangRate: 0.04 },
    ({ broken, refused }) => ({
      'requests refused with 429': refused['20429'] ?? 0,
      'requests answered with 500 before acceptance': broken.before,
      'requests answered with 500 after acceptance': broken.after,
      'requests accepted and never answered': broken.unanswered,
    }),
    afterwards,
  );

export const carrierFails: Scenario = {
  name: 'carrier-fails',
  says:
    'For 30 s the carrier refuses a tenth of all requests (429), answers a tenth with 500 before it accepted anything and a ' +
    'tenth after it did, and leaves one of 25 that it accepted without an answer.',
  inflict: (world) => whileFailing(world),
};

export const carrierCallbacks: Scenario = {
  name: 'carrier-callbacks',
  says:
    'For 30 s the carrier loses a fifth of its status callbacks, sends a fifth twice and lets a fifth be overtaken by the next; a ' +
    'fifth of the webhooks of texts come twice.',
  inflict: (world) =>
    whileFaulty(
      world,
      {
        lostCallbackRate: 0.2,
        duplicateCallbackRate: 0.2,
        outOfOrderCallbackRate: 0.2,
        duplicateInboundRate: 0.2,
      },
      ({ callbacks, inbound }) => ({
        'callbacks lost': callbacks.lost,
        'callbacks sent twice': callbacks.repeated,
        'callbacks overtaken': callbacks.overtaken,
        'texts sent twice': inbound.repeated,
      }),
    ),
};
