import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultReviewPolicy } from '#shared/consent/read-text.ts';
import { type DialogState, initialState } from '#shared/contracts/dialog-state.ts';
import { execute } from '#shared/dialog/batch.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { runs } from '#test/properties/runs.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { startTestGateway, type TestGateway } from '../apps/gateway/test-gateway.ts';
import { createDatabase, type TestDatabase } from './stack/stack.ts';

const PERSON = phoneNumber('+14155550101');

const REVOCATIONS = [
  'please stop texting me',
  'Take me off your list!!',
  'no mas mensajes por favor',
  'STOP PLEASE',
  'Stoppp',
];
const DOUBTFUL = ["don't stop", 'cancel my 3pm and book 4pm', 'stop by at 5', "I'll be there at the end"];
const HARMLESS = ['see you at five', '20 seconds', 'b'];

/** What the gateway and the dialog make of the same texts: the one keeps the record, the other answers. */
describe('What texts say about consent', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  let state: DialogState;
  let confirmations: number;
  let sid: number;

  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());
  const begin = async () => {
    await emptyTables(
      database.adminPool,
      'phone, message, consent_change, consent_standing, consent_word_seen, consent_review, suppression',
    );
    state = initialState(PERSON, 'en');
    confirmations = 0;
  };
  beforeEach(async () => {
    sid = 0;
    gateway = await startTestGateway(database);
    await begin();
  });
  afterEach(() => gateway.stop());

  const suppressed = async (): Promise<boolean> =>
    (await database.adminPool.query('SELECT FROM suppression')).rowCount === 1;
  const queue = async (): Promise<{ original_message: string; suppressed: boolean; rule: string }[]> =>
    (
      await database.adminPool.query(
        'SELECT original_message, change_id IS NOT NULL AS suppressed, rule FROM consent_review ORDER BY opened_at',
      )
    ).rows;

  /** A person texts: the gateway first, then the dialog with the command that the gateway put. */
  async function say(body: string, more: Record<string, string> = {}): Promise<string[]> {
    sid += 1;
    assert.equal((await gateway.text(`SM${sid}`, body, more)).status, 200);
    return answer();
  }
  async function answer(): Promise<string[]> {
    const command = gateway.streams.commands.at(-1);
    assert.ok(command);
    const facts = {
      drill: null,
      programme: null,
      codeVerdict: null,
      suppressed: await suppressed(),
      overtaken: false,
      isCampaignActive: true,
      defaultLanguage: 'en',
    };
    const result = execute(command, state, facts, new Date('2026-11-26T12:00:00Z'));
    if (result === null) return [];
    state = result.state;
    for (const event of result.batch.events) {
      if (event.type === 'OPTED_OUT' && event.confirm) confirmations += 1;
    }
    return result.batch.events.map(({ type }) => type);
  }

  for (const text of REVOCATIONS) {
    it(`"${text}" suppresses at once, goes to review, and is confirmed once`, async () => {
      assert.deepEqual(await say(text), ['OPTED_OUT']);
      assert.equal(await suppressed(), true);
      const [review, ...others] = await queue();
      assert.deepEqual([review?.original_message, review?.suppressed, others], [text, true, []]);
      const { rows } = await database.adminPool.query(
        'SELECT method, original_message, rule FROM consent_change',
      );
      assert.deepEqual(rows, [{ method: 'sms', original_message: text, rule: review?.rule }]);
      await say(text);
      await say('STOP');
      assert.equal(confirmations, 1);
    });
  }

  for (const text of DOUBTFUL) {
    it(`"${text}" goes to review and suppresses nothing`, async () => {
      assert.deepEqual(await say(text), ['UNHANDLED_MESSAGE_RECEIVED']);
      assert.equal(await suppressed(), false);
      assert.deepEqual(
        (await queue()).map((review) => [review.original_message, review.suppressed]),
        [[text, false]],
      );
    });

    it(`"${text}" suppresses too where that is configured`, async () => {
      await gateway.stop();
      gateway = await startTestGateway(database, { doubtSuppresses: true });
      assert.deepEqual(await say(text), ['OPTED_OUT']);
      assert.equal(await suppressed(), true);
      assert.equal((await queue())[0]?.suppressed, true);
    });
  }

  for (const text of HARMLESS) {
    it(`"${text}" is a text like any other`, async () => {
      assert.deepEqual(await say(text), ['UNHANDLED_MESSAGE_RECEIVED']);
      assert.deepEqual([await suppressed(), await queue()], [false, []]);
    });
  }

  it('a doubtful text of somebody who gets nothing anyway is not put before a person', async () => {
    await say('STOP');
    await say("don't stop");
    assert.deepEqual(await queue(), []);
  });

  it('a text that is delivered three times is one change, one review and one confirmation', async () => {
    for (let time = 0; time < 3; time += 1) {
      assert.equal((await gateway.text('SM1', 'please stop texting me')).status, 200);
    }
    const ids = new Set(gateway.streams.commands.map(({ commandId }) => commandId));
    assert.equal(ids.size, 1);
    await answer();
    assert.equal(confirmations, 1);
    assert.equal((await queue()).length, 1);
  });

  it('a STOP that the carrier has answered is not confirmed again', async () => {
    assert.deepEqual(await say('please stop texting me', { OptOutType: 'STOP' }), ['OPTED_OUT']);
    assert.equal(confirmations, 0);
    assert.deepEqual(await queue(), []);
  });

  it('HELP from somebody who is opted out is answered, once for each, and nothing else is', async () => {
    await say('STOP');
    assert.deepEqual(await say('HELP'), ['HELP_REQUESTED']);
    assert.deepEqual(await say('what is this?'), []);
    assert.equal(await suppressed(), true);
  });

  it('START restores the service, and consent to nothing', async () => {
    await say('please stop texting me');
    await say('START');
    assert.equal(await suppressed(), false);
    const { rows } = await database.adminPool.query('SELECT status, consents FROM consent_standing');
    assert.deepEqual(rows, [{ status: 'opted_in', consents: [] }]);
  });

  it('is the same to the gateway and to the dialog after every text, and every opting out is confirmed once', async () => {
    const anyText = fc.constantFrom(
      ...REVOCATIONS,
      ...DOUBTFUL,
      ...HARMLESS,
      'STOP',
      'START',
      'yes',
      'HELP',
      'unsubscribe',
      '🛑',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { maxLength: 8 }), async (texts) => {
        await begin();
        let optedOut = 0;
        for (const text of texts) {
          const before = state.profile.optedOut;
          await say(text);
          assert.equal(await suppressed(), state.profile.optedOut, text);
          if (!before && state.profile.optedOut) optedOut += 1;
        }
        assert.equal(confirmations, optedOut);
      }),
      { numRuns: runs(40) },
    );
  });

  it('has the policy of the documentation where nothing else is configured', () => {
    assert.deepEqual(defaultReviewPolicy, { reviewed: true, doubtSuppresses: false });
  });
});
