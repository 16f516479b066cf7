import { pathToFileURL } from 'node:url';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { EngineService } from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import { ResourceMonitorService } from '@pulumi/pulumi/proto/resource_grpc_pb.js';
import { deniedPackages } from './denied-providers.ts';
import { engineLog } from './engine-log.ts';
import { HookCalls } from './hook-calls.ts';
import { runInHost } from './program-hosts.ts';
import { runByItself } from './program-runner.ts';
import { type Recording, resourceMonitor } from './resource-monitor.ts';
import type { Evaluation, ResourceRecord } from './resource-record.ts';

/**
 * Evaluates the infrastructure program without an account, a cloud or Pulumi's CLI: a stand-in for the engine (this
 * process) has another process run the program with a stack's configuration, and records every resource that the program
 * registers.
 */

/** Answers of the size of a dashboard or of a whole stack's outputs. */
const CHANNEL_OPTIONS = { 'grpc.max_receive_message_length': 64 * 1024 * 1024 };

export interface Program {
  project: string;
  stack: string;
  mode: 'preview' | 'update';
  /** Path of the program's first module. As Pulumi's CLI does, it is run in its own folder. */
  entry: string;
  /** Full keys (`carillon:class`); objects as JSON. */
  config: Readonly<Record<string, string>>;
  /** Keys of `config` that are secret. */
  secretKeys: readonly string[];
  /** Runs hooks as well, with these variables for the program: what they call must be a stand-in, too. */
  hooksWith?: Readonly<Record<string, string>>;
}

/** The program ended with a fault: what it said, and what it had registered until then. */
export class EvaluationError extends Error {
  readonly resources: readonly ResourceRecord[];

  constructor(message: string, resources: readonly ResourceRecord[]) {
    super(message);
    this.name = 'EvaluationError';
    this.resources = resources;
  }
}

/** Evaluates the program in Pulumi's own language runner, a process of its own. Rejects as `evaluateInHost` does. */
export const evaluateProgram = (program: Program): Promise<Evaluation> => evaluate(program, runByItself);

/**
 * The same in a process that has run others before, and costs a third of it: for a program that ends well and runs no hooks.
 * Rejects with an EvaluationError when it ends with a fault.
 */
export const evaluateInHost = (program: Omit<Program, 'hooksWith'>): Promise<Evaluation> =>
  evaluate(program, async ({ entry, ...rest }, address) => {
    const { fault } = await runInHost({ program: rest, entry: pathToFileURL(entry).href, address });
    return fault;
  });

/** `run`: resolves with why the program failed, or null. */
async function evaluate(
  program: Program,
  run: (program: Program, address: string) => Promise<string | null>,
): Promise<Evaluation> {
  const recording: Recording = {
    project: program.project,
    stack: program.stack,
    mode: program.mode,
    resources: [],
    stackOutputs: {},
    deniedPackages: deniedPackages(program.config),
  };
  const log = engineLog();
  const server = new Server(CHANNEL_OPTIONS);
  const hooks = program.hooksWith === undefined ? undefined : new HookCalls();
  server.addService(ResourceMonitorService, resourceMonitor(recording, hooks));
  server.addService(EngineService, log.service);
  const address = await listen(server);
  try {
    const fault = await run(program, address);
    if (fault !== null) {
      const said = [...log.diagnostics, fault].join('\n');
      throw new EvaluationError(
        `the program of stack ${program.stack} (${program.mode}) failed:\n${said}`,
        recording.resources,
      );
    }
    return {
      stack: program.stack,
      mode: program.mode,
      resources: recording.resources,
      diagnostics: log.diagnostics,
      stackOutputs: recording.stackOutputs,
    };
  } finally {
    hooks?.close();
    server.forceShutdown();
  }
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(`127.0.0.1:${port}`);
      else reject(error);
    });
  });
}
