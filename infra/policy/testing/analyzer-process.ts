import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { credentials } from '@grpc/grpc-js';
import { AnalyzerClient } from '@pulumi/pulumi/proto/analyzer_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/analyzer_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import type { ResourceRecord } from '../../testing/resource-record.ts';
import { wireValues } from '../../testing/wire-values.ts';

/** What Pulumi would print. */
export interface Diagnostic {
  policy: string;
  message: string;
  urn: string;
  /** Whether it ends the deployment. */
  mandatory: boolean;
}

/**
 * The policy pack as Pulumi runs it: `@pulumi/pulumi/cmd/run-policy-pack` in the folder of the pack, a process that
 * writes its port to standard output and answers `pulumirpc.Analyzer`.
 */
export class AnalyzerProcess {
  readonly #client: AnalyzerClient;
  readonly #stop: () => Promise<void>;

  private constructor(client: AnalyzerClient, stop: () => Promise<void>) {
    this.#client = client;
    this.#stop = stop;
  }

  static async start(): Promise<AnalyzerProcess> {
    const runner = fileURLToPath(import.meta.resolve('@pulumi/pulumi/cmd/run-policy-pack/index.js'));
    const child = spawn(process.execPath, [runner, '127.0.0.1:1', '.'], {
      cwd: fileURLToPath(new URL('../', import.meta.url)),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const port = await Promise.race([
      once(child.stdout.setEncoding('utf8'), 'data').then(([text]) => Number(String(text).trim())),
      exited.then(([code]) => {
        throw new Error(`the policy pack ended with ${code}: ${errors}`);
      }),
    ]);
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.max_send_message_length': -1,
    });
    return new AnalyzerProcess(client, async () => {
      client.close();
      child.kill();
      await exited;
    });
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  info(): Promise<messages.AnalyzerInfo> {
    return new Promise((resolve, reject) => {
      this.#client.getAnalyzerInfo(new empty.Empty(), (error, info) =>
        error ? reject(error) : resolve(info),
      );
    });
  }

  /** One resource, with its inputs, as before it is made. */
  analyze(resource: ResourceRecord): Promise<Diagnostic[]> {
    const request = new messages.AnalyzeRequest()
      .setType(resource.type)
      .setName(resource.name)
      .setUrn(resource.urn)
      .setProperties(struct.Struct.fromJavaScript(wireValues(resource.inputs, resource.secretPaths)))
      .setOptions(optionsOf(resource));
    return new Promise((resolve, reject) => {
      this.#client.analyze(request, (error, response) =>
        error ? reject(error) : resolve(diagnosticsOf(response)),
      );
    });
  }

  /** All resources with what became of them, as at the end of a preview or an update. */
  analyzeStack(resources: readonly ResourceRecord[]): Promise<Diagnostic[]> {
    const request = new messages.AnalyzeStackRequest().setResourcesList(resources.map(stackResource));
    return new Promise((resolve, reject) => {
      this.#client.analyzeStack(request, (error, response) =>
        error ? reject(error) : resolve(diagnosticsOf(response)),
      );
    });
  }
}

function stackResource(resource: ResourceRecord): messages.AnalyzerResource {
  const made = { ...resource.inputs, ...resource.outputs };
  const result = new messages.AnalyzerResource()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(resource.urn)
    .setProperties(struct.Struct.fromJavaScript(wireValues(made, resource.secretPaths)))
    .setOptions(optionsOf(resource))
    .setParent(resource.parent)
    .setDependenciesList([...resource.dependencies]);
  for (const [name, urns] of Object.entries(resource.propertyDependencies))
    result
      .getPropertydependenciesMap()
      .set(name, new messages.AnalyzerPropertyDependencies().setUrnsList([...urns]));
  return result;
}

const optionsOf = (resource: ResourceRecord): messages.AnalyzerResourceOptions =>
  new messages.AnalyzerResourceOptions()
    .setProtect(resource.protect)
    .setIgnorechangesList([...resource.ignoreChanges])
    .setParent(resource.parent);

const MANDATORY = 1;

const diagnosticsOf = (response: messages.AnalyzeResponse): Diagnostic[] =>
  response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    message: diagnostic.getMessage(),
    urn: diagnostic.getUrn(),
    mandatory: diagnostic.getEnforcementlevel() === MANDATORY,
  }));
