import { readFile } from 'node:fs/promises';
import type { OwnPage } from './front-door.ts';
import type { ProcessStatus } from './process.ts';

export interface SystemFacts {
  /** In the order they are shown: label and address or path. */
  addresses: readonly (readonly [string, string])[];
  ready: () => boolean;
  processes: () => readonly ProcessStatus[];
}

/** The supervisor's own pages: `/system` for people, `/system.json` for everything else. */
export const systemPages = (facts: SystemFacts): ReadonlyMap<string, OwnPage> =>
  new Map<string, OwnPage>([
    [
      '/system',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
        response.end(plainPage(facts));
      },
    ],
    [
      '/system.json',
      (_request, response) => {
        void systemJson(facts).then((body) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(`${JSON.stringify(body, null, 2)}\n`);
        });
      },
    ],
  ]);

export function plainPage({ addresses, ready, processes }: SystemFacts): string {
  const width = Math.max(...addresses.map(([label]) => label.length));
  return [
    `Carillon on this machine: ${ready() ? 'ready' : 'starting'}`,
    '',
    ...addresses.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    '',
    ...processes().map(({ name, state, pid, restarts, reason }) =>
      `${name.padEnd(10)}  ${state.padEnd(9)}  pid ${pid ?? '-'}  restarts ${restarts}  ${reason ?? ''}`.trimEnd(),
    ),
    '',
  ].join('\n');
}

async function systemJson({ ready, processes }: SystemFacts): Promise<object> {
  const all = processes();
  return {
    ready: ready(),
    supervisor: { pid: process.pid, rssMiB: await rssOf(process.pid) },
    processes: await Promise.all(
      all.map(async (status) => ({
        ...status,
        rssMiB: status.pid === null ? null : await rssOf(status.pid),
      })),
    ),
  };
}

/** Resident memory in MiB, where the system tells (Linux), else null. */
async function rssOf(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1];
  return kib === undefined ? null : Math.round(Number(kib) / 102.4) / 10;
}
