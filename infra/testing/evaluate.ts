import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { EngineService } from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import { ResourceMonitorService } from '@pulumi/pulumi/proto/resource_grpc_pb.js';
import { deniedPackages } from './denied-providers.ts';
import { engineLog } from './engine-log.ts';
import { HookCalls } from './hook-calls.ts';
import { type Recording, resourceMonitor } from './resource-monitor.ts';
import type { Evaluation, ResourceRecord } from './resource-record.ts';

/**
 * Evaluates the infrastructure program without an account, a cloud or Pulumi's CLI: a stand-in for the engine (this
 * process) starts Pulumi's own language runner (`@pulumi/pulumi/cmd/run`, a child process) on the program with a
 * stack's configuration, and records every resource that the program registers.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RUNNER = fileURLToPath(import.meta.resolve('@pulumi/pulumi/cmd/run/index.js'));
const LEAN = fileURLToPath(import.meta.resolve('./lean-runner.ts'));
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

/** Runs the program once. Rejects with an EvaluationError when it ends with a fault. */
export async function evaluateProgram(program: Program): Promise<Evaluation> {
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
    const { code, output } = await run(program, address);
    if (code !== 0) {
      const said = [...log.diagnostics, output.trim()].filter((line) => line !== '').join('\n');
      throw new EvaluationError(
        `the program of stack ${program.stack} (${program.mode}) ended with ${code}:\n${said}`,
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

function run(program: Program, address: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    [
      `--import=${LEAN}`,
      RUNNER,
      `--project=${program.project}`,
      `--stack=${program.stack}`,
      '--organization=organization',
      `--root-directory=${ROOT}`,
      `--pwd=${dirname(program.entry)}`,
      '--parallel=64',
      ...(program.mode === 'preview' ? ['--dry-run'] : []),
      `--monitor=${address}`,
      `--engine=${address}`,
      basename(program.entry),
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        NODE_COMPILE_CACHE: `${ROOT}node_modules/.cache/carillon/infra`,
        // A test may load modules in another way, for both sides alike.
        ...(process.env.NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS: process.env.NODE_OPTIONS }),
        PULUMI_CONFIG: JSON.stringify(program.config),
        ...program.hooksWith,
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(program.secretKeys),
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
