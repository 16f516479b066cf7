import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { services } from '#shared/topology.ts';
import { fileOf } from '../test/driver/contacts-file.ts';
import { zoneInDaytime } from '../test/driver/daytime.ts';
import { CAPPED_AREAS, FREE_AREAS, phonesOf } from '../test/driver/phones.ts';
import { untilAtRest } from '../test/driver/rest.ts';
import { loadSample } from '../test/driver/sample.ts';
import { System } from '../test/driver/system.ts';
import { Outreach } from '../test/outreach/client.ts';
import { SystemChat } from './chat.ts';
import { publish } from './figures.ts';
import { benchmarkArguments, median } from './harness.ts';
import { usageOf } from './processes.ts';

/**
 * Memory of every service at a steady load: the whole local stack for ten minutes, 20 texts a second from 400 phones, each of
 * which gets a reply, and a campaign that sends two a second. RSS is looked at every 10 s after two minutes of warm-up.
 * Result: by service, the slope of the line that fits best (least squares), with twice its standard error. It is flat when
 * no more than the bound can be told from it.
 *
 *   node bench/memory.bench.ts [--quick] [--minutes N] [--per-second N] [--json FILE]
 *
 * With --quick half a minute after 10 s, looked at every 2 s, which says little of a slope; `--minutes`: in place of ten; `--per-second`: texts, in
 * place of 20. Fails when a text has not exactly one reply,
 * when a contact of the campaign has not exactly one message, or when a process was started again.
 */
const { quick, json, minutes, 'per-second': perSecond } = benchmarkArguments('minutes', 'per-second');
/** Until V8 has let each heap grow as far as it lets it under this load: the gateway's took four minutes. */
const WARM_UP_S = quick ? 10 : 300;
const SECONDS = minutes === undefined ? (quick ? 30 : 600) : Number(minutes) * 60;
const EVERY_S = quick ? 2 : 10;
const TEXTS_PER_SECOND = Number(perSecond ?? 20);
const PHONES = 400;
/** Of people who never run out: of the numbers that nobody has there are not more. */
const CAMPAIGN_PER_SECOND = Math.min(2, 1_900 / (WARM_UP_S + SECONDS));
/** MiB an hour: what would double a service of 128 MiB in two hours would be a leak that hurts. */
const BOUND = 60;

const isService = (name: string): boolean => Object.keys(services).includes(name);

interface Sample {
  /** Hours since the first. */
  at: number;
  rssMiB: number;
}

/** By least squares, in MiB an hour, with its standard error. */
function slopeOf(samples: readonly Sample[]): { slope: number; error: number } {
  const n = samples.length;
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / n;
  const mean = samples.reduce((sum, { rssMiB }) => sum + rssMiB, 0) / n;
  const spread = samples.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const slope = samples.reduce((sum, { at, rssMiB }) => sum + (at - meanAt) * (rssMiB - mean), 0) / spread;
  const rest = samples.reduce((sum, { at, rssMiB }) => sum + (rssMiB - mean - slope * (at - meanAt)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (n - 2) / spread) };
}

const system = await System.start({});
try {
  const sample = await loadSample();
  const chat = new SystemChat(system);
  const phones = await chat.register(PHONES, sample.code);

  const outreach = await Outreach.of(system);
  const timeZone = zoneInDaytime(await system.now());
  const people = phonesOf(
    [...FREE_AREAS, ...CAPPED_AREAS],
    Math.floor((WARM_UP_S + SECONDS) * CAMPAIGN_PER_SECOND),
  );
  const list = await outreach.makeList('Everybody');
  await outreach.importContacts(
    fileOf(people, () => timeZone),
    list,
  );
  const campaign = await outreach.makeCampaign({
    name: 'A trickle',
    type: 'sms',
    definition: {
      audience: { include: [list] },
      variants: [{ name: 'A', bodies: { en: 'A trickle for {{name}}' } }],
      windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }],
      timeZone,
      messagesPerSecond: CAMPAIGN_PER_SECOND,
    },
  });
  const pids = await system.pids();
  const restarts = await system.restarts();

  const samples = new Map<string, Sample[]>();
  const watch = async (): Promise<void> => {
    await delay(WARM_UP_S * 1_000);
    const begunAt = performance.now();
    for (let n = 0; n <= SECONDS / EVERY_S; n += 1) {
      const wait = n * EVERY_S * 1_000 - (performance.now() - begunAt);
      if (wait > 0) await delay(wait);
      const at = (performance.now() - begunAt) / 3_600_000;
      for (const [name, { rssMiB }] of await usageOf(pids)) {
        samples.set(name, [...(samples.get(name) ?? []), { at, rssMiB }]);
      }
    }
  };
  await outreach.tell(campaign, 'start');
  const [texts] = await Promise.all([chat.openLoop(phones, TEXTS_PER_SECOND, WARM_UP_S + SECONDS), watch()]);

  await untilAtRest(system, 300_000);
  await chat.stagesOf(texts);
  const told = (await system.simulator.messages()).filter(({ body }) => body.includes('A trickle for'));
  assert.equal(told.length, people.length, 'messages of the campaign are missing, or were sent twice');
  assert.equal(new Set(told.map(({ to }) => to)).size, people.length);
  assert.deepEqual(await system.restarts(), restarts);

  const rows = [...samples].map(([name, each]) => {
    const { error, slope } = slopeOf(each);
    const rss = each.map(({ rssMiB }) => rssMiB);
    return {
      process: name,
      'RSS at first, MiB': Math.round(rss[0] ?? Number.NaN),
      median: Math.round(median(rss)),
      most: Math.round(Math.max(...rss)),
      'slope, MiB an hour': Math.round(slope),
      'give or take': Math.round(2 * error),
      flat: isService(name) ? (slope - 2 * error <= BOUND ? 'yes' : 'no') : '',
    };
  });
  const grown = rows.filter(({ flat }) => flat === 'no');
  const slopes = rows.filter(({ flat }) => flat !== '').map((row) => row['slope, MiB an hour']);
  await publish(
    {
      benchmark: 'memory',
      config: {
        texts: texts.length,
        'texts/s': TEXTS_PER_SECOND,
        'messages of the campaign': people.length,
        minutes: SECONDS / 60,
        'minutes of warm-up': WARM_UP_S / 60,
      },
      tables: [{ rows }],
      aims: [
        {
          against: `${SECONDS / 60} minutes at a steady load`,
          aim: `no service grows by ${BOUND} MiB an hour`,
          measured: `${Math.min(...slopes)} to ${Math.max(...slopes)}`,
          reached: grown.length === 0,
        },
      ],
    },
    json,
  );
} finally {
  await system.end();
}
