import type { Outcome } from './campaign.ts';

interface Machine {
  seconds: number;
  cores: number;
  node: string;
}

/** The page docs/faults.md, and its tables alone. */
export function reportOf(outcome: Outcome, machine: Machine): { page: string; table: string } {
  const gaps = new Map<
    string,
    { service: string; gap: string; kills: number; hits: number; open: string[] }
  >();
  for (const { gap, hit, open, service } of outcome.kills) {
    const key = `${service} ${gap}`;
    const row = gaps.get(key) ?? { service, gap, kills: 0, hits: 0, open: [] };
    row.kills += 1;
    row.hits += hit ? 1 : 0;
    row.open.push(open);
    gaps.set(key, row);
  }
  const table = [
    '| killed | between | kills | in the gap | what stood open |',
    '|---|---|---|---|---|',
    ...[...gaps.values()].map(
      ({ gap, hits, kills, open, service }) =>
        `| ${service} | ${gap} | ${kills} | ${hits} | ${open.join('; ')} |`,
    ),
    '',
    '| counted | |',
    '|---|---|',
    ...Object.entries(outcome.counts).map(([name, count]) => `| ${name} | ${count} |`),
    `| faults found | ${outcome.faults.length} |`,
    '',
  ].join('\n');
  return { table, page: pageOf(outcome, machine, table) };
}

const pageOf = (
  { kills, seed }: Outcome,
  { cores, node, seconds }: Machine,
  table: string,
): string => `# Processes killed in the middle of their work

    npm run faults

starts the whole system on this machine and lets 200 people chat with it: they register, answer right and wrong, ask for
more, now and then text STOP, and come back with START. Meanwhile processes are killed with SIGKILL, each between two
effects that must not come apart. No service has a hook for that. What is aimed at is seen from outside:

- a transaction is stopped by a trigger in the run's own database, at COMMIT or in its middle, and its process killed
  there; at COMMIT the database commits, and the process never hears of it;
- an emulator is stopped with SIGSTOP while a request to it is on its way, the process that waits for the answer is
  killed, and the emulator goes on and does what it was asked;
- the sender is killed when a request to the carrier is under way.

When everything has come to rest, everything that went in is compared with everything that came out, phone by phone:

- every text that a phone sent was executed once and stands in the message log, in the order in which it was written;
- the stored events are exactly what the pure dialog engine makes of the commands in stream order, the states are their
  fold, the messages are exactly what the events ask for, and progress asked for exactly what follows from them;
- every message that the carrier accepted belongs to one message of ours, and every message that counts as sent was
  accepted once; the carrier accepted them in their order;
- after the answer to a STOP the carrier accepted nothing but confirmations and answers to HELP, until START;
- the log has of every message the status that the carrier has, also where its last callback was lost;
- every text stands in the conversation with its phone, once, with what the dialog made of it, and conversations count what
  their texts add up to;
- nothing is left in an outbox, in quarantine, or unsettled.

The last run: ${kills.length} kills in ${seconds} s, seed ${seed} (\`npm run faults -- --seed N\` for another), on ${cores} cores with
Node ${node}.

${table}
The short form, with 40 phones and 9 kills, is part of \`npm test\`.
`;
