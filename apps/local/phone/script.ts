import { readSkip, type SkipRequest } from '../clock/skip-words.ts';

/**
 * A conversation to play, as text: every line is a text that the phone sends, in order. Empty lines and lines that
 * begin with # say nothing; `wait 30` waits up to 30 seconds for one more message to arrive; `/skip 10m` skips time.
 */
export type ScriptStep =
  | { type: 'text'; line: number; body: string }
  | { type: 'wait'; line: number; seconds: number }
  | { type: 'skip'; line: number; request: SkipRequest };

export type Script = { ok: true; steps: ScriptStep[] } | { ok: false; problems: string[] };

const MAX_BODY = 1_600;
const MAX_WAIT_SECONDS = 3_600;

/** A line that skips time: null for what cannot be read, undefined for any other line. */
export function skipOf(line: string): SkipRequest | null | undefined {
  const [command, ...words] = line.split(/\s+/);
  return command === '/skip' ? readSkip(words) : undefined;
}

export function parseScript(source: string): Script {
  const steps: ScriptStep[] = [];
  const problems: string[] = [];
  for (const [index, raw] of source
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const body = raw.trim();
    if (body === '' || body.startsWith('#')) continue;
    const [, seconds] = /^wait\s+(\d+(?:\.\d+)?)$/i.exec(body) ?? [];
    const skip = skipOf(body);
    if (skip === null) problems.push(`line ${line}: a skip is /skip 10m or /skip 09:00 America/Chicago`);
    else if (skip !== undefined) steps.push({ type: 'skip', line, request: skip });
    else if (seconds !== undefined) {
      if (Number(seconds) <= MAX_WAIT_SECONDS) steps.push({ type: 'wait', line, seconds: Number(seconds) });
      else problems.push(`line ${line}: a wait lasts at most ${MAX_WAIT_SECONDS} seconds`);
    } else if (body.length > MAX_BODY) {
      problems.push(`line ${line}: a text has at most ${MAX_BODY} characters, this one has ${body.length}`);
    } else steps.push({ type: 'text', line, body });
  }
  if (problems.length > 0) return { ok: false, problems };
  return steps.length > 0 ? { ok: true, steps } : { ok: false, problems: ['it has no texts'] };
}
