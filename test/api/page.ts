import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** An example of docs/api.md: a script of the shell, and what the page says comes back. */
export interface Example {
  /** The heading that it stands under. */
  title: string;
  script: string;
  answer: { kind: 'json' | 'http'; text: string } | null;
}

/** Examples of a page of Markdown, in its order. */
export function examplesOf(page: string): Example[] {
  const examples: Example[] = [];
  let title = '';
  for (const [, heading, kind, text = ''] of page.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) title = heading;
    else if (kind === 'sh') examples.push({ title, script: text, answer: null });
    else if (kind === 'json' || kind === 'http') {
      const last = examples.at(-1);
      if (!last || last.answer !== null) throw new Error(`an answer without a command under "${title}"`);
      last.answer = { kind, text };
    }
  }
  return examples;
}

const run = promisify(execFile);

/** What a script of the shell prints. Rejects when a command of it fails, or says something to standard error. */
export async function printed(script: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout, stderr } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    env: { PATH: process.env.PATH, ...env },
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout;
}

/**
 * Where an answer is not of the shape that is shown, in JSON pointers: what is shown must be there with the same type,
 * more may be; each item of a list is of the shape of the first that is shown. Null shows that it may be null.
 */
export function differences(shown: unknown, given: unknown, at = ''): string[] {
  if (shown === null) return given === undefined ? [`${at} is missing`] : [];
  if (Array.isArray(shown)) {
    if (!Array.isArray(given)) return [`${at} is no list`];
    if (shown.length > 0 && given.length === 0) return [`${at} is empty`];
    return given.flatMap((item, index) => differences(shown[0], item, `${at}/${index}`));
  }
  if (typeof shown === 'object') {
    if (typeof given !== 'object' || given === null) return [`${at} is no object`];
    return Object.entries(shown).flatMap(([name, value]) =>
      name in given
        ? differences(value, Reflect.get(given, name), `${at}/${name}`)
        : [`${at}/${name} is missing`],
    );
  }
  return typeof given === typeof shown || given === null ? [] : [`${at} is ${JSON.stringify(given)}`];
}

/** An answer of `curl -i` or of the page: status, names of headers in lower case, body. */
export function parseHttp(text: string): { status: string; headers: string[]; body: string } {
  const [head = '', ...rest] = text.replaceAll('\r', '').split('\n\n');
  const [line = '', ...headers] = head.split('\n');
  return {
    status: line.split(' ')[1] ?? '',
    headers: headers.map((header) => header.split(':')[0]?.toLowerCase() ?? ''),
    body: rest.join('\n\n'),
  };
}
