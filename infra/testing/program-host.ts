import { createRequire } from 'node:module';
import messages from '@pulumi/pulumi/proto/language_pb.js';
import { messageOf } from '#shared/errors.ts';
import type { HostAnswer, HostOrder } from './program-hosts.ts';

/**
 * A process that runs Pulumi programs one after the other, each in a state of its own, as Pulumi does with programs that are
 * handed to its Automation API (`@pulumi/pulumi/automation`). Modules are loaded once: of each program only its entry is
 * evaluated anew. Ends with whoever started it.
 */
interface LanguageServer {
  run(
    call: { request: InstanceType<typeof messages.RunRequest> },
    done: (error: Error | undefined) => void,
  ): Promise<void>;
  /** Throws when promises were left behind. To be called in the state of the run. */
  onPulumiExit(hasError: boolean): void;
}

const require = createRequire(import.meta.resolve('@pulumi/pulumi/cmd/run/index.js'));
const { LanguageServer }: { LanguageServer: new (program: () => Promise<object>) => LanguageServer } =
  require('../../automation/server');

let runs = 0;

async function run({ address, entry, program }: HostOrder): Promise<HostAnswer> {
  runs += 1;
  const url = `${entry}?run=${runs}`;
  const server = new LanguageServer(async () => ({ ...(await import(url)) }));
  const request = new messages.RunRequest()
    .setProject(program.project)
    .setStack(program.stack)
    .setOrganization('organization')
    .setDryrun(program.mode === 'preview')
    .setParallel(64)
    .setMonitorAddress(address)
    .setArgsList([address])
    .setConfigsecretkeysList([...program.secretKeys]);
  for (const [key, value] of Object.entries(program.config)) request.getConfigMap().set(key, value);
  let fault: string | null = null;
  // Called a second time, without an error, after it was called with one.
  await server.run({ request }, (error) => {
    try {
      if (error !== undefined) throw error;
      server.onPulumiExit(fault !== null);
    } catch (thrown) {
      fault ??= messageOf(thrown);
    }
  });
  return { fault };
}

process.on('message', (order: HostOrder) => {
  run(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ fault: messageOf(error) } satisfies HostAnswer),
  );
});
process.once('disconnect', () => process.exit(0));
