import { readdir, readFile } from 'node:fs/promises';

/** What a process, with all that it started, uses and has used: of Linux, where /proc says it. */
export interface Usage {
  rssMiB: number;
  /** Of a processor, as user and in the system, since it began; what ended children of it used is part of it. */
  cpuSeconds: number;
}

/** Ticks of the clock that /proc counts in: 100 a second on every machine that Linux runs on today. */
const TICKS = 100;

interface Row {
  pid: number;
  parent: number;
  rssMiB: number;
  cpuSeconds: number;
}

/**
 * Of each of these processes, its children included unless they are asked for themselves: PostgreSQL does its work in them. What they
 * share is counted for each, so that its RSS says little; its processor time is exact. Throws where one is gone.
 */
export async function usageOf(pids: ReadonlyMap<string, number>): Promise<Map<string, Usage>> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = (await Promise.all(ids.map(readRow))).filter((row) => row !== null);
  const asked = new Set(pids.values());
  const childrenOf = Map.groupBy(
    rows.filter(({ pid }) => !asked.has(pid)),
    ({ parent }) => parent,
  );
  const sum = (row: Row): Usage =>
    (childrenOf.get(row.pid) ?? []).map(sum).reduce(
      (total, each) => ({
        rssMiB: total.rssMiB + each.rssMiB,
        cpuSeconds: total.cpuSeconds + each.cpuSeconds,
      }),
      { rssMiB: row.rssMiB, cpuSeconds: row.cpuSeconds },
    );
  return new Map(
    [...pids].map(([name, pid]) => {
      const row = rows.find((each) => each.pid === pid);
      if (row === undefined) throw new Error(`the process of ${name} is gone`);
      return [name, sum(row)];
    }),
  );
}

/** Null: it ended meanwhile. */
async function readRow(id: string): Promise<Row | null> {
  try {
    const [stat, statm] = await Promise.all([
      readFile(`/proc/${id}/stat`, 'utf8'),
      readFile(`/proc/${id}/statm`, 'utf8'),
    ]);
    // The second field is the program's name in brackets and may hold anything.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((at) => fields[at] ?? 0);
    const pages = Number(statm.split(' ')[1]);
    return {
      pid: Number(id),
      parent: parent ?? 0,
      rssMiB: (pages * 4_096) / 2 ** 20,
      cpuSeconds: ((user ?? 0) + (system ?? 0) + (endedUser ?? 0) + (endedSystem ?? 0)) / TICKS,
    };
  } catch {
    return null;
  }
}
