import assert from 'node:assert/strict';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import type { Line } from '#shared/simulator/line.ts';
import { fileOf } from '../driver/contacts-file.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import type { Overrides, System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { Outreach } from '../outreach/client.ts';

/** Calls go on faster than life, and begin at a pace that a test can wait for. */
export const CALLS: Overrides = {
  carrier: { CARRIER_CALL_SPEED: '40', CARRIER_CALLS_PER_SECOND: '100' },
  caller: { CALLS_PER_SECOND: '20' },
  campaigns: { CALLS_PER_SECOND: '20' },
};

const phoneOf = (n: number): PhoneNumber => phoneNumber(`+191655501${String(n).padStart(2, '0')}`);
const LISTENS = phoneOf(41);
const OPTS_OUT = phoneOf(42);
const BUSY = phoneOf(43);
const MACHINE = phoneOf(44);
const AWAY = phoneOf(45);
const REJECTS = phoneOf(46);
const NOBODYS = phoneOf(47);

/** Skips some minutes. */
export function describeCalls(running: () => System): void {
  describe('with a campaign that calls', () => {
    let system: System;
    before(() => {
      system = running();
    });

    it('is heard by people and machines, calls back who was busy, and leaves alone who says so', async () => {
      const outreach = await Outreach.of(system);
      const api = await system.api();
      const timeZone = zoneInDaytime(await system.now());
      const lines: [PhoneNumber, Partial<Line>][] = [
        [LISTENS, { presses: [{ afterMs: 4_000, key: '1' }] }],
        [OPTS_OUT, { presses: [{ afterMs: 3_000, key: '9' }] }],
        [BUSY, { answers: 'busy' }],
        [MACHINE, { answers: 'machine' }],
        [AWAY, { answers: 'no_answer' }],
        [REJECTS, { answers: 'rejects' }],
        [NOBODYS, { answers: 'unreachable' }],
      ];
      const phones = lines.map(([phone]) => phone);
      const list = await outreach.makeList('people to call');
      await outreach.importContacts(
        fileOf(phones, () => timeZone),
        list,
      );
      for (const [phone, line] of lines) {
        await system.simulator.setLine(phone, line);
        const { response } = await api.POST('/v1/consents', {
          body: {
            phoneNumber: phone,
            granted: ['informational', 'artificial_voice'],
            wording: 'You may call me with a recorded voice.',
            affirmativeAction: 'signed the form',
            givenAt: '2026-01-05T12:00:00Z',
          },
        });
        assert.ok(response.ok, String(response.status));
      }
      const id = await outreach.makeCampaign({
        name: 'Clinic hours, by phone',
        type: 'voice',
        definition: {
          audience: { include: [list] },
          variants: [
            {
              name: 'A',
              calls: {
                en: {
                  message: { say: 'Hello {{name}}, the clinic is open.' },
                  menu: [{ key: '1', prompt: 'For the address, press 1.', say: 'We are at 12 Main Street.' }],
                },
              },
            },
          ],
          call: { organisation: 'Riverside County Health', tollFreeNumber: '+18005550142' },
          windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }],
          timeZone,
          maxAttempts: 2,
          retryDelayMinutes: 5,
        },
      });
      const standings = async (): Promise<string[]> => {
        const { rows } = await system.database.query<{ stands: string }>(
          `SELECT state || coalesce(':' || rule, '') AS stands FROM campaign_contact WHERE campaign_id = $1 ORDER BY phone_number`,
          [id],
        );
        return rows.map(({ stands }) => stands);
      };
      const stand = (...expected: string[]): Promise<void> =>
        eventually(async () => assert.deepEqual(await standings(), expected), 60_000);

      await outreach.tell(id, 'start');
      const settled = ['answered', 'answered:opted_out'];
      await stand(
        ...settled,
        'held:retry_busy',
        'delivered:machine',
        'held:retry_no_answer',
        // Who declines is busy, as the carrier has it.
        'held:retry_busy',
        'failed:sip_404',
      );
      await system.simulator.setLine(BUSY, {});
      await system.skip({ by: 'PT6M' });
      await stand(
        ...settled,
        'answered',
        'delivered:machine',
        'undelivered:no_answer',
        'undelivered:busy',
        'failed:sip_404',
      );
      await eventually(async () => assert.equal((await outreach.statusOf(id)).status, 'completed'), 30_000);

      const heard = (phone: PhoneNumber): Promise<string[][]> => system.simulator.heardOf(phone);
      const [listened] = await heard(LISTENS);
      assert.equal(listened?.[0], 'This is an automated call from Riverside County Health.');
      assert.ok(listened?.includes('We are at 12 Main Street.'));
      assert.deepEqual(
        (await heard(OPTS_OUT)).map((call) => call.at(-1)),
        ['You will get no more calls or texts from us.'],
      );
      assert.ok((await heard(MACHINE)).flat().some((words) => words.includes('8 0 0, 5 5 5, 0 1 4 2')));
      // Once each, but who was busy, or not there. Nobody's phone rings of a number that nobody has.
      const calls = await Promise.all(phones.map(async (phone) => (await heard(phone)).length));
      assert.deepEqual(calls, [1, 1, 2, 1, 2, 2, 1]);

      const { data: metrics } = await api.GET('/v1/campaigns/{id}/metrics', { params: { path: { id } } });
      assert.deepEqual(
        metrics?.calls.map(({ calls: count, outcome }) => [outcome, count]),
        [
          ['failed', 1],
          ['no_answer', 2],
          ['busy', 3],
          ['answered', 2],
          ['machine', 1],
          ['opted_out', 1],
        ],
      );
      assert.equal(metrics?.optedOut, 1);
      const { rows: suppressed } = await system.database.query(
        'SELECT phone_number FROM suppression WHERE phone_number = ANY ($1)',
        [phones],
      );
      assert.deepEqual(suppressed, [{ phone_number: OPTS_OUT }]);
      // What is counted is what the rows add up to.
      const { rows } = await system.database.query(
        `SELECT (SELECT micros FROM campaign_spend WHERE campaign_id = $1)
                = (SELECT sum(micros) FROM campaign_call WHERE campaign_id = $1) AS agree`,
        [id],
      );
      assert.deepEqual(rows, [{ agree: true }]);
    });
  });
}
