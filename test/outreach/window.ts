import assert from 'node:assert/strict';
import { fileOf } from '../driver/contacts-file.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import { FREE_AREAS, phonesOf } from '../driver/phones.ts';
import type { Overrides, System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { Outreach } from './client.ts';

const PEOPLE = 90;
const MINUTE_MS = 60_000;

export const WINDOW: Overrides = { gateway: { STATUS_FIRST_LOOK_MS: '3600000' } };

/** Skips time to the next day. */
export function describeWindow(running: () => System): void {
  describe('with a campaign whose window closes while messages are queued', () => {
    let system: System;
    before(() => {
      system = running();
    });

    it('sends none of them late, and all of them the next day', async () => {
      const outreach = await Outreach.of(system);
      const now = await system.now();
      const timeZone = zoneInDaytime(now);
      const phones = phonesOf(FREE_AREAS, PEOPLE);
      const list = await outreach.makeList('people');
      await outreach.importContacts(
        fileOf(phones, () => timeZone),
        list,
      );
      // Whole minutes, as people write them.
      const closesAt = new Date(Math.ceil(now.getTime() / MINUTE_MS + 30) * MINUTE_MS);
      const timeThere = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' });
      const id = await outreach.makeCampaign({
        name: 'Before the evening',
        type: 'sms',
        definition: {
          audience: { include: [list] },
          variants: [{ name: 'A', bodies: { en: 'Hi {{name}}' } }],
          windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: timeThere.format(closesAt) }],
          timeZone,
          messagesPerSecond: 3,
        },
      });
      const heard = async (): Promise<{ to: string; at: string }[]> =>
        (await system.simulator.messages()).filter(({ body }) => body.startsWith('Hi P'));
      const countOf = async (states: string): Promise<number> => {
        const { rows } = await system.database.query<{ contacts: number }>(
          'SELECT count(*)::int AS contacts FROM campaign_contact WHERE campaign_id = $1 AND state = ANY ($2)',
          [id, states.split(' ')],
        );
        return rows[0]?.contacts ?? 0;
      };

      await outreach.tell(id, 'start');
      await eventually(async () => assert.ok((await heard()).length >= 10), 60_000);
      assert.ok((await countOf('pending queued')) > 0, 'nothing was queued any more');
      // Windows close a minute early: what is on its way must still arrive inside.
      await system.skip({ to: new Date(closesAt.getTime() - MINUTE_MS / 2).toISOString() });
      await eventually(async () => assert.equal(await countOf('pending queued'), 0), 60_000);
      const before = await heard();
      const held = await countOf('held');
      assert.ok(held > 0, 'nothing had to wait');
      assert.equal(before.length + held, PEOPLE);
      for (const { at } of before) assert.ok(new Date(at) < closesAt, `one was sent at ${at}`);

      const { rows } = await system.database.query<{ due: Date }>(
        `SELECT min(due_at) AS due FROM campaign_contact WHERE campaign_id = $1 AND state = 'held'`,
        [id],
      );
      const due = rows[0]?.due ?? assert.fail('what is held has no time');
      assert.equal(timeThere.format(due), '09:00');
      await system.skip({ to: due.toISOString() });
      await eventually(async () => assert.equal((await outreach.statusOf(id)).status, 'completed'), 100_000);
      const all = await heard();
      assert.deepEqual(all.map(({ to }) => to).sort(), [...phones].sort());
      for (const { at } of all.slice(before.length)) assert.ok(new Date(at) >= due, `one was sent at ${at}`);
    });
  });
}
