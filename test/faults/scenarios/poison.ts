import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type StreamName, streamConsumers, streams } from '#shared/topology.ts';
import { putRecord } from '../../driver/streams.ts';
import { eventually } from '../../eventually.ts';
import type { Scenario, World } from '../scenario.ts';

const SET_ASIDE_MS = 120_000;

/** What a producer with a fault may put: no text, no JSON, JSON of another kind, and commands of impossible shape. */
const poisons = (phone: string): readonly (string | Uint8Array)[] => [
  Uint8Array.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
  '',
  '{"type":"INBOUND_SMS"',
  'null',
  '[[[[]]]]',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  // Not in one line: looks for commands that wait to be executed pass over these.
  JSON.stringify(
    { type: 'INBOUND_SMS', commandId: randomUUID(), phoneNumber: phone, payload: null },
    null,
    1,
  ),
  JSON.stringify(
    { type: 'NO_SUCH_COMMAND', commandId: randomUUID(), phoneNumber: phone, payload: {} },
    null,
    1,
  ),
  JSON.stringify({ type: 'STATUS_UPDATE', carrierMessageId: '', status: 7, phoneNumber: phone }),
  JSON.stringify({ type: 'OUTBOUND_SMS', body: 'a\u0000b', phoneNumber: phone, attemptId: 'none' }),
  JSON.stringify({ phoneNumber: phone, version: -1, events: [{ type: 'NO_SUCH_EVENT' }] }),
];

export const poisonRecords: Scenario = {
  name: 'poison-records',
  says:
    'On every stream appear records that no producer of ours writes: bytes that are no text, nothing, broken or deep JSON, and ' +
    'commands, events and statuses of impossible shape. Each must be set aside once by whoever reads all of its stream (who ' +
    'only looks for texts passes over what is none), with its reason, and nothing else; then they are discarded, as an ' +
    'operator does it.',
  inflict: async ({ say, spare, system, untilTalking }) => {
    const [phone = ''] = spare;
    const names = Object.keys(streams).filter((name): name is StreamName => Object.hasOwn(streams, name));
    const before = await setAside(system);
    let put = 0;
    for (const stream of names) {
      for (const body of poisons(phone)) {
        await putRecord(system.kinesisUrl, stream, phone, body);
        put += 1;
      }
      await untilTalking();
    }
    const each = put / names.length;
    let times = 0;
    await eventually(async () => {
      const now = await setAside(system);
      const since = ({ consumer, stream }: Consumer): number => {
        const key = `${consumer} of ${stream}`;
        return (now.get(key) ?? 0) - (before.get(key) ?? 0);
      };
      for (const stream of names) {
        const counts = streamConsumers.filter((one) => one.stream === stream).map(since);
        assert.equal(Math.max(...counts), each, `most that a consumer of ${stream} set aside`);
      }
      times = streamConsumers.reduce((sum, one) => sum + since(one), 0);
    }, SET_ASIDE_MS);
    // For those that are behind.
    await untilTalking();
    await system.operate('quarantine', 'discard', '--all', '--yes', '--why', 'made up by a trial');
    say(`${put} records were put, and set aside ${times} times`);
    return { 'records of no sense': put, 'times that one was set aside': times };
  },
};

type Consumer = (typeof streamConsumers)[number];

/** Records set aside so far, by consumer and stream. */
async function setAside({ database }: World['system']): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.query<{ key: string; count: number }>(
    `SELECT consumer || ' of ' || source AS key, count(*)::int AS count FROM quarantined_record GROUP BY 1`,
  );
  return new Map(rows.map(({ count, key }) => [key, count]));
}
