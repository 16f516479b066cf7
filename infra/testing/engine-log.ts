import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import type { IEngineServer } from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/engine_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';

/** The other half of the engine: it keeps what the program says, and which resource is the root. */
export function engineLog(): { service: IEngineServer; diagnostics: string[] } {
  const diagnostics: string[] = [];
  let root = '';
  const service: IEngineServer = {
    log: (call, done) => {
      if (call.request.getSeverity() >= messages.LogSeverity.WARNING) {
        const urn = call.request.getUrn();
        diagnostics.push(`${urn === '' ? '' : `${urn}: `}${call.request.getMessage()}`);
      }
      done(null, new empty.Empty());
    },
    getRootResource: (_, done) => done(null, new messages.GetRootResourceResponse().setUrn(root)),
    setRootResource: (call, done) => {
      root = call.request.getUrn();
      done(null, new messages.SetRootResourceResponse());
    },
    startDebugging: ignored,
    requirePulumiVersion: (_, done) => done(null, new messages.RequirePulumiVersionResponse()),
  };
  return { service, diagnostics };
}

const ignored = (_: ServerUnaryCall<unknown, empty.Empty>, done: sendUnaryData<empty.Empty>): void =>
  done(null, new empty.Empty());
