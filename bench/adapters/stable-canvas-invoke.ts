import { opener } from './stable-canvas.ts';

/** `workflow.invoke(client)`, on a graph that is there already. */
export const open = opener((sdk, api, { graph }, call) => {
  const workflow = Object.assign(new sdk.Workflow(), { workflow: () => ({ prompt: graph }) });
  return workflow.invoke(api, call);
});
