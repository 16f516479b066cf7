import type { Setting, Settings } from '#shared/config.ts';
import { serviceSettings } from '#shared/service.ts';
import { queues, type ServiceRow, services, streams } from '#shared/topology.ts';

/** Parts of the documentation that are derived from the code, so that they cannot be wrong. Pure. */

/** The map of the system as a Mermaid flow chart, drawn from the topology alone. */
export function topologyDiagram(): string {
  const id = (name: string): string => name.replace(/\W/g, '_');
  const rows: [string, ServiceRow][] = Object.entries(services);
  const lines = ['flowchart LR', '  carrier((carrier))', '  people((people and programs))'];
  for (const [name] of rows) lines.push(`  ${id(name)}[${name}]`);
  for (const name of Object.keys(streams)) lines.push(`  ${id(name)}[/${name}/]`);
  for (const name of Object.keys(queues)) lines.push(`  ${id(name)}[[${name}]]`);
  for (const [name, row] of rows) {
    if (row.publicPaths.length > 0)
      lines.push(
        row.carriers ? `  carrier -- webhooks --> ${id(name)}` : `  people -- HTTPS --> ${id(name)}`,
      );
    for (const stream of row.puts) lines.push(`  ${id(name)} --> ${id(stream)}`);
    for (const stream of Object.values(row.consumes))
      if (stream) lines.push(`  ${id(stream)} --> ${id(name)}`);
    for (const queue of row.sends) lines.push(`  ${id(name)} --> ${id(queue)}`);
    for (const queue of row.receives) lines.push(`  ${id(queue)} --> ${id(name)}`);
    if (row.receives.length > 0 && row.carriers) lines.push(`  ${id(name)} -- messages --> carrier`);
  }
  return lines.join('\n');
}

/** One line per service: what it does. */
export function serviceTable(): string {
  const rows = Object.entries(services).map(([name, row]) => `| ${name} | ${row.does} |`);
  return ['| service | does |', '|---|---|', ...rows].join('\n');
}

/** Every setting of every service: name, default, unit, help. */
export function configurationTables(own: ReadonlyMap<string, Settings>): string {
  const frame = new Set(Object.keys(serviceSettings));
  const sections = [section('Every service', serviceSettings)];
  for (const [service, settings] of own) {
    sections.push(
      section(service, Object.fromEntries(Object.entries(settings).filter(([name]) => !frame.has(name)))),
    );
  }
  return sections.join('\n\n');
}

function section(title: string, settings: Settings): string {
  const rows = Object.entries(settings)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([name, row]) =>
        `| \`${name}\` | ${fallbackOf(row)} | ${row.unit} | ${row.help.replaceAll('|', '\\|')} |`,
    );
  return [`## ${title}`, '', '| variable | default | unit | |', '|---|---|---|---|', ...rows].join('\n');
}

function fallbackOf(row: Setting<unknown>): string {
  if (row.unless !== undefined) return `(required unless \`${row.unless}\`, secret)`;
  if (row.fallback === undefined) return row.secret ? '(required, secret)' : '(required)';
  // The default folder of content is a path of the machine that runs it.
  return row.fallback === '' || row.fallback.startsWith('/') ? '' : `\`${row.fallback}\``;
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. Throws when the marks are missing. */
export function replaceBetween(document: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document has no part "${name}"`);
  return `${document.slice(0, from + begin.length)}\n${content}\n${document.slice(to)}`;
}
