import { z } from 'zod';
import { type Exception, MOST_DAYS } from './exceptions.ts';

/**
 * What `npm audit --json` says, judged: known vulnerabilities of severity high or critical in what reaches production fail,
 * but for those that are excepted. Everything else is told. Pure.
 */

const severities = ['info', 'low', 'moderate', 'high', 'critical'] as const;
type Severity = (typeof severities)[number];
const isGrave = (severity: Severity): boolean => severity === 'high' || severity === 'critical';

const advisory = z.object({
  name: z.string(),
  title: z.string(),
  url: z.string(),
  severity: z.enum(severities),
  range: z.string(),
});
/** https://docs.npmjs.com/cli/commands/npm-audit: version 2 of the report. */
const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({ via: z.array(z.union([z.string(), advisory])), nodes: z.array(z.string()) }),
  ),
});
export type Report = z.infer<typeof reportSchema>;

/** The report in what npm has printed; null: npm could not ask, or prints something else by now. */
export function reportIn(output: string): Report | null {
  try {
    return reportSchema.parse(JSON.parse(output));
  } catch {
    // No JSON, or an error of npm as JSON: nothing is known either way.
    return null;
  }
}

const errorSchema = z.object({ message: z.string().min(1) });

/** Why npm could not ask, in its own words. */
export function reasonIn(output: string): string {
  try {
    return errorSchema.parse(JSON.parse(output)).message;
  } catch {
    // Neither a report nor an error: an npm that cannot be run, or another one.
    return 'npm said nothing that could be read';
  }
}

export interface Vulnerability {
  /** Of the advisory: GHSA-xxxx-xxxx-xxxx. */
  id: string;
  package: string;
  title: string;
  url: string;
  severity: Severity;
  /** Whether what has it reaches production. */
  ships: boolean;
}

/** `ships`: whether a folder of node_modules reaches production. Each advisory once for each package. */
export function vulnerabilitiesIn(
  { vulnerabilities }: Report,
  ships: (folder: string) => boolean,
): Vulnerability[] {
  return Object.entries(vulnerabilities).flatMap(([name, { nodes, via }]) =>
    via.flatMap((each): Vulnerability[] => {
      // A name leads to a package with an entry of its own.
      if (typeof each === 'string') return [];
      const { severity, title, url } = each;
      const id = /GHSA(?:-[a-z0-9]{4}){3}/.exec(url)?.[0] ?? url;
      return [{ id, package: name, title, url, severity, ships: nodes.some(ships) }];
    }),
  );
}

export interface Verdict {
  /** What must be mended, or excepted by somebody who has looked. */
  failures: string[];
  /** What is good to know. */
  notes: string[];
}

/** `today`: as 2026-11-27. `found` null: nobody could be asked; the list of exceptions is judged all the same. */
export function judge(
  found: readonly Vulnerability[] | null,
  excepted: readonly Exception[],
  today: string,
): Verdict {
  const verdict: Verdict = { failures: [], notes: [] };
  for (const each of excepted) {
    const days = (Date.parse(each.until) - Date.parse(each.since)) / 86_400_000;
    if (!(days > 0 && days <= MOST_DAYS)) {
      verdict.failures.push(`the exception of ${each.id} is for ${days} days: ${MOST_DAYS} at most`);
    } else if (each.until < today) {
      verdict.failures.push(
        `the exception of ${each.id} (${each.package}) ended on ${each.until}: look at it again`,
      );
    }
  }
  for (const each of found ?? []) {
    const exception = excepted.find(({ id, package: of }) => id === each.id && of === each.package);
    const said = `${each.severity}: ${each.package}: ${each.title} (${each.url})`;
    if (!isGrave(each.severity)) verdict.notes.push(said);
    else if (!each.ships) verdict.notes.push(`${said}, in a tool that does not reach production`);
    else if (exception === undefined) verdict.failures.push(said);
    else verdict.notes.push(`${said}, excepted until ${exception.until}: ${exception.why}`);
  }
  for (const { id, package: of } of found === null ? [] : excepted) {
    if (!found?.some((each) => each.id === id && each.package === of)) {
      verdict.notes.push(`the exception of ${id} (${of}) is for nothing any more: take it off the list`);
    }
  }
  return verdict;
}
