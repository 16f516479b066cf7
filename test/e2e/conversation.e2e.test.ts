import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { messageLogId } from '#shared/identity.ts';
import { listenTo } from '../../apps/api/events/test-client.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import { expectedTexts } from '../driver/expected-texts.ts';
import { Person } from '../driver/person.ts';
import { faultsOf, recordsOfPhone } from '../driver/proof.ts';
import { readRecords } from '../driver/records.ts';
import { loadSample, type Sample } from '../driver/sample.ts';
import { putRecord } from '../driver/streams.ts';
import { FAST, mergedOverrides, System } from '../driver/system.ts';
import { assertEmitted } from '../emf/assert-emitted.ts';
import { eventually } from '../eventually.ts';
import { WebhookReceiver } from '../stand-ins/webhook-receiver.ts';
import { describeRestart, RESTART } from './restart.ts';

describe('A person who texts', () => {
  let system: System;
  let sample: Sample;

  before(async () => {
    sample = await loadSample();
    system = await System.start(mergedOverrides(FAST, RESTART), {
      recordCalls: 'polling',
      fromNothing: true,
    });
  });
  after(async () => {
    await system?.end();
    await system?.assertCallsAreRecorded();
    if (system) {
      assertEmitted(system.logs, [
        'ReplyMilliseconds',
        'RecordsProcessed',
        'WebhooksAccepted',
        'ApiRequests',
        'ApiMilliseconds',
        'WebhookDeliveries',
        'TurnAgeMilliseconds',
      ]);
    }
  });

  /** What the system must have about a person when nothing is under way any more. */
  async function everythingIsRecorded(person: Person): Promise<void> {
    await eventually(async () => {
      const records = recordsOfPhone(person.phone, [], await readRecords(system));
      assert.deepEqual(faultsOf(records, sample), []);
      const statuses = new Set(records.log.map(({ direction, status }) => `${direction} ${status}`));
      assert.deepEqual([...statuses].sort(), ['inbound received', 'outbound delivered']);
      assert.equal(records.log.length, records.carrier.length);
      const { rows } = await system.database.query(
        `SELECT (SELECT count(*)::int FROM outbox WHERE ordering_key = $1) AS outbox,
                (SELECT count(*)::int FROM quarantined_record WHERE partition_key = $1) AS quarantine`,
        [person.phone],
      );
      assert.deepEqual(rows, [{ outbox: 0, quarantine: 0 }]);
    });
  }

  it('registers by code, learns, is corrected, and goes on when they ask for more', async () => {
    const stranger = expectedTexts(sample, {});
    const ana = expectedTexts(sample, { name: 'Ana', answers: { hardestPlace: 'On the bus' } });
    const person = new Person('+14155550111', system);
    await person.says('Hi there', stranger.builtIn('invalidCode'));
    await person.says(sample.code, stranger.prompt('washing-hands', 'name'));
    await person.says('Ana', ana.prompt('washing-hands', 'how-long'));
    await person.says(
      ana.right('washing-hands', 'how-long'),
      ana.builtIn('right'),
      ana.prompt('washing-hands', 'when'),
    );
    await person.says('never', ana.builtIn('tryAgain'));
    await person.says('a', ana.builtIn('tryAgain'));
    await person.says(
      'b',
      ana.corrected('washing-hands', 'when'),
      ana.prompt('washing-hands', 'hardest-place'),
    );
    await person.says('On the bus', ana.prompt('washing-hands', 'goodbye'));
    await person.says('more', ana.prompt('hand-sanitizer', 'alcohol'));
    await person.says('a', ana.builtIn('tryAgain'));
    await person.says('b', ana.builtIn('right'), ana.prompt('hand-sanitizer', 'greasy'));
    await everythingIsRecorded(person);
  });

  it('gets one confirmation of a STOP, nothing more until START, and then the next lesson', async () => {
    const texts = expectedTexts(sample, {});
    const named = expectedTexts(sample, { name: 'Bo' });
    const person = new Person('+14155550112', system);
    await person.says(sample.code, texts.prompt('washing-hands', 'name'));
    await person.says('Bo', named.prompt('washing-hands', 'how-long'));
    await person.says('STOP', named.builtIn('optOutConfirmation'));
    for (const body of ['more', named.right('washing-hands', 'how-long'), 'menu', 'STOP']) {
      await person.says(body);
    }
    await person.says('HELP', named.builtIn('help'));
    await person.says('START', named.builtIn('optedBackIn'), named.prompt('hand-sanitizer', 'alcohol'));
    await everythingIsRecorded(person);
  });

  it('gets help at any time, and the lesson goes on where it was', async () => {
    const texts = expectedTexts(sample, {});
    const named = expectedTexts(sample, { name: 'Cy' });
    const person = new Person('+14155550113', system);
    await person.says('help', texts.builtIn('help'));
    await person.says(sample.code, texts.prompt('washing-hands', 'name'));
    await person.says('Cy', named.prompt('washing-hands', 'how-long'));
    await person.says('HELP', named.builtIn('help'));
    await person.says('20 seconds', named.builtIn('right'), named.prompt('washing-hands', 'when'));
    await everythingIsRecorded(person);
  });

  it('is spoken to in Spanish once their profile says so', async () => {
    const texts = expectedTexts(sample, {});
    const paco = expectedTexts(sample, { name: 'Paco', language: 'es' });
    const person = new Person('+14155550114', system);
    await person.says(sample.code, texts.prompt('washing-hands', 'name'));
    await updated(person, { language: 'es-MX' });
    await person.says('Paco', paco.prompt('washing-hands', 'how-long'));
    await person.says('5 segundos', paco.builtIn('tryAgain'));
    await person.says(
      '5 segundos',
      paco.corrected('washing-hands', 'how-long'),
      paco.prompt('washing-hands', 'when'),
    );
    await person.says('ambas', paco.builtIn('right'), paco.prompt('washing-hands', 'hardest-place'));
    await person.says('STOP', paco.builtIn('optOutConfirmation'));
  });

  it('is answered although a record that nobody can read stands before their text', async () => {
    const texts = expectedTexts(sample, {});
    const person = new Person('+14155550115', system);
    await putRecord(
      system.kinesisUrl,
      'dialog-commands',
      person.phone,
      JSON.stringify({ type: 'MAKE_COFFEE', commandId: randomUUID(), phoneNumber: person.phone }),
    );
    await person.says(sample.code, texts.prompt('washing-hands', 'name'));
    const { rows } = await system.database.query<{ consumer: string; state: string; reason: string }>(
      'SELECT consumer, state, reason FROM quarantined_record WHERE partition_key = $1 ORDER BY consumer',
      [person.phone],
    );
    const [dialog] = rows.filter(({ consumer }) => consumer === 'dialog');
    assert.equal(dialog?.state, 'quarantined');
    assert.match(dialog?.reason ?? '', /MAKE_COFFEE/);
  });

  it('gets what a program sends through the API, which knows what became of it and how the system stands', async () => {
    const texts = expectedTexts(sample, {});
    const person = new Person('+14155550117', system);
    await person.says(sample.code, texts.prompt('washing-hands', 'name'));
    await updated(person, { timezone: zoneInDaytime(new Date()) });
    // Its answer brings the time zone to where the gate looks for it.
    await person.says('HELP', texts.builtIn('help'));
    const api = await system.api();
    const { adminKey: key } = await system.secrets();
    const listener = await listenTo(`${system.url}/v1/events?topics=system`, { key });

    const { data: judged } = await api.POST('/v1/messages', {
      body: { phoneNumber: person.phone, body: 'The clinic is open.', intent: 'transactional' },
    });
    assert.equal(judged?.verdict, 'queued', judged?.says);
    await person.hears('The clinic is open.');
    await eventually(async () => {
      const query = { phone: person.phone, direction: 'outbound', limit: 1 } as const;
      const { data } = await api.GET('/v1/messages', { params: { query } });
      assert.deepEqual(
        data?.items.map(({ body, status }) => [body, status]),
        [['The clinic is open.', 'delivered']],
      );
    });
    const { data: state } = await api.GET('/v1/system');
    assert.deepEqual([...new Set(state?.consumers.map(({ consumer }) => consumer))].sort(), [
      'dialog',
      'inbox',
      'inbox-dialog',
      'log',
      'log-inbound',
      'outbound',
      'progress',
    ]);
    assert.deepEqual(
      state?.relays.map(({ producer }) => producer),
      ['api', 'caller', 'campaigns', 'gateway', 'inbox', 'progress', 'sender'],
    );
    await eventually(async () =>
      assert.ok(listener.events.some(({ data }) => JSON.parse(data).topic === 'system')),
    );
    listener.close();
    // Whoever sits at this machine needs no key.
    assert.equal((await fetch(`${system.url}/v1/system`)).status, 200);
  });

  it('is answered by somebody by hand, in a conversation that has everything that was said', async () => {
    const texts = expectedTexts(sample, {});
    const person = new Person('+14155550119', system);
    await person.says(sample.code, texts.prompt('washing-hands', 'name'));
    const api = await system.api();
    const query = { phone: person.phone } as const;
    let id = '';
    await eventually(async () => {
      const { data } = await api.GET('/v1/conversations', { params: { query } });
      assert.deepEqual(
        data?.items.map(({ lastText, needsReply, state }) => [lastText, needsReply, state]),
        [[sample.code, false, 'closed']],
      );
      id = data?.items[0]?.id ?? '';
    });
    const params = { path: { id } };
    const { data: answer } = await api.POST('/v1/conversations/{id}/reply', {
      params,
      body: { body: 'Maria here. Call me if you like.' },
    });
    assert.equal(answer?.verdict, 'queued', answer?.says);
    await person.hears('Maria here. Call me if you like.');
    await eventually(async () => {
      const { data } = await api.GET('/v1/conversations/{id}/messages', {
        params: { ...params, query: { order: 'oldest' } },
      });
      assert.deepEqual(
        data?.items.map(({ body, inbound, outbound }) => [body, inbound?.takenAs ?? outbound?.state]),
        [
          [sample.code, 'dialog'],
          [texts.prompt('washing-hands', 'name'), 'sent'],
          ['Maria here. Call me if you like.', 'sent'],
        ],
      );
    });
  });

  it("is heard of by another system of the organisation's, which is told what they text, what reaches them and what stops", async () => {
    const texts = expectedTexts(sample, {});
    const person = new Person('+14155550118', system);
    const receiver = new WebhookReceiver();
    const api = await system.api();
    const { data: webhook } = await api.POST('/v1/webhooks', {
      body: {
        url: `${await receiver.listen()}/hook`,
        events: ['message.status', 'message.received', 'consent.changed'],
        description: 'of a test',
        enabled: true,
      },
    });
    assert.ok(webhook);
    await person.says(sample.code, texts.prompt('washing-hands', 'name'));
    await person.says('STOP', texts.builtIn('optOutConfirmation'));
    await eventually(async () => {
      const told = receiver.received
        .map(({ body }) => JSON.parse(body))
        .filter(({ data }) => data.phoneNumber === person.phone);
      const of = (type: string) => told.filter((event) => event.type === type).map(({ data }) => data);
      assert.deepEqual(
        of('message.received')
          .map(({ body }) => body)
          .sort(),
        [sample.code, 'STOP'].sort(),
      );
      const delivered = of('message.status').filter(({ status }) => status === 'delivered');
      assert.equal(delivered.length, 2);
      assert.deepEqual(
        of('consent.changed')
          .map(({ status }) => status)
          .sort(),
        ['opted_in', 'opted_out'],
      );
    });
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    assert.equal(new Set(ids).size, ids.length);
    const { response } = await api.DELETE('/v1/webhooks/{id}', { params: { path: { id: webhook.id } } });
    assert.equal(response.status, 204);
    await receiver.close();
  });

  /** The person's profile, changed from outside. */
  async function updated(person: Person, profile: object): Promise<void> {
    const commandId = randomUUID();
    const update = {
      type: 'UPDATE_USER',
      commandId,
      phoneNumber: person.phone,
      occurredAt: new Date().toISOString(),
      payload: { profile },
    };
    await putRecord(system.kinesisUrl, 'dialog-commands', person.phone, JSON.stringify(update));
    await executed(commandId);
  }

  async function executed(commandId: string): Promise<void> {
    await eventually(async () => {
      const { rowCount } = await system.database.query(
        'SELECT FROM processed_command WHERE command_id = $1',
        [commandId],
      );
      assert.equal(rowCount, 1);
    });
  }

  describe('is impersonated in vain:', () => {
    const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${system.url}/webhooks/twilio/sms`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
      });
    const forged = new URLSearchParams({
      MessageSid: `SM${'0'.repeat(32)}`,
      From: '+14155550116',
      To: '+14155550100',
      Body: 'STOP',
    }).toString();

    it('an unsigned text is refused and leaves no trace', async () => {
      assert.equal((await post(forged)).status, 403);
      assert.equal((await post(forged, { 'x-twilio-signature': 'bm90IGl0' })).status, 403);
      const { rowCount } = await system.database.query(
        "SELECT phone_number FROM suppression WHERE phone_number = '+14155550116'",
      );
      assert.equal(rowCount, 0);
      const logged = await system.database.query('SELECT FROM message_log WHERE log_id = $1', [
        messageLogId('twilio', `SM${'0'.repeat(32)}`),
      ]);
      assert.equal(logged.rowCount, 0);
    });

    it('a text beyond the bound is refused before it is read', async () => {
      assert.equal((await post(`Body=${'x'.repeat(100_000)}`)).status, 413);
    });

    it('what is no form is refused', async () => {
      assert.equal((await post('Body=%ZZ')).status, 400);
      // What is no form carries no signature of a form's values.
      assert.equal((await post('{"Body":"STOP"}', { 'content-type': 'application/json' })).status, 403);
    });
  });

  // Last: it ends the system and starts it again, twice.
  describeRestart(() => system);
});
