import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { compileCache } from '#test/compile-cache.ts';
import { type CarrierSimulator, startCarrierSimulator } from '../carrier/simulator.ts';
import { startTestReceiver, type TestReceiver } from '../carrier/test-receiver.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

describe('npm run phone', () => {
  let simulator: CarrierSimulator;
  let application: TestReceiver;
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'phone-'));
    application = await startTestReceiver((response, { parameters }) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(`<Response><Message>You wrote ${parameters.Body}</Message></Response>`);
    });
    simulator = await startCarrierSimulator({
      port: 0,
      dataDir: null,
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'token',
      mainNumber: phoneNumber('+14155550100'),
      inboundUrl: application.url,
      sentAfterMs: { min: 1, max: 2 },
      deliveredAfterMs: { min: 1, max: 2 },
    });
  });
  afterEach(async () => {
    await simulator.stop();
    await application.close();
    await rm(directory, { recursive: true });
  });

  function phone(args: string[], input = ''): Promise<{ code: number; output: string; errors: string }> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [entry, ...args],
        { env: { ...compileCache(), CARILLON_CARRIER_PORT: new URL(simulator.url).port } },
        (error, output, errors) => resolve({ code: error ? Number(error.code) : 0, output, errors }),
      );
      child.stdin?.end(input);
    });
  }
  async function scriptOf(text: string, name = 'script.txt'): Promise<string> {
    const path = join(directory, name);
    await writeFile(path, text);
    return path;
  }

  it('plays a script, prints the conversation and exits 0', async () => {
    const script = await scriptOf('# greeting\nhello\ngoodbye\n');
    const { code, output, errors } = await phone(['+14155550101', '--script', script, '--quiet', '100']);
    assert.deepEqual({ code, errors }, { code: 0, errors: '' });
    const words = [...output.matchAll(/(->|<-) {2}(.*)/g)].map(([, arrow, text]) => `${arrow} ${text}`);
    assert.deepEqual(words, ['-> hello', '<- You wrote hello', '-> goodbye', '<- You wrote goodbye']);
  });

  it('prints the conversation as JSON on request', async () => {
    const script = await scriptOf('hello');
    const { output } = await phone(['+14155550101', '--script', script, '--quiet', '100', '--json']);
    assert.deepEqual(JSON.parse(output), {
      phone: '+14155550101',
      messages: JSON.parse(JSON.stringify(simulator.control.messagesOf(phoneNumber('+14155550101')))),
    });
  });

  it('sends what is typed until the input ends', async () => {
    const { code } = await phone(['+14155550101', '--to', '+14155550199'], 'hello\nagain\n');
    assert.equal(code, 0);
    assert.deepEqual(
      application.received.map(({ parameters }) => [parameters.Body, parameters.To]).toSorted(),
      [
        ['again', '+14155550199'],
        ['hello', '+14155550199'],
      ],
    );
  });

  it('exits 1 and says why when it cannot do what was asked', async () => {
    const script = await scriptOf('hello');
    const cases: [args: string[], says: RegExp][] = [
      [['12'], /"12" is not a phone number/],
      [[''], /"" is not a phone number/],
      [['+14155550101', '--to', 'mother'], /"mother" is not a phone number/],
      [['+14155550101', '--script', join(directory, 'none.txt')], /none\.txt cannot be read/],
      [['+14155550101', '--script', await scriptOf('# nothing', 'empty.txt')], /has no texts/],
      [['+14155550101', '--quiet', 'soon'], /--quiet takes milliseconds/],
      [['+14155550101', '--loud'], /^Unknown option '--loud'\.\n\nA phone in the terminal/],
      [[], /npm run phone -- \+14155550101/],
    ];
    for (const [args, says] of cases) {
      const { code, errors } = await phone(args);
      assert.equal(code, 1, args.join(' '));
      assert.match(errors, says);
      assert.ok(!errors.includes('    at '), errors);
    }
    await simulator.stop();
    const { code, errors } = await phone(['+14155550101', '--script', script]);
    assert.equal(code, 1);
    assert.match(errors, /cannot be reached at http:\/\/127\.0\.0\.1/);
  });
});
