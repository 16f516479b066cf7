import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '#shared/clock.ts';
import { readConfig } from '#shared/config.ts';
import { messageOf } from '#shared/errors.ts';
import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import { canonicalSenderAddress, isWhatsApp, type SenderAddress } from '#shared/phone/sender-address.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { recipientOf } from '../carrier/create-message.ts';
import { carrierAddressSettings } from '../carrier/settings.ts';
import { skipTime } from '../clock/clock-client.ts';
import type { SkipRequest } from '../clock/skip-words.ts';
import { arrivedText } from '../clock/span.ts';
import { localSettings } from '../settings.ts';
import { CALL_USAGE, createCallTeller } from './call-lines.ts';
import { conversationText, type Look, messageLines } from './conversation.ts';
import { createScreen } from './interactive.ts';
import { switchOn } from './phone.ts';
import { parseScript, type ScriptStep } from './script.ts';
import { playScript } from './scripted.ts';

const USAGE = `A phone in the terminal, at the simulated carrier.

  npm run phone -- +14155550101                     type texts; Ctrl-D leaves
  npm run phone -- +14155550101 --script file.txt   play the texts of a file, print the conversation

  --to NUMBER    number to write to, whatsapp:+14155550199 on WhatsApp (default: the simulator's main number)
  --quiet MS     after each text of a script, go on when it was taken and nothing has arrived for this long
                 (default 4000)
  --json         print messages as JSON

In a script every line is a text. Lines that begin with # are comments; "wait 30" waits up to 30 seconds for one more
message. "/skip 10m", "/skip 09:00 America/Chicago": time is skipped, in a script or typed.

Calls ring here while it is on, and are typed about:
${CALL_USAGE}`;

const HISTORY = 5;

/** What keeps the phone from being used as asked: said in a line, without a stack. */
class UsageError extends Error {}

try {
  await run(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = argumentsOf(args);
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const [number, ...rest] = positionals;
  if (number === undefined || rest.length > 0) throw new UsageError(USAGE);
  if (!/^\d{1,6}$/.test(values.quiet)) throw new UsageError('--quiet takes milliseconds, like 4000');
  const config = readConfig(
    { ...carrierAddressSettings, CARILLON_PORT: localSettings.CARILLON_PORT },
    process.env,
  );
  const skip = async (request: SkipRequest): Promise<string> => {
    const zone = 'zone' in request ? (request.zone ?? null) : null;
    return arrivedText(await skipTime(`http://127.0.0.1:${config.CARILLON_PORT}`, request), zone);
  };
  const options = {
    base: `http://${config.CARILLON_CARRIER_HOST}:${config.CARILLON_CARRIER_PORT}`,
    number: numberOf(number),
    to: values.to === undefined ? null : addressOf(values.to),
    clock: systemClock(),
  };
  const look: Look = { width: Math.min(process.stdout.columns || 100, 100), timeZone: null };
  if (values.script === undefined) await talk(options, look, values.json, skip);
  else await play(options, look, readScript(values.script), Number(values.quiet), values.json, skip);
}

/** Throws with how it is used where there is an option that it does not know. */
function argumentsOf(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        script: { type: 'string' },
        to: { type: 'string' },
        quiet: { type: 'string', default: '4000' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${messageOf(error).split('. To specify')[0]}.\n\n${USAGE}`);
  }
}

type Options = Omit<Parameters<typeof switchOn>[0], 'onMessage' | 'onConnection'>;

type Skip = (request: SkipRequest) => Promise<string>;

async function talk(options: Options, look: Look, json: boolean, skip: Skip): Promise<void> {
  const screen = createScreen(
    { input: process.stdin, output: process.stdout },
    process.stdin.isTTY && !json ? '> ' : '',
  );
  const shown = (message: PhoneView): string =>
    json ? JSON.stringify(message) : messageLines(message, look);
  const calls = createCallTeller();
  const phone = await switchOn({
    ...options,
    onMessage: (message) => screen.show(shown(message)),
    onCall: (call) => {
      if (json) screen.show(JSON.stringify({ call }));
      else for (const line of calls.take(call)) screen.show(line);
    },
    onConnection: (connected) =>
      screen.show(connected ? '  (connected again)' : '  (the carrier simulator is gone; waiting for it)'),
  });
  if (!json) {
    screen.show(`Phone ${options.number}. Type a text and press Enter; Ctrl-D leaves.`);
    for (const message of phone.earlier.slice(-HISTORY)) screen.show(messageLines(message, look));
  }
  await screen.run(phone, shown, skip);
  await phone.putAway();
}

async function play(
  options: Options,
  look: Look,
  steps: ScriptStep[],
  quietMs: number,
  json: boolean,
  skip: Skip,
): Promise<void> {
  const phone = await switchOn(options);
  const progress = (message: PhoneView): void => {
    if (process.stderr.isTTY) process.stderr.write(`${messageLines(message, look)}\n`);
  };
  const messages = await playScript(phone, steps, quietMs, progress, skip);
  await phone.putAway();
  process.stdout.write(
    json
      ? `${JSON.stringify({ phone: options.number, messages }, null, 2)}\n`
      : `${conversationText(options.number, messages, look)}\n`,
  );
}

function numberOf(text: string): PhoneNumber {
  const canonical = canonicalPhoneNumber(text);
  const number = canonical === null ? null : recipientOf(canonical);
  if (!number)
    throw new UsageError(`${JSON.stringify(text)} is not a phone number. Write it like +14155550101.`);
  return number;
}

/** A number of ours, or one on WhatsApp. */
function addressOf(text: string): SenderAddress {
  const address = canonicalSenderAddress(text);
  return address !== null && isWhatsApp(address) ? address : numberOf(text);
}

function readScript(path: string): ScriptStep[] {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`The script ${path} cannot be read: ${messageOf(error)}`);
  }
  const script = parseScript(source);
  if (!script.ok) throw new UsageError(`The script ${path} cannot be played: ${script.problems.join('; ')}`);
  return script.steps;
}
