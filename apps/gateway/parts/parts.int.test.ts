import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { InboundMessage } from '#shared/carriers/carrier.ts';
import { PART_WAIT_MS } from '#shared/carriers/parts.ts';
import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { receiveInbound } from '../receive-inbound.ts';
import { OURS, PERSON, startTestGateway, type TestGateway } from '../test-gateway.ts';
import { takeInDue as takeInNext } from './late-texts.ts';
import { forgetParts } from './store.ts';

describe('A text that its carrier hands on in parts', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  let clock: ManualClock;

  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    clock = new ManualClock();
    gateway = await startTestGateway(database, { clock });
    await emptyTables(
      database.adminPool,
      'inbound_part, phone, suppression, consent_change, consent_standing, consent_review',
    );
  });
  afterEach(() => gateway.stop());

  const part = (number: number, count: number, body: string, reference = '17'): InboundMessage => ({
    carrierMessageId: `VM${reference}-${number}`,
    from: phoneNumber(PERSON),
    to: phoneNumber(OURS),
    body,
    media: [],
    receivedAt: clock.now(),
    optOutType: null,
    part: { reference, number, count },
  });
  const hear = (message: InboundMessage): Promise<void> => receiveInbound('vonage', message, gateway.deps);
  const texts = (): InboundSms[] =>
    gateway.streams.commands.flatMap((each) => (each.type === 'INBOUND_SMS' ? [each] : []));
  const bodies = (): string[] => texts().map(({ payload }) => payload.body);
  /** As the loop does it, until nothing is due. */
  async function takeInDue(): Promise<void> {
    while ((await takeInNext(gateway.deps)) > 0);
  }

  it('is one text when its last part has come, in whatever order, known by its first part', async () => {
    await hear(part(2, 2, 'at three.'));
    assert.deepEqual(bodies(), []);
    await hear(part(1, 2, 'Tomorrow '));
    assert.deepEqual(bodies(), ['Tomorrow at three.']);
    assert.equal(texts()[0]?.payload.carrierMessageId, 'VM17-1');
  });

  it('stops everything when it is a STOP, also one that is cut in two', async () => {
    await hear(part(1, 2, 'please stop tex'));
    await hear(part(2, 2, 'ting me'));
    assert.equal(texts()[0]?.payload.consent, 'opted_out');
    const { rowCount } = await database.adminPool.query('SELECT FROM suppression WHERE phone_number = $1', [
      PERSON,
    ]);
    assert.equal(rowCount, 1);
  });

  it('is kept apart from another text of the same person with another reference', async () => {
    await hear(part(1, 2, 'A1 ', '17'));
    await hear(part(1, 2, 'B1 ', '18'));
    await hear(part(2, 2, 'B2', '18'));
    await hear(part(2, 2, 'A2', '17'));
    assert.deepEqual(bodies(), ['B1 B2', 'A1 A2']);
  });

  it('goes without what is missing when the wait is over, and what comes then is a text of its own', async () => {
    await hear(part(1, 2, 'Tomorrow'));
    await takeInDue();
    assert.deepEqual(bodies(), []);
    await clock.advance(PART_WAIT_MS);
    await takeInDue();
    await hear(part(2, 2, 'at three.'));
    await clock.advance(PART_WAIT_MS);
    await takeInDue();
    assert.deepEqual(bodies(), ['Tomorrow [...]', '[...] at three.']);
  });

  it('is not answered before the stream has it, and is taken in by whoever comes next', async () => {
    await hear(part(1, 2, 'Tomorrow '));
    gateway.streams.away = true;
    await assert.rejects(hear(part(2, 2, 'at three.')));
    gateway.streams.away = false;
    await clock.advance(PART_WAIT_MS);
    await takeInDue();
    await hear(part(2, 2, 'at three.'));
    assert.deepEqual(bodies(), ['Tomorrow at three.']);
  });

  describe('that cannot be taken in', () => {
    const other = phoneNumber('+14155550188');
    const STOP = 'please stop texting me';
    /** The database refuses what the person says about consent, with this code. */
    const refuse = (code: string): Promise<unknown> =>
      database.adminPool.query(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF NEW.phone_number = '${PERSON}' THEN RAISE EXCEPTION 'refused' USING ERRCODE = '${code}'; END IF;
           RETURN NEW;
         END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON consent_change FOR EACH ROW EXECUTE FUNCTION refuse()`,
      );
    const accept = (): Promise<unknown> => database.adminPool.query('DROP FUNCTION refuse CASCADE');
    /** A STOP of somebody whose text fails, and one behind it; a part of each is missing. */
    async function hearBoth(): Promise<void> {
      await hear(part(1, 2, STOP));
      await clock.advance(1);
      await hear({ ...part(1, 2, STOP, '18'), from: other });
      await clock.advance(PART_WAIT_MS);
    }
    const aside = async (): Promise<unknown[]> =>
      (await database.adminPool.query('SELECT sequence_number AS id, reason FROM quarantined_record')).rows;

    beforeEach(() => database.adminPool.query('TRUNCATE quarantined_record'));

    it('is kept aside, and keeps nobody behind it waiting', async () => {
      await refuse('22000');
      try {
        await hearBoth();
        await takeInDue();
        assert.deepEqual(
          texts().map(({ phoneNumber: phone, payload }) => [phone, payload.consent]),
          [[other, 'opted_out']],
        );
        assert.deepEqual(await aside(), [{ id: 'VM17-1', reason: 'refused' }]);
      } finally {
        await accept();
      }
      await clock.advance(PART_WAIT_MS);
      await takeInDue();
      assert.equal(texts().length, 1, 'it is not taken in behind the back of whoever looks after it');
    });

    it('for what nobody foresaw is taken in later, behind those that can be', async () => {
      await refuse('0A000');
      try {
        await hearBoth();
        await takeInDue();
        assert.deepEqual(
          texts().map(({ phoneNumber: phone }) => phone),
          [other],
        );
      } finally {
        await accept();
      }
      await clock.advance(60_000);
      await takeInDue();
      assert.deepEqual(
        texts().map(({ phoneNumber: phone }) => phone),
        [other, PERSON],
      );
      assert.deepEqual(await aside(), []);
    });
  });

  it('is forgotten a week after it was taken in, and not before', async () => {
    await hear(part(1, 1, 'Tomorrow'));
    assert.equal(await forgetParts(gateway.pool, 7, 10), 0);
    await database.adminPool.query(`UPDATE inbound_part SET taken_in_at = now() - interval '8 days'`);
    assert.equal(await forgetParts(gateway.pool, 7, 10), 1);
  });

  it('is one text with every word, whatever the order, repetitions and outages', async () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 5 });
    const deliveries = fc.array(fc.record({ which: fc.nat(4), away: fc.boolean() }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(words, deliveries, async (parts, some) => {
        await emptyTables(database.adminPool, 'inbound_part, phone');
        gateway.streams.commands.length = 0;
        const deliver = (n: number): Promise<void> => hear(part(n + 1, parts.length, `${parts[n]} `));
        for (const { away, which } of some) {
          gateway.streams.away = away;
          await deliver(which % parts.length).catch(() => undefined);
        }
        gateway.streams.away = false;
        // The carrier repeats what was not answered.
        await Promise.all(parts.map((_, n) => deliver(n)));
        await clock.advance(PART_WAIT_MS);
        await takeInDue();
        assert.deepEqual(new Set(texts().map(({ commandId }) => commandId)).size, 1);
        assert.deepEqual([...new Set(bodies())], [parts.join(' ')]);
      }),
      { numRuns: runs(40) },
    );
  });
});
