import { readConfig } from '#shared/config.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { localSettings } from '../settings.ts';
import { skipTime } from './clock-client.ts';
import { readSkip, SKIP_USAGE } from './skip-words.ts';
import { arrivedText } from './span.ts';

/** `npm run skip`: skips time in the system that `npm start` runs here. Described in docs/local-stack.md. */
const USAGE = `Skips time in the running system; it never goes back.

  npm run skip -- WHEN

${SKIP_USAGE}`;

try {
  const words = process.argv.slice(2);
  const request = readSkip(words);
  if (request === null) throw new CarillonError('invalid_record', USAGE);
  const { CARILLON_PORT } = readConfig({ CARILLON_PORT: localSettings.CARILLON_PORT }, process.env);
  const view = await skipTime(`http://127.0.0.1:${CARILLON_PORT}`, request);
  process.stdout.write(`${arrivedText(view, 'zone' in request ? (request.zone ?? null) : null)}\n`);
} catch (error) {
  const foreseen = error instanceof CarillonError;
  process.stderr.write(`${foreseen || !(error instanceof Error) ? messageOf(error) : error.stack}\n`);
  process.exitCode = 1;
}
