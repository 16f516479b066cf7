import assert from 'node:assert/strict';
import { createLogger } from '#shared/logger.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { OURS, PERSON, startTestGateway, type TestGateway } from '../../apps/gateway/test-gateway.ts';
import { exchangeRaw } from './raw.ts';

/** What a person writes, and what must stand in no line, whatever is around it. */
const SECRET = 'my sister is ill';
const NUMBER = PERSON.slice(2);

/** What ends a line, hides one, looks like one, moves the cursor of a terminal, or breaks JSON. */
const NASTY: Readonly<Record<string, string>> = {
  'a line of its own': '\r\n{"level":"error","msg":"forged"}\r\n',
  'a carriage return': '\rforged',
  'a line feed and a tab': '\nforged\t',
  'what clears a terminal': '\u001b[2J\u001b[1;1H\u001b]0;forged\u0007',
  'the same in one sign': '\u009b2J\u0085\u008d',
  'the ends of JSON': '"}],"level":"fatal","forged":"\\',
  'separators of Unicode': '\u2028forged\u2029',
  'another order of reading': '\u202edegrof\u2066',
  'NUL and a delete': '\0\u007f\b\b\b',
  'a placeholder of a format': '%s %j %O %c',
  'what is masked, twice': `${PERSON} ${encodeURIComponent(PERSON)}`,
};

describe('Whoever writes to us', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  const lines: string[] = [];

  before(async () => {
    database = await createDatabase();
    gateway = await startTestGateway(database, {
      logger: createLogger('gateway', 'debug', { write: (line) => lines.push(line) }),
    });
  });
  after(async () => {
    await gateway.stop();
    await database.drop();
  });
  beforeEach(() => {
    lines.length = 0;
    gateway.streams.away = false;
  });

  /** Each message is one line of JSON, by our hand, in signs that a terminal shows as they are, without people and what they write. */
  const linesAreSound = (): void => {
    for (const line of lines) {
      assert.ok(line.endsWith('\n'));
      const text = line.slice(0, -1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them
      assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
      const said: Record<string, unknown> = JSON.parse(text);
      assert.equal(said.service, 'gateway');
      assert.match(String(said.level), /^(info|warn|error)$/);
      assert.equal(said.forged, undefined);
      assert.notEqual(said.msg, 'forged');
      assert.ok(!text.includes(NUMBER), text);
      assert.ok(!text.includes(SECRET), text);
    }
  };

  for (const [title, nasty] of Object.entries(NASTY)) {
    it(`as a carrier, with ${title}, writes neither a line of the log nor a person into it`, async () => {
      const whole = { MessageSid: 'SM1', From: PERSON, To: OURS, Body: SECRET, NumMedia: '0' };
      const paths = ['/webhooks/twilio/sms', '/webhooks/twilio/status'];
      let sent = 0;
      for (const path of paths) {
        for (const name of [
          'MessageSid',
          'From',
          'To',
          'Body',
          'NumMedia',
          'OptOutType',
          'MessageStatus',
          nasty,
        ]) {
          sent += 1;
          const its = { ...whole, MessageSid: `SM${title.length}-${sent}`, MessageStatus: 'sent' };
          const { status } = await gateway.post(path, { ...its, [name]: `${SECRET}${nasty}` });
          assert.ok([200, 400].includes(status), `${name}: ${status}`);
        }
      }
      // Also where it cannot be put away, and errors say what they had in hand.
      gateway.streams.away = true;
      await gateway.post('/webhooks/twilio/sms', {
        ...whole,
        MessageSid: `SMaway${nasty}`,
        Body: `STOP${nasty}`,
      });
      await gateway.post('/webhooks/twilio/sms', {
        ...whole,
        MessageSid: `SMstop${title.length}`,
        Body: 'STOP',
      });
      assert.ok(lines.length > 0, 'something is logged');
      linesAreSound();
    });

    it(`as nobody, with ${title} in an address, a header or a body, does not either`, async () => {
      const inHeader = nasty.replaceAll(/[\r\n\0]/g, ' ');
      const form = new URLSearchParams({ From: PERSON, Body: `${SECRET}${nasty}` }).toString();
      const requests = [
        ['/webhooks/twilio/sms', `X-Twilio-Signature: ${inHeader}`],
        ['/webhooks/twilio/sms', `User-Agent: ${inHeader}`],
        [`/webhooks/twilio/sms?${encodeURIComponent(nasty)}=${encodeURIComponent(SECRET)}`, 'X-A: b'],
        [`/webhooks/${encodeURIComponent(nasty)}`, `Referer: ${inHeader}`],
        ['/webhooks/twilio/sms', `X-Forwarded-For: ${PERSON}${nasty}`],
      ];
      for (const [path, header] of requests)
        await exchangeRaw(
          gateway.url,
          Buffer.from(
            [
              `POST ${path} HTTP/1.1`,
              'Host: x',
              'Connection: close',
              'Content-Type: application/x-www-form-urlencoded',
              `Content-Length: ${Buffer.byteLength(form)}`,
              header,
              '',
              form,
            ].join('\r\n'),
            'latin1',
          ),
        );
      assert.ok(lines.length > 0, 'something is logged');
      linesAreSound();
    });
  }
});
