import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { zoneAtNight, zoneInDaytime } from '../driver/daytime.ts';
import { expectedTexts } from '../driver/expected-texts.ts';
import { Person } from '../driver/person.ts';
import { loadSample, type Sample } from '../driver/sample.ts';
import { putRecord } from '../driver/streams.ts';
import type { Overrides, System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';

const MINUTE = 60_000;

export const SKIPPED_TIME: Overrides = { sender: { HALT_HOLD_MS: String(10 * MINUTE) } };

/** Skips days, and starts the system again. */
export function describeSkippedTime(running: () => System): void {
  describe('when time is skipped:', () => {
    let system: System;
    let sample: Sample;

    before(async () => {
      sample = await loadSample();
      system = running();
    });

    async function command(person: Person, type: string, payload: object): Promise<void> {
      const occurredAt = (await system.now()).toISOString();
      const record = { type, commandId: randomUUID(), phoneNumber: person.phone, occurredAt, payload };
      await putRecord(system.kinesisUrl, 'dialog-commands', person.phone, JSON.stringify(record));
    }

    /** Somebody who has consented to be informed, and lives in that zone. */
    async function participant(phone: string, timezone: string): Promise<Person> {
      const person = new Person(phone, system);
      await person.says(sample.code, expectedTexts(sample, {}).prompt('washing-hands', 'name'));
      await command(person, 'UPDATE_USER', { profile: { timezone } });
      return person;
    }

    const plan = (person: Person, body: string): Promise<void> =>
      command(person, 'SEND_AD_HOC_MESSAGE', {
        body,
        origin: { kind: 'planned', senderNumber: null, intent: 'transactional' },
      });

    async function messageOf(
      person: Person,
      body: string,
    ): Promise<{ state: string; due: number | null; generation: number; attempts: number } | undefined> {
      const { rows } = await system.database.query(
        `SELECT state, (extract(epoch FROM due_at) * 1000)::float8 AS due, generation,
              (SELECT count(*)::int FROM attempt WHERE attempt.message_id = message.message_id) AS attempts
         FROM message WHERE phone_number = $1 AND body = $2`,
        [person.phone, body],
      );
      return rows[0];
    }

    /** Resolves with the instant until which the message is held, after so many requests. */
    async function isHeld(person: Person, body: string, attempts = 0): Promise<number> {
      let due: number | null | undefined;
      await eventually(async () => {
        const message = await messageOf(person, body);
        assert.deepEqual([message?.state, message?.attempts], ['held', attempts]);
        due = message?.due;
      });
      return due ?? assert.fail('held without an end');
    }

    it('a message that waited for the morning goes out once, not before', async () => {
      const person = await participant('+14155550131', zoneAtNight(await system.now()));
      await plan(person, 'Good morning');
      const due = await isHeld(person, 'Good morning');
      await system.skip({ to: new Date(due - MINUTE).toISOString() });
      // An answer shows that everybody has the new time, and that the sender went by it.
      await person.says('HELP', expectedTexts(sample, {}).builtIn('help'));
      assert.equal((await messageOf(person, 'Good morning'))?.state, 'held');

      await system.skip({ to: new Date(due).toISOString() });
      await person.hears('Good morning');
      const [greeting] = (await system.simulator.conversation(person.phone)).slice(-1);
      assert.ok(Date.parse(greeting?.at ?? '') >= due, `${greeting?.at} is before the morning`);
      assert.equal((await messageOf(person, 'Good morning'))?.attempts, 1);
    });

    it('a message that waits ten minutes, twice within five minutes of the queue, goes out once', async () => {
      const person = await participant('+14155550132', zoneInDaytime(await system.now()));
      await system.simulator.setFaults({ errorCodes: { [person.phone]: 21606 } });
      await plan(person, 'At last');
      for (const attempts of [1, 2]) {
        const due = await isHeld(person, 'At last', attempts);
        assert.ok(due > (await system.now()).getTime() + 9 * MINUTE);
        if (attempts === 2) await system.simulator.setFaults({ errorCodes: { [person.phone]: null } });
        await system.skip({ by: 'PT10M' });
      }
      await person.hears('At last');
      await eventually(async () => {
        const message = await messageOf(person, 'At last');
        assert.deepEqual([message?.state, message?.generation, message?.attempts], ['sent', 2, 3]);
      });
    });

    it('a process that is killed between the announcement and the jump holds nothing up, and has the time when it is back', async () => {
      const before = await system.now();
      const pid = (await system.pidOf('log')) ?? assert.fail('there is no log');
      process.kill(pid, 'SIGSTOP');
      const skipping = system.skip({ by: 'PT1H' });
      try {
        await eventually(async () => {
          const { rows } = await system.database.query('SELECT announced_ms FROM business_clock');
          assert.notEqual(rows[0]?.announced_ms, null);
        });
        const { rows } = await system.database.query(
          'SELECT offset_ms < announced_ms AS "before" FROM business_clock',
        );
        assert.deepEqual(rows, [{ before: true }]);
      } finally {
        process.kill(pid, 'SIGKILL');
      }
      const { now, version } = await skipping;
      assert.ok(Date.parse(now) >= before.getTime() + 60 * MINUTE);
      await eventually(async () => {
        const { rows } = await system.database.query(
          "SELECT pid <> $1 AS anew, version::int FROM business_clock_instance WHERE instance LIKE 'log-%' ORDER BY alive_at DESC LIMIT 1",
          [pid],
        );
        assert.deepEqual(rows, [{ anew: true, version }]);
      });
    });

    it('nothing is in the future after the system was started again, and it says how far ahead it is', async () => {
      const texts = expectedTexts(sample, {});
      await system.skip({ by: 'P2D' });
      const person = new Person('+14155550134', system);
      await person.says(sample.code, texts.prompt('washing-hands', 'name'));
      const left = await system.now();
      assert.equal(await system.stop(), 0);
      await system.startAgain();
      assert.match(system.lines.join('\n'), /Time is skipped: .* ahead of this machine/);
      assert.ok((await system.now()) >= left);
      await person.says('HELP', texts.builtIn('help'));
      const times = (await system.simulator.conversation(person.phone)).map(({ at }) => Date.parse(at));
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      const { rows } = await system.database.query(
        'SELECT bool_and(caused_at <= created_at) AS ordered FROM message WHERE phone_number = $1',
        [person.phone],
      );
      assert.deepEqual(rows, [{ ordered: true }]);
    });
  });
}
