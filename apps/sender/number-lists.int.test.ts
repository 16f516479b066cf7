import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { HOUR_MS, MINUTE_MS } from '#shared/compliance/instant.ts';
import { DAY_MS } from '#shared/compliance/local-day.ts';
import { readDecisions } from '#shared/decisions/read.ts';
import { doNotCallFiles } from '#shared/hygiene/do-not-call-file.ts';
import { loadDoNotCall } from '#shared/hygiene/load-do-not-call.ts';
import { loadReassigned } from '#shared/hygiene/load-reassigned.ts';
import { reassignedFile } from '#shared/hygiene/reassigned-file.ts';
import { eventually } from '#test/eventually.ts';
import { NOON, type PlannedMessage, SenderBench } from './test-bench.ts';

const PHONE = '+14155550101';
const TODAY = '2026-03-04';
const REQUIRED = { ...defaultGateConfig, doNotCall: 'required', reassignedNumbers: 'required' } as const;

const marketing: PlannedMessage = { body: 'marketing', lane: 'bulk', intent: 'marketing' };
const transactional: PlannedMessage = { body: 'transactional', lane: 'bulk', intent: 'transactional' };
const reply: PlannedMessage = { body: 'reply' };

describe('The sender, by lists of numbers,', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());
  afterEach(async () => {
    await bench.stopAll();
    assert.deepEqual(bench.failures, []);
  });

  const file = (text: string) => ({ name: 'list.csv', open: () => Readable.from([Buffer.from(text)]) });
  const options = () => ({
    now: bench.clock.now(),
    by: 'ann',
    reject: ({ reason }: { reason: string }) => assert.fail(reason),
  });
  const doNotCall = (text: string, day = TODAY) =>
    loadDoNotCall(bench.database.adminPool, doNotCallFiles([file(text)], day), options());
  const reassigned = (answer: string, day = TODAY) =>
    loadReassigned(
      bench.database.adminPool,
      reassignedFile(file(`${PHONE},2026-01-01,${answer}\n`), day),
      options(),
    );
  const consentedAt = (at: string) =>
    bench.database.adminPool.query(
      `UPDATE consent_standing SET consents = jsonb_set(consents, '{0,givenAt}', to_jsonb($2::text))
        WHERE phone_number = $1`,
      [PHONE, at],
    );
  const isInState = (states: Record<string, string>, phone = PHONE) =>
    eventually(async () => assert.deepEqual(await bench.states(phone), states));
  const rules = async (phone = PHONE): Promise<string[]> => {
    const page = { after: null, limit: 100 };
    const decisions = await readDecisions(bench.database.adminPool, { phoneNumber: phone }, page);
    return decisions.map(({ verdict, rule }) => `${verdict} ${rule}`);
  };

  it('sends somebody on the do-not-call list no marketing, but everything else', async () => {
    await doNotCall('4155550101\n');
    await bench.plan(PHONE, [marketing, transactional, reply]);
    await bench.plan('+14155550102', [marketing]);
    bench.start();
    await isInState({ marketing: 'blocked', transactional: 'sent', reply: 'sent' });
    await isInState({ marketing: 'sent' }, '+14155550102');
    assert.ok((await rules()).includes('block do_not_call'));
  });

  it('holds marketing when the list is older than 31 days, until there is a new one', async () => {
    await doNotCall('4155550102\n');
    bench.goTo(Date.parse(TODAY) + 31 * DAY_MS + 20 * HOUR_MS);
    await bench.plan(PHONE, [marketing]);
    await bench.plan('+14155550103', [transactional]);
    bench.start();
    await isInState({ transactional: 'sent' }, '+14155550103');
    await isInState({ marketing: 'held' });
    assert.deepEqual(await rules(), ['hold do_not_call_unknown']);
    await doNotCall('4155550102\n', '2026-04-04');
    bench.skip(HOUR_MS);
    await isInState({ marketing: 'sent' });
  });

  it('holds marketing where a list is required and there is none, or none of the area', async () => {
    await bench.plan(PHONE, [marketing]);
    await bench.plan('+14155550103', [reply]);
    bench.start({ gate: { ...REQUIRED, reassignedNumbers: 'when_known' } });
    await isInState({ reply: 'sent' }, '+14155550103');
    await isInState({ marketing: 'held' });
    await doNotCall('2125550101\n');
    await bench.plan('+14155550104', [marketing]);
    await isInState({ marketing: 'held' }, '+14155550104');
    assert.deepEqual(await rules('+14155550104'), ['hold do_not_call_unknown']);
    await doNotCall('4155550102\n');
    bench.skip(HOUR_MS);
    await isInState({ marketing: 'sent' });
    await isInState({ marketing: 'sent' }, '+14155550104');
  });

  it('does not go by a list that is not complete', async () => {
    await doNotCall('4155550102\n', '2026-03-03');
    await bench.database.adminPool.query(
      `WITH half AS (INSERT INTO do_not_call_list (list_date, loaded_at, loaded_by, prefixes)
                     VALUES ($1, now(), 'ann', '{+1415}') RETURNING list_id)
       INSERT INTO do_not_call_number SELECT list_id, $2 FROM half`,
      [TODAY, PHONE],
    );
    await bench.plan(PHONE, [marketing]);
    bench.start();
    await isInState({ marketing: 'sent' });
  });

  it('sends nothing planned to a number that was reassigned, until consent is given anew', async () => {
    await reassigned('yes');
    await bench.plan(PHONE, [transactional, reply]);
    bench.start();
    await isInState({ transactional: 'blocked', reply: 'sent' });
    assert.ok((await rules()).includes('block number_reassigned'));
    bench.skip(MINUTE_MS);
    await consentedAt(bench.clock.now().toISOString());
    await bench.plan(PHONE, [{ ...transactional, body: 'after new consent' }]);
    await isInState({ transactional: 'blocked', reply: 'sent', 'after new consent': 'sent' });
  });

  it('does not take consent of the day of the question for newer than the answer', async () => {
    await bench.consent(PHONE, ['informational']);
    await consentedAt(`${TODAY}T10:00:00.000Z`);
    await reassigned('yes');
    await bench.plan(PHONE, [transactional]);
    bench.start();
    await isInState({ transactional: 'blocked' });
  });

  it('goes by the answer that was asked for last', async () => {
    await reassigned('no', '2026-03-03');
    await reassigned('yes', TODAY);
    await reassigned('no', '2026-03-02');
    await bench.plan(PHONE, [transactional]);
    bench.start();
    await isInState({ transactional: 'blocked' });
  });

  it('holds what is planned when the answer is older than 30 days, or required and missing', async () => {
    await reassigned('no');
    bench.goTo(NOON + 30 * DAY_MS);
    await bench.plan(PHONE, [transactional]);
    bench.start({ gate: REQUIRED });
    await isInState({ transactional: 'held' });
    await bench.plan('+14155550102', [transactional]);
    await isInState({ transactional: 'held' }, '+14155550102');
    assert.deepEqual(await rules(), ['hold reassigned_unknown']);
    assert.deepEqual(await rules('+14155550102'), ['hold reassigned_unknown']);
    await reassigned('no', '2026-04-03');
    bench.skip(HOUR_MS);
    await isInState({ transactional: 'sent' });
  });
});
