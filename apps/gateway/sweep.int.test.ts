import assert from 'node:assert/strict';
import type { Carrier, InboundListing } from '#shared/carriers/carrier.ts';
import { CarillonError } from '#shared/errors.ts';
import { inboundCommandId, messageLogId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type SenderAddress, senderAddress } from '#shared/phone/sender-address.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { sweepIfDue } from './sweep.ts';
import { OURS, PERSON, startTestGateway, type TestGateway } from './test-gateway.ts';
import { noteListening } from './watch.ts';

describe('a sweep of inbound messages', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  /** What the carrier lists, oldest page first. */
  let pages: InboundListing[][];
  let asked: { since: Date; until: Date }[];
  let carrier: Carrier;

  before(async () => {
    database = await createDatabase();
  });
  after(async () => {
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(
      database.adminPool,
      'inbound_watch, message_log, phone, consent_change, consent_standing, suppression, quarantined_record',
    );
    gateway = await startTestGateway(database);
    pages = [];
    asked = [];
    carrier = {
      ...gateway.carrier,
      async *listInbound(query) {
        asked.push(query);
        yield* pages;
      },
      inboundMedia: async (id) => [{ url: `https://api.twilio.com/${id}/media`, contentType: 'image/png' }],
    };
    await noteListening(gateway.pool, 'twilio', { outageMs: 30_000, missed: false });
  });
  afterEach(async () => {
    await gateway.stop();
  });

  const text = (
    sid: string,
    body: string,
    second: number,
    from = PERSON,
    mediaCount = 0,
  ): InboundListing => ({
    kind: 'message',
    mediaCount,
    message: {
      carrierMessageId: sid,
      from: phoneNumber(from),
      to: phoneNumber(OURS),
      body,
      media: [],
      receivedAt: new Date(Date.UTC(2025, 0, 15, 12, 0, second)),
      optOutType: null,
    },
  });
  const logged = (sid: string, direction: 'inbound' | null): Promise<unknown> =>
    database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, status, status_rank, status_at)
       VALUES ($1, 'twilio', $2, $3, 'received', 210, now())`,
      [messageLogId('twilio', sid), sid, direction],
    );
  const sweep = (signal = new AbortController().signal) =>
    sweepIfDue(carrier, { everyMs: 180_000, anyway: true, signal }, gateway.deps);
  const put = (): string[] =>
    gateway.streams.commands.map((command) => (command.type === 'INBOUND_SMS' ? command.payload.body : '?'));
  const aside = async (): Promise<string[]> =>
    (
      await database.adminPool.query<{ id: string }>('SELECT sequence_number AS id FROM quarantined_record')
    ).rows.map(({ id }) => id);
  const suppressed = async (): Promise<boolean> =>
    (await database.adminPool.query('SELECT FROM suppression')).rowCount === 1;
  const watch = async (): Promise<{ swept: boolean; outage: boolean; claimed: boolean }> => {
    const { rows } = await database.adminPool.query<{ swept: boolean; outage: boolean; claimed: boolean }>(
      `SELECT swept_at > now() - interval '1 minute' AS swept, outage_since IS NOT NULL AS outage,
              sweep_claim IS NOT NULL AS claimed FROM inbound_watch`,
    );
    assert.ok(rows[0]);
    return rows[0];
  };
  const afterAnOutage = (): Promise<unknown> =>
    database.adminPool.query(
      `UPDATE inbound_watch SET outage_since = now() - interval '1 hour', swept_at = now() - interval '1 hour',
                                listening_since = now() - interval '1 day'`,
    );

  it('takes in what was written to a sender on WhatsApp, with its window by when it was written; to no sender, keeps it aside', async () => {
    const ours = senderAddress('whatsapp:+14155550110');
    await database.adminPool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
       VALUES ($1, 'twilio', 'whatsapp', 'registered', 80, now(), now()) ON CONFLICT DO NOTHING`,
      [ours],
    );
    const receivedAt = new Date(gateway.deps.clock.now().getTime() - 5 * 3_600_000);
    const by = (sid: string, to: SenderAddress, from: string): InboundListing => {
      const listed = text(sid, 'Hello', 0, from);
      assert.ok(listed.kind === 'message');
      return { ...listed, message: { ...listed.message, to, receivedAt } };
    };
    const stranger = senderAddress('whatsapp:+14155550119');
    pages = [[by('SMw1', ours, '+14155550107'), by('SMw2', stranger, '+14155550108')]];
    await sweep();
    assert.deepEqual(
      gateway.streams.commands.map((command) => command.type === 'INBOUND_SMS' && command.payload.to),
      [ours],
    );
    const { rows } = await database.adminPool.query<{ phone: string; hours: number; on: Date }>(
      `SELECT phone_number AS phone, round(extract(epoch FROM clock_timestamp() - heard_at) / 3600)::int AS hours, heard_on AS on
         FROM whatsapp_window`,
    );
    assert.deepEqual(rows, [{ phone: '+14155550107', hours: 5, on: receivedAt }]);
    const { rows: aside } = await database.adminPool.query(
      'SELECT sequence_number AS id FROM quarantined_record',
    );
    assert.deepEqual(aside, [{ id: 'SMw2' }]);
  });

  it('hears a STOP that was written to a sender on WhatsApp, and leaves its window open for the confirmation', async () => {
    const ours = senderAddress('whatsapp:+14155550110');
    await database.adminPool.query(
      `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
       VALUES ($1, 'twilio', 'whatsapp', 'registered', 80, now(), now()) ON CONFLICT DO NOTHING`,
      [ours],
    );
    const phone = phoneNumber('+14155550106');
    const receivedAt = new Date(gateway.deps.clock.now().getTime() - 60_000);
    const listed = text('SMw3', 'STOP', 0, phone);
    assert.ok(listed.kind === 'message');
    pages = [[{ ...listed, message: { ...listed.message, to: ours, receivedAt } }]];
    let known: unknown[] = [];
    gateway.streams.onPut = async () => {
      const { rows } = await database.adminPool.query(
        `SELECT suppression.source, cause, sender_number, heard_on FROM suppression
           JOIN consent_change USING (phone_number) JOIN whatsapp_window USING (phone_number) WHERE phone_number = $1`,
        [phone],
      );
      known = rows;
    };
    await sweep();
    gateway.streams.onPut = async () => undefined;
    const cause = 'twilio SMw3, by whatsapp';
    assert.deepEqual(known, [{ source: 'user_opt_out', cause, sender_number: ours, heard_on: receivedAt }]);
    const command = gateway.streams.commands.at(-1);
    assert.ok(command?.type === 'INBOUND_SMS');
    const { body, consent, to } = command.payload;
    assert.deepEqual([body, consent, to], ['STOP', 'opted_out', ours]);
    // No carrier has answered it: it is confirmed from there.
    assert.equal(command.payload.optOutType, undefined);
  });

  it('takes in exactly what the log does not have, oldest first', async () => {
    pages = [
      [text('SM1', 'one', 1), text('SM2', 'two', 2)],
      [text('SM3', 'three', 3), text('SM4', 'four', 4)],
    ];
    await logged('SM2', 'inbound');
    await logged('SM3', null);
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 3 });
    assert.deepEqual(put(), ['one', 'three', 'four']);
    assert.equal(gateway.metrics.sums.InboundSwept, 3);
  });

  it('takes in what it finds as a webhook would have: same id, with the time that the carrier knows', async () => {
    pages = [[text('SM1', 'one', 1)]];
    await sweep();
    await gateway.text('SM1', 'one');
    const [swept, delivered] = gateway.streams.commands;
    assert.equal(swept?.commandId, inboundCommandId('twilio', 'SM1'));
    assert.equal(delivered?.commandId, swept?.commandId);
    assert.equal(swept?.occurredAt, '2025-01-15T12:00:01.000Z');
  });

  it('makes a missed STOP durable before it is put', async () => {
    let suppressedAtPut = false;
    gateway.streams.onPut = async () => {
      suppressedAtPut = await suppressed();
    };
    pages = [[text('SM1', 'STOP', 1)]];
    await sweep();
    assert.equal(suppressedAtPut, true);
  });

  it('hears STOP and START of one person in their order', async () => {
    pages = [[text('SM1', 'START', 1), text('SM2', 'STOP', 2)], [text('SM3', 'START', 3)]];
    await sweep();
    assert.deepEqual(put(), ['START', 'STOP', 'START']);
    assert.equal(await suppressed(), false);
  });

  it('does not let a START that is found late lift a STOP that came after it', async () => {
    await gateway.text('SM2', 'STOP');
    pages = [[text('SM1', 'START', 1)]];
    await sweep();
    assert.equal(await suppressed(), true);
    assert.deepEqual(put(), ['STOP', 'START']);
  });

  it('lets a START that is found late lift a STOP that came before it', async () => {
    pages = [[text('SM1', 'STOP', 1)], [text('SM2', 'START', 2)]];
    await sweep();
    assert.equal(await suppressed(), false);
  });

  it('fetches pictures of what it takes in', async () => {
    pages = [[text('SM1', 'look', 1, PERSON, 2)]];
    await sweep();
    const [command] = gateway.streams.commands;
    assert.deepEqual(command?.type === 'INBOUND_SMS' && command.payload.media, [
      { url: 'https://api.twilio.com/SM1/media', contentType: 'image/png' },
    ]);
  });

  it('keeps aside what has no phone number, and goes on', async () => {
    pages = [
      [
        {
          kind: 'no_phone_number',
          phoneNumber: null,
          optOutType: null,
          unreachable: { carrierMessageId: 'SM1', from: '12345', to: OURS, body: 'code' },
        },
        text('SM2', 'two', 2),
      ],
    ];
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 2 });
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 1 }, 'what is kept aside is not missing again');
    assert.deepEqual(put(), ['two', 'two']);
    assert.equal(gateway.metrics.sums.InboundSwept, 3);
    const { rowCount } = await database.adminPool.query('SELECT FROM quarantined_record');
    assert.equal(rowCount, 1);
  });

  it('ends an outage when everything is taken in', async () => {
    await afterAnOutage();
    pages = [[text('SM1', 'one', 1)]];
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 1 });
    assert.deepEqual(await watch(), { swept: true, outage: false, claimed: false });
    const reach = Date.now() - (asked[0]?.since.getTime() ?? 0);
    assert.ok(Math.abs(reach - 4_200_000) < 60_000, 'an hour and ten minutes');
  });

  const faults: Record<string, () => void> = {
    'the stream is away': () => {
      gateway.streams.away = true;
    },
    'the carrier cannot be asked': () => {
      carrier = {
        ...carrier,
        async *listInbound() {
          yield [text('SM1', 'one', 1)];
          throw new CarillonError('unavailable', 'the list cannot be read');
        },
      };
    },
    'the database fails': () => {
      const { connect } = gateway.pool;
      gateway.pool.connect = () => {
        gateway.pool.connect = connect;
        throw new CarillonError('unavailable', 'no connection');
      };
      pages = [[text('SM1', 'STOP', 1)]];
    },
    'something fails that nobody foresaw': () => {
      gateway.streams.onPut = async () => {
        throw new TypeError('a mistake of ours');
      };
    },
  };
  for (const [fault, make] of Object.entries(faults)) {
    it(`counts for nothing, and may begin again at once, when ${fault}`, async () => {
      await afterAnOutage();
      pages = [[text('SM1', 'one', 1)]];
      make();
      await assert.rejects(sweep(), /away|cannot be read|no connection|a mistake of ours/);
      assert.deepEqual(await watch(), { swept: false, outage: true, claimed: false });
      assert.deepEqual(await aside(), []);
    });
  }

  it('takes a text in without its pictures when those cannot be listed', async () => {
    await afterAnOutage();
    pages = [[text('SM1', 'look', 1, PERSON, 1), text('SM2', 'two', 2)]];
    carrier = {
      ...carrier,
      inboundMedia: async () => {
        throw new CarillonError('unavailable', 'the media cannot be read');
      },
    };
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 2 });
    assert.deepEqual(put(), ['look', 'two']);
    assert.equal(gateway.metrics.sums.InboundWithoutMedia, 1);
    assert.deepEqual(await watch(), { swept: true, outage: false, claimed: false });
  });

  it('hears a STOP to a short code of ours', async () => {
    await afterAnOutage();
    const unreachable = { carrierMessageId: 'SM1', from: PERSON, to: '72345', body: 'stop' };
    pages = [[{ kind: 'no_phone_number', phoneNumber: phoneNumber(PERSON), optOutType: null, unreachable }]];
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 1 });
    const { rows } = await database.adminPool.query('SELECT phone_number FROM suppression');
    assert.deepEqual(rows, [{ phone_number: PERSON }]);
    assert.deepEqual(await aside(), ['SM1']);
  });

  it('keeps aside what the carrier lists without a date, and goes on', async () => {
    await afterAnOutage();
    const unreachable = { carrierMessageId: 'SM1', from: PERSON, to: OURS, body: 'when?' };
    pages = [[{ kind: 'no_date', unreachable }, text('SM2', 'two', 2)]];
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 2 });
    assert.deepEqual(put(), ['two']);
    assert.deepEqual(await aside(), ['SM1']);
    assert.equal(gateway.metrics.sums.InboundKeptAside, 1);
    assert.deepEqual(await watch(), { swept: true, outage: false, claimed: false });
  });

  const never = new Date(Number.NaN);
  const hopeless: Record<string, { body: string; receivedAt: Date }> = {
    'a STOP with a date that is none': { body: 'STOP', receivedAt: never },
    'a text with a date that is none': { body: 'one', receivedAt: never },
  };
  for (const [what, change] of Object.entries(hopeless)) {
    it(`keeps ${what} aside, and goes on`, async () => {
      await afterAnOutage();
      const listing = text('SM1', '', 1);
      assert.ok(listing.kind === 'message');
      pages = [[{ ...listing, message: { ...listing.message, ...change } }, text('SM2', 'two', 2)]];
      assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 2 });
      assert.deepEqual(put(), ['two']);
      assert.deepEqual(await aside(), ['SM1']);
      assert.deepEqual(await watch(), { swept: true, outage: false, claimed: false });
    });
  }

  it('hears a STOP with a character in it that the database cannot store', async () => {
    pages = [[text('SM1', 'STOP\0', 1)]];
    await sweep();
    assert.equal(await suppressed(), true);
    assert.deepEqual(put(), ['STOP']);
    assert.deepEqual(await aside(), []);
  });

  it('ends when it is told to, and counts for nothing', async () => {
    pages = [[text('SM1', 'one', 1)]];
    await afterAnOutage();
    await assert.rejects(sweep(AbortSignal.abort(new Error('stopping'))), /stopping/);
    assert.deepEqual(await watch(), { swept: false, outage: true, claimed: false });
    assert.deepEqual(put(), []);
  });

  it('counts for nothing when an outage begins while it runs', async () => {
    pages = [[text('SM1', 'one', 1)]];
    gateway.streams.onPut = async () => {
      await database.adminPool.query("UPDATE inbound_watch SET alive_at = alive_at - interval '1 minute'");
      await noteListening(gateway.pool, 'twilio', { outageMs: 30_000, missed: false });
    };
    assert.deepEqual(await sweep(), { kind: 'lost' });
    assert.equal((await watch()).outage, true);
  });

  it('takes in nothing more of the list once its claim is seen to be lost', async () => {
    pages = [[text('SM1', 'one', 1)], [text('SM2', 'two', 2)]];
    gateway.streams.onPut = async () => {
      await database.adminPool.query('UPDATE inbound_watch SET sweep_claim = gen_random_uuid()');
    };
    assert.deepEqual(await sweep(), { kind: 'lost' });
    assert.deepEqual(put(), ['one']);
  });

  it('is not done by two tasks at a time', async () => {
    let second: Promise<unknown> = Promise.resolve();
    pages = [[text('SM1', 'one', 1)]];
    gateway.streams.onPut = async () => {
      second = sweep();
      await second;
    };
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 1 });
    assert.deepEqual(await second, { kind: 'not_due' });
  });

  it('takes in many people at once and each in order', async () => {
    const people = Array.from({ length: 40 }, (_, n) => `+1415555${String(100 + n).padStart(4, '0')}`);
    pages = [people.flatMap((from, n) => [1, 2, 3].map((i) => text(`SM${n}-${i}`, `${i}`, i, from)))];
    assert.deepEqual(await sweep(), { kind: 'swept', takenIn: 120 });
    for (const person of people) {
      const bodies = gateway.streams.commands
        .filter(({ phoneNumber: from }) => from === person)
        .map((command) => (command.type === 'INBOUND_SMS' ? command.payload.body : '?'));
      assert.deepEqual(bodies, ['1', '2', '3']);
    }
  });

  describe('that takes longer than a claim lasts', () => {
    let clock: ManualClock;
    let list: PromiseWithResolvers<void>;
    let swept: Promise<unknown>;
    let stopping: AbortController;

    beforeEach(async () => {
      clock = new ManualClock();
      list = Promise.withResolvers();
      stopping = new AbortController();
      await gateway.stop();
      gateway = await startTestGateway(database, { clock });
      pages = [[text('SM1', 'one', 1)]];
      carrier = {
        ...carrier,
        async *listInbound() {
          await list.promise;
          yield* pages;
        },
      };
      swept = sweep(stopping.signal);
      await eventually(async () => assert.equal(clock.sleeping, 1));
    });
    afterEach(() => {
      list.resolve();
    });

    const secondsLeft = async (): Promise<number> => {
      const { rows } = await database.adminPool.query<{ left: number }>(
        'SELECT extract(epoch FROM sweep_claimed_until - clock_timestamp())::float8 AS left FROM inbound_watch',
      );
      return rows[0]?.left ?? 0;
    };
    const almostOver = (): Promise<unknown> =>
      database.adminPool.query(
        "UPDATE inbound_watch SET sweep_claimed_until = clock_timestamp() + interval '20 seconds'",
      );
    const renewed = (): Promise<void> => eventually(async () => assert.ok((await secondsLeft()) > 100));
    /** A third of what a claim lasts. */
    const RENEWAL_MS = 40_000;

    it('keeps its claim while the list is read, and no longer', async () => {
      for (let time = 0; time < 2; time += 1) {
        await almostOver();
        await clock.advance(RENEWAL_MS - 1);
        assert.ok((await secondsLeft()) < 100);
        await clock.advance(1);
        await renewed();
        await eventually(async () => assert.equal(clock.sleeping, 1));
      }
      list.resolve();
      assert.deepEqual(await swept, { kind: 'swept', takenIn: 1 });
      assert.equal(clock.sleeping, 0);
    });

    it('ends in the middle of the list when its claim is lost, and leaves the one of its heir', async () => {
      await database.adminPool.query('UPDATE inbound_watch SET sweep_claim = gen_random_uuid()');
      await clock.advance(RENEWAL_MS);
      assert.deepEqual(await swept, { kind: 'lost' });
      assert.equal((await watch()).claimed, true);
      assert.equal(clock.sleeping, 0);
    });

    it('survives a renewal that fails: the claim lasts until the next', async () => {
      const { query } = gateway.pool;
      gateway.pool.query = () => {
        gateway.pool.query = query;
        throw new Error('connection refused');
      };
      await almostOver();
      await clock.advance(RENEWAL_MS);
      await eventually(async () => assert.equal(clock.sleeping, 1));
      await clock.advance(RENEWAL_MS);
      await renewed();
      list.resolve();
      assert.deepEqual(await swept, { kind: 'swept', takenIn: 1 });
    });

    it('keeps no claim after a failure', async () => {
      list.reject(new CarillonError('unavailable', 'the list cannot be read'));
      await assert.rejects(swept, { code: 'unavailable' });
      assert.equal((await watch()).claimed, false);
      assert.equal(clock.sleeping, 0);
    });

    it('ends in the middle of the list when it is told to', async () => {
      stopping.abort(new Error('stopping'));
      await assert.rejects(swept, /stopping/);
      assert.equal((await watch()).claimed, false);
    });
  });
});
