import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { SendAdHocMessage, UpdateUser } from '#shared/contracts/dialog-commands.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type QueueName, queues } from '#shared/topology.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import { loadSample } from '../driver/sample.ts';
import { putRecord } from '../driver/streams.ts';
import { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import type { Reading, RecordedCall } from './recorded-call.ts';

const CURIOUS = phoneNumber('+14155550131');
const PLANNED = phoneNumber('+14155550132');
const GONE = phoneNumber('+14155550133');
/** The carrier's word for "this person opted out at us". */
const OPTED_OUT = 21_610;

/**
 * Runs the whole system through everything that makes a service call AWS, every stream and queue from both ends, and
 * gives the calls, those of its end included. Takes about 25 s: the carrier takes nothing until entries have been in
 * hand for so long that they are extended, and messages queued for so long that their phones get another turn.
 */
export async function recordScenario(reading: Reading): Promise<RecordedCall[]> {
  const system = await System.start({ sender: { STALE_TURN_MS: '10000' } }, { recordCalls: reading });
  try {
    const { code } = await loadSample();
    await system.simulator.text(PLANNED, code);
    await eventually(async () => {
      const heard = await system.simulator.conversation(PLANNED);
      assert.ok(heard.some(({ direction }) => direction === 'to_phone'));
    });
    await system.simulator.setFaults({ rate429: 1, errorCodes: { [GONE]: OPTED_OUT } });
    await system.simulator.text(CURIOUS, code);
    await system.simulator.text(GONE, code);
    await planMessage(system);
    await eventually(async () => {
      for (const queue of Object.keys(queues) as QueueName[]) {
        assert.ok(has(system, 'sqs:ChangeMessageVisibility', queue), `an entry of ${queue} was extended`);
        assert.ok(has(system, 'sqs:SendMessage', queue), `a phone got another turn in ${queue}`);
      }
    }, 60_000);
    await system.simulator.setFaults({ rate429: 0 });
    await eventually(async () => {
      const { rows } = await system.database.query<{ phone_number: string; state: string }>(
        'SELECT DISTINCT phone_number, state FROM message ORDER BY phone_number',
      );
      assert.deepEqual(
        rows.map(({ phone_number, state }) => `${phone_number} ${state}`),
        [`${CURIOUS} sent`, `${PLANNED} sent`, `${GONE} failed`],
      );
      const { rowCount } = await system.database.query('SELECT FROM outbox');
      assert.equal(rowCount, 0);
      const told = await system.database.query(
        "SELECT FROM consent_change WHERE phone_number = $1 AND method = 'carrier'",
        [GONE],
      );
      assert.equal(told.rowCount, 1);
    }, 60_000);
    assert.equal(await system.stop(), 0);
    return system.awsCalls;
  } finally {
    await system.end();
  }
}

const has = (system: System, action: string, resource: string): boolean =>
  system.awsCalls.some(
    (call) => call.service === 'sender' && call.action === action && call.resource === resource,
  );

/** A message that nobody asked for goes through the other queue. It may go now: where the person is, it is day. */
async function planMessage(system: System): Promise<void> {
  const move: UpdateUser = {
    type: 'UPDATE_USER',
    commandId: randomUUID(),
    phoneNumber: PLANNED,
    occurredAt: new Date().toISOString(),
    payload: { profile: { timezone: zoneInDaytime(new Date()) } },
  };
  await putRecord(system.kinesisUrl, 'dialog-commands', PLANNED, JSON.stringify(move));
  const command: SendAdHocMessage = {
    type: 'SEND_AD_HOC_MESSAGE',
    commandId: randomUUID(),
    phoneNumber: PLANNED,
    occurredAt: new Date().toISOString(),
    payload: {
      body: 'The course moves to room 5.',
      origin: { kind: 'planned', senderNumber: null, intent: 'transactional' },
    },
  };
  await putRecord(system.kinesisUrl, 'dialog-commands', PLANNED, JSON.stringify(command));
}
