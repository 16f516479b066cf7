import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { appendAudit } from '#shared/audit/append.ts';
import type { Clock } from '#shared/clock.ts';
import { type Imported, importContent, replacedDrafts } from '#shared/content/import.ts';
import { readProgrammes } from '#shared/content/read.ts';
import { readPublishedWithExamples } from '#shared/content/versions.ts';
import { drillYaml, programmeYaml } from '#shared/content/yaml.ts';
import { contentFault, readSources } from '#shared/drills/content.ts';
import { messageOf } from '#shared/errors.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inSnapshot, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { UsageError } from '../arguments.ts';

export const CONTENT_USAGE = `Drills and programmes as YAML files.

  npm run ops -- content import DIR [--publish] [--override REASON] [--replace-drafts] [--by NAME]
  npm run ops -- content export DIR

  import takes all files of a folder in, or none: drills become drafts; with --publish people get them from then on, and
  programmes are as their files say. What is as its file says already stays. export writes what is published.

  --override REASON  publishes drills also where their examples do not bear them out; kept with the version
  --replace-drafts   drafts that say something else give way; without it, drills that somebody works on are refused
  --by NAME          who does it, for the record (default: your user name)`;

export type ContentCommand =
  | {
      kind: 'import';
      directory: string;
      publish: boolean;
      overrideReason: string | null;
      replaceDrafts: boolean;
      by: string;
    }
  | { kind: 'export'; directory: string };

/** Reads the command line behind `content`. Throws UsageError. `user`: who it is when --by does not say. */
export function parseContent(args: readonly string[], user: string): ContentCommand {
  const { positionals, values } = parse(args);
  const [action, directory, ...more] = positionals;
  if (directory === undefined || more.length > 0) throw new UsageError(CONTENT_USAGE);
  if (action === 'import') {
    if (values.override?.trim() === '') throw new UsageError('--override takes a reason');
    const { override = null, publish, 'replace-drafts': replaceDrafts } = values;
    if (override !== null && !publish) throw new UsageError('--override goes with --publish');
    return {
      ...{ kind: 'import', directory, publish, overrideReason: override, replaceDrafts },
      by: values.by ?? user,
    };
  }
  if (action !== 'export' || values.publish || values.override !== undefined || values['replace-drafts']) {
    throw new UsageError(CONTENT_USAGE);
  }
  return { kind: 'export', directory };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        publish: { type: 'boolean', default: false },
        override: { type: 'string' },
        'replace-drafts': { type: 'boolean', default: false },
        by: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(`${messageOf(error)}\n${CONTENT_USAGE}`);
  }
}

/** Carries the command out. Throws `invalid_configuration` with all faults of files that are refused. */
export async function runContent(
  command: ContentCommand,
  deps: { pool: Pool; clock: Clock; defaultSender: PhoneNumber; say: (line: string) => void },
): Promise<void> {
  if (command.kind === 'export') return await exportContent(command.directory, deps);
  for (const { became, kind, slug, version } of await importAll(command, deps)) {
    deps.say(`${kind} ${slug}: ${version === null ? became : `${became} as version ${version}`}`);
  }
}

async function importAll(
  { by, directory, overrideReason, publish, replaceDrafts }: Extract<ContentCommand, { kind: 'import' }>,
  { clock, defaultSender, pool }: { pool: Pool; clock: Clock; defaultSender: PhoneNumber },
): Promise<Imported[]> {
  const sources = await readSources(directory);
  if (sources.length === 0) throw new UsageError(`there is no YAML file in ${directory}`);
  const now = clock.now();
  return await inTransaction(pool, async (tx) => {
    const order = { by, now, defaultSender, publish, overrideReason, replaceDrafts };
    const result = await importContent(tx, sources, order);
    if (result.kind === 'refused') throw contentFault(result.faults.map(({ message }) => message));
    const gone = replacedDrafts(result.replaced);
    await appendAudit(
      tx,
      result.items.map(({ became, kind, slug, version }) => ({
        subject: kind,
        subjectId: slug,
        action: 'imported',
        before: kind === 'drill' ? (gone.get(slug) ?? null) : null,
        after: { became, version },
      })),
      {
        actor: { kind: 'local', id: by, name: by },
        operationId: 'content import',
        requestId: clock.newId(),
        ip: '',
        at: now,
      },
    );
    return result.items;
  });
}

async function exportContent(
  directory: string,
  { pool, say }: { pool: Pool; say: (line: string) => void },
): Promise<void> {
  const files = await inSnapshot(pool, async (tx) => [
    ...(await readPublishedWithExamples(tx)).map((drill) => ({
      name: `${drill.slug}.yaml`,
      text: drillYaml(drill),
    })),
    // A programme may be called as a drill is.
    ...(await readProgrammes(tx)).map((programme) => ({
      name: `${programme.slug}.programme.yaml`,
      text: programmeYaml(programme),
    })),
  ]);
  await mkdir(directory, { recursive: true });
  for (const { name, text } of files) await writeFile(join(directory, name), text);
  say(`${files.length} file(s) written to ${directory}`);
}
