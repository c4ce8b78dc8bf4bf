import { type NodeFiles, namesOf } from '../harness/history.ts';
import type { Job, Open, Outputs } from '../harness/types.ts';
import { loadPeer } from '../peers/load.ts';

export interface Api {
  init(): { waitForReady(): Promise<unknown> };
  destroy(): void;
}
interface Builder {
  setOutputNode(key: string, node: string): Builder;
}
interface Wrapper {
  onFailed(listener: (error: Error) => void): Wrapper;
  run(): Promise<Record<string, NodeFiles> | false | undefined>;
}
export interface Saintno {
  ComfyApi: new (url: string) => Api;
  PromptBuilder: new (graph: unknown, inputs: string[], outputs: string[]) => Builder;
  CallWrapper: new (api: Api, builder: Builder) => Wrapper;
}

/** What `run` resolves with counts; `onFailed` only tells why. */
export async function call(sdk: Saintno, api: Api, { graph, wanted }: Job): Promise<Outputs> {
  let builder = new sdk.PromptBuilder(graph, [], wanted);
  for (const id of wanted) builder = builder.setOutputNode(id, id);
  let reason: Error | undefined;
  const wrapper = new sdk.CallWrapper(api, builder).onFailed((error) => (reason = error));
  const result = await wrapper.run();
  if (!result) throw reason ?? new Error('run() gave no result');
  return namesOf(Object.fromEntries(wanted.map((id) => [id, result[id]])));
}

export const open: Open = async ([url = '']) => {
  const sdk = await loadPeer<Saintno>('@saintno/comfyui-sdk');
  const api = new sdk.ComfyApi(url);
  await api.init().waitForReady();
  return { run: (job) => call(sdk, api, job), close: () => api.destroy() };
};
