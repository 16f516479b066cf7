import { type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import type { IResourceMonitorServer } from '@pulumi/pulumi/proto/resource_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/resource_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { messageOf } from '#shared/errors.ts';
import { requireProvider } from './denied-providers.ts';
import type { HookCalls } from './hook-calls.ts';
import { inventedAnswer, inventedResource } from './invented.ts';
import type { ResourceRecord } from './resource-record.ts';
import { plainValues, wireValues } from './wire-values.ts';

/** What one run of the program registered. */
export interface Recording {
  project: string;
  stack: string;
  mode: 'preview' | 'update';
  resources: ResourceRecord[];
  stackOutputs: Record<string, unknown>;
  /** Packages whose default provider the stack denies; `*` is all of them. */
  deniedPackages: readonly string[];
}

const STACK_TYPE = 'pulumi:pulumi:Stack';

const FEATURES = [
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
];

/** A method whose refusal reaches the program as an error of that call. */
function answering<Q, A>(answer: (request: Q) => A | Promise<A>) {
  return async (call: ServerUnaryCall<Q, A>, done: sendUnaryData<A>): Promise<void> => {
    try {
      done(null, await answer(call.request));
    } catch (error) {
      done({ code: status.INVALID_ARGUMENT, details: messageOf(error) });
    }
  };
}

const refuse = (method: string) =>
  answering((_: unknown): never => {
    throw new Error(`the stand-in does not speak ${method}`);
  });

/**
 * The half of the engine that programs register resources with. It records each one and answers as the AWS provider
 * would: in a preview with the inputs only, in an update with invented ids, ARNs and addresses. Hooks are noted, and
 * run before their resource only when `hooks` is given.
 */
export function resourceMonitor(recording: Recording, hooks?: HookCalls): IResourceMonitorServer {
  const done = (): empty.Empty => new empty.Empty();
  return {
    getDeploymentInfo: answering(() =>
      new messages.DeploymentInfo()
        .setProject(recording.project)
        .setStack(recording.stack)
        .setDryrun(recording.mode === 'preview')
        .setSupportedfeaturesList(FEATURES),
    ),
    supportsFeature: answering(() => new messages.SupportsFeatureResponse().setHassupport(false)),
    invoke: answering((request: InstanceType<typeof messages.ResourceInvokeRequest>) => {
      requireProvider(request.getTok(), request.getProvider(), recording.deniedPackages);
      const { values } = plainValues(request.getArgs()?.toJavaScript() ?? {});
      const answer = wireValues(inventedAnswer(request.getTok(), values), []);
      return new messages.ResourceInvokeResponse().setReturn(struct.Struct.fromJavaScript(answer));
    }),
    registerResource: answering((request: InstanceType<typeof messages.RegisterResourceRequest>) =>
      register(recording, request, hooks),
    ),
    registerResourceOutputs: answering(
      (request: InstanceType<typeof messages.RegisterResourceOutputsRequest>) => {
        if (request.getUrn() === urnOf(recording, '', STACK_TYPE, stackName(recording))) {
          Object.assign(
            recording.stackOutputs,
            plainValues(request.getOutputs()?.toJavaScript() ?? {}).values,
          );
        }
        return done();
      },
    ),
    registerPackage: answering((request: InstanceType<typeof messages.RegisterPackageRequest>) =>
      new messages.RegisterPackageResponse().setRef(`${request.getName()}@${request.getVersion()}`),
    ),
    registerResourceHook: answering((request: InstanceType<typeof messages.RegisterResourceHookRequest>) => {
      hooks?.register(request);
      return done();
    }),
    registerErrorHook: answering(done),
    registerStackTransform: refuse('stack transforms'),
    registerStackInvokeTransform: refuse('invoke transforms'),
    readResource: refuse('reads of existing resources'),
    existsResource: refuse('questions for existing resources'),
    call: refuse('calls of components'),
    signalAndWaitForShutdown: answering(done),
  };
}

const stackName = ({ project, stack }: Recording): string => `${project}-${stack}`;

/** The URN as the engine makes it: types of the parents, without the stack's, before the resource's own. */
function urnOf({ project, stack }: Recording, parent: string, type: string, name: string): string {
  const parentTypes = parent.split('::')[2] ?? '';
  const qualified = parentTypes === '' || parentTypes === STACK_TYPE ? type : `${parentTypes}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

async function register(
  recording: Recording,
  request: InstanceType<typeof messages.RegisterResourceRequest>,
  hooks: HookCalls | undefined,
): Promise<InstanceType<typeof messages.RegisterResourceResponse>> {
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  const urn = urnOf(recording, parent, type, name);
  if (recording.resources.some((resource) => resource.urn === urn)) {
    throw new Error(`two resources have the URN ${urn}`);
  }
  const made = request.getCustom() || request.getRemote();
  if (made) requireProvider(type, request.getProvider(), recording.deniedPackages);
  const { values: inputs, secretPaths } = plainValues(request.getObject()?.toJavaScript() ?? {});
  for (const hook of request.getHooks()?.getBeforeCreateList() ?? []) {
    await hooks?.beforeCreate(hook, urn, request);
  }
  const { id, outputs } =
    made && recording.mode === 'update'
      ? inventedResource(type, urn, name, inputs)
      : { id: '', outputs: inputs };
  recording.resources.push({
    urn,
    type,
    name,
    custom: request.getCustom(),
    parent,
    inputs,
    outputs,
    secretPaths,
    dependencies: request.getDependenciesList(),
    propertyDependencies: propertyDependenciesOf(request),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    provider: request.getProvider(),
    ...hooksOf(request),
    ...customTimeoutsOf(request),
  });
  return new messages.RegisterResourceResponse()
    .setUrn(urn)
    .setId(id)
    .setObject(struct.Struct.fromJavaScript(wireValues(outputs, secretPaths)));
}

function propertyDependenciesOf(
  request: InstanceType<typeof messages.RegisterResourceRequest>,
): Record<string, readonly string[]> {
  const behind: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, input) => {
    behind[input] = dependencies.getUrnsList();
  });
  return behind;
}

function hooksOf(
  request: InstanceType<typeof messages.RegisterResourceRequest>,
): Pick<ResourceRecord, 'hooks'> {
  const bound = request.getHooks();
  if (bound === undefined) return {};
  return {
    hooks: { beforeCreate: bound.getBeforeCreateList(), beforeUpdate: bound.getBeforeUpdateList() },
  };
}

function customTimeoutsOf(
  request: InstanceType<typeof messages.RegisterResourceRequest>,
): Pick<ResourceRecord, 'customTimeouts'> {
  const given = request.getCustomtimeouts();
  if (given === undefined) return {};
  return {
    customTimeouts: { create: given.getCreate(), update: given.getUpdate(), delete: given.getDelete() },
  };
}
