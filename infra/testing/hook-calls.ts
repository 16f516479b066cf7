import { credentials } from '@grpc/grpc-js';
import { CallbacksClient } from '@pulumi/pulumi/proto/callback_grpc_pb.js';
import callbacks from '@pulumi/pulumi/proto/callback_pb.js';
import messages from '@pulumi/pulumi/proto/resource_pb.js';

/** Calls back into the program, as the engine does before it makes a resource that has hooks. */
export class HookCalls {
  readonly #registered = new Map<string, { target: string; token: string }>();
  readonly #clients = new Map<string, CallbacksClient>();

  register(request: InstanceType<typeof messages.RegisterResourceHookRequest>): void {
    const callback = request.getCallback();
    if (callback === undefined) throw new Error(`the hook ${request.getName()} has no callback`);
    this.#registered.set(request.getName(), { target: callback.getTarget(), token: callback.getToken() });
  }

  /** Runs a hook for a resource that is about to be made. Rejects with what the hook threw. */
  async beforeCreate(
    hook: string,
    urn: string,
    request: InstanceType<typeof messages.RegisterResourceRequest>,
  ): Promise<void> {
    const callback = this.#registered.get(hook);
    if (callback === undefined) throw new Error(`the hook ${hook} is not registered`);
    const asked = new messages.ResourceHookRequest()
      .setUrn(urn)
      .setName(request.getName())
      .setType(request.getType())
      .setNewInputs(request.getObject());
    const answer = await this.#invoke(callback, asked.serializeBinary());
    const fault = messages.ResourceHookResponse.deserializeBinary(answer).getError();
    if (fault !== '') throw new Error(`hook ${hook} failed: ${fault}`);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  #invoke({ target, token }: { target: string; token: string }, request: Uint8Array): Promise<Uint8Array> {
    const client = this.#clients.get(target) ?? new CallbacksClient(target, credentials.createInsecure());
    this.#clients.set(target, client);
    const message = new callbacks.CallbackInvokeRequest().setToken(token).setRequest(request);
    return new Promise((resolve, reject) => {
      client.invoke(message, (error, response) => {
        if (error === null) resolve(response.getResponse_asU8());
        else reject(error);
      });
    });
  }
}
